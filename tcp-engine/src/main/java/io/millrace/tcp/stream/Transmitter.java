package io.millrace.tcp.stream;

import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.wire.TcpFlags;
import io.millrace.tcp.ConnectionOptions;
import io.millrace.tcp.TcpState;
import io.millrace.tcp.egress.NextHops;
import io.millrace.tcp.egress.OptionWriter;
import io.millrace.tcp.egress.SegmentWriter;
import io.millrace.tcp.state.Sequence;
import io.millrace.tcp.table.Registry;
import io.millrace.tcp.table.Tcb;
import io.millrace.tcp.table.TcbFlags;
import io.millrace.tcp.table.TcbLayout;
import io.millrace.tcp.table.TcbModes;
import io.millrace.tcp.timer.BurstClock;
import io.millrace.tcp.timer.ConnectionTimers;

/**
 * The sending side of connections: decides what may go out now (RFC 9293 §3.8.6), sends it, and sends it again when the
 * time comes.
 *
 * <p>Sequence space after SND.UNA is the send queue's bytes and then, if the application has closed, one FIN. SND.NXT goes
 * back to SND.UNA on a time-out and everything is sent again from there as the windows allow; {@code sndMax} remembers how
 * far it had been. One instance a shard, owned by its thread; allocates nothing.
 */
public final class Transmitter {
    /** SYN retransmissions while the next hop does not answer: by then it was asked for 3 s, and is not there. */
    private static final int MAX_UNRESOLVED_SYNS = 1;

    private final SegmentWriter writer;
    private final NextHops nextHops;
    private final ByteChain chain;
    private final SackBlocks sackBlocks;
    private final ReceiveWindow receiveWindow;
    private final ConnectionTimers timers;
    private final BurstClock clock;
    private final CounterBlock counters;
    private final Registry<ConnectionOptions> options;
    private final CongestionWindow congestion;
    private final FastRecovery recovery;
    private final int dataRetries;

    /** With the parts that all connections of the shard share. */
    public Transmitter(
            final SegmentWriter writer,
            final NextHops nextHops,
            final ByteChain chain,
            final SackBlocks sackBlocks,
            final ReceiveWindow receiveWindow,
            final ConnectionTimers timers,
            final BurstClock clock,
            final CounterBlock counters,
            final Registry<ConnectionOptions> options,
            final CongestionWindow congestion,
            final int dataRetries) {
        this.writer = writer;
        this.nextHops = nextHops;
        this.chain = chain;
        this.sackBlocks = sackBlocks;
        this.receiveWindow = receiveWindow;
        this.timers = timers;
        this.clock = clock;
        this.counters = counters;
        this.options = options;
        this.congestion = congestion;
        this.recovery = new FastRecovery(congestion);
        this.dataRetries = dataRetries;
    }

    /** Sends what may be sent now: text, FIN, or else an acknowledgment that is due. */
    public void output(final Tcb tcb) {
        boolean sent = false;
        if (hasSomethingToSend(tcb)) {
            sent = sendTextAndFin(tcb, false);
        }
        if (!sent && tcb.is(TcbFlags.ACK_NOW)) {
            sendSegment(tcb, acknowledgmentSeq(tcb), 0, 0, TcpFlags.ACK);
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

    private boolean hasSomethingToSend(final Tcb tcb) {
        return tcb.stateOrdinal() >= TcpState.ESTABLISHED.ordinal()
                && (isFinOwed(tcb) || chain.length(sendChain(tcb)) > 0);
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

    /**
     * Sends text and FIN within the windows.
     *
     * @param force send at least one byte, or the FIN, whatever the peer's window.
     * @return whether a segment has gone out.
     */
    private boolean sendTextAndFin(final Tcb tcb, final boolean force) {
        final int queued = chain.length(sendChain(tcb));
        final int maxText = tcb.mss() - (tcb.is(TcbFlags.TIMESTAMPS) ? OptionWriter.TIMESTAMPS_LENGTH : 0);
        final boolean finOwed = isFinOwed(tcb);
        if (tcb.sndMax() == tcb.sndUna() && !tcb.is(TcbFlags.PERSISTING)) {
            congestion.onRestart(tcb, clock.millis() - tcb.progressMs());
        }
        boolean sent = false;
        while (true) {
            final int offset = tcb.sndNxt() - tcb.sndUna();
            final int unsent = queued - offset;
            if (unsent < 0 || unsent == 0 && !finOwed) {
                break; // all of it is out, the FIN too if there is one
            }
            final int usable = Math.min(tcb.sndWnd(), tcb.cwnd()) - offset;
            int text = Math.min(Math.min(unsent, maxText), Math.max(usable, 0));
            // RFC 9293 §3.8.6.2.1: wait for a window that admits a full segment, or half the largest there has been.
            if (text < unsent && text < maxText && text < tcb.maxSndWnd() / 2) {
                text = 0;
            }
            if (isHeldBack(tcb, text, unsent, maxText, finOwed)) {
                text = 0;
            }
            if (text == 0 && unsent > 0) {
                if (!force || sent) {
                    break;
                }
                text = Math.max(1, Math.min(Math.min(unsent, maxText), tcb.sndWnd()));
            }
            // The FIN goes with the last text; it is not held back by a window that its text has filled.
            final boolean fin = finOwed && text == unsent;
            final int flags = TcpFlags.ACK | (text > 0 && text == unsent ? TcpFlags.PSH : 0) | (fin ? TcpFlags.FIN : 0);
            if (!sendSequenced(tcb, offset, text, flags)) {
                break;
            }
            sent = true;
        }
        if (!tcb.is(TcbFlags.TIMER_RTO)) {
            timers.armRto(tcb, rtoDeadline(tcb)); // to probe, or to try again for a frame
        }
        return sent;
    }

    /** RFC 9293 §3.7.4, Nagle: a small segment waits while anything is unacknowledged, unless a FIN goes with it. */
    private boolean isHeldBack(
            final Tcb tcb, final int text, final int unsent, final int maxText, final boolean finOwed) {
        return text < maxText
                && tcb.sndMax() != tcb.sndUna()
                && Sequence.after(tcb.sndNxt() + text, tcb.sndMax()) // what was sent once goes again
                && !(finOwed && text == unsent)
                && !optionsOf(tcb).noDelay();
    }

    private ConnectionOptions optionsOf(final Tcb tcb) {
        return options.get(tcb.options());
    }

    /** When to stop waiting for an acknowledgment: at the back-off's end, or at the user timeout's if that is sooner. */
    private int rtoDeadline(final Tcb tcb) {
        final int now = clock.millis();
        final int wait = RttEstimator.backedOff(tcb);
        final int userTimeout = optionsOf(tcb).userTimeoutMs();
        if (userTimeout == 0) {
            return now + wait;
        }
        return now + Math.min(wait, Math.max(1, tcb.progressMs() - now + userTimeout));
    }

    private boolean isUserTimeoutOver(final Tcb tcb) {
        final int userTimeout = optionsOf(tcb).userTimeoutMs();
        return userTimeout != 0 && clock.millis() - tcb.progressMs() >= userTimeout;
    }

    /** Sends numbers that must be acknowledged, at SND.NXT. */
    private boolean sendSequenced(final Tcb tcb, final int offset, final int text, final int flags) {
        final int seq = tcb.sndNxt();
        if (tcb.sndMax() == tcb.sndUna()) {
            tcb.progressMs(clock.millis());
        }
        if (!sendSegment(tcb, seq, offset, text, flags)) {
            return false;
        }
        final int fin = flags & TcpFlags.FIN;
        if (fin != 0) {
            tcb.set(TcbFlags.FIN_SENT);
        }
        final int end = seq + text + fin;
        tcb.sndNxt(end);
        if (Sequence.after(end, tcb.sndMax())) {
            tcb.sndMax(end);
            if (!tcb.is(TcbFlags.RTT_TIMED)) {
                tcb.set(TcbFlags.RTT_TIMED);
                tcb.rttSeq(end);
                tcb.rttStart(clock.micros());
            }
        } else {
            counters.increment(Counter.TCP_SEGMENTS_RETRANSMITTED);
            if (fin != 0) {
                counters.increment(Counter.TCP_FIN_RETRANSMITS);
            }
        }
        if (!tcb.is(TcbFlags.TIMER_RTO)) {
            timers.armRto(tcb, rtoDeadline(tcb));
        }
        return true;
    }

    /** Writes one segment of a connection past its SYN; every one of them acknowledges. */
    private boolean sendSegment(final Tcb tcb, final int seq, final int offset, final int text, final int flags) {
        if (!writer.begin(tcb.devicePort(), tcb.is(TcbFlags.IPV6))) {
            return false;
        }
        final long at = writer.optionsAddress();
        int options = 0;
        if (tcb.is(TcbFlags.TIMESTAMPS)) {
            options = OptionWriter.timestamps(at, clock.millis() + tcb.tsOffset(), tcb.tsRecent());
        }
        if (text == 0 && tcb.is(TcbFlags.SACK)) {
            options += sackBlocks.write(tcb, at + options);
        }
        if (text > 0) {
            chain.copyOut(sendChain(tcb), offset, at + options, text);
        }
        final int window = receiveWindow.advertise(tcb);
        final int marked = tcb.in(TcbModes.ECN) ? Ecn.mark(tcb, writer, seq, text, flags) : flags;
        writer.send(
                nextHop(tcb),
                tcb.localHi(),
                tcb.localLo(),
                tcb.remoteHi(),
                tcb.remoteLo(),
                tcb.ports(),
                seq,
                tcb.rcvNxt(),
                marked,
                window,
                options,
                text);
        tcb.lastAckSent(tcb.rcvNxt());
        tcb.unreadSinceAck(0);
        tcb.clear(TcbFlags.ACK_NOW | TcbFlags.TIMER_ACK);
        return true;
    }

    /** Sends, or sends again, the SYN of an active open, or its SYN-ACK in a simultaneous open. */
    public void sendSyn(final Tcb tcb) {
        final boolean synAck = tcb.stateOrdinal() == TcpState.SYN_RCVD.ordinal();
        if (writer.begin(tcb.devicePort(), tcb.is(TcbFlags.IPV6))) {
            final int window = optionsOf(tcb).synWindow();
            final int options = synOptions(tcb, writer.optionsAddress());
            writer.send(
                    nextHop(tcb),
                    tcb.localHi(),
                    tcb.localLo(),
                    tcb.remoteHi(),
                    tcb.remoteLo(),
                    tcb.ports(),
                    tcb.iss(),
                    synAck ? tcb.rcvNxt() : 0,
                    synFlags(tcb, synAck),
                    window,
                    options,
                    0);
        }
        tcb.clear(TcbFlags.ACK_NOW);
        timers.armRto(tcb, rtoDeadline(tcb));
    }

    /** RFC 3168 §6.1.1; §6.1.1.1 has a SYN that was not answered sent again without ECN, for those whom it offends. */
    private static int synFlags(final Tcb tcb, final boolean synAck) {
        if (synAck) {
            return TcpFlags.SYN | TcpFlags.ACK | (tcb.in(TcbModes.ECN) ? TcpFlags.ECE : 0);
        }
        if (tcb.retransmits() > 0) {
            tcb.leave(TcbModes.ECN);
        }
        return TcpFlags.SYN | (tcb.in(TcbModes.ECN) ? TcpFlags.ECE | TcpFlags.CWR : 0);
    }

    private int synOptions(final Tcb tcb, final long at) {
        int length = OptionWriter.mss(at, optionsOf(tcb).announcedMss(writer.maxMss()));
        if (tcb.is(TcbFlags.TIMESTAMPS)) {
            final int tsVal = clock.millis() + tcb.tsOffset();
            final int tsEcr = tcb.stateOrdinal() == TcpState.SYN_RCVD.ordinal() ? tcb.tsRecent() : 0;
            length += tcb.is(TcbFlags.SACK)
                    ? OptionWriter.sackPermittedAndTimestamps(at + length, tsVal, tsEcr)
                    : OptionWriter.timestamps(at + length, tsVal, tsEcr);
        } else if (tcb.is(TcbFlags.SACK)) {
            length += OptionWriter.sackPermitted(at + length);
        }
        if (tcb.is(TcbFlags.WINDOW_SCALE)) {
            length += OptionWriter.windowScale(at + length, tcb.rcvWndShift());
        }
        return length;
    }

    /** The connection's options are new: its user timeout may end sooner than the timer that runs. */
    public void onOptions(final Tcb tcb) {
        if (tcb.is(TcbFlags.TIMER_RTO) && rtoDeadline(tcb) - tcb.rtoDeadline() < 0) {
            timers.armRto(tcb, rtoDeadline(tcb));
        }
    }

    /** RFC 9293 §3.8.4: a number that is acknowledged already, so that the peer must say what it expects. */
    public void sendKeepAlive(final Tcb tcb) {
        sendSegment(tcb, tcb.sndMax() - 1, 0, 0, TcpFlags.ACK);
    }

    /** RFC 9293 §3.10.5: {@code <SEQ=SND.NXT><CTL=RST>}; it also acknowledges, as every large stack's does. */
    public void sendReset(final Tcb tcb) {
        if (writer.begin(tcb.devicePort(), tcb.is(TcbFlags.IPV6))) {
            writer.send(
                    nextHop(tcb),
                    tcb.localHi(),
                    tcb.localLo(),
                    tcb.remoteHi(),
                    tcb.remoteLo(),
                    tcb.ports(),
                    tcb.sndMax(),
                    tcb.rcvNxt(),
                    TcpFlags.RST | TcpFlags.ACK,
                    0,
                    0,
                    0);
        }
    }

    /** SND.UNA has advanced by {@code acked} sequence numbers; {@link #output} is to follow. */
    public void onAcked(final Tcb tcb, final int acked) {
        final long send = sendChain(tcb);
        chain.discard(send, Math.min(acked, chain.length(send))); // the rest is our SYN or FIN
        if (tcb.is(TcbFlags.RTT_TIMED) && Sequence.atOrAfter(tcb.sndUna(), tcb.rttSeq())) {
            tcb.clear(TcbFlags.RTT_TIMED);
            RttEstimator.sample(tcb, clock.micros() - tcb.rttStart());
        }
        tcb.retransmits(0);
        tcb.clear(TcbFlags.PERSISTING | TcbFlags.SOFT_ERROR);
        tcb.progressMs(clock.millis());
        if (tcb.sndUna() == tcb.sndMax()) {
            tcb.clear(TcbFlags.TIMER_RTO);
        } else {
            timers.armRto(tcb, rtoDeadline(tcb)); // RFC 6298 §5.3
        }
        if (recovery.onAcked(tcb, acked)) {
            sendFirstAgain(tcb);
        }
    }

    /** A duplicate acknowledgment has come; {@link #output} is to follow. */
    public void onDuplicateAck(final Tcb tcb) {
        // The answers to probes of a closed window look like duplicates, and are none.
        if (!tcb.is(TcbFlags.PERSISTING) && recovery.onDuplicateAck(tcb)) {
            sendFirstAgain(tcb);
        }
    }

    /**
     * The path takes only segments of {@code mss} bytes, which is less than before: cuts what is in flight anew and sends it
     * again, as none of what was too big has arrived (RFC 1191 §6.2); {@link #output} is to follow. The congestion window
     * stays, as nothing speaks of congestion.
     */
    public void onPathMtu(final Tcb tcb, final int mss) {
        tcb.mss(mss);
        if (tcb.stateOrdinal() >= TcpState.ESTABLISHED.ordinal()) {
            tcb.sndNxt(tcb.sndUna());
            tcb.clear(TcbFlags.RTT_TIMED);
        }
    }

    /** Any acceptable acknowledgment has come: ends the probing of a closed window that has opened. */
    public void onAcknowledgment(final Tcb tcb) {
        if (tcb.is(TcbFlags.PERSISTING)) {
            tcb.set(TcbFlags.PROBE_ANSWERED);
            if (tcb.sndWnd() > 0) {
                tcb.clear(TcbFlags.PERSISTING | TcbFlags.TIMER_RTO);
                tcb.retransmits(0);
            }
        }
    }

    /** Sends the segment at SND.UNA again, outside the congestion window. */
    private void sendFirstAgain(final Tcb tcb) {
        final int next = tcb.sndNxt();
        tcb.sndNxt(tcb.sndUna());
        tcb.clear(TcbFlags.RTT_TIMED);
        final int queued = chain.length(sendChain(tcb));
        final int maxText = tcb.mss() - (tcb.is(TcbFlags.TIMESTAMPS) ? OptionWriter.TIMESTAMPS_LENGTH : 0);
        final int text = Math.min(queued, maxText);
        final boolean fin = text == queued && tcb.is(TcbFlags.FIN_SENT);
        sendSequenced(tcb, 0, text, TcpFlags.ACK | (fin ? TcpFlags.FIN : 0));
        tcb.sndNxt(Sequence.max(next, tcb.sndNxt()));
    }

    /**
     * The retransmission timer has gone off.
     *
     * @return false if the connection is to be given up: its retransmissions are used up.
     */
    public boolean onTimeout(final Tcb tcb) {
        tcb.clear(TcbFlags.TIMER_RTO | TcbFlags.RTT_TIMED);
        tcb.nextHopMac(0); // the silence may be the next hop's: ask again where it is
        final int state = tcb.stateOrdinal();
        if (isUserTimeoutOver(tcb) && (state < TcpState.ESTABLISHED.ordinal() || tcb.sndMax() != tcb.sndUna())) {
            return false;
        }
        if (state == TcpState.SYN_SENT.ordinal() || state == TcpState.SYN_RCVD.ordinal()) {
            return onSynTimeout(tcb);
        }
        final boolean nothingInFlight = tcb.sndMax() == tcb.sndUna();
        if (nothingInFlight && !hasSomethingToSend(tcb)) {
            return true;
        }
        if (nothingInFlight || tcb.sndWnd() == 0) {
            return probe(tcb);
        }
        if (tcb.retransmits() >= dataRetries) {
            return false;
        }
        counters.increment(Counter.TCP_TIMEOUTS);
        recovery.onTimeout(tcb);
        tcb.retransmits(tcb.retransmits() + 1);
        tcb.sndNxt(tcb.sndUna());
        sendTextAndFin(tcb, true);
        return true;
    }

    private boolean onSynTimeout(final Tcb tcb) {
        if (tcb.stateOrdinal() == TcpState.SYN_SENT.ordinal() && nextHop(tcb) == 0) {
            tcb.set(TcbFlags.SOFT_ERROR); // nobody on the link answers for that address
            if (tcb.retransmits() >= MAX_UNRESOLVED_SYNS) {
                return false;
            }
        }
        if (tcb.retransmits() >= optionsOf(tcb).synRetries()) {
            return false;
        }
        tcb.retransmits(tcb.retransmits() + 1);
        tcb.set(TcbFlags.SYN_LOST);
        counters.increment(Counter.TCP_SYN_RETRANSMITS);
        counters.increment(Counter.TCP_SEGMENTS_RETRANSMITTED);
        sendSyn(tcb);
        return true;
    }

    /** RFC 9293 §3.8.6.1: asks into a closed window with one byte, ever more slowly, for as long as it is answered. */
    private boolean probe(final Tcb tcb) {
        if (tcb.retransmits() >= dataRetries && !tcb.is(TcbFlags.PROBE_ANSWERED)) {
            return false;
        }
        tcb.clear(TcbFlags.PROBE_ANSWERED);
        tcb.set(TcbFlags.PERSISTING);
        tcb.retransmits(Math.min(tcb.retransmits() + 1, 30));
        tcb.sndNxt(tcb.sndUna());
        sendTextAndFin(tcb, true);
        tcb.sndNxt(tcb.sndUna());
        return true;
    }

    /** The next hop's Ethernet address as the connection knows it; asked for while it does not. */
    private long nextHop(final Tcb tcb) {
        long mac = tcb.nextHopMac();
        if (mac == 0) {
            mac = nextHops.find(tcb.devicePort(), tcb.remoteHi(), tcb.remoteLo());
            tcb.nextHopMac(mac);
        }
        return mac;
    }

    private static long sendChain(final Tcb tcb) {
        return tcb.address() + TcbLayout.SEND_CHAIN_OFFSET;
    }
}
