package io.millrace.tcp.stream;

import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.tcp.state.Sequence;
import io.millrace.tcp.table.Tcb;
import io.millrace.tcp.table.TcbFlags;
import io.millrace.tcp.timer.BurstClock;

/**
 * The way of a connection through a loss and out of it: when recovery begins and ends, what the congestion window is
 * meanwhile, and whether it was all a mistake. Losses are {@link Rack}'s to find where the peer speaks SACK, and are told by
 * three duplicate acknowledgments where it does not (RFC 6582).
 *
 * <p>Works on the {@link Recovery} record that the shard's flyweight is on. One instance a shard, owned by its thread;
 * allocates nothing.
 */
final class LossRecovery {
    private static final int DUPLICATE_THRESHOLD = 3;
    /** So many segments sent again are counted one by one; after more nobody waits for a DSACK of each. */
    private static final int MOST_UNDO_SEGMENTS = 255;

    private final Flight flight;
    private final Recovery recovery;
    private final Rack rack;
    private final CongestionWindow congestion;
    private final BurstClock clock;
    private final CounterBlock counters;

    LossRecovery(
            final Flight flight,
            final Recovery recovery,
            final Rack rack,
            final CongestionWindow congestion,
            final BurstClock clock,
            final CounterBlock counters) {
        this.flight = flight;
        this.recovery = recovery;
        this.rack = rack;
        this.congestion = congestion;
        this.clock = clock;
        this.counters = counters;
    }

    /* What is sent. */

    /** Bytes have been sent for the first time. */
    void onSent(final Tcb tcb, final int bytes) {
        if (tcb.is(TcbFlags.IN_RECOVERY)) {
            recovery.prrOut(recovery.prrOut() + bytes);
        }
    }

    /** A segment of so many bytes has been sent again. */
    void onResent(final Tcb tcb, final int bytes) {
        onSent(tcb, bytes);
        if (tcb.is(TcbFlags.IN_RECOVERY)) {
            counters.increment(Counter.TCP_FAST_RETRANSMITS);
        } else if (recovery.is(Recovery.AFTER_TIMEOUT)) {
            counters.increment(Counter.TCP_SLOW_START_RETRANSMITS);
        }
        if (recovery.is(Recovery.UNDO_POSSIBLE)) {
            if (!recovery.is(Recovery.HAS_RESENT)) {
                recovery.set(Recovery.HAS_RESENT);
                recovery.firstResent(clock.millis());
            }
            if (recovery.undoSegments() == MOST_UNDO_SEGMENTS) {
                recovery.clear(Recovery.UNDO_POSSIBLE);
            } else {
                recovery.undoSegments(recovery.undoSegments() + 1);
            }
        }
    }

    /* What an acknowledgment brings. */

    /**
     * An acknowledgment has come to a connection in disorder.
     *
     * @param acked by how much SND.UNA has advanced.
     * @param duplicate whether it is a duplicate acknowledgment of a peer that does not speak SACK.
     * @return µs until more may turn out to be lost; 0 if nothing will by itself.
     */
    int onAck(final Tcb tcb, final Delivery delivery, final int acked, final boolean duplicate) {
        final boolean sack = tcb.is(TcbFlags.SACK);
        if (sack) {
            rack.update(tcb, recovery, delivery, clock.micros());
        }
        if (recovery.is(Recovery.TIMEOUT_IN_DOUBT)) {
            judgeTimeout(tcb, delivery, acked);
        }
        final int delivered = sack ? delivery.bytes() : deliveredWithoutSack(tcb, acked, duplicate);
        final boolean recovered = tcb.is(TcbFlags.IN_RECOVERY);
        if (isPast(tcb)) {
            end(tcb);
        }
        forgetWhatIsLongPast(tcb);
        final int lostBefore = flight.length(tcb, Flight.LOST);
        int wait = 0;
        if (sack) {
            wait = rack.detect(tcb, recovery, clock.micros());
        } else {
            loseWithoutSack(tcb, acked);
        }
        final boolean furtherLoss = flight.length(tcb, Flight.LOST) > lostBefore;
        if (begins(tcb)) {
            begin(tcb, sack ? delivery.sackedBytes() : delivered, acked);
        }
        if (tcb.is(TcbFlags.IN_RECOVERY)) {
            reduce(tcb, delivered, acked > 0 && !furtherLoss, !sack && acked > 0);
        } else if (acked > 0 && !recovered) { // what ends a recovery was delivered during it
            // RFC 3465 §2.3: after a time-out most of what is acknowledged may have arrived long before.
            congestion.onAcked(tcb, recovery.is(Recovery.AFTER_TIMEOUT) ? Math.min(acked, tcb.mss()) : acked);
        }
        return wait;
    }

    /** The reordering window of something has ended; µs until the next one's. */
    int onReorderingTimer(final Tcb tcb) {
        final int wait = rack.detect(tcb, recovery, clock.micros());
        if (begins(tcb)) {
            begin(tcb, 0, 0);
            reduce(tcb, 0, false, false);
        }
        return wait;
    }

    /** RFC 9937 §6: without SACK a duplicate acknowledgment stands for one segment, and what they stood for is not news. */
    private int deliveredWithoutSack(final Tcb tcb, final int acked, final boolean duplicate) {
        final int mss = tcb.mss();
        final int before = recovery.duplicateAcks();
        if (acked > 0) {
            // One segment filled the hole; the duplicates spoke of the others.
            recovery.duplicateAcks(
                    tcb.is(TcbFlags.IN_RECOVERY) ? Math.max(0, before - Math.max(0, (acked - 1) / mss)) : 0);
            return Math.max(mss, acked - before * mss);
        }
        if (!duplicate || (before + 1) * mss > tcb.sndMax() - tcb.sndUna()) {
            return 0; // more of them than there are segments tell nothing
        }
        recovery.duplicateAcks(Math.min(before + 1, 255));
        return mss;
    }

    /** RFC 6582 §3.2: the third duplicate, or a partial acknowledgment, tells that the segment at SND.UNA is lost. */
    private void loseWithoutSack(final Tcb tcb, final int acked) {
        if (tcb.is(TcbFlags.IN_RECOVERY)) {
            if (acked > 0) {
                flight.loseFirst(tcb, SegmentSender.maxText(tcb));
            }
        } else if (acked == 0
                && recovery.duplicateAcks() >= DUPLICATE_THRESHOLD
                && !recovery.is(Recovery.AFTER_TIMEOUT)
                // Step 2: duplicates of what was sent again after a loss are no sign of another.
                && !(recovery.is(Recovery.RECOVER_KNOWN) && Sequence.atOrBefore(tcb.sndUna(), recovery.recover()))) {
            flight.loseFirst(tcb, SegmentSender.maxText(tcb));
        }
    }

    /* Fast recovery. */

    private boolean begins(final Tcb tcb) {
        return !tcb.is(TcbFlags.IN_RECOVERY) && !recovery.is(Recovery.AFTER_TIMEOUT) && flight.has(tcb, Flight.LOST);
    }

    /** RFC 6675 §5 step 4, RFC 9937 §6. */
    private void begin(final Tcb tcb, final int newlySacked, final int acked) {
        tcb.set(TcbFlags.IN_RECOVERY);
        recovery.recover(tcb.sndMax());
        final boolean sack = tcb.is(TcbFlags.SACK);
        final int sacked = sack ? flight.length(tcb, Flight.SACKED) : recovery.duplicateAcks() * tcb.mss();
        recovery.prrDelivered(0);
        recovery.prrOut(0);
        recovery.prrFlight(Math.max(1, tcb.sndMax() - tcb.sndUna() - (sacked - newlySacked) + acked));
        rememberForUndo(tcb);
        congestion.onLoss(tcb);
        counters.increment(sack ? Counter.TCP_SACK_RECOVERIES : Counter.TCP_RENO_RECOVERIES);
    }

    /**
     * RFC 9937 §6: lets out in proportion to what was delivered, so that the flight comes down to the threshold.
     *
     * @param safe SND.UNA has advanced, and nothing more was found lost.
     * @param partial a partial acknowledgment has come, for which RFC 6582 §3.2 sends one segment again in any case.
     */
    private void reduce(final Tcb tcb, final int delivered, final boolean safe, final boolean partial) {
        final boolean must = recovery.prrOut() == 0 || partial; // a fast retransmit, whatever the proportion
        if (delivered == 0 && !must) {
            return;
        }
        final int mss = tcb.mss();
        final int ssthresh = tcb.ssthresh();
        final int pipe = recovery.pipe(tcb);
        final int total = recovery.prrDelivered() + delivered;
        recovery.prrDelivered(total);
        int count;
        if (pipe > ssthresh) {
            final long flightSize = recovery.prrFlight();
            count = (int) (((long) total * ssthresh + flightSize - 1) / flightSize) - recovery.prrOut();
        } else {
            count = Math.max(total - recovery.prrOut(), delivered) + (safe ? mss : 0);
            count = Math.min(ssthresh - pipe, count);
        }
        if (must) {
            count = Math.max(count, mss);
        }
        tcb.cwnd(pipe + Math.max(count, 0));
    }

    /** Whether everything that was in flight when the loss was found is acknowledged. */
    private boolean isPast(final Tcb tcb) {
        return (tcb.is(TcbFlags.IN_RECOVERY) || recovery.is(Recovery.AFTER_TIMEOUT))
                && Sequence.atOrAfter(tcb.sndUna(), recovery.recover());
    }

    private void end(final Tcb tcb) {
        if (tcb.is(TcbFlags.IN_RECOVERY)) {
            tcb.clear(TcbFlags.IN_RECOVERY);
            tcb.cwnd(tcb.ssthresh()); // RFC 9937 §6
        }
        recovery.clear(Recovery.AFTER_TIMEOUT | Recovery.TIMEOUT_IN_DOUBT | Recovery.TRIES_NEW_TEXT);
        recovery.duplicateAcks(0);
        rack.onRecovered(tcb);
    }

    /** Numbers mean something for as long as they are near: a flight may go on through the wrap, and more than once. */
    private void forgetWhatIsLongPast(final Tcb tcb) {
        if (recovery.is(Recovery.DSACK_ROUND_KNOWN) && Sequence.atOrAfter(tcb.sndUna(), recovery.dsackRound())) {
            recovery.clear(Recovery.DSACK_ROUND_KNOWN);
        }
        if (tcb.is(TcbFlags.IN_RECOVERY) || recovery.is(Recovery.AFTER_TIMEOUT)) {
            return;
        }
        if (recovery.is(Recovery.RECOVER_KNOWN) && Sequence.after(tcb.sndUna(), recovery.recover())) {
            recovery.clear(Recovery.RECOVER_KNOWN);
        }
        // Two windows on, no DSACK of what was sent again is under way any more.
        if (recovery.is(Recovery.UNDO_POSSIBLE) && tcb.sndUna() - recovery.recover() > 2 * recovery.priorCwnd()) {
            recovery.clear(Recovery.UNDO_POSSIBLE);
        }
    }

    /* After a time-out. */

    /** The retransmission timer has gone off, RFC 6298 §5.4 to §5.6: gives up what is in flight. */
    void onTimeout(final Tcb tcb) {
        recovery.clear(Recovery.TIMEOUT_IN_DOUBT | Recovery.TRIES_NEW_TEXT);
        if (!tcb.is(TcbFlags.IN_RECOVERY) && !recovery.is(Recovery.AFTER_TIMEOUT)) {
            rememberForUndo(tcb);
            if (tcb.is(TcbFlags.SACK)) {
                recovery.set(Recovery.TIMEOUT_IN_DOUBT);
            }
        }
        final int head = flight.head(tcb);
        if ((flight.fate(head) & Flight.SACKED) != 0) {
            // RFC 2018 §8: the peer has dropped what it had SACKED, or it would have acknowledged it.
            flight.forget(tcb, Flight.SACKED);
            counters.increment(Counter.TCP_SACK_RENEGING);
        }
        congestion.onTimeout(tcb);
        tcb.clear(TcbFlags.IN_RECOVERY);
        recovery.clear(Recovery.PROBE_OUT);
        recovery.set(Recovery.AFTER_TIMEOUT);
        recovery.recover(tcb.sndMax());
        recovery.duplicateAcks(0);
        rack.loseOnTimeout(tcb, recovery, clock.micros());
    }

    /* Was it a mistake? */

    private void rememberForUndo(final Tcb tcb) {
        recovery.set(Recovery.UNDO_POSSIBLE);
        recovery.clear(Recovery.HAS_RESENT);
        recovery.undoSegments(0);
        recovery.undoFrom(tcb.sndUna());
        recovery.priorCwnd(tcb.cwnd());
        recovery.priorSsthresh(tcb.ssthresh());
    }

    /**
     * RFC 3522, Eifel: SND.UNA has advanced, and the acknowledgment echoes the time of a segment that left before anything
     * was sent again: the original has arrived, and nothing was lost.
     *
     * @param echo the time echoed, ms.
     */
    void onEcho(final Tcb tcb, final int echo) {
        if (recovery.is(Recovery.UNDO_POSSIBLE)
                && recovery.is(Recovery.HAS_RESENT)
                && Sequence.before(echo, recovery.firstResent())) {
            final boolean timedOut = recovery.is(Recovery.AFTER_TIMEOUT);
            counters.increment(timedOut ? Counter.TCP_SPURIOUS_RTOS : Counter.TCP_FULL_UNDO);
            if (!timedOut && tcb.is(TcbFlags.IN_RECOVERY)) {
                rack.onReordering(tcb);
            }
            undo(tcb);
        }
    }

    /**
     * RFC 2883: the peer got something twice. Once that is true of all that was sent again, nothing was lost.
     *
     * @param left where the duplicate begins.
     * @param right where it ends.
     */
    void onDsack(final Tcb tcb, final int left, final int right) {
        rack.onDsack(tcb, recovery);
        if (!recovery.is(Recovery.UNDO_POSSIBLE)
                || recovery.undoSegments() == 0
                || !Sequence.between(recovery.undoFrom(), left, right)
                || Sequence.after(right, recovery.recover())) {
            return;
        }
        final int segments = Math.max(1, (right - left + tcb.mss() - 1) / tcb.mss());
        recovery.undoSegments(Math.max(0, recovery.undoSegments() - segments));
        if (recovery.undoSegments() == 0) {
            counters.increment(Counter.TCP_DSACK_UNDO);
            undo(tcb);
        }
    }

    /**
     * RFC 5682 §3.1, F-RTO by SACK: after the first acknowledgment that advances SND.UNA new text is sent, rather than more of
     * what was given up. If the next one brings what was not sent again, that has arrived just now as it was sent first, and
     * the time-out was a mistake. The first tells nothing, as it may be the acknowledgments that were lost; nor does one that
     * has the new text arrive: whatever is still missing then is lost.
     */
    private void judgeTimeout(final Tcb tcb, final Delivery delivery, final int acked) {
        if (!recovery.is(Recovery.TRIES_NEW_TEXT)) {
            if (acked > 0) {
                recovery.set(Recovery.TRIES_NEW_TEXT);
            }
        } else if (delivery.hasLostOriginal() && Sequence.atOrBefore(delivery.fack(), recovery.recover())) {
            counters.increment(Counter.TCP_SPURIOUS_RTOS);
            undo(tcb);
        } else {
            believeTimeout();
        }
    }

    /** The time-out was no mistake, or there is no new text that would tell: what was given up goes again. */
    void believeTimeout() {
        recovery.clear(Recovery.TIMEOUT_IN_DOUBT | Recovery.TRIES_NEW_TEXT);
    }

    /** RFC 4015: as if it had not been. */
    private void undo(final Tcb tcb) {
        tcb.cwnd(Math.max(tcb.cwnd(), recovery.priorCwnd()));
        tcb.ssthresh(Math.max(tcb.ssthresh(), recovery.priorSsthresh()));
        tcb.clear(TcbFlags.IN_RECOVERY);
        recovery.clear(
                Recovery.UNDO_POSSIBLE | Recovery.AFTER_TIMEOUT | Recovery.TIMEOUT_IN_DOUBT | Recovery.TRIES_NEW_TEXT);
        recovery.duplicateAcks(0);
        flight.forget(tcb, Flight.LOST);
    }

    /* The tail loss probe. */

    /** A probe has left. */
    void onProbe(final Tcb tcb) {
        recovery.set(Recovery.PROBE_OUT);
        recovery.probeEnd(tcb.sndMax());
    }

    /**
     * RFC 8985 §7.4: whether a probe has repaired a loss, which nothing else would tell.
     *
     * @param dsackEnd where the DSACK of the acknowledgment ends, if {@code dsack}.
     * @param bare whether it brings nothing new.
     */
    void judgeProbe(final Tcb tcb, final boolean dsack, final int dsackEnd, final boolean bare) {
        if (!recovery.is(Recovery.PROBE_OUT) || Sequence.before(tcb.sndUna(), recovery.probeEnd())) {
            return;
        }
        if (!recovery.is(Recovery.PROBE_RESENT) || dsack && dsackEnd == recovery.probeEnd() || bare) {
            recovery.clear(Recovery.PROBE_OUT); // nothing was lost: the probe was new, or arrived as a duplicate
        } else if (Sequence.after(tcb.sndUna(), recovery.probeEnd())) {
            recovery.clear(Recovery.PROBE_OUT);
            counters.increment(Counter.TCP_LOSS_PROBE_RECOVERIES);
            if (!tcb.is(TcbFlags.IN_RECOVERY) && !recovery.is(Recovery.AFTER_TIMEOUT)) {
                congestion.onLoss(tcb);
                tcb.cwnd(Math.min(tcb.cwnd(), tcb.ssthresh()));
            }
        }
    }

    /** Whether a later acknowledgment may still tell something about what was in flight. */
    boolean isPending() {
        return recovery.is(Recovery.PROBE_OUT) || recovery.is(Recovery.UNDO_POSSIBLE) && recovery.undoSegments() > 0;
    }
}
