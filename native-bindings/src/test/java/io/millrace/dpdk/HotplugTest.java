package io.millrace.dpdk;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.memory.Memory;
import io.millrace.memory.MemoryRegion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HotplugTest {
    private static final int ROUNDS = 50;

    @ParameterizedTest
    @ValueSource(strings = {"net_null40", "net_ring40"})
    void shouldOpenUseAndCloseADeviceManyTimesBesideARunningPortWithoutALeak(final String device) {
        final Eal eal = TestEal.get();
        try (Mempool steady = Mempool.create(eal, "steady", 2047);
                EthDev other = EthDev.attach(eal, Devargs.parse("net_null41"));
                MemoryRegion array = MemoryRegion.allocate("a burst", 64 * 8)) {
            other.configure(EthDevConfig.builder().build(), steady);
            other.start();
            final EthRxQueue otherRx = other.rxQueue(0);
            final EthTxQueue otherTx = other.txQueue(0);
            long allocated = 0;
            for (int round = 0; round < ROUNDS; round++) {
                useOnce(eal, device, array.address());
                assertThat(otherTx.transmit(array.address(), otherRx.receive(array.address(), 16)))
                        .isEqualTo(16);
                if (round == 1) { // what DPDK keeps for the next time it has taken by now
                    allocated = eal.allocatedMemory();
                }
            }
            // Drivers themselves lose a few hundred bytes each time; a pool would be five million.
            assertThat(eal.allocatedMemory() - allocated).isBetween(0L, 1024L * ROUNDS);
            assertThat(steady.available()).isEqualTo(2047);
            assertThat(other.stats().rxPackets()).isEqualTo(16 * ROUNDS);
        }
    }

    @Test
    void shouldLeaveNoFrameInARingForItsNextLife() {
        final Eal eal = TestEal.get();
        try (MemoryRegion array = MemoryRegion.allocate("a burst", 64 * 8)) {
            for (int life = 0; life < 2; life++) {
                try (Mempool pool = Mempool.create(eal, "of-one-life", 2047);
                        MbufCache cache = pool.newCache();
                        EthDev dev = EthDev.attach(eal, Devargs.parse("net_ring43"))) {
                    dev.configure(EthDevConfig.builder().build(), pool);
                    dev.start();
                    assertThat(dev.rxQueue(0).receive(array.address(), 8)).isZero();
                    final long mbuf = cache.alloc();
                    Mbuf.length(mbuf, 60);
                    Memory.putLong(array.address(), mbuf);
                    assertThat(dev.txQueue(0).transmit(array.address(), 1)).isEqualTo(1);
                }
            }
        }
    }

    @Test
    void shouldCountFromZeroAfterEachStart() {
        final Eal eal = TestEal.get();
        try (Mempool pool = Mempool.create(eal, "counts", 2047);
                EthDev dev = EthDev.attach(eal, Devargs.parse("net_null42"));
                MemoryRegion array = MemoryRegion.allocate("a burst", 64 * 8)) {
            dev.configure(EthDevConfig.builder().build(), pool);
            for (int run = 0; run < 2; run++) {
                dev.start();
                dev.txQueue(0).transmit(array.address(), dev.rxQueue(0).receive(array.address(), 16));
                assertThat(dev.stats().rxPackets()).isEqualTo(16);
                assertThat(dev.extendedStats())
                        .contains(new ExtendedStat("rx_good_packets", 16), new ExtendedStat("rx_q0_packets", 16));
                dev.stop();
            }
        }
    }

    private static void useOnce(final Eal eal, final String device, final long array) {
        try (Mempool pool = Mempool.create(eal, "comes-and-goes", 2047);
                EthDev dev = EthDev.attach(eal, Devargs.parse(device));
                MbufCache cache = pool.newCache()) {
            dev.configure(EthDevConfig.builder().build(), pool);
            dev.start();
            for (int i = 0; i < 8; i++) {
                final long mbuf = cache.alloc();
                Mbuf.length(mbuf, 60);
                Memory.putLong(array + i * 8L, mbuf);
            }
            assertThat(dev.txQueue(0).transmit(array, 8)).isEqualTo(8);
            final int received = dev.rxQueue(0).receive(array, 8);
            assertThat(received).isEqualTo(8);
            for (int i = 0; i < received; i++) {
                cache.free(Memory.getLong(array + i * 8L));
            }
        }
    }
}
