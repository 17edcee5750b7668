package io.millrace.dataplane.port.decorator;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** tcpdump: the owner of the filter language, as the oracle of tests. */
final class Tcpdump {
    private Tcpdump() {}

    /** The whole seconds of the frames that match; skips the test where there is no tcpdump. */
    static List<String> times(final Path file, final String filter) throws IOException {
        final Process process = start(List.of("tcpdump", "-n", "-tt", "-r", file.toString(), filter));
        final String text;
        try (InputStream out = process.getInputStream()) {
            text = new String(out.readAllBytes(), StandardCharsets.UTF_8);
        }
        return text.lines()
                .filter(line -> line.matches("[0-9]+\\.[0-9]+ .*"))
                .map(line -> line.substring(0, line.indexOf('.')))
                .toList();
    }

    private static Process start(final List<String> command) {
        try {
            return new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (final IOException e) {
            System.out.println("skipped: tcpdump is not installed; apt-get install tcpdump");
            assumeTrue(false, "tcpdump is not installed");
            throw new AssertionError(e);
        }
    }
}
