package io.millrace.bench.stream;

import io.millrace.bench.run.Interval;
import io.millrace.bench.run.LatencyInterval;
import io.millrace.bench.run.Moment;
import io.millrace.bench.run.NodeReport.Latency;
import io.millrace.bench.run.Second;
import io.millrace.bench.run.Series;
import io.millrace.bench.run.Watched;
import io.millrace.dataplane.counters.Counter;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What a run of one pairing has shown. Immutable.
 *
 * @param plan what was to be measured.
 * @param pairing whose TCP was at the two ends.
 * @param ready the nodes as they were ready, with their facts.
 * @param warmUp what was before the measured time.
 * @param settled whether what was carried in a second had settled then.
 * @param measured the measured time.
 * @param interrupted whether somebody ended it early.
 */
public record StreamResult(
        StreamPlan plan,
        Pairing pairing,
        Moment ready,
        Series warmUp,
        boolean settled,
        Series measured,
        boolean interrupted) {
    /** What the server did. */
    Interval server() {
        return all().server();
    }

    /** What the client did. */
    Interval client() {
        return all().generator();
    }

    /** The measured time as a whole. */
    private Second all() {
        return new Second(measured.seconds(), measured.first(), measured.last());
    }

    /** What broke it off: a process that died. */
    Optional<String> failure() {
        return measured.failure();
    }

    /** Whether it came to its end. */
    boolean isWhole() {
        return !interrupted && failure().isEmpty();
    }

    private static boolean isFromServer(final Traffic traffic) {
        return traffic.isBulk() && traffic.direction() == Direction.FROM_SERVER;
    }

    private static Interval sender(final Traffic traffic, final Second second) {
        return isFromServer(traffic) ? second.server() : second.generator();
    }

    private static Interval receiver(final Traffic traffic, final Second second) {
        return isFromServer(traffic) ? second.generator() : second.server();
    }

    private static long bytes(final Traffic traffic, final Second second) {
        final Interval receiver = receiver(traffic, second);
        return receiver.after().stream().bytes() - receiver.before().stream().bytes();
    }

    /** Text received by the side that receives it, 10^9 bits a second. */
    static double gigabits(final Traffic traffic, final Second second) {
        final double seconds = receiver(traffic, second).seconds();
        return seconds <= 0 ? 0 : bytes(traffic, second) * 8 / seconds / 1e9;
    }

    /** Segments sent by the side that sends the text. */
    static double segmentsPerSecond(final Traffic traffic, final Second second) {
        return sender(traffic, second).perSecond(Counter.TCP_SEGMENTS_SENT);
    }

    /** Segments sent by the other side: in bulk nothing but acknowledgments. */
    static double answersPerSecond(final Traffic traffic, final Second second) {
        return receiver(traffic, second).perSecond(Counter.TCP_SEGMENTS_SENT);
    }

    /** Requests answered in a second. */
    static double exchangesPerSecond(final Second second) {
        final Interval client = second.generator();
        final long exchanges =
                client.after().stream().exchanges() - client.before().stream().exchanges();
        return client.seconds() <= 0 ? 0 : exchanges / client.seconds();
    }

    /** The figure that the benchmark is about: 10^9 bits, or requests, a second. */
    static double figure(final Traffic traffic, final Second second) {
        return traffic.isBulk() ? gigabits(traffic, second) : exchangesPerSecond(second);
    }

    /** The share of its polling threads' time that found work; not a number where nobody polls, as in the kernel. */
    static double busy(final Interval node) {
        return node.delta(Counter.DUTY_CYCLES) > 0 ? node.busy() : Double.NaN;
    }

    /** Connections that ended in a second while they should not have, as the client knows. */
    static long failed(final Second second) {
        return second.generator().after().stream().failed()
                - second.generator().before().stream().failed();
    }

    /** Text received by the side that receives it, bytes. */
    long bytes() {
        return bytes(plan.traffic(), all());
    }

    double gigabits() {
        return gigabits(plan.traffic(), all());
    }

    double segmentsPerSecond() {
        return segmentsPerSecond(plan.traffic(), all());
    }

    double answersPerSecond() {
        return answersPerSecond(plan.traffic(), all());
    }

    double exchangesPerSecond() {
        return exchangesPerSecond(all());
    }

    double figure() {
        return figure(plan.traffic(), all());
    }

    /** Segments sent again by either side. */
    long retransmissions() {
        return server().delta(Counter.TCP_SEGMENTS_RETRANSMITTED) + client().delta(Counter.TCP_SEGMENTS_RETRANSMITTED);
    }

    /** How long answers took; of no meaning in bulk. */
    Latency latency() {
        return measured.last().generator().total();
    }

    /** How long they took in each second; none in bulk. */
    List<LatencyInterval> latencies() {
        final List<Moment> moments = measured.moments();
        return plan.traffic().isBulk()
                ? List.of()
                : IntStream.range(1, moments.size())
                        .mapToObj(i -> LatencyInterval.between(moments.get(i - 1), moments.get(i)))
                        .toList();
    }

    /** Connections open at the client at the end. */
    long open() {
        return client().after().stream().open();
    }

    /** Connections that ended while they should not have. */
    long failed() {
        return client().after().stream().failed();
    }

    /** What tells whether anything disturbed it. */
    Watched watched() {
        return new Watched(
                measured.first(),
                measured.last(),
                pairing.engineServer() ? plan.serverCores() : List.of(),
                pairing.engineClient() ? plan.clientCores() : List.of(),
                settled ? 0 : warmUp.seconds());
    }
}
