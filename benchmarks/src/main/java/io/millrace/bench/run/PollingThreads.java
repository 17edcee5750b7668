package io.millrace.bench.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What the kernel's scheduler does to the polling threads of this process, as {@code /proc} tells it. Used by one thread
 * that does not poll; allocates.
 */
final class PollingThreads {
    private static final Path TASKS = Path.of("/proc/self/task");
    private static final String SWITCHES = "nonvoluntary_ctxt_switches:";

    private final List<Path> tasks;

    private PollingThreads(final List<Path> tasks) {
        this.tasks = tasks;
    }

    /**
     * Sums over the threads since they began.
     *
     * @param waitNanos time in which they could have run and did not: another had their core.
     * @param switches how often the core was taken from them.
     */
    record Account(long waitNanos, long switches) {}

    /** Those that run now. */
    static PollingThreads find() {
        return find(TASKS);
    }

    static PollingThreads find(final Path folder) {
        final List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
            for (final Path task : all) {
                if (isPolling(text(task.resolve("comm")))) {
                    found.add(task);
                }
            }
        } catch (final IOException e) {
            throw new UncheckedIOException("the kernel does not tell the threads of this process", e);
        }
        return new PollingThreads(found);
    }

    /** Those of them that are not of others. */
    PollingThreads without(final List<PollingThreads> others) {
        return new PollingThreads(tasks.stream()
                .filter(task -> others.stream().noneMatch(other -> other.tasks.contains(task)))
                .toList());
    }

    /** Whether a thread of this name is one of the engine's: by the names that its agents give them. */
    static boolean isPolling(final String name) {
        return name.startsWith("shard-") || name.startsWith("io-");
    }

    /** How many there are. */
    int count() {
        return tasks.size();
    }

    /** Their account now; what the kernel does not tell counts as nothing. */
    Account read() {
        long waited = 0;
        long switches = 0;
        for (final Path task : tasks) {
            // time on the CPU, time waiting for it, time slices
            final String[] schedule = text(task.resolve("schedstat")).split(" ", -1);
            waited += schedule.length > 1 ? Long.parseLong(schedule[1]) : 0;
            switches += text(task.resolve("status"))
                    .lines()
                    .filter(line -> line.startsWith(SWITCHES))
                    .mapToLong(line ->
                            Long.parseLong(line.substring(SWITCHES.length()).strip()))
                    .sum();
        }
        return new Account(waited, switches);
    }

    private static String text(final Path file) {
        try {
            return Files.readString(file).strip();
        } catch (final IOException e) {
            return ""; // the thread has ended, or the kernel was built without
        }
    }
}
