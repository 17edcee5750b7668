package io.millrace.dataplane.port.decorator;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** An independent reader of pcapng, as the oracle of the tests of all modules. */
public final class Tshark {
    private Tshark() {}

    /** The fields of each frame of a file; skips the test where there is no tshark. */
    public static List<List<String>> read(final Path file, final String... fields) throws IOException {
        return read(file, List.of(), fields);
    }

    /** The same with options of tshark's, such as {@code -Y} and a filter. */
    public static List<List<String>> read(final Path file, final List<String> options, final String... fields)
            throws IOException {
        final List<String> command =
                new ArrayList<>(List.of("tshark", "-n", "-r", file.toString(), "-T", "fields", "-E", "separator=|"));
        command.addAll(options);
        for (final String field : fields) {
            command.add("-e");
            command.add(field);
        }
        return OtherReader.run(command)
                .lines()
                .map(line -> Arrays.asList(line.split("\\|", -1)))
                .toList();
    }
}
