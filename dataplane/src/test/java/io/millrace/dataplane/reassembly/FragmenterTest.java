package io.millrace.dataplane.reassembly;

import static io.millrace.dataplane.reassembly.TestFragments.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dataplane.CollectingSink;
import io.millrace.dataplane.TestFrames;
import io.millrace.dataplane.TestFrames6;
import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.port.MemoryFramePool;
import io.millrace.dataplane.wire.Icmpv6Header;
import io.millrace.dpdk.Mbuf;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@DisplayName("The fragmenter")
class FragmenterTest {
    private static final int FRAMES = 64;

    private final TestFrames frames = new TestFrames(new MemoryFramePool("fragments", FRAMES, 2048));
    private final CollectingSink sink = new CollectingSink();
    private final CounterBlock counters = frames.counters;
    private final Reassembler reassembler =
            new Reassembler(ReassemblyConfig.defaults(), frames.allocator, counters, (mbuf, meta, now) -> {});

    @AfterEach
    void everyFrameIsBack() {
        reassembler.close();
        assertThat(frames.pool.available()).isEqualTo(FRAMES);
        frames.close();
    }

    @Test
    @Tag("N2")
    void shouldSendWhatFitsAsItIs() {
        final long whole = frames.tcp(466);
        fragmenter(TestFrames.ip(whole).totalLength()).send(whole);

        assertThat(sink.takeOnly()).isEqualTo(whole);
        assertThat(counters.get(Counter.FRAGMENTS_CREATED)).isZero();
        frames.allocator.free(whole);
    }

    @Test
    @Tag("N2")
    void shouldCutAnIpv4PacketSoThatItBecomesWholeAgainAtTheOtherEnd() {
        final long seed = new Random().nextLong();
        System.out.println("FragmenterTest seed " + seed);
        final Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            final int mtu = 68 + random.nextInt(500);
            final long whole = frames.tcp(700 + random.nextInt(800));
            final byte[] payload = bytes(whole, 34);
            fragmenter(mtu).send(whole);

            final List<Long> pieces = List.copyOf(sink.frames);
            sink.frames.clear();
            assertThat(pieces).hasSizeGreaterThan(1).allSatisfy(piece -> {
                assertThat(Mbuf.dataLength(piece)).isLessThanOrEqualTo(14 + mtu);
                assertThat(TestFrames.ip(piece).totalLength()).isEqualTo(Mbuf.dataLength(piece) - 14);
            });
            assertThat(reassembled(pieces, TestFragments.META4, 34)).isEqualTo(payload);
        }
    }

    @Test
    @Tag("N3")
    void shouldCutAnIpv6PacketSoThatItBecomesWholeAgainAtTheOtherEnd() {
        final byte[] body = new byte[1700];
        new Random(1).nextBytes(body);
        final long whole =
                new TestFrames6(frames).icmp(TestFrames6.OURS, TestFrames6.PEER, Icmpv6Header.ECHO_REPLY, 0, body);
        final byte[] payload = bytes(whole, 54);
        fragmenter(1280).send(whole);

        assertThat(sink.frames).hasSize(2).allSatisfy(piece -> {
            assertThat(Mbuf.dataLength(piece)).isLessThanOrEqualTo(14 + 1280);
            assertThat(TestFrames6.ip(piece).payloadLength()).isEqualTo(Mbuf.dataLength(piece) - 54);
        });
        final List<Long> pieces = List.copyOf(sink.frames);
        sink.frames.clear();
        assertThat(reassembled(pieces, TestFragments.META6, 54)).isEqualTo(payload);
    }

    @Test
    @Tag("N2")
    void shouldCountAnEmptyPoolAndLoseNoFrame() {
        final long whole = frames.tcp(1400);
        final long[] taken = new long[FRAMES - 2];
        for (int i = 0; i < taken.length; i++) {
            taken[i] = frames.allocator.allocate();
        }
        fragmenter(576).send(whole);

        frames.allocator.free(sink.takeOnly());
        assertThat(counters.get(Counter.FRAMES_EXHAUSTED)).isEqualTo(1);
        for (final long mbuf : taken) {
            frames.allocator.free(mbuf);
        }
    }

    private Fragmenter fragmenter(final int mtu) {
        return new Fragmenter(sink, frames.allocator, counters, mtu, 0xfffe);
    }

    private byte[] reassembled(final List<Long> pieces, final int meta, final int payloadOffset) {
        for (final long piece : pieces.subList(0, pieces.size() - 1)) {
            assertThat(take(piece, meta)).isZero();
        }
        final long whole = take(pieces.getLast(), meta);
        final byte[] payload = bytes(whole, payloadOffset);
        frames.allocator.free(whole);
        return payload;
    }

    private long take(final long piece, final int meta) {
        return reassembler.take(piece, meta, 5);
    }
}
