package io.millrace.cli;

import io.millrace.dataplane.counters.CountersDirectory;
import io.millrace.dataplane.counters.CountersFile;
import io.millrace.dataplane.port.PacketPort;
import io.millrace.dataplane.port.PortStatistics;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** The file that shows other processes what a {@code serve} counts. Used by its main thread; allocates. */
final class ServeCounters {
    private ServeCounters() {}

    /** Makes the file, where it is wanted or else where {@code millrace stat} looks; those of dead processes go. */
    static CountersFile create(final Path wanted) {
        final CountersDirectory directory = new CountersDirectory(CountersDirectory.DEFAULT);
        try {
            directory.removeStale();
            return CountersFile.create(
                    wanted != null
                            ? wanted
                            : directory.fileOf(ProcessHandle.current().pid()));
        } catch (final UncheckedIOException e) {
            throw new BadInputException(e.getMessage() + "; name another file: --counters FILE", e);
        }
    }

    /** Notes what a port's device has counted, by our names and by its own. */
    static void note(final CountersFile file, final PacketPort port) {
        final PortStatistics statistics = port.statistics();
        final String owner = port.name();
        file.note(owner, "rx_frames", statistics.rxFrames());
        file.note(owner, "rx_bytes", statistics.rxBytes());
        file.note(owner, "rx_missed", statistics.rxMissed());
        file.note(owner, "rx_errors", statistics.rxErrors());
        file.note(owner, "rx_oversize", statistics.rxOversize());
        file.note(owner, "rx_no_buffer", statistics.rxNoBuffer());
        file.note(owner, "tx_frames", statistics.txFrames());
        file.note(owner, "tx_bytes", statistics.txBytes());
        file.note(owner, "tx_errors", statistics.txErrors());
        port.extendedStatistics().forEach((name, value) -> file.note(owner, name, value));
    }
}
