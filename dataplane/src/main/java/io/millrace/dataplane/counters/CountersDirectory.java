package io.millrace.dataplane.counters;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Where processes put their counters files when they are told nothing else, and which of them still run. Any thread;
 * allocates.
 */
public final class CountersDirectory {
    /** Shared memory: a file there costs no disk. */
    public static final Path DEFAULT = Path.of("/dev/shm");

    private static final String PREFIX = "millrace-";
    /** A process starts before it makes its file; the clocks of both differ by less than this. */
    private static final long CLOCK_SLACK_MILLIS = 2_000;

    private final Path directory;

    /** Looks into another directory than {@link #DEFAULT}. */
    public CountersDirectory(final Path directory) {
        this.directory = directory;
    }

    /**
     * A process and its counters.
     *
     * @param file the counters file
     * @param processId its process, as the file says
     * @param startMillis when it made the file, milliseconds since 1970
     * @param running false when the process has gone and left the file behind
     */
    public record Entry(Path file, long processId, long startMillis, boolean running) {}

    /** The file of a process. */
    public Path fileOf(final long processId) {
        return directory.resolve(PREFIX + processId);
    }

    /** What is there, the oldest first; files that are not counters files are left out. */
    public List<Entry> list() {
        final List<Entry> entries = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, PREFIX + "[0-9]*")) {
            files.forEach(file -> addIfCounters(entries, file));
        } catch (final IOException | DirectoryIteratorException e) {
            throw new UncheckedIOException("directory " + directory + " can't be read", new IOException(e));
        }
        entries.sort(Comparator.comparingLong(Entry::startMillis));
        return entries;
    }

    private static void addIfCounters(final List<Entry> entries, final Path file) {
        try (CountersReader reader = CountersReader.open(file)) {
            entries.add(new Entry(file, reader.processId(), reader.startMillis(), isRunning(reader)));
        } catch (final IOException e) {
            // not a counters file, another version's, or gone since: nothing to read here
        }
    }

    /** Whether the process that writes the file still runs: a younger process of the same number is another. */
    public static boolean isRunning(final CountersReader reader) {
        return ProcessHandle.of(reader.processId())
                .filter(ProcessHandle::isAlive)
                .map(process -> process.info()
                        .startInstant()
                        .orElse(Instant.EPOCH)
                        .minusMillis(CLOCK_SLACK_MILLIS)
                        .isBefore(Instant.ofEpochMilli(reader.startMillis())))
                .orElse(false);
    }

    /** Deletes the files of processes that have gone, as far as it may; returns how many. */
    public int removeStale() {
        int removed = 0;
        for (final Entry entry : list()) {
            try {
                if (!entry.running() && Files.deleteIfExists(entry.file())) {
                    removed++;
                }
            } catch (final IOException e) {
                // another user's: his next process removes it
            }
        }
        return removed;
    }
}
