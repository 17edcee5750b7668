package io.millrace.bench.run;

import io.millrace.bench.link.Link;
import io.millrace.bench.load.LatencyRecorder;
import io.millrace.bench.run.NodeReport.Blast;
import io.millrace.bench.run.NodeReport.Held;
import io.millrace.bench.run.NodeReport.Latency;
import io.millrace.bench.run.NodeReport.Load;
import io.millrace.bench.run.NodeReport.ProcessCost;
import io.millrace.dataplane.counters.Counter;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/** Runs as they would be if the rate were this or that: two seconds of warm-up, then a given rate in each second. */
public final class SyntheticRun {
    /** The command line of all of them. */
    public static final String COMMAND = "millrace bench --duration 4s --sources 8 <&>";

    private static final long SECOND = 1_000_000_000L;
    private static final long EPOCH_MILLIS = 1_700_000_000_000L;

    private long waitedNanos;
    private long safepointMillis;
    private long stolenTicks;
    private final Offer offer;
    private int second = 100;
    private long connections;

    private SyntheticRun(final Offer offer) {
        this.offer = offer;
    }

    /** What they were to do. */
    public static BenchPlan plan(final long seconds) {
        return new BenchPlan(
                Link.VHOST,
                Duration.ofSeconds(seconds),
                Duration.ofSeconds(2),
                Duration.ofSeconds(5),
                Offer.CLOSED_LOOP,
                512,
                Addressing.IPV4,
                new Threads(1, 0, "auto", List.of(0), List.of(1), "busy"),
                true,
                60,
                1 << 26,
                false,
                1 << 16,
                2039,
                List.of(),
                Optional.empty(),
                COMMAND);
    }

    /** A quiet run with these rates. */
    public static BenchResult of(final double... rates) {
        return disturbed(0, 0, 0, rates);
    }

    /**
     * A quiet run in which this is offered: of SYNs that no engine sends ten come with each connection, of which eight are
     * answered by a cookie and one is shed, of those of clients two are completed; of what is held nothing gets lost, and it takes 256 bytes each.
     */
    static BenchResult offering(final Offer offer, final double... rates) {
        return new SyntheticRun(offer).run(0, 0, 0, rates);
    }

    /** Quiet runs of four seconds, one for each rate. */
    public static Repeats repeats(final double... rates) {
        return new Repeats(
                Arrays.stream(rates)
                        .mapToObj(rate -> of(rate, rate, rate, rate))
                        .toList(),
                rates.length);
    }

    /** A quiet run of a second in which this is offered. */
    public static Repeats offering(final Offer offer) {
        return new Repeats(List.of(offering(offer, 1_000)), 1);
    }

    /** A run whose generator died before its first second was over. */
    public static Repeats nothing() {
        final SyntheticRun run = new SyntheticRun(Offer.CLOSED_LOOP);
        final Series warmUp = new Series(run.moment(0));
        final Series measured = new Series(warmUp.first());
        measured.fail("the generator process died (exit code 137)");
        return new Repeats(
                List.of(new BenchResult(plan(4), warmUp.first(), warmUp, false, measured, Optional.empty(), false)), 1);
    }

    /** A run in each second of which the server waits for its core, stands still, and loses ticks of CPU 0 (of 100). */
    static BenchResult disturbed(
            final long waitMillis, final long stopMillis, final long stolen, final double... rates) {
        return new SyntheticRun(Offer.CLOSED_LOOP).run(waitMillis, stopMillis, stolen, rates);
    }

    private BenchResult run(final long waitMillis, final long stopMillis, final long stolen, final double... rates) {
        final Series warmUp = new Series(moment(0));
        warmUp.add(next(rates[0] / 2));
        warmUp.add(next(rates[0]));
        final Series measured = new Series(warmUp.last());
        for (final double rate : rates) {
            waitedNanos += waitMillis * 1_000_000;
            safepointMillis += stopMillis;
            stolenTicks += stolen;
            measured.add(next(rate));
        }
        return new BenchResult(
                plan(rates.length).with(offer), warmUp.first(), warmUp, true, measured, Optional.empty(), false);
    }

    private Blast blast() {
        return offer.syns().isEmpty()
                ? null
                : new Blast(
                        offer.hasClients(),
                        10 * connections,
                        10 * connections,
                        0,
                        offer.hasClients() ? 2 * connections : 0,
                        0,
                        second,
                        0,
                        0);
    }

    private Map<String, Long> ofServer() {
        final Map<String, Long> counters = new HashMap<>(Map.of(
                Counter.FRAMES_RECEIVED.name(),
                3 * connections,
                Counter.FRAMES_TRANSMITTED.name(),
                3 * connections,
                Counter.SYN_QUEUE_ENTRIES.name(),
                (long) second % 7,
                Counter.TIME_WAIT_ENTRIES.name(),
                connections,
                Counter.DUTY_WORK_NANOS.name(),
                second * SECOND / 10 * 9,
                Counter.DUTY_IDLE_NANOS.name(),
                second * SECOND / 10));
        if (offer.syns().isPresent()) {
            counters.put(Counter.TCP_SYNS_RECEIVED.name(), 10 * connections);
            counters.put(Counter.SYNCOOKIES_SENT.name(), 8 * connections);
            counters.put(Counter.SYNS_SHED.name(), connections);
        }
        if (offer.held() > 0) {
            counters.put(Counter.CONNECTIONS.name(), (long) offer.held());
            counters.put(Counter.CONNECTION_BYTES.name(), 256L * offer.held());
        }
        return counters;
    }

    private Moment next(final double rate) {
        second++;
        connections += Math.round(rate);
        return moment(rate);
    }

    private Moment moment(final double rate) {
        final Histogram nanos = LatencyRecorder.newTotal();
        for (int i = 1; i <= 1000 && rate > 0; i++) {
            nanos.recordValue(i * 1_000L);
        }
        final Latency latency = new Latency(nanos.getTotalCount(), 500, 990, 999, 1000);
        final NodeReport generator = new NodeReport(
                NodeReport.SAMPLE,
                second * SECOND,
                Map.of(
                        Counter.DUTY_WORK_NANOS.name(),
                        second * SECOND / 2,
                        Counter.DUTY_IDLE_NANOS.name(),
                        second * SECOND / 2),
                new Load(
                        connections,
                        connections,
                        connections,
                        connections,
                        connections,
                        0,
                        0,
                        Map.of(),
                        blast(),
                        offer.held() == 0 ? null : new Held(offer.held(), 0, 0)),
                latency,
                latency,
                encoded(nanos),
                cost(0, 0),
                Map.of("dpdk", "DPDK 22.11.7"),
                List.of(),
                null);
        final NodeReport server = new NodeReport(
                NodeReport.SAMPLE,
                second * SECOND,
                ofServer(),
                null,
                null,
                null,
                null,
                cost(waitedNanos, safepointMillis),
                Map.of("dpdk", "DPDK 22.11.7"),
                List.of(),
                null);
        final long ticks = second * 100L;
        final TreeMap<Integer, CpuTimes.Ticks> cpus = new TreeMap<>();
        cpus.put(0, new CpuTimes.Ticks(ticks - stolenTicks, stolenTicks, ticks));
        cpus.put(1, new CpuTimes.Ticks(ticks / 2, 0, ticks));
        return new Moment(server, generator, new CpuTimes(cpus), EPOCH_MILLIS + second * 1000L);
    }

    private ProcessCost cost(final long waited, final long stopped) {
        return new ProcessCost(
                second * SECOND,
                second * SECOND,
                64,
                0,
                0,
                stopped,
                stopped,
                1,
                waited,
                waited / 1000,
                1 << 20,
                1 << 24);
    }

    static String encoded(final Histogram nanos) {
        final ByteBuffer buffer = ByteBuffer.allocate(nanos.getNeededByteBufferCapacity());
        final int length = nanos.encodeIntoCompressedByteBuffer(buffer);
        return Base64.getEncoder().encodeToString(Arrays.copyOf(buffer.array(), length));
    }
}
