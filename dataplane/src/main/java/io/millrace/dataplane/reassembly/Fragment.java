package io.millrace.dataplane.reassembly;

import io.millrace.dataplane.FrameMeta;
import io.millrace.dataplane.ingress.DropReason;
import io.millrace.dataplane.wire.EthernetHeader;
import io.millrace.dataplane.wire.IcmpHeader;
import io.millrace.dataplane.wire.IpProtocol;
import io.millrace.dataplane.wire.Ipv4Header;
import io.millrace.dataplane.wire.TcpHeader;
import io.millrace.dpdk.Mbuf;
import io.millrace.memory.Memory;

/**
 * A fragment as it arrived: where it belongs, and whether it makes sense by itself. The classifier has checked the headers
 * before it, and trimmed the frame to the packet.
 *
 * <p>A flyweight: {@link #read} moves it to a frame. Owned by one thread; allocates nothing.
 */
final class Fragment {
    /** Length of an IPv6 fragment header, RFC 8200 §4.5. */
    static final int IPV6_HEADER_LENGTH = 8;

    static final int IPV6_DESTINATION_OPTIONS = 60;

    private static final int IPV6_ROUTING = 43;
    private static final int IPV6_ADDRESSES_OFFSET = 8;
    private static final int MAX_PAYLOAD = 65_535;
    private static final int IPV4_MAPPED = 0xffff;

    boolean ipv6;
    long sourceHi;
    long sourceLo;
    long destinationHi;
    long destinationLo;
    int identification;
    /** Protocol, or next header, of the payload. */
    int protocol;
    /** Address of the payload. */
    long payload;
    /** Bytes from the start of the frame to the payload. */
    int headerLength;
    /** Where the payload belongs in the datagram, from {@code start} to before {@code stop}. */
    int start;

    int stop;
    boolean last;
    /** ECN codepoint of this fragment's header. */
    int ecn;

    /** Reads a frame; 0 when it makes sense, else the code of the {@link DropReason}. */
    int read(final long mbuf, final int meta) {
        final long frame = Mbuf.dataAddress(mbuf);
        ipv6 = FrameMeta.kind(meta) == FrameMeta.FRAGMENT6;
        final int offsetAndMore;
        if (ipv6) {
            offsetAndMore = readIpv6(frame, FrameMeta.l4Offset(meta));
        } else {
            offsetAndMore = readIpv4(frame, FrameMeta.l4Offset(meta));
        }
        payload = frame + headerLength;
        start = offsetAndMore & ~7;
        last = (offsetAndMore & 1) == 0;
        final int length = Mbuf.dataLength(mbuf) - headerLength;
        stop = start + length;
        // RFC 791 §3.2, RFC 8200 §4.5: only the last one may end between the eights, and none past the longest packet.
        if (length <= 0
                || !last && (length & 7) != 0
                || stop + headerLength - EthernetHeader.LENGTH - (ipv6 ? 48 : 0) > MAX_PAYLOAD) {
            return DropReason.FRAGMENT_MALFORMED.code();
        }
        return checkBeginning(length);
    }

    private int readIpv4(final long frame, final int payloadOffset) {
        final long ip = frame + EthernetHeader.LENGTH;
        sourceHi = 0;
        sourceLo = mapped(Memory.getIntBE(ip + Ipv4Header.SOURCE_OFFSET));
        destinationHi = 0;
        destinationLo = mapped(Memory.getIntBE(ip + Ipv4Header.SOURCE_OFFSET + Integer.BYTES));
        protocol = Memory.getUnsignedByte(ip + 9);
        identification = protocol << 16 | Memory.getShortBE(ip + 4);
        ecn = Memory.getUnsignedByte(ip + 1) & 3;
        headerLength = payloadOffset;
        final int field = Memory.getShortBE(ip + 6);
        return (field & Ipv4Header.FRAGMENT_OFFSET_MASK) << 3 | ((field & Ipv4Header.MORE_FRAGMENTS) == 0 ? 0 : 1);
    }

    private int readIpv6(final long frame, final int fragmentHeader) {
        final long addresses = frame + EthernetHeader.LENGTH + IPV6_ADDRESSES_OFFSET;
        sourceHi = Memory.getLongBE(addresses);
        sourceLo = Memory.getLongBE(addresses + 8);
        destinationHi = Memory.getLongBE(addresses + 16);
        destinationLo = Memory.getLongBE(addresses + 24);
        final long header = frame + fragmentHeader;
        protocol = Memory.getUnsignedByte(header);
        identification = Memory.getIntBE(header + 4);
        ecn = Memory.getUnsignedByte(frame + EthernetHeader.LENGTH + 1) >>> 4 & 3;
        headerLength = fragmentHeader + IPV6_HEADER_LENGTH;
        return Memory.getShortBE(
                header + 2); // the offset in eights stands three bits up: as bytes, with the flag below
    }

    /** Whether it is the whole datagram, RFC 6946; never so for IPv4. */
    boolean isAtomic() {
        return start == 0 && last;
    }

    /**
     * RFC 1858 §3, RFC 3128, RFC 7112 §5: the first fragment brings the whole header of the layer above, and no other
     * fragment any part of it, or a filter could be passed by what it did not see.
     */
    private int checkBeginning(final int length) {
        int at = 0;
        int next = protocol;
        if (ipv6 && start == 0) {
            while (next == IPV6_DESTINATION_OPTIONS || next == IPV6_ROUTING) {
                if (at + 8 > length) {
                    return DropReason.FRAGMENT_TINY.code();
                }
                next = Memory.getUnsignedByte(payload + at);
                at += Memory.getUnsignedByte(payload + at + 1) + 1 << 3;
            }
        }
        if (next == IpProtocol.TCP) {
            if (start != 0) {
                return start < TcpHeader.MIN_LENGTH ? DropReason.FRAGMENT_TINY.code() : 0;
            }
            return at + TcpHeader.MIN_LENGTH > length
                            || ipv6 && at + (Memory.getUnsignedByte(payload + at + 12) >>> 4 << 2) > length
                    ? DropReason.FRAGMENT_TINY.code()
                    : 0;
        }
        return start == 0 && at + IcmpHeader.LENGTH > length ? DropReason.FRAGMENT_TINY.code() : 0;
    }

    /** Whether it belongs to this datagram (RFC 791 §3.2, RFC 8200 §4.5). */
    boolean belongsTo(final Datagram datagram) {
        return datagram.identification == identification
                && datagram.sourceLo == sourceLo
                && datagram.sourceHi == sourceHi
                && datagram.destinationLo == destinationLo
                && datagram.destinationHi == destinationHi
                && datagram.ipv6 == ipv6;
    }

    /** Gives the datagram this fragment's identity. */
    void identify(final Datagram datagram) {
        datagram.identification = identification;
        datagram.sourceHi = sourceHi;
        datagram.sourceLo = sourceLo;
        datagram.destinationHi = destinationHi;
        datagram.destinationLo = destinationLo;
        datagram.ipv6 = ipv6;
    }

    private static long mapped(final int ipv4) {
        return (long) IPV4_MAPPED << 32 | ipv4 & 0xffff_ffffL;
    }
}
