package io.millrace.dataplane.ingress;

import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.wire.IcmpHeader;
import io.millrace.dataplane.wire.Icmpv6Header;
import io.millrace.dataplane.wire.InternetChecksum;
import io.millrace.dataplane.wire.IpAddress;
import io.millrace.dataplane.wire.IpProtocol;
import io.millrace.dataplane.wire.Ipv4Header;
import io.millrace.dataplane.wire.Ipv6Extensions;
import io.millrace.dataplane.wire.Ipv6Header;
import io.millrace.memory.Memory;

/**
 * Tells which ICMP errors are TCP's: those with a right checksum that quote enough of a segment we may have sent to find
 * its connection (RFC 1122 §3.2.2, RFC 4443 §2.4 (d)). Any thread; allocates nothing.
 */
final class IcmpErrorCheck {
    /** Bytes of TCP an error quotes at least: ports and sequence number (RFC 792). */
    private static final int QUOTED_TCP = 8;

    private final HostAddresses host;

    IcmpErrorCheck(final HostAddresses host) {
        this.host = host;
    }

    /** True for an ICMP error, {@code length} bytes at {@code icmp}, at least 8, about a TCP segment of ours. */
    boolean isAboutOurs(final long icmp, final int length) {
        return IcmpHeader.isError(Memory.getUnsignedByte(icmp))
                && quotesOurs(icmp + IcmpHeader.LENGTH, length - IcmpHeader.LENGTH)
                && InternetChecksum.isValid(InternetChecksum.sum(icmp, length));
    }

    private boolean quotesOurs(final long ip, final int length) {
        if (length < Ipv4Header.MIN_LENGTH + QUOTED_TCP) {
            return false;
        }
        final int versionAndLength = Memory.getUnsignedByte(ip);
        final int headerLength = (versionAndLength & 0xf) << 2;
        return versionAndLength >>> 4 == 4
                && headerLength >= Ipv4Header.MIN_LENGTH
                && headerLength + QUOTED_TCP <= length
                && Memory.getUnsignedByte(ip + 9) == IpProtocol.TCP
                && (Memory.getShortBE(ip + 6) & Ipv4Header.FRAGMENT_OFFSET_MASK) == 0
                && host.isLocal(0, IpAddress.lowWord(Memory.getIntBE(ip + Ipv4Header.SOURCE_OFFSET)));
    }

    /** True for an ICMPv6 error, {@code length} bytes at {@code icmp}, at least 8, about a TCP segment of ours. */
    boolean isAboutOurs6(final long icmp, final int length, final long pseudo) {
        return Icmpv6Header.isError(Memory.getUnsignedByte(icmp))
                && quotesOurs6(icmp + Icmpv6Header.LENGTH, length - Icmpv6Header.LENGTH)
                && InternetChecksum.isValid(pseudo + InternetChecksum.sum(icmp, length));
    }

    private boolean quotesOurs6(final long ip, final int length) {
        if (length < Ipv6Header.LENGTH + QUOTED_TCP
                || Memory.getUnsignedByte(ip) >>> 4 != 6
                || !host.isLocal(
                        Memory.getLongBE(ip + Ipv6Header.SOURCE_OFFSET),
                        Memory.getLongBE(ip + Ipv6Header.SOURCE_OFFSET + Long.BYTES))) {
            return false;
        }
        final long walk = Ipv6Extensions.walk(ip, length);
        return Ipv6Extensions.outcome(walk) == Ipv6Extensions.REACHED
                && Ipv6Extensions.protocol(walk) == IpProtocol.TCP
                && Ipv6Extensions.offset(walk) + QUOTED_TCP <= length;
    }
}
