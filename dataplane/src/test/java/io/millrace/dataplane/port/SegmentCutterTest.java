package io.millrace.dataplane.port;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dataplane.wire.EtherType;
import io.millrace.dataplane.wire.InternetChecksum;
import io.millrace.dataplane.wire.IpProtocol;
import io.millrace.dataplane.wire.TcpFlags;
import io.millrace.dpdk.Mbuf;
import io.millrace.memory.Memory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a port does that cuts large segments. */
@Tag("N6")
class SegmentCutterTest {
    private static final int SOURCE = 0x0a00_0001;
    private static final int DESTINATION = 0x0a00_0002;
    private static final int HEADERS = 54;
    private static final PortCapabilities CAPABLE =
            new PortCapabilities(true, true, true, false, true, false, false, false, false, 0xffff);

    private static long segment(final FrameAllocator frames, final int... textOfEach) {
        final long first = frames.allocate();
        final long frame = Mbuf.dataAddress(first);
        Memory.fill(frame, HEADERS, 0);
        Memory.putShortBE(frame + 12, EtherType.IPV4);
        Memory.putIntBE(frame + 14, 0x4500_0000);
        Memory.putIntBE(frame + 18, 0xfffe_4000); // an identification that wraps, and Don't Fragment
        Memory.putIntBE(frame + 22, 64 << 24 | IpProtocol.TCP << 16);
        Memory.putIntBE(frame + 26, SOURCE);
        Memory.putIntBE(frame + 30, DESTINATION);
        Memory.putIntBE(frame + 38, -100); // SEG.SEQ wraps, too
        Memory.putShortBE(frame + 46, 5 << 12 | TcpFlags.ACK | TcpFlags.PSH | TcpFlags.FIN | TcpFlags.CWR);
        long last = first;
        int text = 0;
        for (int i = 0; i < textOfEach.length; i++) {
            final long mbuf = i == 0 ? first : frames.allocate();
            final int before = i == 0 ? HEADERS : 0;
            for (int j = 0; j < textOfEach[i]; j++) {
                Memory.putByte(Mbuf.dataAddress(mbuf) + before + j, text++ * 7);
            }
            Mbuf.dataLength(mbuf, before + textOfEach[i]);
            if (i > 0) {
                Mbuf.next(last, mbuf);
            }
            last = mbuf;
        }
        Mbuf.segments(first, textOfEach.length);
        Mbuf.packetLength(first, HEADERS + text);
        new TransmitChecksum(CAPABLE).tcp4(first, 14, 34, 100);
        return first;
    }

    @Test
    void shouldGiveEachPieceItsOwnNumbersFlagsAndChecksums() {
        try (MemoryFramePool pool = new MemoryFramePool("test", 16, 2048)) {
            final FrameAllocator frames = pool.newAllocator();
            final SegmentCutter cutter = new SegmentCutter(frames);
            cutter.begin(segment(frames, 30, 1, 199, 20)); // 250 bytes: 100, 100, 50
            final int[] lengths = {100, 100, 50};
            final int[] flags = {TcpFlags.ACK | TcpFlags.CWR, TcpFlags.ACK, TcpFlags.ACK | TcpFlags.PSH | TcpFlags.FIN};
            int text = 0;
            for (int i = 0; i < 3; i++) {
                assertThat(cutter.hasMore()).isTrue();
                final long mbuf = cutter.next();
                final long frame = Mbuf.dataAddress(mbuf);
                final int tcpLength = 20 + lengths[i];
                assertThat(Mbuf.segments(mbuf)).isEqualTo(1);
                assertThat(Mbuf.packetLength(mbuf)).isEqualTo(HEADERS + lengths[i]);
                assertThat(Mbuf.dataLength(mbuf)).isEqualTo(HEADERS + lengths[i]);
                assertThat(Memory.getShortBE(frame + 16)).as("total length").isEqualTo(20 + tcpLength);
                assertThat(Memory.getShortBE(frame + 18)).as("identification").isEqualTo(0xfffe + i & 0xffff);
                assertThat(InternetChecksum.isValid(InternetChecksum.sumOfHeader(frame + 14, 20)))
                        .isTrue();
                assertThat(Memory.getIntBE(frame + 38)).as("sequence number").isEqualTo(-100 + text);
                assertThat(Memory.getUnsignedByte(frame + 47)).as("flags").isEqualTo(flags[i]);
                assertThat(InternetChecksum.isValid(
                                InternetChecksum.pseudoHeader(SOURCE, DESTINATION, IpProtocol.TCP, tcpLength)
                                        + InternetChecksum.sum(frame + 34, tcpLength)))
                        .isTrue();
                for (int j = 0; j < lengths[i]; j++) {
                    assertThat(Memory.getUnsignedByte(frame + HEADERS + j)).isEqualTo(text++ * 7 & 0xff);
                }
                frames.free(mbuf);
            }
            assertThat(cutter.hasMore()).isFalse();
            assertThat(pool.available()).isEqualTo(16);
        }
    }

    @Test
    void shouldLoseTheRestWhereThereIsNoFrame() {
        try (MemoryFramePool pool = new MemoryFramePool("test", 3, 2048)) {
            final FrameAllocator frames = pool.newAllocator();
            final SegmentCutter cutter = new SegmentCutter(frames);
            cutter.begin(segment(frames, 30, 200));
            final long piece = cutter.next();
            assertThat(cutter.next()).isZero();
            assertThat(cutter.hasMore()).isFalse();
            frames.free(piece);
            assertThat(pool.available()).isEqualTo(3);
        }
    }
}
