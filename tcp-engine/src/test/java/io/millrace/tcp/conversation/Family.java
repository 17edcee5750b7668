package io.millrace.tcp.conversation;

import io.millrace.dataplane.wire.IpAddress;
import java.nio.ByteBuffer;

/** The version of IP that a conversation is held over: its addresses, and its headers as bytes. */
public enum Family {
    /** IPv4 with an MTU of 1500. */
    IPV4("10.0.0.1", "/24", "10.0.0.2", "10.0.0.254", 20, 1_500),
    /** IPv6; the link takes 20 bytes more, so that the segments of both families are of the same size. */
    IPV6("fd00::1", "/64", "fd00::2", "fd00::fe", 40, 1_520);

    /** The engine's address. */
    public final IpAddress engine;
    /** The same with its network. */
    public final String cidr;
    /** The peer's address. */
    public final IpAddress peer;
    /** The same with its network. */
    public final String peerCidr;
    /** How long until addresses are used, ms: IPv6 asks for a second first whether anybody has them (RFC 4862 §5.4). */
    public final int detectionMs;
    /** A router's address, which sends errors. */
    final IpAddress router;
    /** Bytes of an IP header. */
    final int headerLength;
    /** Largest IP packet on the link, in bytes. */
    final int mtu;

    private static final int HOP_LIMIT = 64;

    Family(
            final String engine,
            final String prefix,
            final String peer,
            final String router,
            final int headerLength,
            final int mtu) {
        this.engine = IpAddress.parse(engine);
        this.cidr = engine + prefix;
        this.peer = IpAddress.parse(peer);
        this.peerCidr = peer + prefix;
        this.detectionMs = headerLength == 40 ? 2_200 : 0;
        this.router = IpAddress.parse(router);
        this.headerLength = headerLength;
        this.mtu = mtu;
    }

    int etherType() {
        return this == IPV4 ? 0x0800 : 0x86dd;
    }

    /** An IP packet that carries {@code payload}. */
    byte[] packet(
            final IpAddress from, final IpAddress to, final int protocol, final int hopLimit, final byte[] payload) {
        final ByteBuffer out = ByteBuffer.allocate(headerLength + payload.length);
        if (this == IPV4) {
            out.putShort((short) 0x4500).putShort((short) out.capacity()).putInt(0x4000);
            out.putInt(hopLimit << 24 | protocol << 16).putInt(from.ipv4()).putInt(to.ipv4());
            out.putShort(10, (short) checksum(ByteBuffer.wrap(out.array(), 0, headerLength), 0));
        } else {
            out.putInt(6 << 28)
                    .putShort((short) payload.length)
                    .put((byte) protocol)
                    .put((byte) hopLimit);
            out.putLong(from.hi()).putLong(from.lo()).putLong(to.hi()).putLong(to.lo());
        }
        return out.put(payload).array();
    }

    /** The same with the usual hop limit. */
    byte[] packet(final IpAddress from, final IpAddress to, final int protocol, final byte[] payload) {
        return packet(from, to, protocol, HOP_LIMIT, payload);
    }

    /** An IP packet of ours with an ECN codepoint. */
    byte[] marked(final int ecn, final byte[] packet) {
        final ByteBuffer header = ByteBuffer.wrap(packet);
        if (this == IPV4) {
            header.put(1, (byte) ecn).putShort(10, (short) 0);
            header.putShort(10, (short) checksum(header.slice(0, headerLength), 0));
        } else {
            header.put(1, (byte) (ecn << 4));
        }
        return packet;
    }

    /** The ECN codepoint of an IP header whose checksum, where it has one, must be right. */
    int ecn(final ByteBuffer header) {
        if (this == IPV4 && checksum(header, 0) != 0) {
            throw new AssertionError("the engine sent a wrong IPv4 checksum");
        }
        return this == IPV4 ? header.get(1) & 3 : header.get(1) >> 4 & 3;
    }

    /** Sum of the pseudo header (RFC 9293 §3.1, RFC 8200 §8.1). */
    long pseudoHeader(final IpAddress from, final IpAddress to, final int protocol, final int length) {
        return this == IPV4
                ? words(from.ipv4()) + words(to.ipv4()) + protocol + length
                : words(from.hi()) + words(from.lo()) + words(to.hi()) + words(to.lo()) + protocol + length;
    }

    private static long words(final long word) {
        return (word >>> 48) + (word >>> 32 & 0xffff) + (word >>> 16 & 0xffff) + (word & 0xffff);
    }

    private static long words(final int word) {
        return (word >>> 16) + (word & 0xffff);
    }

    /** RFC 1071; 0 over bytes whose checksum is right. */
    static int checksum(final ByteBuffer bytes, final long start) {
        final ByteBuffer in = bytes.slice();
        long sum = start;
        while (in.remaining() > 1) {
            sum += in.getShort() & 0xffff;
        }
        sum += in.hasRemaining() ? (in.get() & 0xff) << 8 : 0;
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return (int) ~sum & 0xffff;
    }
}
