package io.millrace.tcp.state;

/**
 * RFC 9293 §3.10.7.4 for TIME-WAIT, with RFC 6191 and RFC 1337: a segment to an entry of the TIME_WAIT table. The entry is
 * no connection any more; what the checks need is handed in.
 */
public final class TimeWaitState {
    /** The window that acknowledgments from TIME_WAIT offer, bytes: as old segments in it are told from new ones. */
    public static final int WINDOW = 65_535;

    private TimeWaitState() {}

    /**
     * Judges the segment.
     *
     * @param rcvNxt the number after the peer's FIN.
     * @param sndNxt the number after our FIN.
     * @param timestamps both SYNs carried timestamps.
     * @param tsRecent the last TSval of the peer.
     * @param ignoresResets as RFC 1337 has it; RFC 9293 alone ends TIME-WAIT by a reset.
     */
    public static int onSegment(
            final Segment segment,
            final int rcvNxt,
            final int sndNxt,
            final boolean timestamps,
            final int tsRecent,
            final boolean ignoresResets) {
        if (segment.isRst()) {
            // RFC 1337 §3 F1: a RST does not end TIME_WAIT, or an old duplicate could.
            return ignoresResets ? Verdict.DROP : onReset(segment, rcvNxt);
        }
        if (segment.isSyn()) {
            return !segment.isAck() && !segment.isFin() && isNewer(segment, rcvNxt, timestamps, tsRecent)
                    ? Verdict.REOPEN
                    : Verdict.CHALLENGE_ACK;
        }
        if (!segment.isAck()) {
            return Verdict.DROP;
        }
        final int end = segment.end();
        // Eighth, check the FIN bit: it was sent again because our ACK was lost. Only this restarts the 2 MSL.
        if (segment.isFin() && end == rcvNxt) {
            return Verdict.ACK | Verdict.TIME_WAIT;
        }
        final boolean inWindow = Sequence.between(rcvNxt, segment.seq(), rcvNxt + WINDOW);
        if (inWindow && segment.length() == 0) {
            // Fifth, check the ACK field; beyond what we sent it is answered, RFC 5961 §5.2.
            return Sequence.after(segment.ack(), sndNxt) ? Verdict.CHALLENGE_ACK : Verdict.DROP;
        }
        return segment.length() == 0 ? Verdict.CHALLENGE_ACK : Verdict.ACK;
    }

    /** RFC 5961 §3.2: only an exact RCV.NXT resets. */
    private static int onReset(final Segment segment, final int rcvNxt) {
        if (segment.seq() == rcvNxt) {
            return Verdict.RESET_BY_PEER;
        }
        return Sequence.between(rcvNxt, segment.seq(), rcvNxt + WINDOW) ? Verdict.CHALLENGE_ACK : Verdict.DROP;
    }

    /** RFC 6191 §2: a greater timestamp, or where there are none a sequence number beyond the old connection's. */
    private static boolean isNewer(
            final Segment segment, final int rcvNxt, final boolean timestamps, final int tsRecent) {
        if (timestamps && segment.options().timestamps()) {
            final int tsVal = segment.options().tsVal();
            return Sequence.after(tsVal, tsRecent) || tsVal == tsRecent && Sequence.after(segment.seq(), rcvNxt);
        }
        return Sequence.after(segment.seq(), rcvNxt);
    }
}
