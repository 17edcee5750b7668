package io.millrace.bench.run;

import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.tcp.TcpEngine;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Gathers a node's figures: the engine's counters, the generators' counts and latencies, what the process costs. Used by
 * one thread that does not poll; allocates.
 */
public final class NodeReporter {
    private final TcpEngine engine;
    private final Optional<GeneratorLoad> load;
    private final Map<String, String> facts;
    private final ProcessMeter process;
    private final LatencyMeter latencies;

    /**
     * Reports on an engine that has started.
     *
     * @param load what the generator's node offers; none on the server's.
     * @param facts what does not change.
     */
    public NodeReporter(final TcpEngine engine, final Optional<GeneratorLoad> load, final Map<String, String> facts) {
        this(engine, load, facts, new ProcessMeter());
    }

    private NodeReporter(
            final TcpEngine engine,
            final Optional<GeneratorLoad> load,
            final Map<String, String> facts,
            final ProcessMeter process) {
        this.process = process;
        this.engine = engine;
        this.load = load;
        this.facts = facts;
        latencies = new LatencyMeter(load.map(GeneratorLoad::latencies).orElse(List.of()));
    }

    /** Reports on an engine that shares this process with those of {@code others}, which have all their threads already. */
    public static NodeReporter besides(
            final List<NodeReporter> others,
            final TcpEngine engine,
            final Optional<GeneratorLoad> load,
            final Map<String, String> facts) {
        final List<ProcessMeter> meters =
                others.stream().map(other -> other.process).toList();
        return new NodeReporter(engine, load, facts, ProcessMeter.besides(meters));
    }

    /** The first report, after a collection: what starting has left over goes before anything is measured. */
    public NodeReport ready() {
        System.gc();
        return report(NodeReport.READY, facts);
    }

    /** A report, for which the latencies since the last one are taken. */
    public NodeReport sample() {
        return report(NodeReport.SAMPLE, Map.of());
    }

    /** A report after which the total latency begins anew. */
    public NodeReport mark() {
        final NodeReport report = report(NodeReport.SAMPLE, process.pollingThreads());
        latencies.begin();
        return report;
    }

    private NodeReport report(final String event, final Map<String, String> told) {
        final boolean loads = load.isPresent();
        if (loads) {
            latencies.take();
        }
        return new NodeReport(
                event,
                System.nanoTime(),
                counters(engine),
                load.map(GeneratorLoad::counts).orElse(null),
                loads ? latencies.recent() : null,
                loads ? latencies.total() : null,
                loads ? latencies.encodedRecent() : null,
                process.cost(),
                told,
                List.of(),
                null);
    }

    /** An engine's counters and gauges, summed over its threads, by name; zero ones are left out. */
    public static Map<String, Long> counters(final TcpEngine engine) {
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
}
