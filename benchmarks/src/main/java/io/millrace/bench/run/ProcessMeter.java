package io.millrace.bench.run;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import io.millrace.bench.run.NodeReport.ProcessCost;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Tells what this process costs, and its polling threads among it. Used by one thread that does not poll; allocates. */
public final class ProcessMeter {
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private final long[] pollingThreads;
    private final PollingThreads scheduled;
    private final boolean shared;
    private final Safepoints safepoints = Safepoints.ofThisJvm();

    /** Of all polling threads that run now. */
    public ProcessMeter() {
        this(false, Set.of(), PollingThreads.find());
    }

    private ProcessMeter(final boolean shared, final Set<Long> others, final PollingThreads scheduled) {
        this.shared = shared;
        this.scheduled = scheduled;
        pollingThreads = pollingThreads(threads, others);
    }

    /**
     * Of those polling threads that run now and are not of {@code others}, where several nodes share this process: then the
     * CPU time is that of the polling threads alone.
     */
    static ProcessMeter besides(final List<ProcessMeter> others) {
        final Set<Long> ids = others.stream()
                .flatMapToLong(other -> Arrays.stream(other.pollingThreads))
                .boxed()
                .collect(Collectors.toSet());
        final List<PollingThreads> theirs =
                others.stream().map(other -> other.scheduled).toList();
        return new ProcessMeter(true, ids, PollingThreads.find().without(theirs));
    }

    /** The engine's threads, by the names that its agents give them: they must run already. */
    private static long[] pollingThreads(final ThreadMXBean threads, final Set<Long> others) {
        return Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
                .filter(info -> info != null && PollingThreads.isPolling(info.getThreadName()))
                .mapToLong(ThreadInfo::getThreadId)
                .filter(id -> !others.contains(id))
                .toArray();
    }

    /** Which threads poll, as a report tells it. */
    public Map<String, String> pollingThreads() {
        return Map.of(
                NodeReport.POLLING_THREADS,
                Arrays.stream(pollingThreads).mapToObj(String::valueOf).collect(Collectors.joining(" ")));
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
                shared ? cpu : system.getProcessCpuTime(),
                cpu,
                allocated,
                collections,
                collectionMillis,
                safepoints.count(),
                safepoints.millis(),
                scheduled.count(),
                account.waitNanos(),
                account.switches(),
                heap(),
                Machine.ownBytes());
    }

    private static long heap() {
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
