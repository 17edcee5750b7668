package io.millrace.tcp.state;

/**
 * What the protocol says about one segment: a set of bits in an {@code int}. The shard turns them into frames, timers
 * and callbacks.
 */
public final class Verdict {
    /** Nothing is to be done; the segment is dropped. */
    public static final int DROP = 0;
    /** Send {@code <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>} now. */
    public static final int ACK = 1;
    /** The same, within the limit for challenge ACKs (RFC 5961 §7). */
    public static final int CHALLENGE_ACK = 1 << 1;
    /** Answer the segment with a reset, in the form of RFC 9293 §3.5.2; no connection changes. */
    public static final int RESET_SEGMENT = 1 << 2;
    /** Send the SYN-ACK, or send it again. */
    public static final int SYN_ACK = 1 << 3;
    /** The connection has become ESTABLISHED. */
    public static final int OPENED = 1 << 4;
    /** SND.UNA has advanced; {@link Segment#acked()} says by how much. */
    public static final int ACKED = 1 << 5;
    /** A duplicate acknowledgment in the sense of RFC 5681 §2. */
    public static final int DUPLICATE_ACK = 1 << 6;
    /** The segment has text within the window; {@link Segment} has been trimmed to it. */
    public static final int TEXT = 1 << 7;
    /** The segment has a FIN within the window, right after its text. */
    public static final int FIN = 1 << 8;
    /** The peer reset the connection: forget it and tell the application. */
    public static final int RESET_BY_PEER = 1 << 9;
    /** The peer refused our SYN: forget the connection and tell the application. */
    public static final int REFUSED = 1 << 10;
    /** The connection has ended as it should: forget it. */
    public static final int FINISHED = 1 << 11;
    /** The connection goes to TIME_WAIT, or stays there for another 2 MSL. */
    public static final int TIME_WAIT = 1 << 12;
    /** Reset the connection from our side: {@code <SEQ=SND.NXT><CTL=RST>}, forget it. */
    public static final int ABORT = 1 << 13;
    /** A half-open connection goes back to LISTEN silently: forget the entry. */
    public static final int RETURN_TO_LISTEN = 1 << 14;
    /** The SYN may reopen a connection in TIME_WAIT: forget the entry and take the segment as one to LISTEN. */
    public static final int REOPEN = 1 << 15;
    /** To be counted: the timestamp was older than the last one (RFC 7323 §5.3). */
    public static final int PAWS_REJECTED = 1 << 16;
    /** To be counted: the segment lay outside the receive window. */
    public static final int OUT_OF_WINDOW = 1 << 17;
    /** To be counted: a SYN came in a synchronized state (RFC 5961 §4.2). */
    public static final int SYN_CHALLENGED = 1 << 18;
    /** The acknowledgment, of what was sent and not too old, carries SACK blocks. */
    public static final int SACK = 1 << 19;
    /** The segment speaks of urgent data, which may be news. */
    public static final int URGENT = 1 << 24;
    /** To be counted: by rule the segment has no effect, and nothing else says why. */
    public static final int IGNORED = 1 << 29;
    /** Processing of this segment stops here; internal to this package. */
    static final int STOP = 1 << 31;

    private Verdict() {}

    /** True if any of {@code bits} is set. */
    public static boolean has(final int verdict, final int bits) {
        return (verdict & bits) != 0;
    }
}
