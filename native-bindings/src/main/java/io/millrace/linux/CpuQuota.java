package io.millrace.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalDouble;

/**
 * How much CPU time this process's control groups allow it, in CPUs: {@code cpu.max} of its cgroup and of those above, as
 * containers are given it. A process that uses more is stopped until the period (100 ms) is over.
 */
public final class CpuQuota {
    private static final Path GROUPS = Path.of("/sys/fs/cgroup");
    private static final Path OWN_GROUP = Path.of("/proc/self/cgroup");
    private static final String UNIFIED = "0::";

    private CpuQuota() {}

    /** This process's; empty where there is no bound, or no cgroup of version 2. */
    public static OptionalDouble read() {
        return read(GROUPS, OWN_GROUP);
    }

    static OptionalDouble read(final Path groups, final Path ownGroup) {
        try {
            double least = Double.POSITIVE_INFINITY;
            Path group = groups.resolve(pathIn(ownGroup)).normalize();
            while (group.startsWith(groups)) {
                least = Math.min(least, quotaOf(group.resolve("cpu.max")));
                group = group.getParent();
            }
            return least == Double.POSITIVE_INFINITY ? OptionalDouble.empty() : OptionalDouble.of(least);
        } catch (final IOException e) {
            return OptionalDouble.empty(); // no control groups here
        }
    }

    private static String pathIn(final Path ownGroup) throws IOException {
        return Files.readAllLines(ownGroup).stream()
                .filter(line -> line.startsWith(UNIFIED + "/"))
                .map(line -> line.substring(UNIFIED.length() + 1))
                .findFirst()
                .orElse("");
    }

    /** "max 100000" or "150000 100000": microseconds of CPU time in each period of microseconds. */
    private static double quotaOf(final Path file) throws IOException {
        if (!Files.isReadable(file)) {
            return Double.POSITIVE_INFINITY; // the root group has none
        }
        final String[] words = Files.readString(file).strip().split(" ");
        return words[0].equals("max")
                ? Double.POSITIVE_INFINITY
                : Double.parseDouble(words[0]) / Double.parseDouble(words[1]);
    }
}
