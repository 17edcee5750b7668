package io.millrace.dataplane;

import static io.millrace.dataplane.TestFrames.OUR_MAC;

import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.wire.EtherType;
import io.millrace.dataplane.wire.EthernetHeader;
import io.millrace.dataplane.wire.Icmpv6Header;
import io.millrace.dataplane.wire.InternetChecksum;
import io.millrace.dataplane.wire.IpAddress;
import io.millrace.dataplane.wire.IpProtocol;
import io.millrace.dataplane.wire.Ipv6Header;
import io.millrace.dataplane.wire.MacAddress;
import io.millrace.dataplane.wire.TcpFlags;
import io.millrace.dataplane.wire.TcpHeader;
import io.millrace.dpdk.Mbuf;
import io.millrace.memory.Memory;

/** Builds well-formed IPv6 frames from a peer to us, for tests to use or to break. */
public final class TestFrames6 {
    public static final IpAddress OURS = IpAddress.parse("fd00::1");
    public static final IpAddress PEER = IpAddress.parse("fd00::2");
    public static final IpAddress OUR_LINK_LOCAL = IpAddress.linkLocal(new MacAddress(OUR_MAC));
    public static final IpAddress ALL_NODES = IpAddress.parse("ff02::1");
    /** Destination options with one unknown option, to be skipped. */
    public static final byte[] SKIPPED_OPTION = {0, 0, 0x1e, 4, 1, 2, 3, 4};
    /** Nothing but padding. */
    public static final byte[] PADDING = {0, 0, 1, 4, 0, 0, 0, 0};

    private final TestFrames frames;

    public TestFrames6(final TestFrames frames) {
        this.frames = frames;
    }

    /** The addresses these frames are for. */
    public static HostAddresses host() {
        return HostAddresses.builder(new MacAddress(OUR_MAC))
                .address("10.0.0.1/24")
                .address("fd00::1/64")
                .owned("fd00:77::/64")
                .gateway("fd00::fe")
                .build();
    }

    /** An extension header, or payload, before it knows what follows it. */
    public record Header(int number, byte[] bytes) {}

    /** A packet of headers and a payload, from PEER_MAC to OUR_MAC, or to the group's MAC. */
    public long packet(
            final IpAddress source,
            final IpAddress destination,
            final int protocol,
            final byte[] payload,
            final Header... headers) {
        int length = payload.length;
        for (final Header header : headers) {
            length += header.bytes.length;
        }
        final long mbuf = frames.frame(EtherType.IPV6, Ipv6Header.LENGTH + length);
        final long frame = Mbuf.dataAddress(mbuf);
        if (destination.isMulticast()) {
            new EthernetHeader().wrap(frame).destination(0x3333_0000_0000L | destination.lo() & 0xffff_ffffL);
        }
        final long ip = frame + 14;
        new Ipv6Header()
                .wrap(ip)
                .initialize(length, protocol, 64)
                .source(source.hi(), source.lo())
                .destination(destination.hi(), destination.lo());
        long next = ip + Ipv6Header.NEXT_HEADER_OFFSET;
        long at = ip + Ipv6Header.LENGTH;
        for (final Header header : headers) {
            Memory.putByte(next, header.number);
            write(at, header.bytes);
            Memory.putByte(at, protocol);
            next = at;
            at += header.bytes.length;
        }
        write(at, payload);
        return mbuf;
    }

    private static void write(final long at, final byte[] bytes) {
        for (int i = 0; i < bytes.length; i++) {
            Memory.putByte(at + i, bytes[i]);
        }
    }

    /** An ACK with {@code text} bytes of text, from PEER:40000 to OURS:80, behind the headers. */
    public long tcp(final int text, final Header... headers) {
        return tcp(PEER, OURS, text, headers);
    }

    /** An ACK with {@code text} bytes of text, from port 40000 to 80, behind the headers. */
    public long tcp(final IpAddress source, final IpAddress destination, final int text, final Header... headers) {
        final long mbuf = packet(source, destination, IpProtocol.TCP, new byte[20 + text], headers);
        final long tcp = Mbuf.dataAddress(mbuf) + Mbuf.dataLength(mbuf) - 20 - text;
        for (int i = 0; i < text; i++) {
            Memory.putByte(tcp + 20 + i, i * 31 + 7);
        }
        new TcpHeader()
                .wrap(tcp)
                .sourcePort(40_000)
                .destinationPort(80)
                .sequenceNumber(0x0102_0304)
                .dataOffset(20)
                .flags(TcpFlags.ACK)
                .window(65_535)
                .checksum(InternetChecksum.checksum(InternetChecksum.pseudoHeaderIpv6(
                                Mbuf.dataAddress(mbuf) + 14 + Ipv6Header.SOURCE_OFFSET, IpProtocol.TCP, 20 + text)
                        + InternetChecksum.sum(tcp, 20 + text)));
        return mbuf;
    }

    /** An ICMPv6 message of this type, the bytes behind the header's first four, with a right checksum. */
    public long icmp(
            final IpAddress source,
            final IpAddress destination,
            final int type,
            final int code,
            final byte[] body,
            final Header... headers) {
        final byte[] message = new byte[4 + body.length];
        System.arraycopy(body, 0, message, 4, body.length);
        message[0] = (byte) type;
        message[1] = (byte) code;
        final long mbuf = packet(source, destination, IpProtocol.ICMPV6, message, headers);
        icmp(mbuf, message.length).updateChecksum(Mbuf.dataAddress(mbuf) + 14, message.length);
        return mbuf;
    }

    public static Ipv6Header ip(final long mbuf) {
        return new Ipv6Header().wrap(Mbuf.dataAddress(mbuf) + 14);
    }

    /** The ICMPv6 message in the last bytes of a frame. */
    public static Icmpv6Header icmp(final long mbuf, final int length) {
        return new Icmpv6Header().wrap(Mbuf.dataAddress(mbuf) + Mbuf.dataLength(mbuf) - length);
    }

    public static IpAddress source(final long mbuf) {
        return new IpAddress(ip(mbuf).sourceHi(), ip(mbuf).sourceLo());
    }

    public static IpAddress destination(final long mbuf) {
        return new IpAddress(ip(mbuf).destinationHi(), ip(mbuf).destinationLo());
    }

    /** The bytes of a frame from an offset on. */
    public static byte[] bytes(final long mbuf, final int from) {
        final byte[] bytes = new byte[Mbuf.dataLength(mbuf) - from];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = Memory.getByte(Mbuf.dataAddress(mbuf) + from + i);
        }
        return bytes;
    }
}
