package io.millrace.dataplane.port.decorator;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** tcpdump: the owner of the filter language, as the oracle of tests. */
final class Tcpdump {
    private Tcpdump() {}

    /** The whole seconds of the frames that match; skips the test where there is no tcpdump. */
    static List<String> times(final Path file, final String filter) throws IOException {
        return OtherReader.run(List.of("tcpdump", "-n", "-tt", "-r", file.toString(), filter))
                .lines()
                .filter(line -> line.matches("[0-9]+\\.[0-9]+ .*"))
                .map(line -> line.substring(0, line.indexOf('.')))
                .toList();
    }
}
