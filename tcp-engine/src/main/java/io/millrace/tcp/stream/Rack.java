package io.millrace.tcp.stream;

import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.tcp.state.Sequence;
import io.millrace.tcp.table.Tcb;
import io.millrace.tcp.table.TcbFlags;

/**
 * Finds losses by time, RFC 8985 §6: what was sent before something that has arrived is lost once a reordering window has
 * passed. One instance a shard, owned by its thread; allocates nothing.
 *
 * <p>What a connection has learned of reordering outlives its {@link Recovery} record, in a byte of its own: RACK's
 * reo_wnd_mult in the high four bits, 0 while RACK.reordering_seen is false, and reo_wnd_persist in the low four.
 */
final class Rack {
    /** RACK.DupThresh: so many segments SACKED before a loss make it certain, while no reordering was seen. */
    private static final int DUPLICATE_THRESHOLD = 3;
    /** The RFC has 16 recoveries; four bits hold 15. */
    private static final int PERSIST = 15;
    /** A multiple of a quarter of the shortest round trip: by then the bound, SRTT, has come long before. */
    private static final int MAX_MULTIPLE = 15;

    private final Flight flight;
    private final CounterBlock counters;

    Rack(final Flight flight, final CounterBlock counters) {
        this.flight = flight;
        this.counters = counters;
    }

    /** Steps 1 to 3: what an acknowledgment tells of the path. */
    void update(final Tcb tcb, final Recovery recovery, final Delivery delivery, final int nowMicros) {
        recovery.fack(delivery.fack());
        if (delivery.isReordered()) {
            onReordering(tcb);
        }
        if (!delivery.isRecent()) {
            return;
        }
        final int rtt = Math.max(1, nowMicros - delivery.newestSent());
        if (!recovery.is(Recovery.RACK_KNOWN)
                || Delivery.isSentAfter(
                        delivery.newestSent(), delivery.newestEnd(), recovery.rackSent(), recovery.rackEnd())) {
            recovery.set(Recovery.RACK_KNOWN);
            recovery.rackSent(delivery.newestSent());
            recovery.rackEnd(delivery.newestEnd());
            recovery.rackRtt(rtt);
        }
    }

    /** RACK.reordering_seen: from here on a loss is given time to turn out to be none. */
    void onReordering(final Tcb tcb) {
        if (tcb.reordering() == 0) {
            tcb.reordering(1 << 4);
            counters.increment(Counter.TCP_SACK_REORDERINGS);
        }
    }

    /** Step 4: a DSACK says that the window was too small: it grows, once in a round trip. */
    void onDsack(final Tcb tcb, final Recovery recovery) {
        if (recovery.is(Recovery.DSACK_ROUND_KNOWN) && Sequence.before(tcb.sndUna(), recovery.dsackRound())) {
            return;
        }
        final int multiple = Math.min(MAX_MULTIPLE, Math.max(1, tcb.reordering() >>> 4) + 1);
        tcb.reordering(multiple << 4 | PERSIST);
        recovery.dsackRound(tcb.sndMax());
        recovery.set(Recovery.DSACK_ROUND_KNOWN);
    }

    /** Step 4: a recovery has ended; after so many of them a window that has grown is small again. */
    void onRecovered(final Tcb tcb) {
        final int known = tcb.reordering();
        if (known >>> 4 > 1) {
            tcb.reordering((known & 0xf) > 1 ? known - 1 : 1 << 4);
        }
    }

    /** RACK.reo_wnd, µs. */
    int window(final Tcb tcb, final Recovery recovery) {
        final int multiple = tcb.reordering() >>> 4;
        if (multiple == 0
                && (tcb.is(TcbFlags.IN_RECOVERY)
                        || recovery.is(Recovery.AFTER_TIMEOUT)
                        || flight.sackedSegments(tcb) >= DUPLICATE_THRESHOLD)) {
            return 0;
        }
        return (int) Math.min((long) Math.max(1, multiple) * tcb.minRtt() / 4, tcb.srtt());
    }

    /**
     * Step 5: marks what is lost.
     *
     * @return µs until more may turn out to be lost; 0 if nothing will by itself.
     */
    int detect(final Tcb tcb, final Recovery recovery, final int nowMicros) {
        if (!recovery.is(Recovery.RACK_KNOWN)) {
            return 0;
        }
        final int allowed = recovery.rackRtt() + window(tcb, recovery);
        int wait = 0;
        int previous = Flight.NONE;
        int slot = flight.head(tcb);
        while (slot != Flight.NONE) {
            if ((flight.fate(slot) & (Flight.SACKED | Flight.LOST)) == 0
                    && Delivery.isSentAfter(
                            recovery.rackSent(), recovery.rackEnd(), flight.sent(slot), flight.end(slot))) {
                final int remaining = allowed - (nowMicros - flight.sent(slot));
                if (remaining <= 0) {
                    slot = lose(tcb, previous, slot);
                } else {
                    wait = Math.max(wait, remaining);
                }
            }
            previous = slot;
            slot = flight.next(slot);
        }
        return wait;
    }

    /** §6.3: a time-out gives up what is at SND.UNA, and what should have been acknowledged by now. */
    void loseOnTimeout(final Tcb tcb, final Recovery recovery, final int nowMicros) {
        final boolean known = recovery.is(Recovery.RACK_KNOWN);
        final int allowed = known ? recovery.rackRtt() + window(tcb, recovery) : tcb.srtt();
        int previous = Flight.NONE;
        int slot = flight.head(tcb);
        while (slot != Flight.NONE) {
            if ((flight.fate(slot) & (Flight.SACKED | Flight.LOST)) == 0
                    && (previous == Flight.NONE
                            || !tcb.is(TcbFlags.SACK) // RFC 6582 §4: without SACK all of it
                            || nowMicros - flight.sent(slot) >= allowed)) {
                slot = lose(tcb, previous, slot);
            }
            previous = slot;
            slot = flight.next(slot);
        }
    }

    private int lose(final Tcb tcb, final int previous, final int slot) {
        if ((flight.fate(slot) & Flight.RESENT) != 0) {
            counters.add(Counter.TCP_LOST_RETRANSMITS, flight.segments(slot));
        }
        return flight.lose(tcb, previous, slot);
    }
}
