package io.millrace.dataplane.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.dataplane.Allocations;
import io.millrace.dataplane.TestEal;
import io.millrace.dpdk.Devargs;
import io.millrace.dpdk.DpdkException;
import io.millrace.dpdk.Eal;
import io.millrace.dpdk.Mbuf;
import io.millrace.memory.Memory;
import org.junit.jupiter.api.Test;

class DpdkPortTest {
    @Test
    void shouldSendAndReceiveFramesAndLeakNone() {
        final Eal eal = TestEal.get();
        try (DpdkPort port = DpdkPort.open(eal, loop("net_ring5"));
                FrameBurst burst = new FrameBurst(32)) {
            port.attachThread();
            final int frames = port.pool().available();
            final FrameAllocator allocator = port.pool().newAllocator();
            for (int i = 0; i < 20; i++) {
                final long mbuf = allocator.allocate();
                Mbuf.length(mbuf, 60);
                Memory.putLong(Mbuf.dataAddress(mbuf), i);
                burst.add(mbuf);
            }
            assertThat(port.txQueue(0).transmit(burst)).isEqualTo(20);
            assertThat(burst.isEmpty()).isTrue();
            assertThat(port.rxQueue(0).receive(burst)).isEqualTo(20);
            for (int i = 0; i < 20; i++) {
                assertThat(Memory.getLong(Mbuf.dataAddress(burst.get(i)))).isEqualTo(i);
                allocator.free(burst.get(i));
            }
            assertThat(port.pool().available()).isEqualTo(frames);
            assertThat(port.statistics().txFrames()).isEqualTo(20);
            port.detachThread();
        }
    }

    @Test
    void shouldOpenAgainAfterItWasClosed() {
        final Eal eal = TestEal.get();
        for (int i = 0; i < 3; i++) {
            try (DpdkPort port = DpdkPort.open(eal, loop("net_null5"))) {
                assertThat(port.mtu()).isEqualTo(1500);
                assertThat(port.pool().dataRoom()).isGreaterThanOrEqualTo(2048);
            }
        }
    }

    @Test
    void shouldLetAThreadAttachToTwoPorts() {
        final Eal eal = TestEal.get();
        try (DpdkPort one = DpdkPort.open(eal, loop("net_ring6"));
                DpdkPort two = DpdkPort.open(eal, DpdkPortConfig.of(Devargs.parse("net_null7")))) {
            one.attachThread();
            two.attachThread();
            one.detachThread();
            two.detachThread();
        }
    }

    @Test
    void shouldLeaveNothingBehindWhenItCannotBeOpened() {
        final Eal eal = TestEal.get();
        assertThatThrownBy(() -> DpdkPort.open(eal, DpdkPortConfig.of(Devargs.parse("net_nonesuch0"))))
                .isInstanceOf(DpdkException.class)
                .hasMessageContaining("net_nonesuch0");
        assertThatThrownBy(() -> DpdkPort.open(eal, loop("net_ring8").withQueuePairs(128)))
                .hasMessageContaining("128");
        DpdkPort.open(eal, loop("net_ring8")).close();
    }

    @Test
    void shouldAllocateNothingOnTheHeap() {
        final Eal eal = TestEal.get();
        try (DpdkPort port = DpdkPort.open(eal, loop("net_ring7"));
                FrameBurst burst = new FrameBurst(32)) {
            port.attachThread();
            final FrameAllocator allocator = port.pool().newAllocator();
            for (int i = 0; i < 16; i++) {
                final long mbuf = allocator.allocate();
                Mbuf.length(mbuf, 60);
                burst.add(mbuf);
            }
            assertThat(Allocations.bytesPer50Thousand(() -> {
                        port.txQueue(0).transmit(burst);
                        port.rxQueue(0).receive(burst);
                        allocator.free(allocator.allocate());
                    }))
                    .isZero();
            for (int i = 0; i < burst.size(); i++) {
                allocator.free(burst.get(i));
            }
            port.detachThread();
        }
    }

    @Test
    void shouldLeaveNoPoolBehindHoweverOftenItIsOpened() {
        final Eal eal = TestEal.get();
        final int rounds = 50;
        long allocated = 0;
        for (int round = 0; round < rounds; round++) {
            DpdkPort.open(eal, loop("net_null8")).close();
            if (round == 1) { // what DPDK keeps for the next time it has taken by now
                allocated = eal.allocatedMemory();
            }
        }
        assertThat(eal.allocatedMemory() - allocated).isLessThan(1024L * rounds);
    }

    @Test
    void shouldTellInOneLineWhatTheDeviceDoes() {
        final Eal eal = TestEal.get();
        try (DpdkPort port = DpdkPort.open(eal, loop("net_null9").withDescriptors(100, 0))) {
            assertThat(port.description())
                    .startsWith("net_null9 (net_null")
                    .contains("MTU 1500")
                    .contains("hardware: ")
                    .contains("software: checksums received")
                    .contains("interrupts: not asked for")
                    .doesNotContain("\n");
            assertThat(port.link().up()).isTrue();
            assertThat(port.extendedStatistics()).containsKey("rx_good_packets");
        }
    }

    /** A net_ring gets back what it sends; its driver keeps the ring's name for ever, so each is used once. */
    private static DpdkPortConfig loop(final String device) {
        return DpdkPortConfig.of(Devargs.parse(device)).withEngineFrames(100, 1);
    }
}
