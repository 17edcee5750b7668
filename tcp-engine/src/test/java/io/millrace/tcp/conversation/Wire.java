package io.millrace.tcp.conversation;

import io.millrace.dataplane.port.FrameAllocator;
import io.millrace.dataplane.port.FrameBurst;
import io.millrace.dataplane.port.PacketPort;
import io.millrace.dpdk.Mbuf;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The peer's end of the cable: frames as byte arrays; answers ARP for every address but the engine's own. */
final class Wire implements AutoCloseable {
    private static final int ETHERNET = 14;
    private static final int IPV4 = 20;

    private final PacketPort port;
    private final FrameAllocator allocator;
    private final FrameBurst arriving = new FrameBurst(64);
    private final FrameBurst leaving = new FrameBurst(1);
    private final long engineMac;
    private final int engineAddress;

    Wire(final PacketPort port, final long engineMac, final int engineAddress) {
        this.port = port;
        this.allocator = port.pool().newAllocator();
        this.engineMac = engineMac;
        this.engineAddress = engineAddress;
    }

    /** Sends a segment from {@code source}. */
    void send(final TcpSegment segment, final int source) {
        final byte[] tcp = segment.write(source, engineAddress);
        final ByteBuffer out = ByteBuffer.allocate(ETHERNET + IPV4 + tcp.length);
        ethernet(out, engineMac, 0x0800);
        out.putShort((short) 0x4500)
                .putShort((short) (IPV4 + tcp.length))
                .putInt(0x4000)
                .putInt(64 << 24 | 6 << 16);
        out.putInt(source).putInt(engineAddress).put(tcp);
        int sum = 0;
        for (int i = 0; i < IPV4; i += 2) {
            sum += out.getShort(ETHERNET + i) & 0xffff;
        }
        sum = (sum & 0xffff) + (sum >>> 16);
        out.putShort(ETHERNET + 10, (short) ~(sum + (sum >>> 16)));
        transmit(out.array());
    }

    /** The segments that have arrived; ARP requests among them are answered. */
    List<TcpSegment> receive() {
        final List<TcpSegment> segments = new ArrayList<>();
        while (port.rxQueue(0).receive(arriving) > 0) {
            for (int i = 0; i < arriving.size(); i++) {
                final long mbuf = arriving.get(i);
                final byte[] frame = MemorySegment.ofAddress(Mbuf.dataAddress(mbuf))
                        .reinterpret(Mbuf.dataLength(mbuf))
                        .toArray(ValueLayout.JAVA_BYTE);
                allocator.free(mbuf);
                final ByteBuffer in = ByteBuffer.wrap(frame);
                if (in.getShort(12) == 0x0806) {
                    answerArp(in);
                } else {
                    segments.add(TcpSegment.read(frame, ETHERNET + IPV4, in.getInt(26), in.getInt(30)));
                }
            }
        }
        return segments;
    }

    private void answerArp(final ByteBuffer request) {
        final int target = request.getInt(ETHERNET + 24);
        if (request.getShort(ETHERNET + 6) != 1 || target == engineAddress) {
            return;
        }
        final ByteBuffer out = ByteBuffer.allocate(60);
        ethernet(out, engineMac, 0x0806);
        out.putInt(0x0001_0800).putInt(0x0604_0002);
        mac(out, port.mac().value());
        out.putInt(target);
        mac(out, engineMac);
        out.putInt(engineAddress);
        transmit(out.array());
    }

    private void ethernet(final ByteBuffer out, final long destination, final int type) {
        mac(out, destination);
        mac(out, port.mac().value());
        out.putShort((short) type);
    }

    private static void mac(final ByteBuffer out, final long mac) {
        out.putShort((short) (mac >>> 32)).putInt((int) mac);
    }

    private void transmit(final byte[] frame) {
        final long mbuf = allocator.allocate();
        Mbuf.length(mbuf, frame.length);
        MemorySegment.ofAddress(Mbuf.dataAddress(mbuf))
                .reinterpret(frame.length)
                .copyFrom(MemorySegment.ofArray(frame));
        leaving.clear();
        leaving.add(mbuf);
        if (port.txQueue(0).transmit(leaving) == 0) {
            throw new AssertionError("the cable is full: let the engine poll");
        }
    }

    @Override
    public void close() {
        arriving.close();
        leaving.close();
    }
}
