package io.millrace.dataplane.port;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dataplane.TestEal;
import io.millrace.dpdk.Devargs;
import io.millrace.dpdk.Eal;
import io.millrace.dpdk.Mbuf;
import io.millrace.memory.Memory;
import org.junit.jupiter.api.Test;

/** Frames of several segments, sent as they are through a ring, which hands them on as they are. */
class SegmentJoinerTest {
    private static final int TCI = 0x2064;

    @Test
    void shouldJoinSegmentsIntoOneAndKeepTheOrder() {
        final Eal eal = TestEal.get();
        try (DpdkPort port = DpdkPort.open(eal, ring("net_ring9"));
                FrameBurst burst = new FrameBurst(32)) {
            port.attachThread();
            final int frames = port.pool().available();
            final FrameAllocator allocator = port.pool().newAllocator();
            burst.add(chain(allocator, 60));
            burst.add(chain(allocator, 100, 300, 1));
            burst.add(chain(allocator, 61));
            burst.add(chain(allocator, 1, 1500));
            assertThat(port.txQueue(0).transmit(burst)).isEqualTo(4);
            assertThat(port.rxQueue(0).receive(burst)).isEqualTo(4);
            final int[] lengths = {60, 401, 61, 1501};
            for (int i = 0; i < lengths.length; i++) {
                final long mbuf = burst.get(i);
                assertThat(Mbuf.segments(mbuf)).isEqualTo(1);
                assertThat(Mbuf.dataLength(mbuf)).isEqualTo(lengths[i]);
                assertThat(Mbuf.packetLength(mbuf)).isEqualTo(lengths[i]);
                assertThat(Mbuf.vlanTci(mbuf)).isEqualTo(TCI);
                for (int at = 0; at < lengths[i]; at++) {
                    assertThat(Memory.getByte(Mbuf.dataAddress(mbuf) + at)).isEqualTo((byte) at);
                }
                allocator.free(mbuf);
            }
            assertThat(port.statistics().rxOversize()).isZero();
            assertThat(port.pool().available()).isEqualTo(frames);
            port.detachThread();
        }
    }

    @Test
    void shouldDropAndCountWhatFitsNoFrame() {
        final Eal eal = TestEal.get();
        try (DpdkPort port = DpdkPort.open(eal, ring("net_ring10"));
                FrameBurst burst = new FrameBurst(32)) {
            port.attachThread();
            final int frames = port.pool().available();
            final FrameAllocator allocator = port.pool().newAllocator();
            burst.add(chain(allocator, 2000, 2000));
            burst.add(chain(allocator, 60));
            burst.add(chain(allocator, 2000, 49));
            assertThat(port.txQueue(0).transmit(burst)).isEqualTo(3);
            assertThat(port.rxQueue(0).receive(burst)).isEqualTo(1);
            assertThat(Mbuf.packetLength(burst.get(0))).isEqualTo(60);
            allocator.free(burst.get(0));
            assertThat(port.statistics().rxOversize()).isEqualTo(2);
            assertThat(port.pool().available()).isEqualTo(frames);
            port.detachThread();
        }
    }

    /** A frame whose byte {@code i} is {@code i}, in segments of these lengths. */
    private static long chain(final FrameAllocator allocator, final int... lengths) {
        long first = 0;
        long last = 0;
        int at = 0;
        for (final int length : lengths) {
            final long segment = allocator.allocate();
            Mbuf.length(segment, length);
            for (int i = 0; i < length; i++) {
                Memory.putByte(Mbuf.dataAddress(segment) + i, at + i);
            }
            at += length;
            if (first == 0) {
                first = segment;
            } else {
                Mbuf.next(last, segment);
            }
            last = segment;
        }
        Mbuf.segments(first, lengths.length);
        Mbuf.packetLength(first, at);
        Mbuf.vlanTci(first, TCI);
        return first;
    }

    private static DpdkPortConfig ring(final String device) {
        return DpdkPortConfig.of(Devargs.parse(device)).withEngineFrames(100, 1);
    }
}
