package io.millrace.dpdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.millrace.memory.Memory;
import io.millrace.memory.MemoryRegion;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EthDevTest {
    @Test
    void shouldReceiveFromTheNullDevice() {
        final Eal eal = TestEal.get();
        try (Mempool pool = Mempool.create(eal, "null_rx", 4095);
                EthDev dev = EthDev.attach(eal, Devargs.parse("net_null0,size=64"));
                MemoryRegion array = MemoryRegion.allocate("a burst", 64 * 8)) {
            dev.configure(EthDevConfig.builder().build(), pool);
            dev.start();
            final EthRxQueue rx = dev.rxQueue(0);
            final EthTxQueue tx = dev.txQueue(0);
            final int received = rx.receive(array.address(), 32);
            assertThat(received).isEqualTo(32);
            for (int i = 0; i < received; i++) {
                final long mbuf = Memory.getLong(array.address() + i * 8L);
                assertThat(Mbuf.pool(mbuf)).isEqualTo(pool.address());
                assertThat(Mbuf.packetLength(mbuf)).isEqualTo(64);
                assertThat(Mbuf.port(mbuf)).isEqualTo(dev.port());
            }
            assertThat(tx.transmit(array.address(), received)).isEqualTo(32);
            assertThat(dev.stats().rxPackets()).isEqualTo(32);
            assertThat(dev.stats().txPackets()).isEqualTo(32);
            assertThat(pool.available()).isEqualTo(4095);
        }
    }

    @Test
    void shouldTellWhatAPortCanDo() {
        final Eal eal = TestEal.get();
        try (EthDev dev = EthDev.attach(eal, Devargs.parse("net_null1"))) {
            final PortInfo info = dev.info();
            assertThat(info.driver()).isEqualTo("net_null");
            assertThat(info.device()).isEqualTo("net_null1");
            assertThat(info.maxRxQueues()).isGreaterThan(1);
            assertThat(info.maxMtu()).isGreaterThanOrEqualTo(1500);
        }
    }

    @Test
    void shouldCarryFramesThroughARingUnchanged() {
        final Eal eal = TestEal.get();
        try (Mempool pool = Mempool.create(eal, "ring", 4095);
                MbufCache cache = pool.newCache();
                EthDev dev = EthDev.attach(eal, Devargs.parse("net_ring0"));
                MemoryRegion array = MemoryRegion.allocate("a burst", 64 * 8)) {
            dev.configure(
                    EthDevConfig.builder()
                            .offloads(EnumSet.allOf(Offload.class))
                            .build(),
                    pool);
            dev.start();
            for (int i = 0; i < 32; i++) {
                final long mbuf = cache.alloc();
                Mbuf.length(mbuf, 60 + i);
                Memory.putLong(Mbuf.dataAddress(mbuf), i * 0x0101_0101_0101_0101L);
                Memory.putLong(array.address() + i * 8L, mbuf);
            }
            final EthTxQueue tx = dev.txQueue(0);
            assertThat(tx.prepare(array.address(), 32)).isEqualTo(32);
            assertThat(tx.transmit(array.address(), 32)).isEqualTo(32);
            Memory.fill(array.address(), 64 * 8, 0);
            assertThat(dev.rxQueue(0).receive(array.address(), 64)).isEqualTo(32);
            for (int i = 0; i < 32; i++) {
                final long mbuf = Memory.getLong(array.address() + i * 8L);
                assertThat(Mbuf.packetLength(mbuf)).isEqualTo(60 + i);
                assertThat(Memory.getLong(Mbuf.dataAddress(mbuf))).isEqualTo(i * 0x0101_0101_0101_0101L);
                cache.free(mbuf);
            }
            cache.close();
            assertThat(pool.available()).isEqualTo(4095);
        }
    }

    @Test
    void shouldSetUpSeveralQueuesWithAKeyAndARedirectionTable() {
        final Eal eal = TestEal.get();
        try (Mempool pool = Mempool.create(eal, "queues", 8191);
                EthDev dev = EthDev.attach(eal, Devargs.parse("net_null2"));
                MemoryRegion array = MemoryRegion.allocate("a burst", 64 * 8)) {
            dev.configure(
                    EthDevConfig.builder()
                            .queuePairs(4)
                            .mtu(1400)
                            .rssKey(RssKey.of(new byte[40]))
                            .build(),
                    pool);
            dev.start();
            final int[] queues = new int[dev.info().redirectionTableSize()];
            Arrays.setAll(queues, i -> i % 4);
            dev.redirectionTable(queues);
            assertThat(dev.mtu()).isEqualTo(1400);
            for (int queue = 0; queue < 4; queue++) {
                assertThat(dev.rxQueue(queue).receive(array.address(), 8)).isEqualTo(8);
                assertThat(dev.txQueue(queue).transmit(array.address(), 8)).isEqualTo(8);
            }
        }
    }

    @Test
    void shouldRunAgainAfterAStopAndBeAttachedAgainAfterAClose() {
        final Eal eal = TestEal.get();
        try (Mempool pool = Mempool.create(eal, "again", 4095);
                MemoryRegion array = MemoryRegion.allocate("a burst", 64 * 8)) {
            for (int attachment = 0; attachment < 3; attachment++) {
                try (EthDev dev = EthDev.attach(eal, Devargs.parse("net_null3"))) {
                    dev.configure(EthDevConfig.builder().build(), pool);
                    for (int run = 0; run < 3; run++) {
                        dev.start();
                        final int received = dev.rxQueue(0).receive(array.address(), 16);
                        assertThat(dev.txQueue(0).transmit(array.address(), received))
                                .isEqualTo(16);
                        dev.stop();
                    }
                }
            }
            assertThat(pool.available()).isEqualTo(4095);
        }
    }

    @Test
    void shouldRefuseWhatThePortCannotDo() {
        final Eal eal = TestEal.get();
        try (Mempool pool = Mempool.create(eal, "refused", 1023);
                EthDev dev = EthDev.attach(eal, Devargs.parse("net_ring1"))) {
            assertThatThrownBy(() ->
                            dev.configure(EthDevConfig.builder().queuePairs(17).build(), pool))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("17")
                    .hasMessageContaining("16");
            assertThatThrownBy(dev::start).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> dev.rxQueue(0)).isInstanceOf(IllegalStateException.class);
            dev.configure(EthDevConfig.builder().build(), pool);
            assertThatThrownBy(() -> dev.rxQueue(0))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("not started");
            assertThatThrownBy(() -> EthDev.attach(eal, Devargs.parse("net_ring1")))
                    .isInstanceOf(DpdkException.class)
                    .hasMessageContaining("attached already");
        }
    }

    @Test
    void shouldNameTheUnknownDeviceAndThePackage() {
        final Eal eal = TestEal.get();
        assertThatThrownBy(() -> EthDev.attach(eal, Devargs.parse("net_nonesuch0")))
                .isInstanceOf(DpdkException.class)
                .hasMessageContaining("net_nonesuch0")
                .hasMessageContaining("librte-net-nonesuch");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "net_af_packet0,iface=nonesuch | there is no interface 'nonesuch'",
                "net_af_packet0 | needs iface",
                "net_vhost0,iface=/nonesuch/x | there is no directory '/nonesuch'",
                "net_vhost0,iface=/etc/passwd | there is a file of that name",
                "net_virtio_user0,path=/nonesuch/x | start the process that listens there first",
                "net_virtio_user1,path=/nonesuch/x,server=1 | there is no directory '/nonesuch'",
                "net_af_xdp0,iface=nonesuch | there is no interface 'nonesuch'",
                "net_tap0,iface=a-name-of-16-char | at most 15 characters",
                "net_tap0,remote=nonesuch | there is no interface 'nonesuch'",
                "net_memif0,role=boss | must be server or client",
                "net_memif0,role=server,socket=/nonesuch/x,socket-abstract=no | there is no directory '/nonesuch'",
                "net_memif0,role=server,socket=/etc/passwd,socket-abstract=no | there is a file of that name",
                "net_pcap0 | needs files or an interface",
                "net_pcap0,iface=nonesuch | there is no interface 'nonesuch'",
                "net_pcap0,rx_pcap=/nonesuch.pcap | there is no such file to read",
                "net_pcap0,rx_pcap=/etc/passwd | it is no capture file",
                "net_pcap0,tx_pcap=/nonesuch/out.pcap | there is no directory '/nonesuch'",
                "net_bonding0,mode=1 | needs members",
            })
    void shouldSayWhatIsWrongWithADevice(final String device, final String words) {
        final Eal eal = TestEal.get();
        assertThatThrownBy(() -> EthDev.attach(eal, Devargs.parse(device)).close())
                .hasMessageContaining(device.split(",")[0])
                .hasMessageContaining(words);
    }

    @Test
    void shouldSayWhichKernelModuleVhostNetNeeds() {
        final Eal eal = TestEal.get();
        assumeFalse(Files.exists(Path.of("/dev/vhost-net")), "skipped: this kernel has /dev/vhost-net");
        assertThatThrownBy(() -> EthDev.attach(eal, Devargs.parse("net_virtio_user2,path=/dev/vhost-net")))
                .isInstanceOf(DpdkException.class)
                .hasMessageContaining("modprobe vhost_net");
    }

    @Test
    void shouldLeaveNoMemberBehindWhenABondingDeviceCannotBeAttached() {
        final Eal eal = TestEal.get();
        assertThatThrownBy(() -> EthDev.attach(
                        eal,
                        Devargs.parse("net_bonding1,mode=1,member=net_null30,member=(net_af_packet9,iface=nonesuch)")))
                .hasMessageContaining("there is no interface 'nonesuch'");
        EthDev.attach(eal, Devargs.parse("net_null30")).close();
    }
}
