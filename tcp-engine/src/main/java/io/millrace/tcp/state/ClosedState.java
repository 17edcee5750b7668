package io.millrace.tcp.state;

/** RFC 9293 §3.10.7.1: a segment that belongs to no connection and no listener. */
public final class ClosedState {
    private ClosedState() {}

    /** Everything but a reset is answered by a reset; §3.5.2 says in which form. */
    public static int onSegment(final Segment segment) {
        return segment.isRst() ? Verdict.DROP : Verdict.RESET_SEGMENT;
    }
}
