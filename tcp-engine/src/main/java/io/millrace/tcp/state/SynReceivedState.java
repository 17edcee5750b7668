package io.millrace.tcp.state;

/**
 * RFC 9293 §3.10.7.4 for SYN-RECEIVED, passive: a segment to an entry of the SYN queue. The entry is no connection yet;
 * what the checks need is handed in.
 */
public final class SynReceivedState {
    private SynReceivedState() {}

    /**
     * Judges the segment; {@link Verdict#OPENED} asks for a connection, to which the segment then goes again.
     *
     * @param irs the peer's initial sequence number.
     * @param iss ours.
     * @param rcvWnd the window our SYN-ACK offered, bytes.
     * @param timestamps both SYNs carried timestamps.
     * @param tsRecent TSval of the SYN.
     */
    public static int onSegment(
            final Segment segment,
            final int irs,
            final int iss,
            final int rcvWnd,
            final boolean timestamps,
            final int tsRecent) {
        final int rcvNxt = irs + 1;

        // The SYN of this very entry again: the SYN-ACK was lost, or is late. The same answer, no second entry.
        if (segment.isSyn() && !segment.isAck() && !segment.isRst() && segment.seq() == irs) {
            return Verdict.SYN_ACK;
        }
        // First and second, for a reset: RFC 5961 §3.2, where it begins is all that counts.
        if (segment.isRst()) {
            final int offset = segment.seq() - rcvNxt;
            return offset == 0
                    ? Verdict.RETURN_TO_LISTEN
                    : offset > 0 && offset < rcvWnd ? Verdict.CHALLENGE_ACK : Verdict.DROP;
        }
        // First, check the sequence number; RFC 7323 §5.3 R1: PAWS before it.
        final boolean old = timestamps
                && segment.options().timestamps()
                && Sequence.before(segment.options().tsVal(), tsRecent);
        if (old || !isAcceptable(segment, rcvNxt, rcvWnd)) {
            return Verdict.ACK;
        }
        // Fourth, check the SYN bit: a passive open returns to LISTEN.
        if (segment.isSyn()) {
            return Verdict.RETURN_TO_LISTEN;
        }
        // Fifth, check the ACK field.
        if (!segment.isAck()) {
            return Verdict.DROP;
        }
        return segment.ack() == iss + 1 ? Verdict.OPENED : Verdict.RESET_SEGMENT;
    }

    private static boolean isAcceptable(final Segment segment, final int rcvNxt, final int rcvWnd) {
        final int last = segment.end() - 1;
        return Sequence.between(rcvNxt, segment.seq(), rcvNxt + rcvWnd - 1)
                || segment.length() > 0 && Sequence.between(rcvNxt, last, rcvNxt + rcvWnd - 1);
    }
}
