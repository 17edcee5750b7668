package io.millrace.tcp.state;

import io.millrace.tcp.NetworkError;
import io.millrace.tcp.TcpState;
import io.millrace.tcp.table.Tcb;
import io.millrace.tcp.table.TcbModes;

/**
 * What an ICMP error does to a connection, RFC 9293 §3.9.2.2 with the care of RFC 5927: anybody can send one, so it counts
 * only if it quotes a number in flight, and never ends a connection that is open.
 */
public final class IcmpErrorRule {
    /** The error is forged, late, or says nothing: nothing happens. */
    public static final int IGNORE = 0;
    /** The error is remembered, in case that the connection dies of silence. */
    public static final int REMEMBER = 1;
    /** The connection, which is not open yet, ends. */
    public static final int UNREACHABLE = 2;
    /** The connection, which is not open yet, ends: nobody listens there. */
    public static final int REFUSED = 5;
    /** Segments become as small as {@link #maxSegment} says. */
    public static final int SHRINK = 3;

    /** Segments are said to be too big, and have not been before: nothing happens for now. */
    public static final int DOUBT = 4;

    /** The least path MTU that is believed: the least link of RFC 1191 §7.1 but for one, so that no forger makes us crawl. */
    private static final int MIN_MTU_IPV4 = 296;
    /** RFC 8200 §5: every link carries so much. */
    private static final int MIN_MTU_IPV6 = 1_280;

    private static final int HEADERS_IPV4 = 40;
    private static final int HEADERS_IPV6 = 60;

    private IcmpErrorRule() {}

    /** Judges an error about a segment of this connection, which is not in TIME_WAIT. */
    public static int onError(final Tcb tcb, final IcmpError error) {
        // RFC 5927 §4.1: SND.UNA =< SEG.SEQ < SND.NXT. Where SND.NXT has gone back to SND.UNA, what was sent before
        // counts.
        if (!Sequence.atOrAfter(error.seq(), tcb.sndUna()) || !Sequence.before(error.seq(), tcb.sndMax())) {
            return IGNORE;
        }
        return switch (error.meaning()) {
            case IcmpError.HARD -> {
                // RFC 5927 §5.2: hard errors are soft for a synchronized connection.
                yield tcb.stateOrdinal() > TcpState.SYN_RCVD.ordinal()
                        ? REMEMBER
                        : error.networkError() == NetworkError.PORT_UNREACHABLE ? REFUSED : UNREACHABLE;
            }
            case IcmpError.SOFT -> REMEMBER; // RFC 9293 MUST-56: not to be aborted
            case IcmpError.TOO_BIG -> isNewSmallerMtu(tcb, error) ? onSmallerMtu(tcb) : IGNORE;
            default -> IGNORE;
        };
    }

    /**
     * RFC 5927 §7.2: a path that has carried full segments is believed not to any more only once one of them has timed out.
     * Then it is sent again as it is, and a router that cannot pass it on says so again; a forger must know when.
     */
    private static int onSmallerMtu(final Tcb tcb) {
        return tcb.in(TcbModes.SIZE_PROVEN) && tcb.retransmits() == 0 ? DOUBT : SHRINK;
    }

    private static boolean isNewSmallerMtu(final Tcb tcb, final IcmpError error) {
        if (error.isIpv6() && error.mtu() >= 0 && error.mtu() < MIN_MTU_IPV6) {
            return false; // RFC 8201 §4: such a message must be discarded
        }
        // It is about a packet that did not fit, and never makes segments larger (RFC 1191 §3).
        return pathMtu(error) < error.packetLength() && maxSegment(error) < tcb.mss();
    }

    /** The MSS that fits the path of which {@link #SHRINK} was the verdict: options included, RFC 6691. */
    public static int maxSegment(final IcmpError error) {
        return pathMtu(error) - (error.isIpv6() ? HEADERS_IPV6 : HEADERS_IPV4);
    }

    private static int pathMtu(final IcmpError error) {
        if (error.isIpv6()) {
            return error.mtu() < 0 ? Integer.MAX_VALUE : error.mtu();
        }
        return Math.max(MIN_MTU_IPV4, error.mtu() != 0 ? error.mtu() : plateauBelow(error.packetLength()));
    }

    /** RFC 1191 §7.1: where a router does not tell its MTU, the greatest usual one below the packet's length. */
    private static int plateauBelow(final int length) {
        if (length > 17_914) {
            return 17_914;
        }
        if (length > 8_166) {
            return 8_166;
        }
        if (length > 4_352) {
            return 4_352;
        }
        if (length > 2_002) {
            return 2_002;
        }
        if (length > 1_492) {
            return 1_492;
        }
        if (length > 1_006) {
            return 1_006;
        }
        return length > 508 ? 508 : MIN_MTU_IPV4;
    }
}
