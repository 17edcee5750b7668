package io.millrace.tcp.conversation;

import io.millrace.dataplane.port.FrameAllocator;
import io.millrace.dataplane.port.FrameBurst;
import io.millrace.dataplane.port.PacketPort;
import io.millrace.dataplane.wire.IpAddress;
import io.millrace.dpdk.Mbuf;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The peer's end of the cable: frames as byte arrays; answers who asks for any Ethernet address but the engine's own. */
final class Wire implements AutoCloseable {
    private static final int ETHERNET = 14;
    private static final int ICMP = 1;
    private static final int ICMPV6 = 58;
    private static final int SOLICITATION = 135;
    private static final int ADVERTISEMENT = 136;
    private static final int SOLICITED_OVERRIDE = 0x6000_0000;
    /** Option 2, one unit of 8 bytes. */
    private static final int TARGET_LINK_ADDRESS = 0x0201;

    private final PacketPort port;
    private final FrameAllocator allocator;
    private final FrameBurst arriving = new FrameBurst(64);
    private final FrameBurst leaving = new FrameBurst(1);
    private final long engineMac;
    private final Family family;

    Wire(final PacketPort port, final long engineMac, final Family family) {
        this.port = port;
        this.allocator = port.pool().newAllocator();
        this.engineMac = engineMac;
        this.family = family;
    }

    /** Sends a segment of the peer. */
    void send(final TcpSegment segment) {
        final byte[] tcp = segment.write(family, family.peer, family.engine);
        transmit(family.marked(segment.ecn(), family.packet(family.peer, family.engine, TcpSegment.PROTOCOL, tcp)));
    }

    /** Sends a segment of the peer if there is room for it. */
    boolean offer(final TcpSegment segment) {
        return offer(segment, family.peer);
    }

    /** Sends a segment as if from another address, if there is room for it. */
    boolean offer(final TcpSegment segment, final IpAddress from) {
        return tryTransmit(
                family.etherType(),
                family.packet(from, family.engine, TcpSegment.PROTOCOL, segment.write(family, from, family.engine)));
    }

    /** Sends an ICMP error about a segment of the engine's, as a router on the way to the peer would. */
    void send(final IcmpErrorLine error, final TcpSegment quoted) {
        transmit(family.packet(
                family.router, family.engine, icmpProtocol(), error.write(family, quoted, family.router)));
    }

    private int icmpProtocol() {
        return family == Family.IPV4 ? ICMP : ICMPV6;
    }

    /** The segments that have arrived; who asks for the peer's Ethernet address is answered. */
    List<TcpSegment> receive() {
        final List<TcpSegment> segments = new ArrayList<>();
        while (port.rxQueue(0).receive(arriving) > 0) {
            for (int i = 0; i < arriving.size(); i++) {
                final long mbuf = arriving.get(i);
                final byte[] frame = MemorySegment.ofAddress(Mbuf.dataAddress(mbuf))
                        .reinterpret(Mbuf.dataLength(mbuf))
                        .toArray(ValueLayout.JAVA_BYTE);
                allocator.free(mbuf);
                arrived(ByteBuffer.wrap(frame), segments);
            }
        }
        return segments;
    }

    private void arrived(final ByteBuffer frame, final List<TcpSegment> segments) {
        switch (frame.getShort(12) & 0xffff) {
            case 0x0806 -> answerArp(frame);
            case 0x0800 -> {
                final IpAddress source = IpAddress.ofIpv4(frame.getInt(ETHERNET + 12));
                final IpAddress destination = IpAddress.ofIpv4(frame.getInt(ETHERNET + 16));
                segments.add(read(frame, source, destination));
            }
            case 0x86dd -> {
                final IpAddress source = ipv6(frame, ETHERNET + 8);
                final IpAddress destination = ipv6(frame, ETHERNET + 24);
                if (frame.get(ETHERNET + 6) == TcpSegment.PROTOCOL) {
                    segments.add(read(frame, source, destination));
                } else {
                    answerSolicitation(frame, source);
                }
            }
            default -> throw new AssertionError("the engine sent a frame of type " + frame.getShort(12));
        }
    }

    private TcpSegment read(final ByteBuffer frame, final IpAddress source, final IpAddress destination) {
        final ByteBuffer segment =
                frame.slice(ETHERNET + family.headerLength, frame.limit() - ETHERNET - family.headerLength);
        final int ecn = family.ecn(frame.slice(ETHERNET, family.headerLength));
        return TcpSegment.read(
                segment, ecn, family.pseudoHeader(source, destination, TcpSegment.PROTOCOL, segment.limit()));
    }

    private static IpAddress ipv6(final ByteBuffer in, final int at) {
        return new IpAddress(in.getLong(at), in.getLong(at + 8));
    }

    /** RFC 4861 §7.2.4; duplicate address detection, from the unspecified address, is left unanswered. */
    private void answerSolicitation(final ByteBuffer frame, final IpAddress asker) {
        final int icmp = ETHERNET + Family.IPV6.headerLength;
        if (frame.get(icmp) != (byte) SOLICITATION || asker.hi() == 0 && asker.lo() == 0) {
            return;
        }
        final IpAddress target = ipv6(frame, icmp + 8);
        if (target.equals(family.engine)) {
            return;
        }
        final ByteBuffer out = ByteBuffer.allocate(32);
        out.putInt(ADVERTISEMENT << 24)
                .putInt(SOLICITED_OVERRIDE)
                .putLong(target.hi())
                .putLong(target.lo());
        out.putShort((short) TARGET_LINK_ADDRESS);
        mac(out, port.mac().value());
        out.flip();
        out.putShort(2, (short) Family.checksum(out, Family.IPV6.pseudoHeader(target, asker, ICMPV6, out.limit())));
        transmit(Family.IPV6.packet(target, asker, ICMPV6, 255, out.array()));
    }

    private void answerArp(final ByteBuffer request) {
        final int target = request.getInt(ETHERNET + 24);
        if (request.getShort(ETHERNET + 6) != 1 || target == family.engine.ipv4()) {
            return;
        }
        final ByteBuffer out = ByteBuffer.allocate(46);
        out.putInt(0x0001_0800).putInt(0x0604_0002);
        mac(out, port.mac().value());
        out.putInt(target);
        mac(out, engineMac);
        out.putInt(family.engine.ipv4());
        transmit(0x0806, out.array());
    }

    private static void mac(final ByteBuffer out, final long mac) {
        out.putShort((short) (mac >>> 32)).putInt((int) mac);
    }

    private void transmit(final byte[] packet) {
        transmit(family.etherType(), packet);
    }

    private void transmit(final int etherType, final byte[] packet) {
        if (!tryTransmit(etherType, packet)) {
            throw new AssertionError("the cable is full: let the engine poll");
        }
    }

    private boolean tryTransmit(final int etherType, final byte[] packet) {
        final ByteBuffer out = ByteBuffer.allocate(ETHERNET + packet.length);
        mac(out, engineMac);
        mac(out, port.mac().value());
        final byte[] frame = out.putShort((short) etherType).put(packet).array();
        final long mbuf = allocator.allocate();
        if (mbuf == 0) {
            return false;
        }
        Mbuf.length(mbuf, frame.length);
        MemorySegment.ofAddress(Mbuf.dataAddress(mbuf))
                .reinterpret(frame.length)
                .copyFrom(MemorySegment.ofArray(frame));
        leaving.clear();
        leaving.add(mbuf);
        if (port.txQueue(0).transmit(leaving) == 0) {
            allocator.free(mbuf);
            return false;
        }
        return true;
    }

    @Override
    public void close() {
        arriving.close();
        leaving.close();
    }
}
