package io.millrace.tcp.table;

/** More of what is true of a connection, beside {@link TcbFlags}: bits of the byte that {@link Tcb#in} asks. */
public final class TcbModes {
    /** The congestion window was not used to the full when it was looked at last: it has not grown since. */
    public static final int APP_LIMITED = 1;

    /** Both SYNs agreed on ECN (RFC 3168 §6.1.1); before the connection is open, our SYN offers it. */
    public static final int ECN = 1 << 1;
    /** A mark of the network is to be echoed, by ECE on every segment. */
    public static final int ECN_ECHO = 1 << 2;
    /** Our window was reduced: the next text tells the peer so, by CWR. */
    public static final int CWR_DUE = 1 << 3;
    /** The window was reduced for an echo, and what was in flight then is not all acknowledged. */
    public static final int ECN_REDUCED = 1 << 4;

    /** The peer has sent urgent data, and the application has not taken all of it. */
    public static final int URGENT = 1 << 5;

    /** Segments are smaller than they were, by what a router said or is suspected of. */
    public static final int MTU_LOWERED = 1 << 6;
    /** The peer has acknowledged as much at once as a full segment holds: the path has carried such. */
    public static final int SIZE_PROVEN = 1 << 7;

    private TcbModes() {}
}
