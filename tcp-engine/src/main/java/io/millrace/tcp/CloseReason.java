package io.millrace.tcp;

/** Why a connection is over, as {@link TcpHandler#onClosed} learns it. */
public enum CloseReason {
    /** Both sides closed and everything was acknowledged. */
    NORMAL,
    /** The peer reset an open connection (RFC 9293 §3.10.7.4, second check). */
    RESET,
    /**
     * Nobody listens there: the peer answered our SYN with a reset (RFC 9293 §3.10.7.3), or by an ICMP error that its port is
     * unreachable.
     */
    REFUSED,
    /** The peer fell silent: retransmissions, keep-alive or the user timeout were used up (RFC 9293 §3.8.3). */
    TIMED_OUT,
    /**
     * The network cannot reach the peer: an ICMP error said so for good before the connection was open, or for the time
     * being until the peer was given up for its silence (RFC 1122 §4.2.3.9, RFC 5927 §5.2); or nobody on the link answers for
     * the next hop of our SYN.
     */
    UNREACHABLE,
    /** Our side aborted (RFC 9293 §3.10.5). */
    ABORTED,
    /** The port that our address belongs to was taken out of the engine ({@link TcpEngine#removePort}). */
    PORT_REMOVED,
    /** No connection could be made here: table full, no free port, or no route. */
    NO_RESOURCES
}
