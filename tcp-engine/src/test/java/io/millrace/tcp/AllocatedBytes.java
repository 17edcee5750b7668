package io.millrace.tcp;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** How many bytes of heap a piece of code allocates on the calling thread. */
public final class AllocatedBytes {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int ATTEMPTS = 5;

    private AllocatedBytes() {}

    /**
     * Runs {@code code} until a run allocates nothing, at most five times; the first runs may still link and compile.
     *
     * @return what the last run allocated
     */
    public static long of(final Runnable code) {
        long allocated = Long.MAX_VALUE;
        for (int i = 0; i < ATTEMPTS && allocated != 0; i++) {
            final long before = THREADS.getCurrentThreadAllocatedBytes();
            code.run();
            allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
        }
        return allocated;
    }
}
