package io.millrace.dataplane.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dataplane.TestEal;
import io.millrace.dataplane.TestNamespaces;
import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.port.DpdkPort;
import io.millrace.dataplane.port.DpdkPortConfig;
import io.millrace.dpdk.Devargs;
import io.millrace.dpdk.Eal;
import java.util.List;
import java.util.OptionalInt;
import org.agrona.concurrent.SystemNanoClock;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Linux's own fragments. They come by net_tap: net_af_packet has the kernel put IPv4 together before we see it. The device
 * takes packets of 1,500 bytes, and so does a frame; the routes to us take less, so that Linux cuts up what would fit.
 */
class LinuxFragmentsTest {
    private static final String TAP = "mrtap0";

    private final CounterBlock counters = CounterBlock.allocate("io");

    @Test
    @Tag("N2")
    @Tag("N3")
    void shouldAnswerPingsThatLinuxCutsUp() throws Exception {
        final Eal eal = TestEal.get();
        try (TestNamespaces namespaces = TestNamespaces.create("10.9.0.2/24");
                DpdkPort port = namespaces.inNear(() -> DpdkPort.open(
                        eal,
                        DpdkPortConfig.of(Devargs.parse("net_tap7,iface=" + TAP))
                                .withEngineFrames(2048, 2)))) {
            final int frames = port.pool().available();
            final HostAddresses host = HostAddresses.builder(port.mac())
                    .address("10.8.0.1/24")
                    .address("fd08::1/64")
                    .build();
            namespaces.inNear("ip", "addr", "add", "10.8.0.2/24", "dev", TAP);
            namespaces.inNear("sysctl", "-qw", "net.ipv6.conf." + TAP + ".disable_ipv6=0");
            namespaces.inNear("ip", "addr", "add", "fd08::2/64", "dev", TAP, "nodad");
            namespaces.inNear("ip", "link", "set", TAP, "address", "02:00:00:00:08:02", "up");
            namespaces.inNear("ip", "route", "replace", "10.8.0.1/32", "dev", TAP, "mtu", "lock", "576");
            namespaces.inNear("ip", "-6", "route", "replace", "fd08::1/128", "dev", TAP, "mtu", "lock", "1280");
            try (Datapath path = Datapath.pipeline(
                    DatapathConfig.defaults(),
                    SystemNanoClock.INSTANCE,
                    List.of(counters),
                    List.of(CounterBlock.allocate("shard-0")))) {
                path.attach(port, host, Conductor.BEFORE_START);
                try (PollingThread io = PollingThread.start(
                        path.ioAgents().getFirst(),
                        OptionalInt.empty(),
                        Idling.of(IdleMode.ADAPTIVE, counters),
                        counters)) {
                    assertThat(namespaces.inNear(
                                    "ping", "-n", "-c", "5", "-i", "0.05", "-W", "5", "-s", "1400", "10.8.0.1"))
                            .contains("5 received")
                            .doesNotContain("wrong data byte");
                    assertThat(namespaces.inNear(
                                    "ping", "-6", "-n", "-c", "5", "-i", "0.05", "-W", "5", "-s", "1400", "fd08::1"))
                            .contains("5 received")
                            .doesNotContain("wrong data byte");
                    assertThat(namespaces.inNear("sh", "-c", "ping -n -c 2 -i 0.05 -W 1 -s 4000 10.8.0.1 || true"))
                            .contains("0 received");
                    assertThat(io.failure()).isEmpty();
                }
            }
            assertThat(counters.get(Counter.IP_REASSEMBLED)).isEqualTo(5);
            assertThat(counters.get(Counter.IP6_REASSEMBLED)).isEqualTo(5);
            assertThat(counters.get(Counter.FRAGMENTS_REASSEMBLED)).isEqualTo(5 * 3 + 5 * 2);
            assertThat(counters.get(Counter.DROP_FRAGMENT_TOO_LARGE))
                    .as("two of four thousand bytes")
                    .isEqualTo(2);
            assertThat(counters.get(Counter.IP_REASSEMBLY_FAILS)).isEqualTo(2);
            assertThat(port.pool().available()).isEqualTo(frames);
        }
    }
}
