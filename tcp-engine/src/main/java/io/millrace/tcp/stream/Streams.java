package io.millrace.tcp.stream;

import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.tcp.ConnectionOptions;
import io.millrace.tcp.egress.NextHops;
import io.millrace.tcp.egress.SegmentWriter;
import io.millrace.tcp.table.RecordSlab;
import io.millrace.tcp.table.Registry;
import io.millrace.tcp.timer.BurstClock;
import io.millrace.tcp.timer.ConnectionTimers;

/**
 * Both directions of the streams of a shard's connections, put together: {@link Transmitter}, what may go out now; {@link
 * Acknowledgments}, what an acknowledgment says; {@link Timeouts}, what silence says; {@link Receiver}, what comes in.
 */
public final class Streams {
    private final SendTurns turns;
    private final Transmitter transmitter;
    private final Acknowledgments acknowledgments;
    private final Timeouts timeouts;
    private final Receiver receiver;

    /**
     * With the parts that all connections of the shard share.
     *
     * @param connections their records.
     * @param ranges records of {@link Flight#RECORD_LENGTH} bytes for what is in flight.
     * @param recoveries records of {@link Recovery#RECORD_LENGTH} bytes for flights in disorder.
     * @param application where received text goes.
     * @param retained frames that it keeps of that.
     */
    public Streams(
            final SegmentWriter writer,
            final NextHops nextHops,
            final ByteChain chain,
            final Reassembly reassembly,
            final RecordSlab connections,
            final RecordSlab ranges,
            final RecordSlab recoveries,
            final ReceiveTuning tuning,
            final CongestionWindow congestion,
            final Pacer pacer,
            final PathMtu pathMtu,
            final TextSink application,
            final RetainedFrames retained,
            final ConnectionTimers timers,
            final BurstClock clock,
            final CounterBlock counters,
            final Registry<ConnectionOptions> options,
            final int dataRetries) {
        final ReceiveWindow window = new ReceiveWindow(chain, tuning);
        final SackBlocks sackBlocks = new SackBlocks(reassembly);
        final SegmentSender segments = new SegmentSender(writer, nextHops, chain, sackBlocks, window, clock, options);
        final Flight flight = new Flight(ranges);
        final Recovery recovery = new Recovery(recoveries, flight);
        final RetransmissionTimer timer = new RetransmissionTimer(flight, recovery, timers, clock, options);
        final Rack rack = new Rack(flight, counters);
        final LossRecovery losses = new LossRecovery(flight, recovery, rack, congestion, clock, counters);
        turns = new SendTurns(writer, connections, counters);
        transmitter = new Transmitter(
                segments,
                turns,
                chain,
                flight,
                recovery,
                losses,
                congestion,
                pacer,
                pathMtu,
                timer,
                clock,
                counters,
                options);
        acknowledgments =
                new Acknowledgments(chain, flight, recovery, losses, congestion, pathMtu, timer, clock, counters);
        timeouts = new Timeouts(
                segments,
                transmitter,
                flight,
                recovery,
                losses,
                congestion,
                pathMtu,
                timer,
                counters,
                options,
                dataRetries);
        receiver = new Receiver(
                chain, reassembly, sackBlocks, window, tuning, application, retained, writer, timers, clock, counters);
    }

    /** Who waits for room in a transmit queue. */
    public SendTurns turns() {
        return turns;
    }

    /** What may go out now. */
    public Transmitter transmitter() {
        return transmitter;
    }

    /** What an acknowledgment says. */
    public Acknowledgments acknowledgments() {
        return acknowledgments;
    }

    /** What silence says. */
    public Timeouts timeouts() {
        return timeouts;
    }

    /** What comes in. */
    public Receiver receiver() {
        return receiver;
    }
}
