package io.millrace.tcp.state;

import io.millrace.tcp.table.Tcb;
import io.millrace.tcp.table.TcbFlags;

/** What the two SYNs agree on: RFC 7323 §2.2 and §3.2, RFC 2018 §2, RFC 9293 §3.7.1. */
public final class Negotiation {
    /** RFC 9293 §3.7.1 MUST-15: the MSS of a peer that names none, IPv4. */
    public static final int DEFAULT_MSS_IPV4 = 536;
    /** The same for IPv6. */
    public static final int DEFAULT_MSS_IPV6 = 1220;
    /** Smaller ones are taken as this: a peer must not make us send a header for each byte. */
    public static final int MIN_MSS = 64;

    private Negotiation() {}

    /** The MSS a SYN's options grant: {@code offered}, or the default where it is 0, and never less than the minimum. */
    public static int peerMss(final int offered, final boolean ipv6) {
        final int mss = offered != 0 ? offered : ipv6 ? DEFAULT_MSS_IPV6 : DEFAULT_MSS_IPV4;
        return Math.max(mss, MIN_MSS);
    }

    /**
     * Drops from an active open what the peer's SYN does not offer. The record comes in with what our SYN offered, and
     * with our own MSS.
     */
    static void peerOptions(final Tcb tcb, final SegmentOptions options, final int nowMs) {
        tcb.mss(Math.min(tcb.mss(), peerMss(options.mss(), tcb.is(TcbFlags.IPV6))));
        if (!options.sackPermitted()) {
            tcb.clear(TcbFlags.SACK);
        }
        if (options.windowScale() == SegmentOptions.NO_WINDOW_SCALE || !tcb.is(TcbFlags.WINDOW_SCALE)) {
            tcb.clear(TcbFlags.WINDOW_SCALE);
            tcb.rcvWndShift(0);
            tcb.sndWndShift(0);
        } else {
            tcb.sndWndShift(options.windowScale());
        }
        if (options.timestamps() && tcb.is(TcbFlags.TIMESTAMPS)) {
            tcb.tsRecent(options.tsVal());
            tcb.tsRecentAge(nowMs);
        } else {
            tcb.clear(TcbFlags.TIMESTAMPS);
        }
    }
}
