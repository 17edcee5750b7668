package io.millrace.dataplane;

import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.port.FrameAllocator;
import io.millrace.dataplane.port.MemoryFramePool;
import io.millrace.dataplane.wire.ArpPacket;
import io.millrace.dataplane.wire.EtherType;
import io.millrace.dataplane.wire.EthernetHeader;
import io.millrace.dataplane.wire.IcmpHeader;
import io.millrace.dataplane.wire.IpAddress;
import io.millrace.dataplane.wire.IpProtocol;
import io.millrace.dataplane.wire.Ipv4Header;
import io.millrace.dataplane.wire.MacAddress;
import io.millrace.dataplane.wire.TcpFlags;
import io.millrace.dataplane.wire.TcpHeader;
import io.millrace.dpdk.Mbuf;
import io.millrace.memory.Memory;

/** Builds well-formed frames from a peer to us, for tests to use or to break. */
public final class TestFrames implements AutoCloseable {
    public static final long OUR_MAC = MacAddress.parse("02:00:00:00:00:01").value();
    public static final long PEER_MAC = MacAddress.parse("02:00:00:00:00:02").value();
    public static final int OUR_IP = IpAddress.parse("10.0.0.1").ipv4();
    public static final int PEER_IP = IpAddress.parse("10.0.0.2").ipv4();

    public final MemoryFramePool pool;
    public final CounterBlock counters = CounterBlock.allocate("frames");
    public final FrameAllocator allocator;

    public TestFrames() {
        this(new MemoryFramePool("test-frames", 256, 2048));
    }

    public TestFrames(final MemoryFramePool pool) {
        this.pool = pool;
        allocator = pool.newAllocator(counters);
    }

    /** An ACK with {@code text} bytes of text, from PEER_IP:40000 to OUR_IP:80, all checksums right. */
    public long tcp(final int text) {
        return tcp(PEER_IP, OUR_IP, 40_000, 80, TcpFlags.ACK, text);
    }

    public long tcp(
            final int source,
            final int destination,
            final int sourcePort,
            final int destinationPort,
            final int flags,
            final int text) {
        final long mbuf = frame(EtherType.IPV4, 40 + text);
        final long ip = Mbuf.dataAddress(mbuf) + 14;
        new Ipv4Header().wrap(ip).initialize(40 + text, IpProtocol.TCP, 64, source, destination);
        for (int i = 0; i < text; i++) {
            Memory.putByte(ip + 40 + i, i * 31 + 7);
        }
        new TcpHeader()
                .wrap(ip + 20)
                .sourcePort(sourcePort)
                .destinationPort(destinationPort)
                .sequenceNumber(0x0102_0304)
                .acknowledgmentNumber(0x0506_0708)
                .dataOffset(20)
                .flags(flags)
                .window(65_535)
                .urgentPointer(0)
                .updateChecksum(source, destination, 20 + text);
        return mbuf;
    }

    /** An echo request with {@code payload} bytes from PEER_IP to OUR_IP. */
    public long echoRequest(final int payload) {
        final long mbuf = frame(EtherType.IPV4, 28 + payload);
        final long ip = Mbuf.dataAddress(mbuf) + 14;
        new Ipv4Header().wrap(ip).initialize(28 + payload, IpProtocol.ICMP, 64, PEER_IP, OUR_IP);
        for (int i = 0; i < payload; i++) {
            Memory.putByte(ip + 28 + i, i);
        }
        new IcmpHeader()
                .wrap(ip + 20)
                .type(IcmpHeader.ECHO_REQUEST)
                .code(0)
                .identifier(77)
                .sequence(1)
                .updateChecksum(8 + payload);
        return mbuf;
    }

    public long arp(
            final int operation, final long senderMac, final int senderIp, final long targetMac, final int targetIp) {
        final long mbuf = frame(EtherType.ARP, ArpPacket.LENGTH);
        final long frame = Mbuf.dataAddress(mbuf);
        new EthernetHeader()
                .wrap(frame)
                .destination(operation == ArpPacket.REQUEST ? MacAddress.BROADCAST : OUR_MAC)
                .source(senderMac);
        new ArpPacket().wrap(frame + 14).initialize(operation, senderMac, senderIp, targetMac, targetIp);
        return mbuf;
    }

    /** A frame from PEER_MAC to OUR_MAC with {@code payload} zero bytes. */
    public long frame(final int etherType, final int payload) {
        final long mbuf = allocator.allocate();
        if (mbuf == 0) {
            throw new IllegalStateException("test pool is empty");
        }
        final long frame = Mbuf.dataAddress(mbuf);
        Mbuf.length(mbuf, 14 + payload);
        Memory.fill(frame, 14 + payload, 0);
        new EthernetHeader().wrap(frame).destination(OUR_MAC).source(PEER_MAC).etherType(etherType);
        return mbuf;
    }

    public static Ipv4Header ip(final long mbuf) {
        return new Ipv4Header().wrap(Mbuf.dataAddress(mbuf) + 14);
    }

    public static TcpHeader tcp(final long mbuf) {
        return new TcpHeader().wrap(Mbuf.dataAddress(mbuf) + 14 + ip(mbuf).headerLength());
    }

    public static EthernetHeader ethernet(final long mbuf) {
        return new EthernetHeader().wrap(Mbuf.dataAddress(mbuf));
    }

    @Override
    public void close() {
        pool.close();
    }
}
