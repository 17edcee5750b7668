package io.millrace.tcp.state;

import static io.millrace.tcp.state.Verdict.STOP;

import io.millrace.tcp.TcpState;
import io.millrace.tcp.table.Tcb;
import io.millrace.tcp.table.TcbFlags;

/**
 * RFC 9293 §3.10.7.4: a segment to a connection in any state from SYN-RECEIVED to LAST-ACK that has a record of its own.
 * The checks stand in the RFC's order; each answers with a verdict, and the first that says so ends the walk.
 *
 * <p>Text is only judged and trimmed here; the shard delivers it, fills holes, and then calls {@link #onFin} when every
 * byte before the FIN is in.
 */
public final class SynchronizedState {
    /** RFC 7323 §5.5: a timestamp older than 24 days proves nothing. */
    private static final int PAWS_IDLE_MS = 24 * 24 * 3_600_000;

    private SynchronizedState() {}

    /** Walks the checks; {@code nowMs} is the time of the burst. */
    public static int onSegment(final Tcb tcb, final Segment segment, final int nowMs, final Transition transitions) {
        if (segment.isRst()) {
            return onReset(tcb, segment);
        }
        int verdict = checkSequence(tcb, segment, nowMs);
        if (verdict < 0) {
            return verdict & ~STOP;
        }
        verdict |= checkSyn(segment);
        if (verdict < 0) {
            return verdict & ~STOP;
        }
        verdict |= processAck(tcb, segment, transitions);
        if (verdict < 0) {
            return verdict & ~STOP;
        }
        verdict |= processUrgent(tcb, segment);
        verdict |= processText(tcb, segment);
        if (verdict < 0) {
            return verdict & ~STOP;
        }
        return verdict | processFin(tcb, segment);
    }

    /**
     * First and second, for a reset: RFC 5961 §3.2, only an exact RCV.NXT resets. Where it begins is all that counts: not its
     * text, which must not carry a number from before the window into it; and the window may be closed (MUST-66).
     */
    private static int onReset(final Tcb tcb, final Segment segment) {
        final int offset = segment.seq() - tcb.rcvNxt();
        if (offset == 0) {
            // In SYN-RECEIVED only an active open has a record, and "the connection was refused".
            return tcb.stateOrdinal() == TcpState.SYN_RCVD.ordinal() ? Verdict.REFUSED : Verdict.RESET_BY_PEER;
        }
        return offset > 0 && offset < tcb.rcvWnd() ? Verdict.CHALLENGE_ACK : Verdict.OUT_OF_WINDOW;
    }

    /** First: PAWS (RFC 7323 §5.3), then whether any of the segment lies in the window; trims it to the window. */
    private static int checkSequence(final Tcb tcb, final Segment segment, final int nowMs) {
        if (tcb.is(TcbFlags.TIMESTAMPS)) {
            if (!segment.options().timestamps()) {
                // RFC 7323 §3.2: once negotiated, a segment without them is dropped in silence. But a peer that has
                // forgotten the connection, and now does without, must be told of it: RFC 5961 §4.2.
                return segment.isSyn() ? checkSyn(segment) : STOP | Verdict.IGNORED;
            }
            if (isOldDuplicate(tcb, segment, nowMs)) {
                return STOP | Verdict.PAWS_REJECTED | answerToUnacceptable(segment);
            }
        }
        if (tcb.stateOrdinal() == TcpState.SYN_RCVD.ordinal() && segment.isSyn() && segment.seq() == tcb.irs()) {
            if (!segment.isAck()) {
                return STOP | Verdict.SYN_ACK; // the peer's SYN again: our SYN-ACK was lost
            }
            segment.dropSyn(); // simultaneous open, §3.5 figure 7: the SYN of this SYN-ACK was taken already
        }
        final int rcvNxt = tcb.rcvNxt();
        final int window = tcb.rcvWnd();
        if (!isAcceptable(segment, rcvNxt, window)) {
            // A peer that probes our closed window does not count its byte until we acknowledge it. If we took it and
            // that acknowledgment was lost, the peer's own are one number too old: they are heard, or two ends that
            // probe each other never learn.
            if (segment.length() == 0 && segment.seq() == rcvNxt - 1) {
                return answerToUnacceptable(segment);
            }
            // §3.10.7.4: with a zero window valid ACKs must still be taken; such a segment loses its text instead.
            if (window != 0 || segment.seq() != rcvNxt || segment.isSyn()) {
                segment.noteDuplicate(rcvNxt);
                final int rejection = segment.isSyn() ? Verdict.SYN_CHALLENGED : Verdict.OUT_OF_WINDOW;
                return STOP | rejection | answerToUnacceptable(segment);
            }
            segment.trimBack(rcvNxt);
            return Verdict.ACK;
        }
        recordTimestamp(tcb, segment, nowMs);
        if (Sequence.before(segment.seq(), rcvNxt) && !segment.isSyn()) {
            segment.noteDuplicate(rcvNxt);
            segment.trimFront(rcvNxt);
            return Verdict.ACK; // it was sent again: its sender has missed an acknowledgment
        }
        return Verdict.DROP;
    }

    private static boolean isOldDuplicate(final Tcb tcb, final Segment segment, final int nowMs) {
        return Sequence.before(segment.options().tsVal(), tcb.tsRecent()) && nowMs - tcb.tsRecentAge() < PAWS_IDLE_MS;
    }

    /** The four cases of §3.10.7.4, table 6. */
    private static boolean isAcceptable(final Segment segment, final int rcvNxt, final int window) {
        final int length = segment.length();
        final int offset = segment.seq() - rcvNxt;
        if (length == 0) {
            return window == 0 ? offset == 0 : offset >= 0 && offset < window;
        }
        final int last = offset + length - 1;
        return window != 0 && (offset >= 0 && offset < window || last >= 0 && last < window);
    }

    /** An empty segment is answered within the challenge limit, or two such ends would go on for ever. */
    private static int answerToUnacceptable(final Segment segment) {
        return segment.textLength() > 0 || segment.isFin() ? Verdict.ACK : Verdict.CHALLENGE_ACK;
    }

    /**
     * RFC 7323 §4.3: TS.Recent follows only segments that begin at or before the last acknowledgment sent; and whose own
     * acknowledgment is possible, so that nobody who guesses blindly can make the peer's segments seem old.
     */
    private static void recordTimestamp(final Tcb tcb, final Segment segment, final int nowMs) {
        if (tcb.is(TcbFlags.TIMESTAMPS)
                && Sequence.atOrBefore(segment.seq(), tcb.lastAckSent())
                && segment.isAck()
                && isPossible(tcb, segment.ack())) {
            tcb.tsRecent(segment.options().tsVal());
            tcb.tsRecentAge(nowMs);
        }
    }

    /** Fourth: RFC 5961 §4.2, a SYN in a synchronized state, and for an active open in SYN-RECEIVED, is challenged. */
    private static int checkSyn(final Segment segment) {
        return segment.isSyn() ? STOP | Verdict.CHALLENGE_ACK | Verdict.SYN_CHALLENGED : Verdict.DROP;
    }

    /** Fifth. */
    private static int processAck(final Tcb tcb, final Segment segment, final Transition transitions) {
        if (!segment.isAck()) {
            return STOP | Verdict.IGNORED;
        }
        int verdict = Verdict.DROP;
        if (tcb.stateOrdinal() == TcpState.SYN_RCVD.ordinal()) {
            if (!Sequence.after(segment.ack(), tcb.sndUna()) || Sequence.after(segment.ack(), tcb.sndMax())) {
                return STOP | Verdict.RESET_SEGMENT;
            }
            transitions.to(tcb, TcpState.ESTABLISHED);
            if (tcb.is(TcbFlags.FIN_QUEUED)) {
                transitions.to(tcb, TcpState.FIN_WAIT_1); // §3.10.4: closed meanwhile, "queue for processing" until now
            }
            verdict = Verdict.OPENED;
        }
        final int ack = segment.ack();
        final int una = tcb.sndUna();
        if (!isPossible(tcb, ack)) {
            return STOP | Verdict.CHALLENGE_ACK; // RFC 5961 §5.2: acknowledge and drop
        }
        if (tcb.is(TcbFlags.SACK) && segment.options().sackBlocks() > 0) {
            verdict |= Verdict.SACK;
        }
        if (Sequence.after(ack, una)) {
            verdict |= Verdict.ACKED;
            segment.acked(ack - una);
            tcb.sndUna(ack);
            tcb.sndNxt(Sequence.max(tcb.sndNxt(), ack));
            updateWindow(tcb, segment);
            return verdict | processAckOfFin(tcb, ack, transitions);
        }
        if (ack == una) {
            if (isDuplicateAck(tcb, segment)) {
                verdict |= Verdict.DUPLICATE_ACK;
            }
            updateWindow(tcb, segment);
        }
        return verdict;
    }

    /** RFC 5961 §5.2: neither beyond what was sent, nor too old to be true. */
    private static boolean isPossible(final Tcb tcb, final int ack) {
        return !Sequence.after(ack, tcb.sndMax()) && !Sequence.before(ack, tcb.sndUna() - tcb.maxSndWnd());
    }

    /** RFC 5681 §2: five conditions. */
    private static boolean isDuplicateAck(final Tcb tcb, final Segment segment) {
        return tcb.sndMax() != tcb.sndUna()
                && segment.textLength() == 0
                && !segment.isFin()
                && segment.window() << tcb.sndWndShift() == tcb.sndWnd();
    }

    /** The send window follows the newest segment: SND.WL1 and SND.WL2 keep old ones from changing it. */
    private static void updateWindow(final Tcb tcb, final Segment segment) {
        if (Sequence.before(tcb.sndWl1(), segment.seq())
                || tcb.sndWl1() == segment.seq() && Sequence.atOrBefore(tcb.sndWl2(), segment.ack())) {
            final int window = segment.window() << tcb.sndWndShift();
            tcb.sndWnd(window);
            tcb.sndWl1(segment.seq());
            tcb.sndWl2(segment.ack());
            if (window > tcb.maxSndWnd()) {
                tcb.maxSndWnd(window);
            }
        }
    }

    /** Our FIN is the last number we ever send: everything acknowledged after it was sent means that it was, too. */
    private static int processAckOfFin(final Tcb tcb, final int ack, final Transition transitions) {
        if (!tcb.is(TcbFlags.FIN_SENT) || ack != tcb.sndMax()) {
            return Verdict.DROP;
        }
        return switch (tcb.state()) {
            case FIN_WAIT_1 -> {
                transitions.to(tcb, TcpState.FIN_WAIT_2);
                yield Verdict.DROP;
            }
            case CLOSING -> {
                transitions.to(tcb, TcpState.TIME_WAIT);
                yield STOP | Verdict.TIME_WAIT;
            }
            case LAST_ACK -> {
                transitions.to(tcb, TcpState.CLOSED);
                yield STOP | Verdict.FINISHED;
            }
            default -> Verdict.DROP;
        };
    }

    /** Sixth: RFC 6093 §3.1, urgent data stays in line; the application hears of it, until the peer's FIN. */
    private static int processUrgent(final Tcb tcb, final Segment segment) {
        return segment.isUrgent() && !tcb.is(TcbFlags.FIN_RECEIVED | TcbFlags.RECEIVE_CLOSED)
                ? Verdict.URGENT
                : Verdict.DROP;
    }

    /** Seventh: text counts until the peer's FIN; after our application has closed for good it is answered by a reset. */
    private static int processText(final Tcb tcb, final Segment segment) {
        segment.trimBack(tcb.rcvAdv());
        if (segment.textLength() == 0) {
            return Verdict.DROP;
        }
        if (tcb.is(TcbFlags.FIN_RECEIVED)) {
            return STOP | Verdict.IGNORED; // "this should not occur, since a FIN has been received": ignored
        }
        if (tcb.is(TcbFlags.RECEIVE_CLOSED) || tcb.is(TcbFlags.INPUT_SHUT) && tcb.is(TcbFlags.FIN_QUEUED)) {
            return STOP | Verdict.ABORT; // RFC 1122 §4.2.2.13, RFC 9293 §3.6.1 SHLD-3: nobody will ever read it
        }
        return Verdict.TEXT;
    }

    /** Eighth: only that there is one; it takes effect in order, by {@link #onFin}. */
    private static int processFin(final Tcb tcb, final Segment segment) {
        return segment.isFin() && !tcb.is(TcbFlags.FIN_RECEIVED) ? Verdict.FIN : Verdict.DROP;
    }

    /** The peer's FIN is next in sequence: takes it. */
    public static int onFin(final Tcb tcb, final Transition transitions) {
        tcb.rcvNxt(tcb.rcvNxt() + 1);
        tcb.rcvAdv(Sequence.max(tcb.rcvAdv(), tcb.rcvNxt()));
        tcb.set(TcbFlags.FIN_RECEIVED);
        return switch (tcb.state()) {
            case ESTABLISHED -> {
                transitions.to(tcb, TcpState.CLOSE_WAIT);
                yield Verdict.ACK;
            }
            case FIN_WAIT_1 -> {
                transitions.to(tcb, TcpState.CLOSING);
                yield Verdict.ACK;
            }
            case FIN_WAIT_2 -> {
                transitions.to(tcb, TcpState.TIME_WAIT);
                yield Verdict.ACK | Verdict.TIME_WAIT;
            }
            default -> Verdict.ACK;
        };
    }
}
