package io.millrace.dataplane.nic;

import io.millrace.dataplane.TestFrames;
import io.millrace.dataplane.TestFrames6;
import io.millrace.dataplane.wire.ArpPacket;
import io.millrace.dataplane.wire.EtherType;
import io.millrace.dataplane.wire.Icmpv6Header;
import io.millrace.dataplane.wire.InternetChecksum;
import io.millrace.dataplane.wire.IpAddress;
import io.millrace.dataplane.wire.Ipv4Header;
import io.millrace.dataplane.wire.Ipv6Header;
import io.millrace.dataplane.wire.MacAddress;
import io.millrace.dataplane.wire.TcpFlags;
import io.millrace.dpdk.Mbuf;
import io.millrace.memory.Memory;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Frames as bytes, addressed from one port to another. */
final class NicFrames implements AutoCloseable {
    private static final int ETHERNET = 14;
    private static final int UDP = 17;
    private static final int EXPERIMENTAL = 0x88b5;

    private final TestFrames frames = new TestFrames();
    private final TestFrames6 frames6 = new TestFrames6(frames);
    private final MacAddress source;
    private final MacAddress destination;

    NicFrames(final MacAddress source, final MacAddress destination) {
        this.source = source;
        this.destination = destination;
    }

    /** A frame of an experimental type with {@code length} bytes in all, its content made from {@code seed}. */
    byte[] plain(final int length, final int seed) {
        final byte[] frame = new byte[length];
        for (int i = 0; i < length; i++) {
            frame[i] = (byte) (seed * 131 + i * 31);
        }
        frame[12] = (byte) (EXPERIMENTAL >> 8);
        frame[13] = (byte) EXPERIMENTAL;
        return addressed(frame);
    }

    byte[] tcp4(final int text) {
        return bytes(frames.tcp(text));
    }

    byte[] tcp4(final int source, final int destination, final int sourcePort, final int destinationPort) {
        return bytes(frames.tcp(source, destination, sourcePort, destinationPort, TcpFlags.ACK, 20));
    }

    byte[] tcp6(final IpAddress source, final IpAddress destination) {
        return bytes(frames6.tcp(source, destination, 0));
    }

    byte[] tcp6(final int text) {
        return bytes(frames6.tcp(text));
    }

    /** A datagram over IPv4 with the checksum it should have. */
    byte[] udp4(final int payload) {
        final long mbuf = frames.frame(EtherType.IPV4, Ipv4Header.MIN_LENGTH + 8 + payload);
        final long ip = Mbuf.dataAddress(mbuf) + ETHERNET;
        new Ipv4Header()
                .wrap(ip)
                .initialize(Ipv4Header.MIN_LENGTH + 8 + payload, UDP, 64, TestFrames.PEER_IP, TestFrames.OUR_IP);
        udp(
                ip + Ipv4Header.MIN_LENGTH,
                8 + payload,
                InternetChecksum.pseudoHeader(TestFrames.PEER_IP, TestFrames.OUR_IP, UDP, 8 + payload));
        return bytes(mbuf);
    }

    /** The same over IPv6. */
    byte[] udp6(final int payload) {
        final long mbuf = frames6.packet(TestFrames6.PEER, TestFrames6.OURS, UDP, new byte[8 + payload]);
        final long ip = Mbuf.dataAddress(mbuf) + ETHERNET;
        udp(
                ip + Ipv6Header.LENGTH,
                8 + payload,
                InternetChecksum.pseudoHeaderIpv6(ip + Ipv6Header.SOURCE_OFFSET, UDP, 8 + payload));
        return bytes(mbuf);
    }

    private static void udp(final long header, final int length, final long pseudo) {
        Memory.putShortBE(header, 5000);
        Memory.putShortBE(header + 2, 5001);
        Memory.putShortBE(header + 4, length);
        for (int i = 8; i < length; i++) {
            Memory.putByte(header + i, i * 13);
        }
        Memory.putShortBE(header + 6, InternetChecksum.checksum(pseudo + InternetChecksum.sum(header, length)));
    }

    /** Frames with one tag, and with two, by name. */
    Map<String, byte[]> tagged() {
        return Map.of(
                "tagged TCP/IPv4",
                tagged(tcp4(1460), 100),
                "twice tagged TCP/IPv4",
                tagged(tagged(tcp4(64), 100), 200));
    }

    /** A frame of every other kind there is on a network of ours, by name. */
    Map<String, byte[]> ofEveryKind() {
        final Map<String, byte[]> kinds = new LinkedHashMap<>();
        final long mac = source.value();
        kinds.put("ARP request", bytes(frames.arp(ArpPacket.REQUEST, mac, TestFrames.PEER_IP, 0, TestFrames.OUR_IP)));
        kinds.put(
                "ARP reply",
                bytes(frames.arp(ArpPacket.REPLY, mac, TestFrames.PEER_IP, destination.value(), TestFrames.OUR_IP)));
        kinds.put("TCP/IPv4", tcp4(1460));
        kinds.put("UDP/IPv4", udp4(1400));
        kinds.put("ICMP", bytes(frames.echoRequest(56)));
        kinds.put("IPv4 fragment", changed(udp4(1024), ETHERNET + 6, 0x20, 0x00));
        kinds.put("IPv4 with options", withOptions(tcp4(100)));
        kinds.put("TCP/IPv6", tcp6(1440));
        kinds.put("UDP/IPv6", udp6(1400));
        kinds.put(
                "ICMPv6",
                bytes(frames6.icmp(TestFrames6.PEER, TestFrames6.OURS, Icmpv6Header.ECHO_REQUEST, 0, new byte[60])));
        kinds.put(
                "IPv6 with an extension header",
                bytes(frames6.tcp(100, new TestFrames6.Header(60, TestFrames6.SKIPPED_OPTION.clone()))));
        kinds.put(
                "IPv6 to all nodes",
                bytes(frames6.icmp(
                        TestFrames6.PEER, TestFrames6.ALL_NODES, Icmpv6Header.ECHO_REQUEST, 0, new byte[20])));
        kinds.put("unknown type", plain(60, 1));
        kinds.put("broadcast", to(plain(1514, 2), MacAddress.BROADCAST));
        kinds.put("multicast", to(plain(77, 3), 0x0100_5e01_0203L));
        kinds.put("length instead of a type", changed(plain(100, 4), 12, 0, 86));
        return kinds;
    }

    /** Whether it goes to a group, and not to all. */
    static boolean isMulticast(final byte[] frame) {
        return (frame[0] & 1) != 0 && (frame[0] & frame[1] & frame[2] & frame[3] & frame[4] & frame[5] & 0xff) != 0xff;
    }

    /** The frame with two of its bytes changed; checksums stay as they were. */
    static byte[] changed(final byte[] frame, final int at, final int first, final int second) {
        final byte[] copy = frame.clone();
        copy[at] = (byte) first;
        copy[at + 1] = (byte) second;
        return copy;
    }

    /** The frame with one bit flipped. */
    static byte[] flipped(final byte[] frame, final int at) {
        return changed(frame, at, frame[at] ^ 0x10, frame[at + 1]);
    }

    /** The frame with an 802.1Q tag. */
    static byte[] tagged(final byte[] frame, final int vlan) {
        final byte[] tagged = new byte[frame.length + 4];
        System.arraycopy(frame, 0, tagged, 0, 12);
        System.arraycopy(frame, 12, tagged, 16, frame.length - 12);
        return changed(changed(tagged, 12, 0x81, 0), 14, vlan >> 8, vlan);
    }

    private static byte[] to(final byte[] frame, final long mac) {
        final byte[] copy = frame.clone();
        putMac(copy, 0, mac);
        return copy;
    }

    /** Four bytes of options (no operation) between the IPv4 header and what follows. */
    private static byte[] withOptions(final byte[] frame) {
        final byte[] longer = new byte[frame.length + 4];
        System.arraycopy(frame, 0, longer, 0, 34);
        Arrays.fill(longer, 34, 38, (byte) 1);
        System.arraycopy(frame, 34, longer, 38, frame.length - 34);
        final int length = longer.length - ETHERNET;
        return withHeaderChecksum(changed(changed(longer, 14, 0x46, 0), 16, length >> 8, length));
    }

    private static byte[] withHeaderChecksum(final byte[] frame) {
        int sum = 0;
        final int end = ETHERNET + (frame[ETHERNET] & 15) * 4;
        for (int i = ETHERNET; i < end; i += 2) {
            sum += i == ETHERNET + 10 ? 0 : (frame[i] & 0xff) << 8 | frame[i + 1] & 0xff;
        }
        final int checksum = ~(sum % 0xffff) & 0xffff;
        return changed(frame, ETHERNET + 10, checksum >> 8, checksum);
    }

    private byte[] bytes(final long mbuf) {
        final byte[] frame = TestFrames6.bytes(mbuf, 0);
        frames.allocator.free(mbuf);
        return (frame[0] & 1) != 0 ? from(frame) : addressed(frame);
    }

    private byte[] addressed(final byte[] frame) {
        putMac(frame, 0, destination.value());
        return from(frame);
    }

    private byte[] from(final byte[] frame) {
        putMac(frame, 6, source.value());
        return frame;
    }

    private static void putMac(final byte[] frame, final int at, final long mac) {
        for (int i = 0; i < 6; i++) {
            frame[at + i] = (byte) (mac >>> 40 - 8 * i);
        }
    }

    @Override
    public void close() {
        frames.close();
    }
}
