package io.millrace.dataplane.core;

import io.millrace.dataplane.FrameMeta;
import io.millrace.dataplane.flow.Toeplitz;
import io.millrace.dataplane.wire.IcmpHeader;
import io.millrace.dataplane.wire.Ipv4Header;
import io.millrace.dataplane.wire.Ipv6Extensions;
import io.millrace.dataplane.wire.Ipv6Header;
import io.millrace.dpdk.Mbuf;
import io.millrace.memory.Memory;

/**
 * The flow that a frame for TCP belongs to, as its Toeplitz hash: of a segment its own, of an ICMP error the one that it
 * quotes a segment of. Stateless; any thread; allocates nothing.
 */
final class FrameFlow {
    private static final int IPV6_ADDRESS = 2 * Long.BYTES;

    private FrameFlow() {}

    static int hash(final Toeplitz toeplitz, final long mbuf, final int meta) {
        final long frame = Mbuf.dataAddress(mbuf);
        final long l3 = frame + FrameMeta.l3Offset(meta);
        final long l4 = frame + FrameMeta.l4Offset(meta);
        return switch (FrameMeta.kind(meta)) {
            case FrameMeta.TCP4 -> ipv4(toeplitz, l3, l4);
            case FrameMeta.TCP6 -> ipv6(toeplitz, l3, l4);
            case FrameMeta.ICMP4_ERROR -> quotedIpv4(toeplitz, l4 + IcmpHeader.LENGTH);
            case FrameMeta.ICMP6_ERROR -> quotedIpv6(toeplitz, l4 + IcmpHeader.LENGTH, frame + Mbuf.dataLength(mbuf));
            default -> 0;
        };
    }

    private static int ipv4(final Toeplitz toeplitz, final long ip, final long tcp) {
        return toeplitz.hashIpv4(
                Memory.getIntBE(ip + Ipv4Header.SOURCE_OFFSET),
                Memory.getIntBE(ip + Ipv4Header.SOURCE_OFFSET + Integer.BYTES),
                Memory.getShortBE(tcp),
                Memory.getShortBE(tcp + Short.BYTES));
    }

    private static int ipv6(final Toeplitz toeplitz, final long ip, final long tcp) {
        final long source = ip + Ipv6Header.SOURCE_OFFSET;
        return toeplitz.hashIpv6(
                Memory.getLongBE(source),
                Memory.getLongBE(source + Long.BYTES),
                Memory.getLongBE(source + IPV6_ADDRESS),
                Memory.getLongBE(source + IPV6_ADDRESS + Long.BYTES),
                Memory.getShortBE(tcp),
                Memory.getShortBE(tcp + Short.BYTES));
    }

    /** We sent the quoted packet: what we receive of its flow has the two ends the other way round. */
    private static int quotedIpv4(final Toeplitz toeplitz, final long ip) {
        final long tcp = ip + ((Memory.getUnsignedByte(ip) & 0xf) << 2);
        return toeplitz.hashIpv4(
                Memory.getIntBE(ip + Ipv4Header.SOURCE_OFFSET + Integer.BYTES),
                Memory.getIntBE(ip + Ipv4Header.SOURCE_OFFSET),
                Memory.getShortBE(tcp + Short.BYTES),
                Memory.getShortBE(tcp));
    }

    private static int quotedIpv6(final Toeplitz toeplitz, final long ip, final long end) {
        final long tcp = ip + Ipv6Extensions.offset(Ipv6Extensions.walk(ip, (int) (end - ip)));
        final long source = ip + Ipv6Header.SOURCE_OFFSET;
        return toeplitz.hashIpv6(
                Memory.getLongBE(source + IPV6_ADDRESS),
                Memory.getLongBE(source + IPV6_ADDRESS + Long.BYTES),
                Memory.getLongBE(source),
                Memory.getLongBE(source + Long.BYTES),
                Memory.getShortBE(tcp + Short.BYTES),
                Memory.getShortBE(tcp));
    }
}
