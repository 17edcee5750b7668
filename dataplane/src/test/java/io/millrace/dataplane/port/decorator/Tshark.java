package io.millrace.dataplane.port.decorator;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** An independent reader of pcapng, as the oracle of tests. */
final class Tshark {
    private Tshark() {}

    /** The fields of each frame of a file; skips the test where there is no tshark. */
    static List<List<String>> read(final Path file, final String... fields) throws IOException {
        final List<String> command =
                new ArrayList<>(List.of("tshark", "-n", "-r", file.toString(), "-T", "fields", "-E", "separator=|"));
        for (final String field : fields) {
            command.add("-e");
            command.add(field);
        }
        final Process process = start(command);
        final String text;
        try (InputStream out = process.getInputStream()) {
            text = new String(out.readAllBytes(), StandardCharsets.UTF_8);
        }
        return text.lines().map(line -> Arrays.asList(line.split("\\|", -1))).toList();
    }

    private static Process start(final List<String> command) {
        try {
            return new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (final IOException e) {
            System.out.println("skipped: tshark is not installed; apt-get install tshark");
            assumeTrue(false, "tshark is not installed");
            throw new AssertionError(e);
        }
    }
}
