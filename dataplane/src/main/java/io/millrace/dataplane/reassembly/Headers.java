package io.millrace.dataplane.reassembly;

import io.millrace.dataplane.wire.EthernetHeader;
import io.millrace.dataplane.wire.Ipv4Header;
import io.millrace.dpdk.Mbuf;
import io.millrace.dpdk.MbufLayout;
import io.millrace.memory.Memory;

/**
 * How a datagram lies in its frame while it grows, and how its headers are made to say that it came whole: the payload
 * begins at a fixed place, with the first fragment's headers right before it.
 *
 * <p>Owned by one thread; allocates nothing after it is made.
 */
final class Headers {
    private static final int IPV6_HEADER_LENGTH = 40;
    private static final int IPV6_PAYLOAD_LENGTH_OFFSET = 4;
    private static final int IPV6_NEXT_HEADER_OFFSET = 6;
    private static final int CONGESTION_EXPERIENCED = 3;

    private final Ipv4Header ipv4 = new Ipv4Header();

    /** Bytes from the start of a buffer to the payload. */
    static int payloadOffset(final boolean ipv6) {
        return MbufLayout.HEADROOM
                + EthernetHeader.LENGTH
                + (ipv6 ? IPV6_HEADER_LENGTH + Fragment.IPV6_HEADER_LENGTH : Ipv4Header.MIN_LENGTH);
    }

    /** Longest payload that fits the frame. */
    static int room(final long mbuf, final boolean ipv6) {
        return Mbuf.bufferLength(mbuf) - payloadOffset(ipv6);
    }

    /** Makes the frame begin with headers of this length and end after this much payload. */
    static void delimit(final long mbuf, final boolean ipv6, final int headerLength, final int payloadLength) {
        Mbuf.dataOffset(mbuf, payloadOffset(ipv6) - headerLength);
        Mbuf.length(mbuf, headerLength + payloadLength);
    }

    /** Makes the IPv4 header of a first fragment that of the whole packet, which the frame already is. */
    void finishIpv4(final long mbuf, final boolean congested) {
        ipv4.wrap(Mbuf.dataAddress(mbuf) + EthernetHeader.LENGTH)
                .totalLength(Mbuf.dataLength(mbuf) - EthernetHeader.LENGTH)
                .fragment(0);
        if (congested) {
            ipv4.typeOfService(ipv4.typeOfService() | CONGESTION_EXPERIENCED);
        }
        ipv4.updateChecksum();
    }

    /**
     * Takes the fragment header out of a frame whose payload is whole: the headers before it move up to the payload, the
     * one before it names what it named (RFC 8200 §4.5).
     *
     * @param fragmentHeader bytes from the start of the frame to the fragment header
     */
    static void finishIpv6(final long mbuf, final int fragmentHeader, final boolean congested) {
        final long frame = Mbuf.dataAddress(mbuf);
        final int next = Memory.getUnsignedByte(frame + fragmentHeader);
        Memory.putByte(frame + namingOffset(frame, fragmentHeader), next);
        final int length = Mbuf.dataLength(mbuf) - Fragment.IPV6_HEADER_LENGTH;
        final long moved = frame + Fragment.IPV6_HEADER_LENGTH;
        Memory.copy(frame, moved, fragmentHeader);
        Mbuf.dataOffset(mbuf, Mbuf.dataOffset(mbuf) + Fragment.IPV6_HEADER_LENGTH);
        Mbuf.length(mbuf, length);
        final long ip = moved + EthernetHeader.LENGTH;
        Memory.putShortBE(ip + IPV6_PAYLOAD_LENGTH_OFFSET, length - EthernetHeader.LENGTH - IPV6_HEADER_LENGTH);
        if (congested) {
            Memory.putByte(ip + 1, Memory.getUnsignedByte(ip + 1) | CONGESTION_EXPERIENCED << 4);
        }
    }

    /** Offset of the byte that says that a fragment header follows: in the IPv6 header, or the last extension before. */
    private static int namingOffset(final long frame, final int fragmentHeader) {
        int naming = EthernetHeader.LENGTH + IPV6_NEXT_HEADER_OFFSET;
        int at = EthernetHeader.LENGTH + IPV6_HEADER_LENGTH;
        while (at < fragmentHeader) {
            naming = at;
            at += Memory.getUnsignedByte(frame + at + 1) + 1 << 3;
        }
        return naming;
    }
}
