package io.millrace.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What this process may do that devices need, as the kernel tells in {@code /proc/self}. Immutable.
 *
 * @param root whether it is root's
 * @param lockAnything whether it may lock any amount of memory ({@code CAP_IPC_LOCK})
 * @param lockedBytes bytes of memory it may lock otherwise ({@code RLIMIT_MEMLOCK}); the largest long for unlimited
 */
public record ProcessPrivileges(boolean root, boolean lockAnything, long lockedBytes) {
    private static final int CAP_IPC_LOCK = 14;
    private static final String LIMIT = "Max locked memory";

    /** Those of this process; where the kernel doesn't tell, root's. */
    public static ProcessPrivileges ofThisProcess() {
        try {
            return of(
                    Files.readAllLines(Path.of("/proc/self/status")), Files.readAllLines(Path.of("/proc/self/limits")));
        } catch (final IOException e) {
            return new ProcessPrivileges(true, true, Long.MAX_VALUE);
        }
    }

    /** Those that the lines of {@code /proc/self/status} and {@code /proc/self/limits} tell. */
    static ProcessPrivileges of(final List<String> status, final List<String> limits) {
        final long capabilities = Long.parseUnsignedLong(field(status, "CapEff:", 0, "0"), 16);
        final String locked = field(limits, LIMIT, 0, "unlimited");
        return new ProcessPrivileges(
                field(status, "Uid:", 1, "0").equals("0"), // the effective one
                (capabilities >>> CAP_IPC_LOCK & 1) != 0,
                locked.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(locked));
    }

    private static String field(final List<String> lines, final String name, final int index, final String absent) {
        return lines.stream()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(name.length()).strip().split("\\s+")[index])
                .findFirst()
                .orElse(absent);
    }

    /** Whether it may lock so much memory. */
    public boolean mayLock(final long bytes) {
        return lockAnything || lockedBytes >= bytes;
    }
}
