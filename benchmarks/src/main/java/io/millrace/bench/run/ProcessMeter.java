package io.millrace.bench.run;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import io.millrace.bench.run.NodeReport.ProcessCost;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.Arrays;

/** Tells what this process costs, and its polling threads among it. Used by one thread that does not poll; allocates. */
public final class ProcessMeter {
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private final long[] pollingThreads = pollingThreads(threads);
    private final PollingThreads scheduled = PollingThreads.find();
    private final Safepoints safepoints = Safepoints.ofThisJvm();

    /** The engine's threads, by the names that its agents give them: they must run already. */
    private static long[] pollingThreads(final ThreadMXBean threads) {
        return Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
                .filter(info -> info != null && PollingThreads.isPolling(info.getThreadName()))
                .mapToLong(ThreadInfo::getThreadId)
                .toArray();
    }

    /** Totals since the process began. */
    public ProcessCost cost() {
        long cpu = 0;
        for (final long nanos : threads.getThreadCpuTime(pollingThreads)) {
            cpu += nanos;
        }
        long allocated = 0;
        for (final long bytes : threads.getThreadAllocatedBytes(pollingThreads)) {
            allocated += bytes;
        }
        long collections = 0;
        long collectionMillis = 0;
        for (final GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            collections += collector.getCollectionCount();
            collectionMillis += collector.getCollectionTime();
        }
        final PollingThreads.Account account = scheduled.read();
        return new ProcessCost(
                system.getProcessCpuTime(),
                cpu,
                allocated,
                collections,
                collectionMillis,
                safepoints.count(),
                safepoints.millis(),
                scheduled.count(),
                account.waitNanos(),
                account.switches());
    }
}
