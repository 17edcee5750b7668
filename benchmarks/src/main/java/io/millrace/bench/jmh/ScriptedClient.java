package io.millrace.bench.jmh;

import io.millrace.dataplane.FrameBatch;
import io.millrace.dataplane.FrameMeta;
import io.millrace.dataplane.FrameSink;
import io.millrace.dataplane.port.FrameAllocator;
import io.millrace.dataplane.wire.EtherType;
import io.millrace.dataplane.wire.IpProtocol;
import io.millrace.dataplane.wire.MacAddress;
import io.millrace.dataplane.wire.TcpFlags;
import io.millrace.dpdk.Mbuf;
import io.millrace.memory.Memory;
import io.millrace.memory.MemoryRegion;

/**
 * The peers of the engine under measurement, reduced to what costs next to nothing: each segment is a template with a few
 * numbers changed, each answer is caught and its sequence number read. Segments carry the options of a Linux client. Sums
 * are left out, as the classifier that would check them does not take part. One thread; allocates nothing.
 */
final class ScriptedClient implements FrameSink, AutoCloseable {
    /** Number of the port its frames come in by. */
    static final int PORT = 0;

    static final int META = FrameMeta.of(FrameMeta.TCP4, 14, 34);

    private static final int SYN_LENGTH = 14 + 20 + 40;
    private static final int LENGTH = 14 + 20 + 32;
    private static final int TCP = 34;

    private final FrameAllocator frames;
    private final MemoryRegion templates = MemoryRegion.allocate("templates", 256);
    private final long[] caught;
    private int count;

    ScriptedClient(final FrameAllocator frames, final int burst, final long clientMac, final long serverMac) {
        this.frames = frames;
        caught = new long[burst * 2];
        final long syn = templates.address();
        template(syn, clientMac, serverMac, SYN_LENGTH);
        Memory.putIntBE(syn + TCP + 20, 0x0204_05b4);
        Memory.putIntBE(syn + TCP + 24, 0x0402_080a);
        Memory.putIntBE(syn + TCP + 36, 0x0103_0307);
        final long other = templates.address() + 128;
        template(other, clientMac, serverMac, LENGTH);
        Memory.putIntBE(other + TCP + 20, 0x0101_080a);
    }

    private static void template(final long at, final long clientMac, final long serverMac, final int length) {
        MacAddress.write(at, serverMac);
        MacAddress.write(at + 6, clientMac);
        Memory.putShortBE(at + 12, EtherType.IPV4);
        Memory.putIntBE(at + 14, 0x4500_0000 | length - 14);
        Memory.putIntBE(at + 18, 0x4000);
        Memory.putIntBE(at + 22, 64 << 24 | IpProtocol.TCP << 16);
        Memory.putIntBE(at + 30, 0x0a00_0001);
        Memory.putIntBE(at + TCP + 12, length - TCP << 26 | 65_535);
    }

    /** Adds a SYN to {@code batch}. */
    void syn(final FrameBatch batch, final int address, final int ports, final int seq, final int tsVal) {
        final long mbuf = frames.allocate();
        Mbuf.port(mbuf, PORT);
        final long at = Mbuf.dataAddress(mbuf);
        Memory.copy(templates.address(), at, SYN_LENGTH);
        number(at, address, ports, seq, 0, TcpFlags.SYN);
        Memory.putIntBE(at + TCP + 28, tsVal);
        Mbuf.length(mbuf, SYN_LENGTH);
        batch.add(mbuf, 0, META);
    }

    /** Adds a segment without text to {@code batch}. */
    void segment(
            final FrameBatch batch,
            final int address,
            final int ports,
            final int seq,
            final int ack,
            final int flags,
            final int tsVal) {
        final long mbuf = frames.allocate();
        Mbuf.port(mbuf, PORT);
        final long at = Mbuf.dataAddress(mbuf);
        Memory.copy(templates.address() + 128, at, LENGTH);
        number(at, address, ports, seq, ack, flags);
        Memory.putIntBE(at + TCP + 24, tsVal);
        Mbuf.length(mbuf, LENGTH);
        batch.add(mbuf, 0, META);
    }

    private static void number(
            final long at, final int address, final int ports, final int seq, final int ack, final int flags) {
        Memory.putIntBE(at + 26, address);
        Memory.putIntBE(at + TCP, ports);
        Memory.putIntBE(at + TCP + 4, seq);
        Memory.putIntBE(at + TCP + 8, ack);
        Memory.putByte(at + TCP + 13, flags);
    }

    @Override
    public void send(final long mbuf) {
        caught[count++] = mbuf;
    }

    @Override
    public void flush() {}

    /** How many answers have been caught. */
    int caught() {
        return count;
    }

    /** Sequence number of answer {@code i}. */
    int seq(final int i) {
        return Memory.getIntBE(Mbuf.dataAddress(caught[i]) + TCP + 4);
    }

    /** Control bits of answer {@code i}. */
    int flags(final int i) {
        return Memory.getUnsignedByte(Mbuf.dataAddress(caught[i]) + TCP + 13);
    }

    /** Lets the answers go. */
    void forget() {
        for (int i = 0; i < count; i++) {
            frames.free(caught[i]);
        }
        count = 0;
    }

    @Override
    public void close() {
        templates.close();
    }
}
