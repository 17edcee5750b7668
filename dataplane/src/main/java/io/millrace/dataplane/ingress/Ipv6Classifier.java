package io.millrace.dataplane.ingress;

import io.millrace.dataplane.FrameMeta;
import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.wire.EthernetHeader;
import io.millrace.dataplane.wire.Icmpv6Header;
import io.millrace.dataplane.wire.InternetChecksum;
import io.millrace.dataplane.wire.IpAddress;
import io.millrace.dataplane.wire.IpProtocol;
import io.millrace.dataplane.wire.Ipv6Extensions;
import io.millrace.dataplane.wire.Ipv6Header;
import io.millrace.dataplane.wire.MacAddress;
import io.millrace.dpdk.Mbuf;
import io.millrace.memory.Memory;

/**
 * The part of the {@link FrameClassifier} that knows IPv6 (RFC 8200). TCP is for our unicast addresses alone; ICMPv6 may
 * also come to a group we listen to, and from no address at all. Any thread; allocates nothing.
 */
final class Ipv6Classifier {
    private static final int L3_OFFSET = EthernetHeader.LENGTH;
    private static final int L4_OFFSET = L3_OFFSET + Ipv6Header.LENGTH;
    private static final int PLAIN_TCP = FrameMeta.of(FrameMeta.TCP6, L3_OFFSET, L4_OFFSET);
    private static final int FRAGMENT_HEADER_LENGTH = 8;

    private final HostAddresses host;
    private final IcmpErrorCheck icmpErrors;
    private final long mac;
    private final boolean acceptPartialChecksums;
    private final boolean spoken;

    Ipv6Classifier(final HostAddresses host, final IcmpErrorCheck icmpErrors, final boolean acceptPartialChecksums) {
        this.host = host;
        this.icmpErrors = icmpErrors;
        this.acceptPartialChecksums = acceptPartialChecksums;
        mac = host.mac();
        spoken = !host.isIpv4(host.count() - 1);
    }

    int classify(final long mbuf, final long frame, final int length, final long offloadFlags) {
        if (!spoken) {
            return DropReason.IPV6.code();
        }
        final long destinationMac = Memory.getLongBE(frame) >>> 16;
        if (destinationMac != mac && !MacAddress.isGroup(destinationMac)) {
            return DropReason.OTHER_STATION.code();
        }
        if (length < L4_OFFSET) {
            return DropReason.TRUNCATED_FRAME.code();
        }
        final long ip = frame + L3_OFFSET;
        final long first = Memory.getLongBE(ip);
        if (first >>> 60 != 6) {
            return DropReason.IP_VERSION.code();
        }
        final int packetLength = Ipv6Header.LENGTH + ((int) (first >>> 16) & 0xffff);
        if (packetLength > length - L3_OFFSET) {
            return DropReason.IP_TOTAL_LENGTH.code();
        }
        if (length != L3_OFFSET + packetLength) {
            Mbuf.length(mbuf, L3_OFFSET + packetLength);
        }
        final long destinationHi = Memory.getLongBE(ip + 24);
        final long destinationLo = Memory.getLongBE(ip + 32);
        if (IpAddress.isMulticast(destinationHi)) {
            return classifyMulticast(ip, packetLength, destinationHi, destinationLo);
        }
        if (destinationMac != mac) {
            return DropReason.LINK_BROADCAST.code();
        }
        // A mapped IPv4 address never is on the wire; taken for one, it would be mixed up with IPv4 (RFC 4942 §2.2).
        if (!host.isLocal(destinationHi, destinationLo) || IpAddress.isIpv4(destinationHi, destinationLo)) {
            return DropReason.OTHER_ADDRESS.code();
        }
        final long sourceHi = Memory.getLongBE(ip + 8);
        final long sourceLo = Memory.getLongBE(ip + 16);
        if (sourceLo == destinationLo && sourceHi == destinationHi) {
            return DropReason.LAND.code();
        }
        if (isNoSource(sourceHi, sourceLo)) {
            return DropReason.BAD_SOURCE_ADDRESS.code();
        }
        final int nextHeader = (int) (first >>> 8) & 0xff;
        if (nextHeader == IpProtocol.TCP) {
            return host.isLocal(sourceHi, sourceLo)
                    ? DropReason.BAD_SOURCE_ADDRESS.code()
                    : classifyTcp(
                            ip,
                            L4_OFFSET,
                            packetLength - Ipv6Header.LENGTH,
                            InternetChecksum.pseudoHeaderIpv6(
                                    sourceHi,
                                    sourceLo,
                                    destinationHi,
                                    destinationLo,
                                    IpProtocol.TCP,
                                    packetLength - Ipv6Header.LENGTH),
                            offloadFlags);
        }
        return classifyRest(ip, packetLength, host.isLocal(sourceHi, sourceLo), offloadFlags);
    }

    private int classifyTcp(
            final long ip, final int l4Offset, final int length, final long pseudo, final long offloadFlags) {
        final int reason =
                TcpCheck.check(ip - L3_OFFSET + l4Offset, length, pseudo, offloadFlags, acceptPartialChecksums);
        if (reason < 0) {
            return reason;
        }
        return l4Offset == L4_OFFSET ? PLAIN_TCP : FrameMeta.of(FrameMeta.TCP6, L3_OFFSET, l4Offset);
    }

    /** Unspecified, loopback, mapped IPv4 or multicast: what may not send to a unicast address (RFC 4291 §2.5, §2.7). */
    private static boolean isNoSource(final long hi, final long lo) {
        return hi == 0 && (lo >>> 1 == 0 || lo >>> 32 == 0xffff) || IpAddress.isMulticast(hi);
    }

    /** What is not TCP right behind the IPv6 header, to a unicast address. */
    private int classifyRest(
            final long ip, final int packetLength, final boolean fromOurselves, final long offloadFlags) {
        final long walk = Ipv6Extensions.walk(ip, packetLength);
        if (Ipv6Extensions.outcome(walk) != Ipv6Extensions.REACHED) {
            return reasonOf(Ipv6Extensions.outcome(walk)).code();
        }
        final int protocol = Ipv6Extensions.protocol(walk);
        final int offset = Ipv6Extensions.offset(walk);
        final int length = packetLength - offset;
        // Another station that uses our address must be heard where it says so, in ICMPv6, and only there.
        if (fromOurselves && protocol != IpProtocol.ICMPV6) {
            return DropReason.BAD_SOURCE_ADDRESS.code();
        }
        switch (protocol) {
            case IpProtocol.TCP -> {
                final long pseudo = InternetChecksum.pseudoHeaderIpv6(ip + 8, IpProtocol.TCP, length);
                // A device may not have found its way to TCP, and some drivers call good what they are not told is bad.
                return classifyTcp(ip, L3_OFFSET + offset, length, pseudo, TcpCheck.withoutGood(offloadFlags));
            }
            case IpProtocol.ICMPV6 -> {
                return classifyIcmp(ip, offset, length);
            }
            case IpProtocol.FRAGMENT -> {
                return length < FRAGMENT_HEADER_LENGTH
                        ? DropReason.IPV6_EXTENSION_TRUNCATED.code()
                        : FrameMeta.of(FrameMeta.FRAGMENT6, L3_OFFSET, L3_OFFSET + offset);
            }
            case IpProtocol.UDP -> {
                return DropReason.UDP.code();
            }
            case IpProtocol.NO_NEXT_HEADER -> {
                return DropReason.IPV6_NO_NEXT_HEADER.code();
            }
            default -> {
                return DropReason.UNKNOWN_PROTOCOL.code();
            }
        }
    }

    private int classifyIcmp(final long ip, final int offset, final int length) {
        if (length < Icmpv6Header.LENGTH) {
            return DropReason.ICMP_TRUNCATED.code();
        }
        final long icmp = ip + offset;
        final int kind = Icmpv6Header.isError(Memory.getUnsignedByte(icmp))
                        && icmpErrors.isAboutOurs6(
                                icmp, length, InternetChecksum.pseudoHeaderIpv6(ip + 8, IpProtocol.ICMPV6, length))
                ? FrameMeta.ICMP6_ERROR
                : FrameMeta.ICMP6;
        return FrameMeta.of(kind, L3_OFFSET, L3_OFFSET + offset);
    }

    private int classifyMulticast(
            final long ip, final int packetLength, final long destinationHi, final long destinationLo) {
        if (!host.isJoined(destinationHi, destinationLo)) {
            return DropReason.BROADCAST_ADDRESS.code();
        }
        final long sourceHi = Memory.getLongBE(ip + 8);
        final long sourceLo = Memory.getLongBE(ip + 16);
        // The unspecified address asks whether another is free (RFC 4862 §5.4.2).
        if (isNoSource(sourceHi, sourceLo) && (sourceHi | sourceLo) != 0) {
            return DropReason.BAD_SOURCE_ADDRESS.code();
        }
        final long walk = Ipv6Extensions.walk(ip, packetLength);
        if (Ipv6Extensions.outcome(walk) != Ipv6Extensions.REACHED) {
            return reasonOf(Ipv6Extensions.outcome(walk)).code();
        }
        final int offset = Ipv6Extensions.offset(walk);
        if (Ipv6Extensions.protocol(walk) != IpProtocol.ICMPV6) {
            return DropReason.BROADCAST_ADDRESS.code();
        }
        return packetLength - offset < Icmpv6Header.LENGTH
                ? DropReason.ICMP_TRUNCATED.code()
                : FrameMeta.of(FrameMeta.ICMP6, L3_OFFSET, L3_OFFSET + offset);
    }

    private static DropReason reasonOf(final int outcome) {
        return switch (outcome) {
            case Ipv6Extensions.TRUNCATED -> DropReason.IPV6_EXTENSION_TRUNCATED;
            case Ipv6Extensions.TOO_LONG -> DropReason.IPV6_EXTENSIONS_TOO_LONG;
            case Ipv6Extensions.SEGMENTS_LEFT -> DropReason.IPV6_ROUTING_HEADER;
            case Ipv6Extensions.MISPLACED -> DropReason.UNKNOWN_PROTOCOL;
            default -> DropReason.IPV6_OPTION;
        };
    }
}
