package io.millrace.bench.stream;

import io.millrace.bench.run.Interval;
import io.millrace.bench.run.Moment;
import io.millrace.bench.run.NodeReport;
import io.millrace.bench.run.NodeReport.Latency;
import io.millrace.dataplane.counters.Counter;
import java.util.List;
import java.util.Optional;

/**
 * What one pairing has shown. Immutable.
 *
 * @param pairing whose TCP was at the two ends.
 * @param pattern what went over the connections.
 * @param direction which way.
 * @param ready the nodes as they were ready, with their facts.
 * @param first the moment the measured time began.
 * @param last the moment it ended.
 */
public record StreamResult(
        Pairing pairing, Pattern pattern, Direction direction, Moment ready, Moment first, Moment last) {
    /** That of Linux at both ends, if it was measured. */
    static Optional<StreamResult> ofLinuxAlone(final List<StreamResult> results) {
        return results.stream()
                .filter(result -> result.pairing() == Pairing.KERNEL_KERNEL && result.gigabits() > 0)
                .findFirst();
    }

    /** What the server did. */
    Interval server() {
        return last.serverSince(first);
    }

    /** What the client did. */
    Interval client() {
        return last.generatorSince(first);
    }

    private Interval sender() {
        return pattern == Pattern.BULK && direction == Direction.FROM_SERVER ? server() : client();
    }

    private Interval receiver() {
        return sender().after() == server().after() ? client() : server();
    }

    private static long bytes(final Interval node) {
        return node.after().stream().bytes() - node.before().stream().bytes();
    }

    /** Text received by the side that receives it, bytes. */
    long bytes() {
        return bytes(receiver());
    }

    /** Text received, 10^9 bits a second. */
    double gigabits() {
        return bytes() * 8 / receiver().seconds() / 1e9;
    }

    /** Segments sent by the side that sends the text. */
    double segmentsPerSecond() {
        return sender().perSecond(Counter.TCP_SEGMENTS_SENT);
    }

    /** Segments sent by the other side: in bulk nothing but acknowledgments. */
    double answersPerSecond() {
        return receiver().perSecond(Counter.TCP_SEGMENTS_SENT);
    }

    /** Segments sent again by either side. */
    long retransmissions() {
        return server().delta(Counter.TCP_SEGMENTS_RETRANSMITTED) + client().delta(Counter.TCP_SEGMENTS_RETRANSMITTED);
    }

    /** Requests answered in a second. */
    double exchangesPerSecond() {
        final NodeReport.Stream before = client().before().stream();
        return (client().after().stream().exchanges() - before.exchanges()) / client().seconds();
    }

    /** How long answers took; null of bulk. */
    Latency latency() {
        return last.generator().total();
    }

    /** Connections open at the client at the end. */
    long open() {
        return last.generator().stream().open();
    }

    /** Connections that ended while they should not have. */
    long failed() {
        return last.generator().stream().failed();
    }
}
