package io.millrace.dataplane.port.decorator;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A program that is not ours and reads captures. */
final class OtherReader {
    private OtherReader() {}

    /** What the command prints; skips the test where there is no such program. */
    static String run(final List<String> command) throws IOException {
        final Process process = start(command);
        try (InputStream out = process.getInputStream()) {
            return new String(out.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static Process start(final List<String> command) {
        try {
            return new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (final IOException e) {
            final String program = command.getFirst();
            System.out.println("skipped: " + program + " is not installed; apt-get install " + program);
            assumeTrue(false, program + " is not installed");
            throw new AssertionError(e);
        }
    }
}
