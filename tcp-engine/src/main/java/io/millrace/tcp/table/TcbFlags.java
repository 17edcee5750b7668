package io.millrace.tcp.table;

/** The bits of {@link Tcb#flags()}: what is true of a connection. */
public final class TcbFlags {
    /** Both SYNs carried timestamps. */
    public static final int TIMESTAMPS = 1;
    /** Both SYNs carried SACK-permitted. */
    public static final int SACK = 1 << 1;
    /** Both SYNs carried window scale. */
    public static final int WINDOW_SCALE = 1 << 2;
    /** We opened it, passively if clear (RFC 9293 §3.10.7.4: an RST in SYN_RCVD depends on it). */
    public static final int ACTIVE_OPEN = 1 << 3;
    /** The application wants a FIN after what it has written. */
    public static final int FIN_QUEUED = 1 << 4;
    /** Our FIN has been sent at least once. */
    public static final int FIN_SENT = 1 << 5;
    /** The application has closed for good: text that comes now is answered by a reset. */
    public static final int RECEIVE_CLOSED = 1 << 6;
    /** The peer's FIN has been taken. */
    public static final int FIN_RECEIVED = 1 << 7;
    /** The application has been told of the peer's FIN. */
    public static final int END_DELIVERED = 1 << 8;
    /** The application has the connection: onOpen was called. */
    public static final int ACCEPTED = 1 << 9;
    /** An acknowledgment is due at once. */
    public static final int ACK_NOW = 1 << 10;
    /** A write was cut short; onWritable is owed. */
    public static final int WRITE_BLOCKED = 1 << 11;
    /** {@link Tcb#rtoDeadline} is armed. */
    public static final int TIMER_RTO = 1 << 12;
    /** {@link Tcb#ackDeadline} is armed. */
    public static final int TIMER_ACK = 1 << 13;
    /** {@link Tcb#lifeDeadline} is armed. */
    public static final int TIMER_LIFE = 1 << 14;
    /** What {@link Tcb#rtoDeadline} ends in is a tail loss probe (RFC 8985 §7), not a time-out. */
    public static final int TIMER_PROBE = 1 << 15;
    /** Fast recovery goes on: losses are being repaired, and the window reduced (RFC 6675, RFC 6582, RFC 9937). */
    public static final int IN_RECOVERY = 1 << 16;
    /** It waits in the accept queue. */
    public static final int QUEUED = 1 << 17;
    /** Its addresses are IPv6. */
    public static final int IPV6 = 1 << 18;
    /** A SYN of ours was lost: the initial window is one segment (RFC 5681 §3.1). */
    public static final int SYN_LOST = 1 << 19;
    /** The application is inside a callback of this connection. */
    public static final int IN_CALLBACK = 1 << 20;
    /** It waits in the shard's list of connections that something was done to outside a callback. */
    public static final int SETTLE_PENDING = 1 << 21;
    /** The peer's window is closed and is being probed (RFC 9293 §3.8.6.1). */
    public static final int PERSISTING = 1 << 22;
    /** The peer has answered since the last probe. */
    public static final int PROBE_ANSWERED = 1 << 23;
    /** The application, or a close with data unread, has aborted it; the shard resets and forgets it after the callback. */
    public static final int ABORTED = 1 << 24;
    /** The application wants to be offered again what it has not taken. */
    public static final int RESUMED = 1 << 25;
    /** An ICMP error has come since the peer was last heard of: if it stays silent, that is why (RFC 9293 §3.9.2.2). */
    public static final int SOFT_ERROR = 1 << 31;

    /** The application wants to hear of whatever happens. */
    public static final int WATCHED = 1 << 26;

    /** {@link Tcb#lifeDeadline} is armed for the next look at a silent peer. */
    public static final int TIMER_KEEP_ALIVE = 1 << 27;

    /** Its options are new, and what follows from them is still to be done. */
    public static final int OPTIONS_CHANGED = 1 << 28;

    /** The application wants no more text, but has not closed for good. */
    public static final int INPUT_SHUT = 1 << 29;

    /** It has something to send and waits for room in its port's transmit queue. */
    public static final int AWAITS_TURN = 1 << 30;

    private TcbFlags() {}
}
