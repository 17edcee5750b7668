package io.millrace.dataplane.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.dataplane.TestEal;
import io.millrace.dataplane.TestNamespaces;
import io.millrace.dpdk.Devargs;
import io.millrace.dpdk.Eal;
import io.millrace.dpdk.Mbuf;
import io.millrace.dpdk.MbufFlags;
import io.millrace.memory.Memory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a port asks of a device, seen at the other end of a real link. */
class DpdkPortOverVethTest {
    private static final int EXPERIMENTAL = 0x88b5;
    private static final int VLAN = 0x8100;
    private static final int TCI = 0x2064; // priority 1, VLAN 100

    @Test
    @Tag("N5")
    void shouldLeaveVlanTagsToTheDeviceOnBothWays() throws Exception {
        final Eal eal = TestEal.get();
        try (TestNamespaces namespaces = TestNamespaces.create("10.9.0.2/24");
                DpdkPort tagging = namespaces.inNear(() -> {
                    ip("link add mra type veth peer name mrb");
                    ip("link set mra up");
                    ip("link set mrb up");
                    return DpdkPort.open(eal, afPacket(20, "mra").with(PortFeature.VLAN_OFFLOAD, true));
                });
                DpdkPort plain = namespaces.inNear(() -> DpdkPort.open(eal, afPacket(21, "mrb")))) {
            assertThat(tagging.capabilities().vlanStrip()).isTrue();
            assertThat(tagging.capabilities().vlanInsert()).isTrue();
            assertThat(tagging.description()).contains("VLAN tags received, VLAN tags sent");

            final long there = exchange(tagging, plain, mbuf -> {
                untagged(mbuf);
                Mbuf.vlanTci(mbuf, TCI);
                Mbuf.offloadFlags(mbuf, MbufFlags.TX_VLAN);
            });
            assertThat(Memory.getShortBE(Mbuf.dataAddress(there) + 12) & 0xffff).isEqualTo(VLAN);
            assertThat(Memory.getShortBE(Mbuf.dataAddress(there) + 14)).isEqualTo((short) TCI);
            assertThat(Mbuf.dataLength(there)).isEqualTo(104);
            free(plain, there);

            final long back = exchange(plain, tagging, mbuf -> {
                untagged(mbuf);
                Mbuf.length(mbuf, 104);
                Memory.putShortBE(Mbuf.dataAddress(mbuf) + 12, VLAN);
                Memory.putShortBE(Mbuf.dataAddress(mbuf) + 14, TCI);
                Memory.putShortBE(Mbuf.dataAddress(mbuf) + 16, EXPERIMENTAL);
            });
            assertThat(Mbuf.offloadFlags(back) & MbufFlags.RX_VLAN_STRIPPED).isNotZero();
            assertThat(Mbuf.vlanTci(back)).isEqualTo(TCI);
            assertThat(Mbuf.dataLength(back)).isEqualTo(100);
            free(tagging, back);
        }
    }

    @Test
    void shouldCarryJumboFramesInOneSegment() throws Exception {
        final Eal eal = TestEal.get();
        try (TestNamespaces namespaces = TestNamespaces.create("10.9.0.2/24");
                DpdkPort one = namespaces.inNear(() -> {
                    ip("link add mra mtu 9000 type veth peer name mrb mtu 9000");
                    ip("link set mra up");
                    ip("link set mrb up");
                    return DpdkPort.open(eal, jumbo(22, "mra"));
                });
                DpdkPort other = namespaces.inNear(() -> DpdkPort.open(eal, jumbo(23, "mrb")))) {
            assertThat(one.mtu()).isEqualTo(9000);
            final long frame = exchange(one, other, mbuf -> {
                untagged(mbuf);
                Mbuf.length(mbuf, 9014);
                Memory.putByte(Mbuf.dataAddress(mbuf) + 9013, 77);
            });
            assertThat(Mbuf.segments(frame)).isEqualTo(1);
            assertThat(Mbuf.dataLength(frame)).isEqualTo(9014);
            assertThat(Memory.getByte(Mbuf.dataAddress(frame) + 9013)).isEqualTo((byte) 77);
            free(other, frame);
        }
    }

    @Test
    void shouldSeeTheLinkGoDownAndUp() throws Exception {
        final Eal eal = TestEal.get();
        assumeTrue(Files.exists(Path.of("/dev/net/tun")), "skipped: no /dev/net/tun");
        try (TestNamespaces namespaces = TestNamespaces.create("10.9.0.2/24");
                DpdkPort port = namespaces.inNear(() -> DpdkPort.open(
                        eal,
                        DpdkPortConfig.of(Devargs.parse("net_tap26,iface=mrtap"))
                                .withEngineFrames(100, 1)))) {
            final LinkMonitor monitor = new LinkMonitor(port::link, link -> {});
            assertThat(monitor.last().up()).isTrue();
            namespaces.inNear(() -> ip("link set mrtap down"));
            awaitChange(monitor);
            assertThat(monitor.last().up()).isFalse();
            namespaces.inNear(() -> ip("link set mrtap up"));
            awaitChange(monitor);
            assertThat(monitor.last().up()).isTrue();
            assertThat(monitor.changes()).isEqualTo(2);
        }
    }

    @Test
    void shouldNameTheMtusADeviceCanHave() {
        final Eal eal = TestEal.get();
        try (TestNamespaces namespaces = TestNamespaces.create("10.9.0.2/24")) {
            final String said = namespaces.inNear(() -> {
                try (DpdkPort port = DpdkPort.open(
                        eal, afPacket(24, TestNamespaces.NEAR_INTERFACE).withMtu(9216))) {
                    return "opened with MTU " + port.mtu();
                } catch (final IllegalArgumentException e) {
                    return e.getMessage();
                }
            });
            assertThat(said).contains("net_af_packet24: MTU 9216; must be 46 to 1500");
        }
    }

    private static void awaitChange(final LinkMonitor monitor) {
        final long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!monitor.poll() && System.nanoTime() < deadline) {
            Thread.onSpinWait(); // the kernel tells of a lost carrier a moment later
        }
    }

    private interface FrameWriter {
        void write(long mbuf);
    }

    private static void untagged(final long mbuf) {
        Mbuf.length(mbuf, 100);
        Memory.putLong(Mbuf.dataAddress(mbuf), -1);
        Memory.putLong(Mbuf.dataAddress(mbuf) + 6, 0x0200_0000_0001L);
        Memory.putShortBE(Mbuf.dataAddress(mbuf) + 12, EXPERIMENTAL);
    }

    /** Sends one frame; what of it comes out at the other end, whatever else the kernel says there. */
    private static long exchange(final DpdkPort from, final DpdkPort to, final FrameWriter writer) {
        from.attachThread();
        try (FrameBurst burst = new FrameBurst(32)) {
            final long sent = from.pool().newAllocator().allocate();
            writer.write(sent);
            burst.add(sent);
            assertThat(from.txQueue(0).transmit(burst)).isEqualTo(1);
            final long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (System.nanoTime() < deadline) {
                to.rxQueue(0).receive(burst);
                for (int i = 0; i < burst.size(); i++) {
                    if (isOurs(burst.get(i))) {
                        return burst.get(i);
                    }
                    free(to, burst.get(i));
                }
            }
            throw new AssertionError("the frame never came out of " + to.name());
        } finally {
            from.detachThread();
        }
    }

    private static boolean isOurs(final long mbuf) {
        final long data = Mbuf.dataAddress(mbuf);
        final int type = Memory.getShortBE(data + 12) & 0xffff;
        return (type == VLAN ? Memory.getShortBE(data + 16) & 0xffff : type) == EXPERIMENTAL;
    }

    private static void free(final DpdkPort port, final long mbuf) {
        port.pool().newAllocator().free(mbuf);
    }

    private static DpdkPortConfig afPacket(final int number, final String iface) {
        return DpdkPortConfig.of(Devargs.parse("net_af_packet" + number + ",iface=" + iface))
                .withEngineFrames(100, 1);
    }

    private static DpdkPortConfig jumbo(final int number, final String iface) {
        return DpdkPortConfig.of(Devargs.parse("net_pcap" + number + ",iface=" + iface))
                .withEngineFrames(100, 1)
                .withDescriptors(256, 256)
                .withMtu(9000);
    }

    private static boolean ip(final String arguments) throws Exception {
        final Process process =
                new ProcessBuilder(("ip " + arguments).split(" ")).inheritIO().start();
        assertThat(process.waitFor()).as("ip " + arguments).isZero();
        return true;
    }
}
