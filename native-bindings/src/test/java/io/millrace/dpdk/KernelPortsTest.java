package io.millrace.dpdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.linux.HugePages;
import io.millrace.linux.NetworkNamespace;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Ports over a kernel's interface: the two ends of two veth pairs in a namespace of its own. */
class KernelPortsTest {
    private static final long HUGE_BYTES = 128L << 20;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "net_af_packet0,iface=mill0 | net_af_packet1,iface=mill1 | 20000",
                "net_pcap0,iface=mill0 | net_af_packet1,iface=mill1 | 2000",
                "net_bonding0,mode=1,member=(net_af_packet0,iface=mill0),member=(net_af_packet2,iface=mill2)"
                        + " | net_bonding1,mode=1,member=(net_af_packet1,iface=mill1),member=(net_af_packet3,iface=mill3)"
                        + " | 5000",
            })
    void shouldCarryFramesBothWays(final String one, final String other, final String frames)
            throws InterruptedException {
        final String said = carry("veth", one, other, frames, "nohuge");
        assertThat(said).contains("there: received " + frames + " of").contains("back: received " + frames + " of");
    }

    @ParameterizedTest
    @ValueSource(strings = {"huge", "nohuge"})
    void shouldCarryFramesBothWaysOverAfXdpAndLoseNoneToGapsInThePool(final String memory) throws InterruptedException {
        assumeTrue(
                memory.equals("nohuge") || HugePages.freeBytes() >= HUGE_BYTES,
                () -> "skipped: too few huge pages; root: " + HugePages.commandToReserve(HUGE_BYTES));
        final String said = carry("xdp", "net_af_xdp0,iface=mill0", "net_af_packet1,iface=mill1", "20000", memory);
        // The kernel may be built without AF_XDP, or the driver's libraries may be missing.
        assumeTrue(
                !said.contains("DpdkException"),
                () -> "skipped: "
                        + said.lines()
                                .filter(line -> line.contains("DpdkException"))
                                .findFirst()
                                .orElseThrow());
        assertThat(said).contains("there: received 20000 of").contains("back: received 20000 of");
    }

    private static String carry(
            final String purpose, final String one, final String other, final String frames, final String memory)
            throws InterruptedException {
        TestEal.get();
        final Optional<NetworkNamespace> made = NetworkNamespace.create(purpose);
        assumeTrue(made.isPresent(), "skipped: no network namespace can be made here (root and iproute2 needed)");
        try (NetworkNamespace namespace = made.orElseThrow()) {
            namespace.vethPair("mill0", "mill1");
            namespace.vethPair("mill2", "mill3");
            try (ChildJvm child = ChildJvm.start(namespace.prefix(), CablePeer.class, one, other, frames, memory)) {
                return child.finish();
            }
        }
    }
}
