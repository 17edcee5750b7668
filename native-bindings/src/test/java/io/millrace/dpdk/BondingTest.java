package io.millrace.dpdk;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.memory.Memory;
import io.millrace.memory.MemoryRegion;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BondingTest {
    private static final int FRAMES = 32;

    @Test
    void shouldSpreadFramesOverItsMembersAndReceiveFromBoth() {
        final Eal eal = TestEal.get();
        // Mode 0 is round robin; a null device swallows what it is sent, and makes frames itself.
        try (Mempool pool = Mempool.create(eal, "bond", 8191);
                EthDev bond = EthDev.attach(
                        eal, Devargs.parse("net_bonding7,mode=0,member=net_null20,member=(net_null21,size=60)"));
                MbufCache cache = pool.newCache();
                MemoryRegion array = MemoryRegion.allocate("a burst", 64 * 8)) {
            assertThat(bond.info().driver()).isEqualTo("net_bonding");
            bond.configure(EthDevConfig.builder().allMulticast(true).build(), pool);
            bond.start();
            for (int i = 0; i < FRAMES; i++) {
                final long mbuf = cache.alloc();
                Mbuf.length(mbuf, 60);
                Memory.putLong(Mbuf.dataAddress(mbuf), -1);
                Memory.putLong(Mbuf.dataAddress(mbuf) + 20, i);
                Memory.putLong(array.address() + i * 8L, mbuf);
            }
            int sent = 0; // the driver looks every few milliseconds which members have a link
            final long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (sent < FRAMES && System.nanoTime() < deadline) {
                sent += bond.txQueue(0).transmit(array.address() + sent * 8L, FRAMES - sent);
                Thread.onSpinWait();
            }
            assertThat(sent).isEqualTo(FRAMES);
            int received = 0;
            for (int poll = 0; poll < 2; poll++) {
                final int got = bond.rxQueue(0).receive(array.address(), FRAMES);
                for (int i = 0; i < got; i++) {
                    cache.free(Memory.getLong(array.address() + i * 8L));
                }
                received += got;
            }
            assertThat(received).isGreaterThanOrEqualTo(FRAMES);
            assertThat(bond.stats().txPackets()).isEqualTo(FRAMES);
            assertThat(bond.stats().rxPackets()).isEqualTo(received);
            assertThat(bond.members())
                    .allSatisfy(member -> assertThat(member.stats().txPackets())
                            .as("%s", member)
                            .isEqualTo(FRAMES / 2));
        }
    }
}
