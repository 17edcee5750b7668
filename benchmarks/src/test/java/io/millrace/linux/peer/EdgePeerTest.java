package io.millrace.linux.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@DisplayName("The engine's edge against the kernel: VLAN tags, and counters that another process reads")
class EdgePeerTest extends KernelPeer {
    private static final String OUR_VLAN_ADDRESS = "10.10.0.1";

    @Test
    @Tag("N5")
    void shouldSpeakThroughAVlanOfTheKernelsAndHearNobodyOutsideIt() throws IOException, InterruptedException {
        joinKernelToVlan();
        final Program serve = serve(
                "--address", OUR_VLAN_ADDRESS + "/24", "--vlan", "100", "--vlan-priority", "3", "--app", "echo:7");

        assertThat(kernel("ping", "-c", "3", "-i", "0.2", "-W", "2", OUR_VLAN_ADDRESS))
                .contains("3 received");
        assertThat(kernel(Program.java(KernelClient.class.getName(), OUR_VLAN_ADDRESS, "7", "20", "200000")))
                .contains("ok 20");
        // the same address asked for outside the VLAN
        assertThat(kernel("ping", "-c", "1", "-W", "1", "-I", "t0", OUR_VLAN_ADDRESS))
                .contains("0 received");

        final Counters counters = stop(serve);
        assertThat(counters.of("TCP_PASSIVE_OPENS")).isEqualTo(20);
        assertThat(counters.of("ARP_REPLIES_SENT")).isPositive();
        assertThat(counters.of("DROP_OTHER_VLAN"))
                .as("ARP requests without a tag")
                .isPositive();
        assertThat(counters.of("DROP_TCP_CHECKSUM")).isZero();
        assertThat(counters.of("FRAMES_EXHAUSTED")).isZero();
    }

    @Test
    void shouldShowItsCountersToAnotherProcessWhileItRunsAndLeaveNoFileBehind()
            throws IOException, InterruptedException {
        final Program serve = serve("--address", VethLink.OUR_ADDRESS + "/24", "--app", "echo:7");
        final Path file = Path.of("/dev/shm/millrace-" + serve.pid());
        assertThat(file).exists();
        kernel("ping", "-c", "4", "-i", "0.2", "-W", "2", VethLink.OUR_ADDRESS);

        final Map<String, Object> json = JSON.std.mapFrom(stat(serve, "--json"));
        final Map<?, ?> threads = (Map<?, ?>) json.get("threads");
        long echos = 0;
        for (final Object thread : threads.values()) {
            echos += ((Number) ((Map<?, ?>) thread).get("ICMP_ECHO_REPLIES")).longValue();
        }
        assertThat(echos).isGreaterThanOrEqualTo(3);
        final Map<?, ?> port = (Map<?, ?>) ((Map<?, ?>) json.get("ports")).get("net_af_packet0");
        assertThat(((Number) port.get("rx_frames")).longValue()).isPositive();
        assertThat(port.containsKey("rx_good_packets"))
                .as("the device's own names")
                .isTrue();
        assertThat(stat(serve, "--watch", "--count", "2", "--explain"))
                .contains("ICMP_ECHO_REPLIES")
                .contains("/s");

        stop(serve);
        assertThat(file).doesNotExist();
    }

    /** Gives the kernel 10.10.0.2 in VLAN 100: by a device of its own, or by a switch where it has none. */
    private void joinKernelToVlan() throws IOException, InterruptedException {
        final String device = "vlan100";
        if (!kernel("ip", "link", "add", "link", "t0", "name", device, "type", "vlan", "id", "100")
                .isEmpty()) {
            assumeTrue(Files.isExecutable(Path.of("/usr/bin/python3")), "no 802.1Q in this kernel, and no python3");
            System.out.println("EdgePeerTest: this kernel has no 802.1Q devices; a switch of the test tags its frames");
            kernel("ip", "link", "add", device, "type", "veth", "peer", "name", "access");
            kernel("ip", "link", "set", "access", "up");
            kernel("ethtool", "-K", device, "tx", "off", "gso", "off", "tso", "off", "gro", "off");
            kernel("sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1");
            final Path script = Path.of("src", "test", "resources", "vlan-switch.py");
            start(link.inKernel("/usr/bin/python3", script.toString(), "access", "t0", "100"))
                    .awaitLine("ready");
        }
        kernel("ip", "addr", "add", "10.10.0.2/24", "dev", device);
        kernel("ip", "link", "set", device, "up");
    }

    private String stat(final Program serve, final String... options) throws IOException, InterruptedException {
        final List<String> command = new ArrayList<>(List.of("stat", String.valueOf(serve.pid())));
        command.addAll(List.of(options));
        return start(List.of(Program.java(MAIN, command.toArray(String[]::new))))
                .result();
    }

    private Program serve(final String... options) throws IOException, InterruptedException {
        return serve(List.of(options));
    }
}
