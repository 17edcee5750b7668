package io.millrace.dataplane.port;

import static io.millrace.dataplane.TestFrames.OUR_IP;
import static io.millrace.dataplane.TestFrames.PEER_IP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.millrace.dataplane.Allocations;
import io.millrace.dataplane.TestFrames;
import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.flow.FlowSteering;
import io.millrace.dataplane.flow.Toeplitz;
import io.millrace.dataplane.wire.TcpFlags;
import io.millrace.dpdk.Mbuf;
import io.millrace.dpdk.MbufFlags;
import io.millrace.memory.Memory;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MemoryPortTest {
    @Test
    void shouldDeliverFramesToTheOtherEndInOrder() {
        try (MemoryPort.Pair pair = MemoryPort.pair(MemoryPortConfig.defaults());
                FrameBurst burst = new FrameBurst(32)) {
            final TestFrames frames = new TestFrames(pair.pool());
            final long first = frames.tcp(1);
            final long second = frames.tcp(2);
            burst.add(first);
            burst.add(second);

            assertThat(pair.left().txQueue(0).transmit(burst)).isEqualTo(2);
            assertThat(burst.isEmpty()).isTrue();
            assertThat(pair.left().rxQueue(0).receive(burst)).isZero();
            assertThat(pair.right().rxQueue(0).receive(burst)).isEqualTo(2);
            assertThat(burst.get(0)).isEqualTo(first);
            assertThat(burst.get(1)).isEqualTo(second);
            assertThat(pair.right().statistics().rxBytes()).isEqualTo(55 + 56);
            assertThat(pair.left().statistics().txFrames()).isEqualTo(2);
        }
    }

    @Test
    void shouldKeepInTheBurstWhatTheQueueHasNoRoomFor() {
        try (MemoryPort.Pair pair = MemoryPort.pair(MemoryPortConfig.defaults().withQueueCapacity(64));
                FrameBurst burst = new FrameBurst(32)) {
            final TestFrames frames = new TestFrames(pair.pool());
            int sent = 0;
            while (burst.isEmpty()) {
                while (!burst.isFull()) {
                    burst.add(frames.tcp(0));
                }
                sent += pair.left().txQueue(0).transmit(burst);
            }
            final int kept = burst.size();
            try (FrameBurst received = new FrameBurst(32)) {
                int arrived = 0;
                while (pair.right().rxQueue(0).receive(received) > 0) {
                    arrived += received.size();
                    for (int i = 0; i < received.size(); i++) {
                        frames.allocator.free(received.get(i));
                    }
                }
                assertThat(arrived).isEqualTo(sent);
            }
            for (int i = 0; i < kept; i++) {
                frames.allocator.free(burst.get(i));
            }
            assertThat(pair.pool().available()).isEqualTo(8192);
        }
    }

    @Test
    void shouldGiveBackWhatNobodyHasReceivedWhenItIsClosed() {
        try (MemoryPort.Pair pair = MemoryPort.pair(MemoryPortConfig.defaults().withQueuePairs(2));
                FrameBurst burst = new FrameBurst(32);
                FrameBurst one = new FrameBurst(1)) {
            final TestFrames frames = new TestFrames(pair.pool());
            final int all = pair.pool().capacity();
            for (int i = 0; i < 20; i++) {
                burst.add(frames.tcp(i));
            }
            pair.left().txQueue(0).transmit(burst);
            burst.add(frames.tcp(0));
            pair.left().txQueue(1).transmit(burst);
            burst.add(frames.tcp(0));
            pair.right().txQueue(1).transmit(burst);
            int received = 0;
            for (int queue = 0; queue < 2; queue++) { // one of many: the rest has left the ring, and waits
                received += pair.right().rxQueue(queue).receive(one);
                if (!one.isEmpty()) {
                    frames.allocator.free(one.get(0));
                }
            }
            assertThat(received).isPositive();

            pair.right().close();
            assertThat(pair.pool().available()).isEqualTo(all - 1);
            pair.left().close();
            assertThat(pair.pool().available()).isEqualTo(all);
        }
    }

    @Test
    void shouldLoseNoFrameBetweenTwoThreads() throws InterruptedException {
        final int count = 500_000;
        try (MemoryPort.Pair pair = MemoryPort.pair(MemoryPortConfig.defaults().withFrames(1000));
                FrameBurst burst = new FrameBurst(32)) {
            final Thread receiver = new Thread(() -> receiveAndFree(pair, count));
            receiver.start();
            final FrameAllocator allocator = pair.pool().newAllocator();
            int sent = 0;
            while (sent < count) {
                while (!burst.isFull() && sent + burst.size() < count) {
                    final long mbuf = allocator.allocate();
                    if (mbuf == 0) {
                        break;
                    }
                    Mbuf.length(mbuf, 60);
                    Memory.putInt(Mbuf.dataAddress(mbuf) + 20, sent + burst.size());
                    burst.add(mbuf);
                }
                sent += pair.left().txQueue(0).transmit(burst);
                Thread.yield();
            }
            receiver.join();
            assertThat(pair.right().statistics().rxFrames()).isEqualTo(count);
            assertThat(pair.pool().available()).isEqualTo(1000);
        }
    }

    private static void receiveAndFree(final MemoryPort.Pair pair, final int count) {
        final FrameAllocator allocator = pair.pool().newAllocator();
        try (FrameBurst burst = new FrameBurst(32)) {
            int expected = 0;
            while (expected < count) {
                final int received = pair.right().rxQueue(0).receive(burst);
                for (int i = 0; i < received; i++) {
                    if (Memory.getInt(Mbuf.dataAddress(burst.get(i)) + 20) != expected++) {
                        throw new AssertionError("out of order at frame " + (expected - 1));
                    }
                    allocator.free(burst.get(i));
                }
                Thread.yield();
            }
        }
    }

    @Test
    @Tag("N6")
    void shouldPutEachFlowIntoTheQueueItsHashSaysAndReportTheHash() {
        final FlowSteering steering = new FlowSteering(Toeplitz.standard(), 4);
        try (MemoryPort.Pair pair = MemoryPort.pair(MemoryPortConfig.defaults().withQueuePairs(4));
                FrameBurst burst = new FrameBurst(64)) {
            final TestFrames frames = new TestFrames(pair.pool());
            for (int port = 1000; port < 1064; port++) {
                burst.add(frames.tcp(PEER_IP, OUR_IP, port, 80, TcpFlags.SYN, 0));
            }
            assertThat(pair.right().txQueue(2).transmit(burst)).isEqualTo(64);
            int received = 0;
            for (int queue = 0; queue < 4; queue++) {
                received += pair.left().rxQueue(queue).receive(burst);
                for (int i = 0; i < burst.size(); i++) {
                    final int hash = steering.toeplitz()
                            .hashIpv4(
                                    PEER_IP,
                                    OUR_IP,
                                    TestFrames.tcp(burst.get(i)).sourcePort(),
                                    80);
                    assertThat(Mbuf.rssHash(burst.get(i))).isEqualTo(hash);
                    assertThat(Mbuf.offloadFlags(burst.get(i)) & MbufFlags.RX_RSS_HASH)
                            .isNotZero();
                    assertThat(steering.shardOf(hash)).isEqualTo(queue);
                }
            }
            assertThat(received).isEqualTo(64);
        }
    }

    @ParameterizedTest
    @EnumSource(MemoryRss.class)
    void shouldHaveTheFaultsOfReceiveSideScalingItIsGiven(final MemoryRss rss) {
        final FlowSteering steering = new FlowSteering(Toeplitz.standard(), 4);
        final MemoryPortConfig config = MemoryPortConfig.defaults().withQueuePairs(4);
        try (MemoryPort.Pair pair = MemoryPort.pair(config.withRss(rss));
                FrameBurst burst = new FrameBurst(64)) {
            final TestFrames frames = new TestFrames(pair.pool());
            for (int port = 1000; port < 1064; port++) {
                burst.add(frames.tcp(PEER_IP, OUR_IP, port, 80, TcpFlags.SYN, 0));
            }
            pair.right().txQueue(2).transmit(burst);
            int told = 0;
            int right = 0;
            int inPlace = 0;
            for (int queue = 0; queue < 4; queue++) {
                pair.left().rxQueue(queue).receive(burst);
                for (int i = 0; i < burst.size(); i++) {
                    final long mbuf = burst.get(i);
                    final int port = TestFrames.tcp(mbuf).sourcePort();
                    final int hash = steering.toeplitz().hashIpv4(PEER_IP, OUR_IP, port, 80);
                    told += (Mbuf.offloadFlags(mbuf) & MbufFlags.RX_RSS_HASH) != 0 ? 1 : 0;
                    right += Mbuf.rssHash(mbuf) == hash ? 1 : 0;
                    inPlace += steering.shardOf(hash) == queue ? 1 : 0;
                }
            }
            final boolean tells = pair.left().capabilities().rssHash();
            assertThat(tells).isEqualTo(!rss.name().endsWith("_UNTOLD"));
            assertThat(told).isEqualTo(tells ? 64 : 0);
            assertThat(right).isEqualTo(tells && rss != MemoryRss.OTHER_HASH ? 64 : 0);
            assertThat(inPlace).isEqualTo(rss.name().startsWith("OTHER_QUEUE") ? 0 : 64);
        }
    }

    @Test
    @Tag("N6")
    void shouldTellTheReceiverOfChecksumsLeftToThePort() {
        try (MemoryPort.Pair pair = MemoryPort.pair(MemoryPortConfig.defaults().withChecksumOffload(true));
                FrameBurst burst = new FrameBurst(8)) {
            final long mbuf = new TestFrames(pair.pool()).tcp(11);
            new TransmitChecksum(pair.left().capabilities()).tcp4(mbuf, 14, 34, 0);
            burst.add(mbuf);
            pair.left().txQueue(0).transmit(burst);
            pair.right().rxQueue(0).receive(burst);

            final long flags = Mbuf.offloadFlags(burst.get(0));
            assertThat(flags & MbufFlags.RX_L4_CHECKSUM_MASK).isEqualTo(MbufFlags.RX_L4_CHECKSUM_NONE);
            assertThat(flags & MbufFlags.RX_IP_CHECKSUM_MASK).isEqualTo(MbufFlags.RX_IP_CHECKSUM_NONE);
        }
    }

    @Test
    void shouldRefuseAFrameFreedTwice() {
        try (TestFrames frames = new TestFrames()) {
            final long mbuf = frames.tcp(0);
            frames.allocator.free(mbuf);

            assertThatIllegalStateException().isThrownBy(() -> frames.allocator.free(mbuf));
        }
    }

    @Test
    void shouldHandOutEveryFrameOnceAndThenNone() {
        try (MemoryFramePool pool = new MemoryFramePool("test", 100, 256)) {
            final FrameAllocator one = pool.newAllocator();
            final CounterBlock counters = CounterBlock.allocate("test");
            final FrameAllocator two = pool.newAllocator(counters);
            final Set<Long> taken = new HashSet<>();
            for (int i = 0; i < 100; i++) {
                assertThat(taken.add(one.allocate())).isTrue();
            }
            assertThat(taken).doesNotContain(0L);
            assertThat(pool.available()).isZero();
            assertThat(two.allocate()).isZero();
            assertThat(counters.get(Counter.FRAMES_EXHAUSTED)).isEqualTo(1);
            taken.forEach(two::free);
            assertThat(pool.available()).isEqualTo(100);
        }
    }

    @Test
    void shouldAllocateNothing() {
        try (MemoryPort.Pair pair = MemoryPort.pair(MemoryPortConfig.defaults());
                FrameBurst burst = new FrameBurst(32)) {
            final TestFrames frames = new TestFrames(pair.pool());
            final FrameAllocator allocator = pair.pool().newAllocator();
            burst.add(frames.tcp(10));

            assertThat(Allocations.bytesPer50Thousand(() -> {
                        pair.left().txQueue(0).transmit(burst);
                        pair.right().rxQueue(0).receive(burst);
                        allocator.free(allocator.allocate());
                    }))
                    .isZero();
        }
    }
}
