package io.millrace.tcp.state;

/** RFC 9293 §3.10.7.2: a segment to a port that listens, of no connection yet. */
public final class ListenState {
    private ListenState() {}

    /**
     * Judges the segment; {@link Verdict#SYN_ACK} asks for a half-open connection.
     *
     * <p>An ACK may also be the last one of a handshake by SYN cookie: the shard tries that first.
     */
    public static int onSegment(final Segment segment) {
        // First, check for a RST.
        if (segment.isRst()) {
            return Verdict.DROP;
        }
        // Second, check for an ACK.
        if (segment.isAck()) {
            return Verdict.RESET_SEGMENT;
        }
        // Third, check for a SYN. One with FIN opens and closes at once: no sane sender makes it, and it is a probe.
        if (segment.isSyn() && !segment.isFin()) {
            return Verdict.SYN_ACK;
        }
        // Fourth, other data or control: cannot be valid.
        return Verdict.DROP;
    }
}
