package io.millrace.dataplane.port;

import io.millrace.dataplane.wire.InternetChecksum;
import io.millrace.dataplane.wire.IpProtocol;
import io.millrace.dataplane.wire.Ipv4Header;
import io.millrace.dpdk.Mbuf;
import io.millrace.dpdk.MbufFlags;
import io.millrace.memory.Memory;

/**
 * Completes the checksums of a TCP frame that is otherwise ready to be sent: leaves to the port what the port does by
 * itself, computes the rest; and has the port cut large segments, where it can. Immutable: any thread; allocates nothing.
 */
public final class TransmitChecksum {
    private static final int IP_CHECKSUM_OFFSET = 10;
    private static final int IPV6_SOURCE_OFFSET = 8;
    private static final int TCP_DATA_OFFSET_OFFSET = 12;
    private static final int TCP_CHECKSUM_OFFSET = 16;

    private final boolean offloadIpv4;
    private final boolean offloadTcp;
    private final int segmentation;

    /** Makes it for a port with these capabilities. */
    public TransmitChecksum(final PortCapabilities capabilities) {
        offloadIpv4 = capabilities.txIpv4Checksum();
        offloadTcp = capabilities.txTcpChecksum();
        segmentation = capabilities.segmentation();
    }

    /** Bytes of the largest IP packet that the port cuts into segments; 0 if it cuts none. */
    public int segmentation() {
        return segmentation;
    }

    /** Whether the port completes nothing by itself, so that a writer may as well sum up what it has in registers. */
    public boolean isSoftware() {
        return !offloadIpv4 && !offloadTcp;
    }

    /**
     * Writes both checksums of a TCP/IPv4 frame, or asks the port for them in the mbuf's flags.
     *
     * @param l3Offset offset of the IP header from the start of the frame, in bytes
     * @param l4Offset offset of the TCP header from the start of the frame, in bytes
     * @param piece bytes of text in each of the segments that the port is to cut the frame into; 0 if it is one
     */
    public void tcp4(final long mbuf, final int l3Offset, final int l4Offset, final int piece) {
        final long frame = Mbuf.dataAddress(mbuf);
        final long ip = frame + l3Offset;
        final long tcp = frame + l4Offset;
        final int segmentLength =
                piece > 0 ? 0 : Mbuf.dataLength(mbuf) - l4Offset; // each piece has a length of its own
        final long pseudo = InternetChecksum.pseudoHeader(
                Memory.getIntBE(ip + Ipv4Header.SOURCE_OFFSET),
                Memory.getIntBE(ip + Ipv4Header.SOURCE_OFFSET + Integer.BYTES),
                IpProtocol.TCP,
                segmentLength);
        Memory.putShort(ip + IP_CHECKSUM_OFFSET, 0);
        if (!offloadIpv4) {
            final int checksum = InternetChecksum.checksum(InternetChecksum.sumOfHeader(ip, l4Offset - l3Offset));
            Memory.putShortBE(ip + IP_CHECKSUM_OFFSET, checksum);
        }
        writeTcpChecksum(tcp, segmentLength, pseudo);
        if (offloadIpv4 || offloadTcp) {
            ask(mbuf, l3Offset, l4Offset, piece, MbufFlags.TX_IPV4 | (offloadIpv4 ? MbufFlags.TX_IP_CHECKSUM : 0));
        }
    }

    private void ask(final long mbuf, final int l3Offset, final int l4Offset, final int piece, final long flags) {
        final int l4 = piece > 0 ? headerLength(Mbuf.dataAddress(mbuf) + l4Offset) : 0;
        Mbuf.txOffload(mbuf, l3Offset, l4Offset - l3Offset, l4, piece);
        Mbuf.offloadFlags(
                mbuf,
                flags | (offloadTcp ? MbufFlags.TX_TCP_CHECKSUM : 0) | (piece > 0 ? MbufFlags.TX_TCP_SEGMENTATION : 0));
    }

    private static int headerLength(final long tcp) {
        return Memory.getUnsignedByte(tcp + TCP_DATA_OFFSET_OFFSET) >>> 4 << 2;
    }

    /**
     * Writes the checksum of a TCP/IPv6 frame without extension headers, or asks the port for it in the mbuf's flags.
     *
     * @param l3Offset offset of the IP header from the start of the frame, in bytes
     * @param l4Offset offset of the TCP header from the start of the frame, in bytes
     * @param piece bytes of text in each of the segments that the port is to cut the frame into; 0 if it is one
     */
    public void tcp6(final long mbuf, final int l3Offset, final int l4Offset, final int piece) {
        final long frame = Mbuf.dataAddress(mbuf);
        final int segmentLength = piece > 0 ? 0 : Mbuf.dataLength(mbuf) - l4Offset;
        final long pseudo =
                InternetChecksum.pseudoHeaderIpv6(frame + l3Offset + IPV6_SOURCE_OFFSET, IpProtocol.TCP, segmentLength);
        writeTcpChecksum(frame + l4Offset, segmentLength, pseudo);
        if (offloadTcp) {
            ask(mbuf, l3Offset, l4Offset, piece, MbufFlags.TX_IPV6);
        }
    }

    /** The checksum, or where the port completes it what the port starts from. */
    private void writeTcpChecksum(final long tcp, final int segmentLength, final long pseudo) {
        if (offloadTcp) {
            Memory.putShortBE(tcp + TCP_CHECKSUM_OFFSET, InternetChecksum.uncomplemented(pseudo));
            return;
        }
        Memory.putShort(tcp + TCP_CHECKSUM_OFFSET, 0);
        final int headerLength = headerLength(tcp);
        final int textLength = segmentLength - headerLength;
        long sum = pseudo + InternetChecksum.sumOfHeader(tcp, headerLength);
        if (textLength > 0) {
            sum += InternetChecksum.sum(tcp + headerLength, textLength);
        }
        Memory.putShortBE(tcp + TCP_CHECKSUM_OFFSET, InternetChecksum.checksum(sum));
    }
}
