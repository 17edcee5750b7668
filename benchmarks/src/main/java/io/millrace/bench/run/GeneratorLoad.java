package io.millrace.bench.run;

import io.millrace.bench.blast.BlastCounts;
import io.millrace.bench.blast.BlastPort;
import io.millrace.bench.load.HeldConnections;
import io.millrace.bench.load.LatencyRecorder;
import io.millrace.bench.load.LoadCounts;
import io.millrace.bench.load.RateGenerator;
import io.millrace.bench.run.NodeReport.Blast;
import io.millrace.bench.run.NodeReport.Held;
import io.millrace.bench.run.NodeReport.Load;
import io.millrace.tcp.CloseReason;
import io.millrace.tcp.TcpApplication;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/**
 * All that a generator's node offers: connections of the engine's, one generator a shard; connections held; SYNs that no engine
 * sends. Made before the engine, and used by one thread that does not poll.
 */
public final class GeneratorLoad implements AutoCloseable {
    /** How long connections under way have to end after the load has stopped. */
    private static final long DRAIN_PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);
    /** And how long those that were held, as there may be millions. */
    private static final long RELEASE_PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    private static final long DRAIN_POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final List<RateGenerator> generators;
    private final List<HeldConnections> held;
    private Optional<BlastPort> blast = Optional.empty();
    private boolean answered;

    /** Of one generator a shard, and as many who hold connections, or none. */
    public GeneratorLoad(final List<RateGenerator> generators, final List<HeldConnections> held) {
        this.generators = List.copyOf(generators);
        this.held = List.copyOf(held);
    }

    /** Adds SYNs that no engine sends; whether somebody answers what comes of them. */
    public void add(final BlastPort port, final boolean answers) {
        blast = Optional.of(port);
        answered = answers;
    }

    /** What a shard runs. */
    public TcpApplication application(final int shard) {
        return held.isEmpty() ? generators.get(shard) : held.get(shard);
    }

    /** Begins. */
    public void start() {
        held.forEach(HeldConnections::start);
        generators.forEach(RateGenerator::start);
        blast.ifPresent(BlastPort::start);
    }

    /** Ends; returns when what is under way has ended, or has had its time. */
    public void stop() {
        blast.ifPresent(BlastPort::stop);
        generators.forEach(RateGenerator::stop);
        await(
                DRAIN_PATIENCE_NANOS,
                () -> generators.stream()
                        .allMatch(generator -> generator.counts().underWay() <= 0));
        held.forEach(HeldConnections::release);
        await(RELEASE_PATIENCE_NANOS, () -> held.stream().allMatch(each -> each.open() == 0));
    }

    private static void await(final long patience, final BooleanSupplier over) {
        final long deadline = System.nanoTime() + patience;
        while (!over.getAsBoolean() && System.nanoTime() < deadline) {
            LockSupport.parkNanos(DRAIN_POLL_NANOS);
        }
    }

    List<LatencyRecorder> latencies() {
        return generators.stream().map(RateGenerator::latency).toList();
    }

    Load counts() {
        final List<LoadCounts> counts =
                generators.stream().map(RateGenerator::counts).toList();
        final Map<String, Long> failures = Set.of(CloseReason.values()).stream()
                .collect(Collectors.toMap(
                        CloseReason::name, reason -> sum(counts, c -> c.failures(reason)), Long::sum, TreeMap::new));
        failures.values().removeIf(count -> count == 0);
        return new Load(
                sum(counts, LoadCounts::offers),
                sum(counts, LoadCounts::attempts),
                sum(counts, LoadCounts::opens),
                sum(counts, LoadCounts::closes),
                sum(counts, LoadCounts::closesAtFirstTry),
                sum(counts, LoadCounts::failures),
                sum(counts, LoadCounts::heldBacks),
                failures,
                blast.map(port -> blast(port.counts())).orElse(null),
                held.isEmpty()
                        ? null
                        : new Held(
                                sum(held, HeldConnections::open),
                                sum(held, HeldConnections::lost),
                                sum(held, HeldConnections::closed)));
    }

    private Blast blast(final BlastCounts counts) {
        return new Blast(
                answered,
                counts.due(),
                counts.sent(),
                counts.opens(),
                counts.closes(),
                counts.resets(),
                counts.rounds(),
                counts.fullRounds(),
                counts.workNanos());
    }

    private static <T> long sum(final List<T> parts, final ToLongFunction<T> count) {
        return parts.stream().mapToLong(count).sum();
    }

    /** After the engine's end. */
    @Override
    public void close() {
        held.forEach(HeldConnections::close);
    }
}
