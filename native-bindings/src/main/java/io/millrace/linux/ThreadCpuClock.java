package io.millrace.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * CPU time of one thread, readable from any thread of the process, or of the whole process. Each reading allocates a
 * little: for the once-a-second reporter, not for the packet path.
 */
public final class ThreadCpuClock {
    private static final int CLOCK_PROCESS_CPUTIME_ID = 2;
    private static final int CLOCK_THREAD_CPUTIME_ID = 3;

    private final int clock;

    private ThreadCpuClock(final int clock) {
        this.clock = clock;
    }

    /** The clock of the calling (platform) thread; others may read it while the thread lives. */
    public static ThreadCpuClock ofCurrentThread() {
        // The kernel's numbering of clocks (MAKE_THREAD_CPUCLOCK with CPUCLOCK_SCHED), as pthread_getcpuclockid does.
        return new ThreadCpuClock(~CLibrary.get().gettid() << 3 | 4 | 2);
    }

    /** CPU time of the calling thread in nanoseconds. */
    public static long currentThreadNanos() {
        return read(CLOCK_THREAD_CPUTIME_ID);
    }

    /** CPU time of all threads of the process, dead ones too, in nanoseconds. */
    public static long processNanos() {
        return read(CLOCK_PROCESS_CPUTIME_ID);
    }

    /** CPU time of the thread in nanoseconds; -1 when it has ended. */
    public long nanos() {
        return read(clock);
    }

    private static long read(final int clock) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment timespec = arena.allocate(JAVA_LONG, 2);
            if (CLibrary.get().clockGettime(clock, timespec) < 0) {
                return -1;
            }
            return timespec.getAtIndex(JAVA_LONG, 0) * 1_000_000_000L + timespec.getAtIndex(JAVA_LONG, 1);
        }
    }
}
