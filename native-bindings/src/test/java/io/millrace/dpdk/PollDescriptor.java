package io.millrace.dpdk;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** poll(2) on one file descriptor, for tests of interrupts. */
final class PollDescriptor {
    private static final short POLLIN = 1;
    private static final MethodHandle POLL = Linker.nativeLinker()
            .downcallHandle(
                    Linker.nativeLinker().defaultLookup().findOrThrow("poll"),
                    FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));

    private PollDescriptor() {}

    /** Sleeps until the descriptor is readable; false when it is not after so many milliseconds. */
    static boolean await(final int descriptor, final int millis) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment entry = arena.allocate(8, 4);
            entry.set(JAVA_INT, 0, descriptor);
            entry.set(JAVA_SHORT, 4, POLLIN);
            return (int) POLL.invokeExact(entry, 1L, millis) == 1;
        } catch (final Throwable e) {
            throw new AssertionError("poll", e);
        }
    }
}
