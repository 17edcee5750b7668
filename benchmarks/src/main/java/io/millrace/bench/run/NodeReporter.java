package io.millrace.bench.run;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import io.millrace.bench.load.LatencyRecorder;
import io.millrace.bench.load.LoadCounts;
import io.millrace.bench.load.RateGenerator;
import io.millrace.bench.run.NodeReport.Latency;
import io.millrace.bench.run.NodeReport.Load;
import io.millrace.bench.run.NodeReport.ProcessCost;
import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.tcp.CloseReason;
import io.millrace.tcp.TcpEngine;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/**
 * Gathers a node's figures: the engine's counters, the generators' counts and latencies, what the process costs. Used by
 * one thread that does not poll; allocates.
 */
public final class NodeReporter {
    private static final long SWAP_PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long SWAP_POLL_NANOS = TimeUnit.MICROSECONDS.toNanos(100);

    private final TcpEngine engine;
    private final List<RateGenerator> generators;
    private final Map<String, String> facts;
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private final long[] pollingThreads;
    private final PollingThreads scheduled = PollingThreads.find();
    private final Safepoints safepoints = Safepoints.ofThisJvm();
    private final Histogram total = LatencyRecorder.newTotal();
    // kept, as a new one each second would fill the heap until a collection stops the polling threads
    private final Histogram recent = LatencyRecorder.newTotal();
    private final ByteBuffer encoded = ByteBuffer.allocate(recent.getNeededByteBufferCapacity());

    /**
     * Reports on an engine that has started.
     *
     * @param generators one a shard on the generator's node; none on the server's.
     * @param facts what does not change.
     */
    public NodeReporter(final TcpEngine engine, final List<RateGenerator> generators, final Map<String, String> facts) {
        this.engine = engine;
        this.generators = generators;
        this.facts = facts;
        pollingThreads = pollingThreads(threads);
    }

    /** The engine's threads, by the names that its agents give them. */
    private static long[] pollingThreads(final ThreadMXBean threads) {
        return Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
                .filter(info -> info != null && PollingThreads.isPolling(info.getThreadName()))
                .mapToLong(ThreadInfo::getThreadId)
                .toArray();
    }

    /** The first report, after a collection: what starting has left over goes before anything is measured. */
    public NodeReport ready() {
        System.gc();
        return report(NodeReport.READY);
    }

    /** A report, for which the latencies since the last one are taken. */
    public NodeReport sample() {
        return report(NodeReport.SAMPLE);
    }

    /** A report after which the total latency begins anew. */
    public NodeReport mark() {
        final NodeReport report = report(NodeReport.SAMPLE);
        total.reset();
        return report;
    }

    private NodeReport report(final String event) {
        final boolean loads = !generators.isEmpty();
        if (loads) {
            takeLatencies();
        }
        return new NodeReport(
                event,
                System.nanoTime(),
                counters(),
                loads ? load() : null,
                loads ? latency(recent) : null,
                loads ? latency(total) : null,
                loads ? encodedRecent() : null,
                cost(),
                event.equals(NodeReport.READY) ? facts : Map.of(),
                List.of());
    }

    private Map<String, Long> counters() {
        final Map<String, Long> sums = new TreeMap<>();
        final List<CounterBlock> blocks = engine.counters();
        for (final Counter counter : Counter.values()) {
            long sum = 0;
            for (final CounterBlock block : blocks) {
                sum += block.get(counter);
            }
            if (sum != 0) {
                sums.put(counter.name(), sum);
            }
        }
        return sums;
    }

    private Load load() {
        final List<LoadCounts> counts =
                generators.stream().map(RateGenerator::counts).toList();
        final Map<String, Long> failures = Set.of(CloseReason.values()).stream()
                .collect(Collectors.toMap(
                        CloseReason::name,
                        reason -> counts.stream()
                                .mapToLong(c -> c.failures(reason))
                                .sum(),
                        Long::sum,
                        TreeMap::new));
        failures.values().removeIf(count -> count == 0);
        return new Load(
                counts.stream().mapToLong(LoadCounts::attempts).sum(),
                counts.stream().mapToLong(LoadCounts::opens).sum(),
                counts.stream().mapToLong(LoadCounts::closes).sum(),
                counts.stream().mapToLong(LoadCounts::failures).sum(),
                counts.stream().mapToLong(LoadCounts::heldBacks).sum(),
                failures);
    }

    /** What the generators recorded since the last time, added to the total as well. */
    private void takeLatencies() {
        recent.reset();
        for (final RateGenerator generator : generators) {
            final LatencyRecorder recorder = generator.latency();
            recorder.ask();
            final long deadline = System.nanoTime() + SWAP_PATIENCE_NANOS;
            while (!recorder.ready() && System.nanoTime() < deadline) {
                LockSupport.parkNanos(SWAP_POLL_NANOS);
            }
            if (recorder.ready()) {
                recent.add(recorder.taken());
            }
        }
        total.add(recent);
    }

    private String encodedRecent() {
        encoded.clear();
        final int length = recent.encodeIntoCompressedByteBuffer(encoded);
        return Base64.getEncoder().encodeToString(Arrays.copyOf(encoded.array(), length));
    }

    private static Latency latency(final Histogram nanos) {
        return new Latency(
                nanos.getTotalCount(),
                micros(nanos.getValueAtPercentile(50)),
                micros(nanos.getValueAtPercentile(99)),
                micros(nanos.getValueAtPercentile(99.9)),
                micros(nanos.getMaxValue()));
    }

    private static double micros(final long nanos) {
        return nanos / 1e3;
    }

    private ProcessCost cost() {
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
