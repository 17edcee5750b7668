package io.millrace.tcp.stream;

import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.wire.TcpFlags;
import io.millrace.tcp.ConnectionOptions;
import io.millrace.tcp.TcpState;
import io.millrace.tcp.state.Sequence;
import io.millrace.tcp.table.Registry;
import io.millrace.tcp.table.Tcb;
import io.millrace.tcp.table.TcbFlags;
import io.millrace.tcp.table.TcbModes;
import io.millrace.tcp.timer.BurstClock;

/**
 * The sending side of connections: decides what may go out now (RFC 9293 §3.8.6), and sends it: what was lost first (RFC
 * 6675 §4), then what is new.
 *
 * <p>Sequence space after SND.UNA is the send queue's bytes and then, if the application has closed, one FIN. SND.NXT goes
 * back to SND.UNA where nothing is known of what is in flight, and everything is sent from there as the windows allow;
 * {@code sndMax} remembers how far it had been. One instance a shard, owned by its thread; allocates nothing.
 */
public final class Transmitter {
    /** How long text may wait for more of it in a connection that is corked: as long as Linux lets it. */
    private static final int MAX_CORK_MS = 200;

    private final SegmentSender segments;
    private final SendTurns turns;
    private final ByteChain chain;
    private final Flight flight;
    private final Recovery recovery;
    private final LossRecovery losses;
    private final CongestionWindow congestion;
    private final Pacer pacer;
    private final PathMtu pathMtu;
    private final RetransmissionTimer timer;
    private final BurstClock clock;
    private final CounterBlock counters;
    private final Registry<ConnectionOptions> options;

    Transmitter(
            final SegmentSender segments,
            final SendTurns turns,
            final ByteChain chain,
            final Flight flight,
            final Recovery recovery,
            final LossRecovery losses,
            final CongestionWindow congestion,
            final Pacer pacer,
            final PathMtu pathMtu,
            final RetransmissionTimer timer,
            final BurstClock clock,
            final CounterBlock counters,
            final Registry<ConnectionOptions> options) {
        this.segments = segments;
        this.turns = turns;
        this.chain = chain;
        this.flight = flight;
        this.recovery = recovery;
        this.losses = losses;
        this.congestion = congestion;
        this.pacer = pacer;
        this.pathMtu = pathMtu;
        this.timer = timer;
        this.clock = clock;
        this.counters = counters;
        this.options = options;
    }

    /** Sends what may be sent now: what was lost, text, FIN, or else an acknowledgment that is due. */
    public void output(final Tcb tcb) {
        if (segments.owesReport(tcb)) {
            acknowledge(tcb);
        }
        if (recovery.find(tcb) && recovery.is(Recovery.TRIES_NEW_TEXT)) {
            tryNewText(tcb);
        }
        if (owesLost(tcb)) {
            sendLost(tcb, false);
        }
        if (hasSomethingToSend(tcb) && !owesLost(tcb)) {
            sendNew(tcb);
        }
        if (tcb.is(TcbFlags.ACK_NOW)) {
            acknowledge(tcb);
        }
        if (tcb.stateOrdinal() < TcpState.ESTABLISHED.ordinal() && turns.isTurnOf(tcb)) {
            segments.sendSyn(tcb);
        }
    }

    /** Something was lost, and new text has to wait for it. */
    private boolean owesLost(final Tcb tcb) {
        return recovery.find(tcb) && !recovery.is(Recovery.TRIES_NEW_TEXT) && flight.has(tcb, Flight.LOST);
    }

    /** RFC 5682 §3.1 step 2: new text in place of what was given up, if there is any and the windows admit it. */
    private void tryNewText(final Tcb tcb) {
        final int before = tcb.sndMax();
        sendNew(tcb);
        if (tcb.sndMax() == before && Sequence.atOrBefore(tcb.sndMax(), recovery.recover())) {
            losses.believeTimeout();
        }
    }

    /** The last of a connection whose record goes does not wait. */
    private void acknowledge(final Tcb tcb) {
        if (tcb.stateOrdinal() == TcpState.TIME_WAIT.ordinal() || turns.admits(tcb)) {
            segments.send(tcb, acknowledgmentSeq(tcb), 0, TcpFlags.ACK);
        }
    }

    /**
     * The number of a bare acknowledgment: after everything that was ever sent, also while it is being sent again. With an
     * older one the peer would drop it unread, and where both sides do so neither ever learns what has arrived. Only a probe
     * of a closed window does not count, as the peer may have refused it.
     */
    private static int acknowledgmentSeq(final Tcb tcb) {
        return tcb.is(TcbFlags.PERSISTING) ? tcb.sndNxt() : tcb.sndMax();
    }

    boolean hasSomethingToSend(final Tcb tcb) {
        return tcb.stateOrdinal() >= TcpState.ESTABLISHED.ordinal()
                && (isFinOwed(tcb) || chain.length(SegmentSender.sendChain(tcb)) > 0);
    }

    /** Our FIN is queued or sent, and not acknowledged. */
    private static boolean isFinOwed(final Tcb tcb) {
        if (!tcb.is(TcbFlags.FIN_QUEUED)) {
            return false;
        }
        final int state = tcb.stateOrdinal();
        return state == TcpState.FIN_WAIT_1.ordinal()
                || state == TcpState.CLOSING.ordinal()
                || state == TcpState.LAST_ACK.ordinal();
    }

    /* What is sent for the first time. */

    /** Sends text and FIN from SND.NXT on, within the windows. */
    private void sendNew(final Tcb tcb) {
        if (tcb.sndMax() == tcb.sndUna() && !tcb.is(TcbFlags.PERSISTING)) {
            congestion.onRestart(tcb, clock.millis() - tcb.progressMs());
        }
        final int from = tcb.sndNxt();
        final int window = tcb.cwnd() - recovery.pipe(tcb);
        final int budget = pacer.budget(tcb);
        final int room = Math.min(window, budget);
        boolean goesOn = true;
        while (goesOn) {
            goesOn = turns.admits(tcb) && sendNext(tcb, room - (tcb.sndNxt() - from), false);
        }
        pacer.onOutput(tcb, budget, tcb.sndNxt() - from, window > budget && hasUnsent(tcb));
        if (tcb.sndNxt() == from && isCorked(tcb)) {
            if (!tcb.is(TcbFlags.TIMER_RTO)) {
                timer.await(tcb, MAX_CORK_MS);
            }
        } else if (tcb.sndNxt() != from || !tcb.is(TcbFlags.TIMER_RTO)) {
            timer.onSent(tcb); // if nothing has gone out: to probe, or to try again for a frame
        }
    }

    /** Whether there is more text that the peer has room for. */
    private boolean hasUnsent(final Tcb tcb) {
        return tcb.sndNxt() - tcb.sndUna() < Math.min(tcb.sndWnd(), chain.length(SegmentSender.sendChain(tcb)));
    }

    /**
     * Sends the next segment of text, or the FIN, if the windows admit it.
     *
     * @param room what the congestion window admits.
     * @param force send at least one byte, or the FIN, whatever the windows.
     * @return whether a segment has gone out.
     */
    private boolean sendNext(final Tcb tcb, final int room, final boolean force) {
        final int offset = tcb.sndNxt() - tcb.sndUna();
        final int unsent = chain.length(SegmentSender.sendChain(tcb)) - offset;
        final boolean finOwed = isFinOwed(tcb);
        if (unsent < 0 || unsent == 0 && !finOwed) {
            return false; // all of it is out, the FIN too if there is one
        }
        final int maxText = SegmentSender.maxText(tcb);
        final int usable = Math.min(tcb.sndWnd() - offset, room);
        int text = Math.min(Math.min(unsent, maxText), Math.max(usable, 0));
        // RFC 9293 §3.8.6.2.1: wait for a window that admits a full segment, or half the largest there has been.
        if (text < unsent && text < maxText && text < tcb.maxSndWnd() / 2) {
            text = 0;
        }
        if (isHeldBack(tcb, text, unsent, maxText, finOwed)) {
            text = 0;
        }
        if (text == 0 && unsent > 0) {
            if (!force) {
                return false;
            }
            text = Math.max(1, Math.min(Math.min(unsent, maxText), tcb.sndWnd()));
        }
        if (text == maxText && !force && tcb.sndNxt() == tcb.sndMax()) {
            text = segments.largeText(tcb, Math.min(unsent, usable));
        }
        // The FIN goes with the last text; it is not held back by a window that its text has filled.
        final boolean fin = finOwed && text == unsent;
        final int flags = TcpFlags.ACK | (text > 0 && text == unsent ? TcpFlags.PSH : 0) | (fin ? TcpFlags.FIN : 0);
        return sendSequenced(tcb, text, flags);
    }

    /** Whether only its being corked keeps the connection from sending: nothing is in flight, and the peer has room. */
    boolean isCorked(final Tcb tcb) {
        return tcb.sndMax() == tcb.sndUna()
                && options.get(tcb.options()).cork()
                && tcb.sndWnd() >= Math.min(chain.length(SegmentSender.sendChain(tcb)), SegmentSender.maxText(tcb));
    }

    /**
     * RFC 9293 §3.7.4, Nagle, as appendix A.3 changes it: a small segment waits while another is unacknowledged, unless a FIN
     * goes with it; so the rest of a long write does not wait for the full segments before it. Where the application has
     * corked the connection it waits in any case.
     */
    private boolean isHeldBack(
            final Tcb tcb, final int text, final int unsent, final int maxText, final boolean finOwed) {
        if (text == maxText || finOwed && text == unsent) {
            return false;
        }
        final ConnectionOptions wanted = options.get(tcb.options());
        // At most one small segment is out: whole ones make a multiple.
        return (wanted.cork() || !wanted.noDelay() && (tcb.sndMax() - tcb.sndUna()) % maxText != 0)
                && Sequence.after(tcb.sndNxt() + text, tcb.sndMax()); // what was sent once goes again
    }

    /** Sends numbers that must be acknowledged, at SND.NXT. */
    private boolean sendSequenced(final Tcb tcb, final int text, final int flags) {
        // A FIN behind nothing is not worth a record: its time-out is all it needs. Nor is the probe of a closed
        // window.
        final boolean tracked = (text > 0 || !flight.isEmpty(tcb)) && !tcb.is(TcbFlags.PERSISTING);
        if (tracked && !flight.hasRoom(tcb)) {
            counters.increment(Counter.FLIGHT_RECORDS_EXHAUSTED);
            return false;
        }
        final int seq = tcb.sndNxt();
        final boolean first = tcb.sndMax() == tcb.sndUna();
        if (!segments.send(tcb, seq, text, flags)) {
            return false;
        }
        if (first) {
            tcb.progressMs(clock.millis());
            tcb.rttSampled(clock.micros());
        }
        final int fin = flags & TcpFlags.FIN;
        if (fin != 0) {
            tcb.set(TcbFlags.FIN_SENT);
        }
        final int end = seq + text + fin;
        final boolean fresh = Sequence.after(end, tcb.sndMax());
        if (tracked) {
            final int count = Math.max(1, (text + SegmentSender.maxText(tcb) - 1) / SegmentSender.maxText(tcb));
            flight.add(tcb, seq, end, count, clock.micros(), fresh ? 0 : Flight.RESENT);
        }
        tcb.sndNxt(end);
        if (fresh) {
            tcb.sndMax(end);
        } else {
            countAgain(fin);
        }
        losses.onSent(tcb, text + fin);
        if (first) {
            timer.restart(tcb, 0);
        }
        return true;
    }

    private void countAgain(final int fin) {
        counters.increment(Counter.TCP_SEGMENTS_RETRANSMITTED);
        counters.add(Counter.TCP_FIN_RETRANSMITS, fin);
    }

    /* What goes again. */

    /**
     * Sends what was lost, from the first number on, within the windows; the connection has a {@link Recovery} record.
     *
     * @param force send one segment whatever the windows.
     */
    void sendLost(final Tcb tcb, final boolean force) {
        int room = tcb.cwnd() - recovery.pipe(tcb);
        final int edge = tcb.sndUna() + tcb.sndWnd();
        boolean forced = force;
        int previous = Flight.NONE;
        int slot = flight.head(tcb);
        while (slot != Flight.NONE) {
            if ((flight.fate(slot) & Flight.LOST) == 0) {
                previous = slot;
                slot = flight.next(slot);
                continue;
            }
            final int seq = flight.seq(slot);
            final int until = Sequence.min(flight.end(slot), seq + SegmentSender.maxText(tcb));
            // RFC 9293 §3.8.6: not beyond a window that has shrunk since.
            if (!forced && (until - seq > room || Sequence.after(until, edge))) {
                return;
            }
            if (!forced && !turns.admits(tcb)) {
                return;
            }
            final int sentUntil = sendAgain(tcb, seq, flight.end(slot));
            if (sentUntil == seq) {
                return;
            }
            flight.resent(tcb, previous, slot, sentUntil, clock.micros());
            if (seq == tcb.sndUna()) {
                timer.onResent(tcb);
            }
            forced = false;
            room -= sentUntil - seq;
            // What was sent has joined the range before, or is this range: a rest of it comes next.
            slot = previous == Flight.NONE ? flight.head(tcb) : previous;
        }
    }

    /** Sends one segment again, from {@code seq} on and not beyond {@code end}; where it ends: at {@code seq} without a frame. */
    private int sendAgain(final Tcb tcb, final int seq, final int end) {
        final int textEnd = tcb.sndUna() + chain.length(SegmentSender.sendChain(tcb));
        final int text = Math.min(SegmentSender.maxText(tcb), Sequence.min(end, textEnd) - seq);
        final int fin = seq + text == textEnd && Sequence.after(end, textEnd) ? TcpFlags.FIN : 0;
        final int push = text > 0 && seq + text == textEnd ? TcpFlags.PSH : 0;
        if (!segments.send(tcb, seq, text, TcpFlags.ACK | push | fin)) {
            return seq;
        }
        countAgain(fin);
        losses.onResent(tcb, text + fin);
        return seq + text + fin;
    }

    /**
     * Sends a tail loss probe, RFC 8985 §7.3: the next new segment if there is one that the peer has room for, or else the
     * last one again; the connection has a {@link Recovery} record.
     *
     * @return false if none could be sent.
     */
    boolean sendTailProbe(final Tcb tcb) {
        recovery.clear(Recovery.PROBE_RESENT);
        if (sendNext(tcb, SegmentSender.maxText(tcb), false)) {
            return true;
        }
        recovery.set(Recovery.PROBE_RESENT);
        int slot = flight.last(tcb);
        int previous = flight.before(tcb, slot);
        final int from = flight.end(slot) - SegmentSender.maxText(tcb);
        if (Sequence.after(from, flight.seq(slot)) && flight.split(tcb, slot, from)) {
            previous = slot;
            slot = flight.next(slot);
        }
        final int seq = flight.seq(slot);
        final int until = sendAgain(tcb, seq, flight.end(slot));
        if (until == seq) {
            return false;
        }
        flight.resent(tcb, previous, slot, until, clock.micros());
        return true;
    }

    /** Forgets what became of all that is in flight: it is sent from SND.UNA on, as if for the first time. */
    void startOver(final Tcb tcb) {
        flight.clear(tcb);
        recovery.release(tcb);
        tcb.clear(TcbFlags.IN_RECOVERY);
        tcb.sndNxt(tcb.sndUna());
    }

    /** Sends at least one byte, or the FIN, from SND.NXT on, whatever the windows. */
    void force(final Tcb tcb) {
        sendNext(tcb, tcb.cwnd() - recovery.pipe(tcb), true);
    }

    /* What others ask for. */

    /** Sends, or sends again, the SYN of an active open, or its SYN-ACK in a simultaneous open. */
    public void sendSyn(final Tcb tcb) {
        if (turns.admits(tcb)) {
            segments.sendSyn(tcb);
        }
        timer.await(tcb, tcb.rto());
    }

    /** The connection's options are new. */
    public void onOptions(final Tcb tcb) {
        timer.onOptions(tcb);
    }

    /** RFC 9293 §3.8.4: a number that is acknowledged already, so that the peer must say what it expects. */
    public void sendKeepAlive(final Tcb tcb) {
        segments.send(tcb, tcb.sndMax() - 1, 0, TcpFlags.ACK);
    }

    /** RFC 9293 §3.10.5, ABORT: tells the peer that the connection is over. */
    public void sendReset(final Tcb tcb) {
        segments.sendReset(tcb);
    }

    /**
     * The path takes only segments of {@code mss} bytes, which is less than before: cuts what is in flight anew and sends it
     * again, as none of what was too big has arrived (RFC 1191 §6.2); {@link #output} is to follow. The congestion window
     * stays, as nothing speaks of congestion.
     */
    public void onPathMtu(final Tcb tcb, final int mss) {
        pathMtu.onLowered(tcb);
        tcb.mss(mss);
        tcb.leave(TcbModes.SIZE_PROVEN); // there may be a narrower link behind
        if (tcb.stateOrdinal() >= TcpState.ESTABLISHED.ordinal()) {
            startOver(tcb);
        }
    }

    /** The connection ends: gives back what it has in flight and the queue behind it. */
    public void release(final Tcb tcb) {
        chain.clear(SegmentSender.sendChain(tcb));
        flight.clear(tcb);
        recovery.release(tcb);
    }
}
