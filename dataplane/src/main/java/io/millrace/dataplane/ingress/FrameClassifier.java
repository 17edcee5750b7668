package io.millrace.dataplane.ingress;

import static io.millrace.dpdk.MbufFlags.RX_IP_CHECKSUM_BAD;
import static io.millrace.dpdk.MbufFlags.RX_IP_CHECKSUM_MASK;
import static io.millrace.dpdk.MbufFlags.RX_IP_CHECKSUM_UNKNOWN;
import static io.millrace.dpdk.MbufFlags.RX_VLAN_STRIPPED;

import io.millrace.dataplane.FrameMeta;
import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.wire.ArpPacket;
import io.millrace.dataplane.wire.EtherType;
import io.millrace.dataplane.wire.EthernetHeader;
import io.millrace.dataplane.wire.IcmpHeader;
import io.millrace.dataplane.wire.InternetChecksum;
import io.millrace.dataplane.wire.IpAddress;
import io.millrace.dataplane.wire.IpProtocol;
import io.millrace.dataplane.wire.Ipv4Header;
import io.millrace.dataplane.wire.MacAddress;
import io.millrace.dataplane.wire.VlanTag;
import io.millrace.dpdk.Mbuf;
import io.millrace.memory.Memory;

/**
 * Checks an arriving frame once, from the outside in, and says what it is: a {@link FrameMeta}, or the {@link
 * DropReason#code} of the first thing found wrong.
 *
 * <p>Two repairs are made on the way, so that nobody behind needs to know: Ethernet padding is cut off, and a priority tag
 * (VLAN 0) is taken out. The IP header of an accepted frame therefore always starts at offset 14. The classifier neither
 * frees nor counts. Immutable: any thread; allocates nothing.
 */
public final class FrameClassifier {
    private static final int L3_OFFSET = EthernetHeader.LENGTH;
    private static final int ARP_META = FrameMeta.of(FrameMeta.ARP, L3_OFFSET, L3_OFFSET);
    private static final long MAC_MASK = 0xffff_ffff_ffffL;
    private static final int VLAN_ID_MASK = 0xfff;
    private static final long LOW = 0xffff_ffffL;
    /** More-fragments bit and fragment offset in the first eight bytes of an IPv4 header. */
    private static final long FRAGMENT_BITS = Ipv4Header.MORE_FRAGMENTS | Ipv4Header.FRAGMENT_OFFSET_MASK;

    private final HostAddresses host;
    private final long mac;
    private final long primary;
    private final boolean acceptPartialChecksums;
    private final boolean believeGoodChecksums;
    private final IcmpErrorCheck icmpErrors;
    private final Ipv6Classifier ipv6;

    /** Makes a classifier for the frames of a port with these addresses, which come with checksums whole and looked at. */
    public FrameClassifier(final HostAddresses host) {
        this(host, false, true);
    }

    /**
     * Makes a classifier for the frames of a port with these addresses.
     *
     * @param acceptPartialChecksums whether to take a TCP checksum for good that holds the pseudo header's sum only, as a
     *     kernel on the same host leaves it (see {@code PortCapabilities})
     * @param believeGoodChecksums whether to take a checksum for good because the device says so: only where it was asked
     *     to look. Some drivers (igb, ixgbe) say so of all that they were not told is bad.
     */
    public FrameClassifier(
            final HostAddresses host, final boolean acceptPartialChecksums, final boolean believeGoodChecksums) {
        this.host = host;
        this.acceptPartialChecksums = acceptPartialChecksums;
        this.believeGoodChecksums = believeGoodChecksums;
        icmpErrors = new IcmpErrorCheck(host);
        ipv6 = new Ipv6Classifier(host, icmpErrors, acceptPartialChecksums);
        mac = host.mac();
        primary = host.isIpv4(0) ? host.lo(0) : 0;
    }

    /** Classifies the frame: a {@link FrameMeta}, or a negative {@link DropReason#code}. */
    public int classify(final long mbuf) {
        final int length = Mbuf.dataLength(mbuf);
        if (length < EthernetHeader.LENGTH) {
            return DropReason.TRUNCATED_FRAME.code();
        }
        if (Mbuf.segments(mbuf) != 1) {
            return DropReason.SEGMENTED_FRAME.code();
        }
        final long frame = Mbuf.dataAddress(mbuf);
        final long source = Memory.getLongBE(frame + 4) & MAC_MASK;
        if (MacAddress.isGroup(source) || source == mac) {
            return DropReason.BAD_SOURCE_MAC.code();
        }
        final long told = Mbuf.offloadFlags(mbuf);
        final long flags = believeGoodChecksums ? told : TcpCheck.withoutGood(told);
        if ((flags & RX_VLAN_STRIPPED) != 0 && (Mbuf.vlanTci(mbuf) & VLAN_ID_MASK) != 0) {
            return DropReason.OTHER_VLAN.code();
        }
        final int etherType = Memory.getShortBE(frame + 12);
        if (etherType == EtherType.IPV4) {
            return classifyIpv4(mbuf, frame, length, flags);
        }
        if (etherType == EtherType.IPV6) {
            return ipv6.classify(mbuf, frame, length, flags);
        }
        if (etherType == EtherType.ARP) {
            return classifyArp(mbuf, frame, length);
        }
        return classifyRare(mbuf, frame, length, etherType);
    }

    private int classifyRare(final long mbuf, final long frame, final int length, final int etherType) {
        if (etherType != EtherType.VLAN) {
            return DropReason.UNKNOWN_ETHER_TYPE.code();
        }
        if (length < EthernetHeader.LENGTH + VlanTag.LENGTH) {
            return DropReason.TRUNCATED_FRAME.code();
        }
        if ((Memory.getShortBE(frame + EthernetHeader.LENGTH) & VLAN_ID_MASK) != 0) {
            return DropReason.OTHER_VLAN.code();
        }
        // A priority tag: move the addresses over it and look again. A second tag can't send us round for ever, since
        // each round shortens the frame.
        Memory.copy(frame, frame + VlanTag.LENGTH, 2L * MacAddress.LENGTH);
        Mbuf.dataOffset(mbuf, Mbuf.dataOffset(mbuf) + VlanTag.LENGTH);
        Mbuf.length(mbuf, length - VlanTag.LENGTH);
        return classify(mbuf);
    }

    private int classifyArp(final long mbuf, final long frame, final int length) {
        final long destination = Memory.getLongBE(frame) >>> 16;
        if (destination != mac && destination != MacAddress.BROADCAST) {
            return DropReason.OTHER_STATION.code();
        }
        if (length < L3_OFFSET + ArpPacket.LENGTH) {
            return DropReason.ARP_TRUNCATED.code();
        }
        trim(mbuf, length, L3_OFFSET + ArpPacket.LENGTH);
        return ARP_META;
    }

    private int classifyIpv4(final long mbuf, final long frame, final int length, final long flags) {
        final long destinationMac = Memory.getLongBE(frame) >>> 16;
        if (destinationMac != mac) {
            return MacAddress.isGroup(destinationMac)
                    ? DropReason.LINK_BROADCAST.code()
                    : DropReason.OTHER_STATION.code();
        }
        if (length < L3_OFFSET + Ipv4Header.MIN_LENGTH) {
            return DropReason.TRUNCATED_FRAME.code();
        }
        final long ip = frame + L3_OFFSET;
        // The header in three loads: version to fragment, time to live to source, destination.
        final long first = Memory.getLongBE(ip);
        final long second = Memory.getLongBE(ip + 8);
        final int destination = Memory.getIntBE(ip + 16);
        if (first >>> 60 != 4) {
            return DropReason.IP_VERSION.code();
        }
        final int headerLength = (int) (first >>> 54) & 0x3c;
        final int totalLength = (int) (first >>> 32) & 0xffff;
        if (headerLength < Ipv4Header.MIN_LENGTH || headerLength > length - L3_OFFSET) {
            return DropReason.IP_HEADER_LENGTH.code();
        }
        if (totalLength < headerLength || totalLength > length - L3_OFFSET) {
            return DropReason.IP_TOTAL_LENGTH.code();
        }
        final long ipChecksum = flags & RX_IP_CHECKSUM_MASK;
        if (ipChecksum == RX_IP_CHECKSUM_BAD
                || ipChecksum == RX_IP_CHECKSUM_UNKNOWN
                        && !isHeaderChecksumValid(ip, headerLength, first, second, destination)) {
            return DropReason.IP_CHECKSUM.code();
        }
        final int source = (int) second;
        final int address = checkAddresses(source, destination);
        if (address < 0) {
            return address;
        }
        trim(mbuf, length, L3_OFFSET + totalLength);
        final int protocol = (int) (second >>> 48) & 0xff;
        final int l4Offset = L3_OFFSET + headerLength;
        if ((first & FRAGMENT_BITS) != 0) {
            return protocol == IpProtocol.TCP || protocol == IpProtocol.ICMP
                    ? FrameMeta.of(FrameMeta.FRAGMENT4, L3_OFFSET, l4Offset)
                    : notSpoken(protocol);
        }
        final int l4Length = totalLength - headerLength;
        if (protocol == IpProtocol.TCP) {
            final long pseudo = InternetChecksum.pseudoHeader(source, destination, IpProtocol.TCP, l4Length);
            final int reason = TcpCheck.check(ip + headerLength, l4Length, pseudo, flags, acceptPartialChecksums);
            return reason < 0 ? reason : FrameMeta.of(FrameMeta.TCP4, L3_OFFSET, l4Offset);
        }
        if (protocol == IpProtocol.ICMP) {
            return classifyIcmp(ip + headerLength, l4Length, l4Offset);
        }
        return notSpoken(protocol);
    }

    private static int notSpoken(final int protocol) {
        return protocol == IpProtocol.UDP ? DropReason.UDP.code() : DropReason.UNKNOWN_PROTOCOL.code();
    }

    private static boolean isHeaderChecksumValid(
            final long ip, final int headerLength, final long first, final long second, final int destination) {
        if (headerLength != Ipv4Header.MIN_LENGTH) {
            return InternetChecksum.isValid(InternetChecksum.sum(ip, headerLength));
        }
        // What sums up to all ones in one byte order does so in the other (RFC 1071 §2 (B)).
        return InternetChecksum.isValid(
                (first >>> 32) + (first & LOW) + (second >>> 32) + (second & LOW) + (destination & LOW));
    }

    private int classifyIcmp(final long icmp, final int length, final int l4Offset) {
        if (length < IcmpHeader.LENGTH) {
            return DropReason.ICMP_TRUNCATED.code();
        }
        final int kind = icmpErrors.isAboutOurs(icmp, length) ? FrameMeta.ICMP4_ERROR : FrameMeta.ICMP4;
        return FrameMeta.of(kind, L3_OFFSET, l4Offset);
    }

    /** RFC 1122 §3.2.1.3 and §4.2.3.10; 0 when both addresses may speak to each other, else the reason's code. */
    private int checkAddresses(final int source, final int destination) {
        final long destinationLo = IpAddress.lowWord(destination);
        if (destinationLo != primary && !host.isLocal(0, destinationLo)) {
            return destination >>> 28 == 0xe || host.isBroadcast(destination)
                    ? DropReason.BROADCAST_ADDRESS.code()
                    : DropReason.OTHER_ADDRESS.code();
        }
        if (source == destination) {
            return DropReason.LAND.code();
        }
        final int first = source >>> 24;
        if (first == 0
                || first == 127
                || first >>> 4 >= 0xe
                || host.isBroadcast(source)
                || host.isLocal(0, IpAddress.lowWord(source))) {
            return DropReason.BAD_SOURCE_ADDRESS.code();
        }
        return 0;
    }

    private static void trim(final long mbuf, final int length, final int wanted) {
        if (length != wanted) {
            Mbuf.length(mbuf, wanted);
        }
    }
}
