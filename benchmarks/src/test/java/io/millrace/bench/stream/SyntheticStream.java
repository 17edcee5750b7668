package io.millrace.bench.stream;

import io.millrace.bench.link.Link;
import io.millrace.bench.load.LatencyRecorder;
import io.millrace.bench.run.Addressing;
import io.millrace.bench.run.CpuTimes;
import io.millrace.bench.run.Moment;
import io.millrace.bench.run.NodeReport;
import io.millrace.bench.run.NodeReport.Latency;
import io.millrace.bench.run.NodeReport.ProcessCost;
import io.millrace.bench.run.NodeReport.Stream;
import io.millrace.bench.run.Series;
import io.millrace.dataplane.counters.Counter;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;

/**
 * Runs as they would be if so much went over in each second: two seconds of warm-up, then those that count. In bulk a figure is
 * Gbit/s, otherwise requests a second; segments are a tenth of a figure's million, one of them sent again in each second.
 */
public final class SyntheticStream {
    /** The command line of all of them. */
    public static final String COMMAND = "millrace bench stream --duration 4s <&>";

    private static final long SECOND = 1_000_000_000L;
    private static final long EPOCH_MILLIS = 1_700_000_000_000L;

    private final StreamPlan plan;
    private final Pairing pairing;
    private int second = 100;
    private double carried;
    private long waitedNanos;

    private SyntheticStream(final StreamPlan plan, final Pairing pairing) {
        this.plan = plan;
        this.pairing = pairing;
    }

    /** What is to be measured. */
    public static StreamPlan plan(final Pattern pattern, final Direction direction, final Pairing... pairings) {
        return new StreamPlan(
                List.of(pairings),
                Link.VHOST,
                Addressing.IPV4,
                new Traffic(pattern, direction, 3, 64),
                1500,
                1 << 20,
                Duration.ofSeconds(4),
                Duration.ofSeconds(2),
                Duration.ofSeconds(5),
                List.of(0),
                List.of(1),
                "busy",
                true,
                List.of(),
                Optional.empty(),
                COMMAND);
    }

    /** Text in bulk between two engines, to the server. */
    public static StreamPlan bulk() {
        return plan(Pattern.BULK, Direction.TO_SERVER, Pairing.ENGINE_ENGINE);
    }

    /** Requests between two engines. */
    public static StreamPlan requests() {
        return plan(Pattern.REQUEST_RESPONSE, Direction.TO_SERVER, Pairing.ENGINE_ENGINE);
    }

    /** A quiet run with these figures. */
    static StreamResult run(final StreamPlan plan, final Pairing pairing, final double... figures) {
        return disturbed(plan, pairing, 0, figures);
    }

    /** A run in each second of which the server waits for its core. */
    static StreamResult disturbed(
            final StreamPlan plan, final Pairing pairing, final long waitMillis, final double... figures) {
        final SyntheticStream run = new SyntheticStream(plan, pairing);
        final Series warmUp = new Series(run.moment());
        warmUp.add(run.next(figures[0] / 2, 0));
        warmUp.add(run.next(figures[0], 0));
        final Series measured = new Series(warmUp.last());
        for (final double figure : figures) {
            measured.add(run.next(figure, waitMillis));
        }
        return new StreamResult(plan, pairing, warmUp.first(), warmUp, true, measured, false);
    }

    /** Rounds of quiet runs of four seconds: in each a run of each of the plan's pairings, with these figures in turn. */
    public static StreamStudy study(final StreamPlan plan, final double... figures) {
        final int pairings = plan.pairings().size();
        final List<StreamResult> runs = IntStream.range(0, figures.length)
                .mapToObj(i ->
                        run(plan, plan.pairings().get(i % pairings), figures[i], figures[i], figures[i], figures[i]))
                .toList();
        return new StreamStudy(plan, runs, figures.length / pairings, Optional.empty());
    }

    /** A run that a process's death has broken off before its first second was over. */
    public static StreamStudy nothing() {
        final SyntheticStream run = new SyntheticStream(requests(), Pairing.ENGINE_ENGINE);
        final Series warmUp = new Series(run.moment());
        final Series measured = new Series(warmUp.first());
        measured.fail("the client process died (exit code 137)");
        return new StreamStudy(
                run.plan,
                List.of(new StreamResult(run.plan, run.pairing, warmUp.first(), warmUp, false, measured, false)),
                1,
                Optional.empty());
    }

    private Moment next(final double figure, final long waitMillis) {
        second++;
        carried += figure;
        waitedNanos += waitMillis * 1_000_000;
        return moment();
    }

    private Moment moment() {
        final boolean bulk = plan.traffic().isBulk();
        final boolean fromServer = bulk && plan.traffic().direction() == Direction.FROM_SERVER;
        final long bytes = Math.round(bulk ? carried * 1e9 / 8 : carried * 64);
        final long segments = Math.round(carried * 1e5);
        final TreeMap<Integer, CpuTimes.Ticks> cpus = new TreeMap<>();
        cpus.put(0, new CpuTimes.Ticks(second * 100L, 0, second * 100L));
        cpus.put(1, new CpuTimes.Ticks(second * 50L, 0, second * 100L));
        return new Moment(
                node(pairing.engineServer(), fromServer ? segments : segments / 2, fromServer ? 0 : bytes, waitedNanos),
                node(pairing.engineClient(), fromServer ? segments / 2 : segments, fromServer ? bytes : 0, 0),
                new CpuTimes(cpus),
                EPOCH_MILLIS + second * 1000L);
    }

    private NodeReport node(final boolean engine, final long segments, final long bytes, final long waited) {
        final Map<String, Long> counters = new TreeMap<>();
        counters.put(Counter.TCP_SEGMENTS_SENT.name(), segments);
        if (engine) {
            counters.put(Counter.TCP_SEGMENTS_RETRANSMITTED.name(), (long) second);
            counters.put(Counter.DUTY_CYCLES.name(), second * 1000L);
            counters.put(Counter.DUTY_WORK_NANOS.name(), second * SECOND / 4 * 3);
            counters.put(Counter.DUTY_IDLE_NANOS.name(), second * SECOND / 4);
        }
        final Histogram nanos = LatencyRecorder.newTotal();
        for (int i = 1; i <= 1000; i++) {
            nanos.recordValue(i * 1_000L);
        }
        final Latency latency = new Latency(1000, 500, 990, 999, 1000);
        return new NodeReport(
                NodeReport.SAMPLE,
                second * SECOND,
                counters,
                null,
                latency,
                latency,
                encoded(nanos),
                new ProcessCost(second * SECOND / 2, 0, 0, 0, 0, 0, 0, engine ? 1 : 0, waited, 0, 0, 0),
                Map.of("dpdk", "DPDK 22.11.7"),
                List.of(),
                new Stream(bytes, Math.round(carried), 3, 0));
    }

    private static String encoded(final Histogram nanos) {
        final ByteBuffer buffer = ByteBuffer.allocate(nanos.getNeededByteBufferCapacity());
        final int length = nanos.encodeIntoCompressedByteBuffer(buffer);
        return Base64.getEncoder().encodeToString(Arrays.copyOf(buffer.array(), length));
    }
}
