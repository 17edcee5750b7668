package io.millrace.dpdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.millrace.memory.Memory;
import io.millrace.memory.MemoryRegion;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

class HotPathAllocationTest {
    private static final int BURSTS = 1_000_000;
    private static final int ROUNDS = 20;
    private static final int SIZE = 4;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Test
    void shouldAllocateNothingInAMillionBurstsEachWay() {
        final Eal eal = TestEal.get();
        try (Mempool pool = Mempool.create(eal, "no_garbage", 4095);
                EthDev dev = EthDev.attach(eal, Devargs.parse("net_null9"));
                MemoryRegion array = MemoryRegion.allocate("a burst", 64 * 8)) {
            dev.configure(EthDevConfig.builder().build(), pool);
            dev.start();
            final EthRxQueue rx = dev.rxQueue(0);
            final EthTxQueue tx = dev.txQueue(0);
            assertThat(leastAllocatedBy(() -> forward(rx, tx, array.address(), BURSTS)))
                    .isZero();
        }
    }

    @Test
    void shouldAllocateNothingInAMillionAllocationsAndFrees() {
        final Eal eal = TestEal.get();
        try (Mempool pool = Mempool.create(eal, "no_garbage_2", 4095);
                MbufCache cache = pool.newCache();
                MemoryRegion array = MemoryRegion.allocate("mbufs", 1024 * 8)) {
            assertThat(leastAllocatedBy(() -> takeAndGive(cache, array.address(), BURSTS)))
                    .isZero();
        }
    }

    private static void forward(final EthRxQueue rx, final EthTxQueue tx, final long array, final int bursts) {
        for (int i = 0; i < bursts; i++) {
            final int received = rx.receive(array, SIZE);
            final int sent = tx.transmit(array, tx.prepare(array, received));
            if (sent != SIZE) {
                throw new IllegalStateException("forwarded " + sent);
            }
        }
    }

    /** In rounds of 1000, more than the stash holds, so that it is refilled and spilled. */
    private static void takeAndGive(final MbufCache cache, final long array, final int times) {
        for (int round = 0; round < times / 1000; round++) {
            for (int i = 0; i < 1000; i++) {
                Memory.putLong(array + i * 8L, cache.alloc());
            }
            for (int i = 0; i < 1000; i++) {
                cache.free(Memory.getLong(array + i * 8L));
            }
        }
    }

    /**
     * The least that a round allocates: the first ones warm up, until the JIT compiler, which other work may delay, is
     * done. What allocates for each call never comes to 0.
     */
    private long leastAllocatedBy(final Runnable work) {
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS && least > 0; round++) {
            least = Math.min(least, allocatedBy(work));
        }
        return least;
    }

    /** Bytes the calling thread allocates, less what the measurement itself does. */
    private long allocatedBy(final Runnable work) {
        threads.getCurrentThreadAllocatedBytes();
        final long before = threads.getCurrentThreadAllocatedBytes();
        final long between = threads.getCurrentThreadAllocatedBytes();
        work.run();
        final long after = threads.getCurrentThreadAllocatedBytes();
        return after - between - (between - before);
    }
}
