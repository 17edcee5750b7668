package io.millrace.dpdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.memory.Memory;
import io.millrace.memory.MemoryRegion;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MempoolTest {
    private static final int COUNT = 1023;

    @Test
    void shouldGiveEachMbufOnceAndThenNone() {
        try (Mempool pool = Mempool.create(TestEal.get(), "each_once", COUNT);
                MbufCache cache = pool.newCache()) {
            final Set<Long> taken = new HashSet<>();
            for (long mbuf = cache.alloc(); mbuf != 0; mbuf = cache.alloc()) {
                assertThat(taken.add(mbuf)).isTrue();
            }
            assertThat(taken).hasSize(COUNT);
            assertThat(pool.available()).isZero();
            taken.forEach(cache::free);
            cache.close();
            assertThat(pool.available()).isEqualTo(COUNT);
        }
    }

    @Test
    void shouldGiveEmptyMbufsWhateverTheLastUserDid() {
        try (Mempool pool = Mempool.create(TestEal.get(), "empty", COUNT);
                MbufCache cache = pool.newCache()) {
            final long used = cache.alloc();
            Mbuf.length(used, 1000);
            Mbuf.dataOffset(used, 7);
            Mbuf.offloadFlags(used, MbufFlags.TX_TCP_CHECKSUM | MbufFlags.TX_IPV4);
            Mbuf.txOffload(used, 14, 20, 20, 0);
            Mbuf.port(used, 3);
            cache.free(used);

            final long mbuf = cache.alloc();
            assertThat(mbuf).isEqualTo(used);
            assertThat(Mbuf.packetLength(mbuf)).isZero();
            assertThat(Mbuf.dataLength(mbuf)).isZero();
            assertThat(Mbuf.dataOffset(mbuf)).isEqualTo(MbufLayout.HEADROOM);
            assertThat(Mbuf.offloadFlags(mbuf)).isZero();
            assertThat(Mbuf.port(mbuf)).isEqualTo(Mbuf.NO_PORT);
            assertThat(Mbuf.refCount(mbuf)).isEqualTo(1);
            assertThat(Mbuf.tailroom(mbuf)).isEqualTo(pool.dataRoom() - MbufLayout.HEADROOM);
            cache.free(mbuf);
        }
    }

    @Test
    void shouldFreeChainsSharedAndForeignMbufs() {
        final Eal eal = TestEal.get();
        try (Mempool pool = Mempool.create(eal, "mine", COUNT);
                Mempool other = Mempool.create(eal, "foreign", COUNT);
                MbufCache cache = pool.newCache();
                MbufCache otherCache = other.newCache()) {
            final long head = cache.alloc();
            final long tail = cache.alloc();
            Mbuf.next(head, tail);
            Mbuf.segments(head, 2);
            cache.free(head);

            final long shared = cache.alloc();
            Mbuf.refCount(shared, 2);
            cache.free(shared);
            assertThat(Mbuf.refCount(shared)).isEqualTo(1);
            cache.free(shared);

            cache.free(otherCache.alloc());
            cache.close();
            otherCache.close();
            assertThat(pool.available()).isEqualTo(COUNT);
            assertThat(other.available()).isEqualTo(COUNT);
        }
    }

    @Test
    void shouldLoseNothingInRandomUse() {
        final long seed = System.nanoTime();
        System.out.println("MempoolTest.shouldLoseNothingInRandomUse seed " + seed);
        final Random random = new Random(seed);
        try (Mempool pool = Mempool.create(TestEal.get(), "random", COUNT);
                MbufCache one = pool.newCache();
                MbufCache two = pool.newCache()) {
            final Deque<Long> held = new ArrayDeque<>();
            for (int i = 0; i < 200_000; i++) {
                final MbufCache cache = random.nextBoolean() ? one : two;
                if (random.nextInt(COUNT) >= held.size()) {
                    final long mbuf = cache.alloc();
                    if (mbuf != 0) {
                        held.add(mbuf);
                    }
                } else {
                    cache.free(held.remove());
                }
            }
            assertThat(pool.available() + one.size() + two.size() + held.size()).isEqualTo(COUNT);
            assertThat(new HashSet<>(held)).hasSameSizeAs(held);
            held.forEach(one::free);
            one.close();
            two.close();
            assertThat(pool.available()).isEqualTo(COUNT);
        }
    }

    @Test
    void shouldTakeAllOrNoneInBulk() {
        try (Mempool pool = Mempool.create(TestEal.get(), "bulk", 63);
                MemoryRegion array = MemoryRegion.allocate("mbufs", 64 * 8)) {
            assertThat(pool.getBulk(array.address(), 64)).isFalse();
            assertThat(pool.getBulk(array.address(), 63)).isTrue();
            assertThat(Memory.getLong(array.address())).isNotZero();
            pool.putBulk(array.address(), 63);
            assertThat(pool.available()).isEqualTo(63);
        }
    }

    @Test
    void shouldSayHowMuchMemoryAPoolWouldNeed() {
        final Eal eal = TestEal.get();
        assertThatThrownBy(() -> Mempool.create(eal, "too_large", 4_000_000))
                .isInstanceOf(DpdkException.class)
                .hasMessageContaining("too_large")
                .hasMessageContaining("MB");
        assertThatThrownBy(() -> Mempool.create(eal, "no such name", 63))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'no such name'");
    }
}
