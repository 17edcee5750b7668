package io.millrace.tcp.conversation;

import io.millrace.dataplane.wire.IpAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * An ICMP error as scripts name it, and as bytes of either family.
 *
 * @param kind what it says.
 * @param mtu the MTU it claims; 0 for none.
 */
record IcmpErrorLine(Kind kind, int mtu) {
    private static final int QUOTED_TCP = 8;

    /** What an error says: type and code of ICMP, then of ICMPv6. */
    enum Kind {
        NETWORK_UNREACHABLE(3, 0, 1, 0),
        HOST_UNREACHABLE(3, 1, 1, 3),
        /** There is none in ICMPv6, which says it in a way of its own: an address that nobody has. */
        PROTOCOL_UNREACHABLE(3, 2, 1, 3),
        PORT_UNREACHABLE(3, 3, 1, 4),
        PROHIBITED(3, 13, 1, 1),
        TOO_BIG(3, 4, 2, 0),
        TIME_EXCEEDED(11, 0, 3, 0),
        PARAMETER_PROBLEM(12, 0, 4, 0),
        /** There is none in ICMPv6: a type that nobody has heard of. */
        SOURCE_QUENCH(4, 0, 100, 0);

        private final int typeAndCode4;
        private final int typeAndCode6;

        Kind(final int type4, final int code4, final int type6, final int code6) {
            typeAndCode4 = type4 << 8 | code4;
            typeAndCode6 = type6 << 8 | code6;
        }
    }

    /** The message, which quotes the IP header of the engine's packet and 8 bytes of TCP. */
    byte[] write(final Family family, final TcpSegment quoted, final IpAddress from) {
        final byte[] packet = family.packet(
                family.engine, family.peer, TcpSegment.PROTOCOL, quoted.write(family, family.engine, family.peer));
        final byte[] head = Arrays.copyOf(packet, family.headerLength + QUOTED_TCP);
        final ByteBuffer out = ByteBuffer.allocate(8 + head.length);
        final boolean ipv4 = family == Family.IPV4;
        out.putShort((short) (ipv4 ? kind.typeAndCode4 : kind.typeAndCode6));
        out.putInt(4, mtu).position(8).put(head).flip();
        final long pseudoHeader = ipv4 ? 0 : family.pseudoHeader(from, family.engine, 58, out.limit());
        out.putShort(2, (short) Family.checksum(out, pseudoHeader));
        return out.array();
    }
}
