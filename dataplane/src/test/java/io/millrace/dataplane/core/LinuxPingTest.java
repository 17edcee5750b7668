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
import java.util.stream.Stream;
import org.agrona.concurrent.SystemNanoClock;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The real thing: Linux's ping and ARP on one end of a veth pair, our IO core over net_af_packet on the other. */
class LinuxPingTest {
    private final CounterBlock counters = CounterBlock.allocate("io");

    @Test
    @Tag("N1")
    @Tag("N4")
    void shouldAnswerLinux() throws Exception {
        final Eal eal = TestEal.get();
        final Devargs device = Devargs.parse("net_af_packet7,iface=" + TestNamespaces.NEAR_INTERFACE);
        try (TestNamespaces namespaces = TestNamespaces.create("10.9.0.2/24");
                DpdkPort port = namespaces.inNear(
                        () -> DpdkPort.open(eal, DpdkPortConfig.of(device).withEngineFrames(2048, 2)))) {
            final int frames = port.pool().available();
            final HostAddresses host = HostAddresses.builder(port.mac())
                    .address("10.9.0.1/24")
                    .owned("10.9.0.64/26")
                    .build();
            try (Datapath path = Datapath.pipeline(
                    DatapathConfig.defaults(), SystemNanoClock.INSTANCE, List.of(counters), shards())) {
                path.attach(port, host, Conductor.BEFORE_START);
                try (PollingThread io = PollingThread.start(
                        path.ioAgents().getFirst(),
                        OptionalInt.empty(),
                        Idling.of(IdleMode.ADAPTIVE, counters),
                        counters)) {
                    ping(namespaces, "10.9.0.1", 56);
                    ping(namespaces, "10.9.0.1", 1472);
                    ping(namespaces, "10.9.0.1", 0);
                    ping(namespaces, "10.9.0.77", 100);
                    assertThat(namespaces.inFar("ip", "neigh", "show", "10.9.0.77"))
                            .contains(port.mac().toString());
                    // Linux leaves the checksum of its SYN to the veth device; nobody answers it here.
                    namespaces.inFar("sh", "-c", "nc -w 1 -z 10.9.0.1 80 || true");
                    assertThat(io.failure()).isEmpty();
                }
            }
            assertThat(counters.get(Counter.ICMP_ECHO_REPLIES)).isGreaterThanOrEqualTo(20);
            assertThat(counters.get(Counter.FRAMES_TO_TCP)).isPositive();
            assertThat(counters.get(Counter.DROP_TCP_CHECKSUM)).isZero();
            assertThat(counters.get(Counter.ARP_REPLIES_SENT)).isGreaterThanOrEqualTo(2);
            assertThat(counters.get(Counter.ARP_REQUESTS_SENT)).isPositive();
            assertThat(port.pool().available()).isEqualTo(frames);
        }
    }

    /** Linux compares the payload that comes back byte by byte, and says so when it differs. */
    private static void ping(final TestNamespaces namespaces, final String address, final int payload)
            throws Exception {
        final String said =
                namespaces.inFar("ping", "-n", "-c", "5", "-i", "0.05", "-W", "5", "-s", "" + payload, address);
        assertThat(said).contains("5 received").doesNotContain("wrong data byte");
    }

    private static List<CounterBlock> shards() {
        return Stream.of(CounterBlock.allocate("shard-0")).toList();
    }
}
