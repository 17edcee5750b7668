package io.millrace.bench.run;

import io.millrace.bench.load.FloodCounts;
import io.millrace.bench.load.FloodPort;
import io.millrace.bench.load.LoadCounts;
import io.millrace.bench.load.RateGenerator;
import io.millrace.bench.run.NodeReport.Flood;
import io.millrace.bench.run.NodeReport.Load;
import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.tcp.CloseReason;
import io.millrace.tcp.TcpEngine;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Gathers a node's figures: the engine's counters, the generators' counts and latencies, what the process costs. Used by
 * one thread that does not poll; allocates.
 */
public final class NodeReporter {
    private final TcpEngine engine;
    private final List<RateGenerator> generators;
    private final Optional<FloodPort> flood;
    private final Map<String, String> facts;
    private final ProcessMeter process;
    private final LatencyMeter latencies;

    /**
     * Reports on an engine that has started.
     *
     * @param generators one a shard on the generator's node; none on the server's.
     * @param flood the port through which spoofed SYNs go besides.
     * @param facts what does not change.
     */
    public NodeReporter(
            final TcpEngine engine,
            final List<RateGenerator> generators,
            final Optional<FloodPort> flood,
            final Map<String, String> facts) {
        this(engine, generators, flood, facts, new ProcessMeter());
    }

    private NodeReporter(
            final TcpEngine engine,
            final List<RateGenerator> generators,
            final Optional<FloodPort> flood,
            final Map<String, String> facts,
            final ProcessMeter process) {
        this.process = process;
        this.engine = engine;
        this.generators = generators;
        this.flood = flood;
        this.facts = facts;
        latencies =
                new LatencyMeter(generators.stream().map(RateGenerator::latency).toList());
    }

    /** Reports on an engine that shares this process with those of {@code others}, which have all their threads already. */
    public static NodeReporter besides(
            final List<NodeReporter> others,
            final TcpEngine engine,
            final List<RateGenerator> generators,
            final Optional<FloodPort> flood,
            final Map<String, String> facts) {
        final List<ProcessMeter> meters =
                others.stream().map(other -> other.process).toList();
        return new NodeReporter(engine, generators, flood, facts, ProcessMeter.besides(meters));
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
        latencies.begin();
        return report;
    }

    private NodeReport report(final String event) {
        final boolean loads = !generators.isEmpty();
        if (loads) {
            latencies.take();
        }
        return new NodeReport(
                event,
                System.nanoTime(),
                counters(engine),
                loads ? load() : null,
                loads ? latencies.recent() : null,
                loads ? latencies.total() : null,
                loads ? latencies.encodedRecent() : null,
                process.cost(),
                event.equals(NodeReport.READY) ? facts : Map.of(),
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
                counts.stream().mapToLong(LoadCounts::offers).sum(),
                counts.stream().mapToLong(LoadCounts::attempts).sum(),
                counts.stream().mapToLong(LoadCounts::opens).sum(),
                counts.stream().mapToLong(LoadCounts::closes).sum(),
                counts.stream().mapToLong(LoadCounts::closesAtFirstTry).sum(),
                counts.stream().mapToLong(LoadCounts::failures).sum(),
                counts.stream().mapToLong(LoadCounts::heldBacks).sum(),
                failures,
                flood.map(port -> flood(port.counts())).orElse(null));
    }

    private static Flood flood(final FloodCounts counts) {
        return new Flood(counts.sent(), counts.rounds(), counts.fullRounds());
    }
}
