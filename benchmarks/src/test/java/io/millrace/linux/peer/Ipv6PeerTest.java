package io.millrace.linux.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.dataplane.wire.IpAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@DisplayName(
        "IPv6 and ICMP against the kernel: ping, neighbor discovery, duplicate addresses, extension headers, errors")
class Ipv6PeerTest extends KernelPeer {
    private static final String OURS = VethLink.OUR_IPV6;
    private static final String KERNELS = VethLink.KERNEL_IPV6;

    @BeforeEach
    void speakIpv6() throws IOException, InterruptedException {
        addIpv6();
    }

    @Test
    @Tag("N3")
    @Tag("N4")
    void shouldAnswerPingAndBeANeighborOfTheKernels() throws IOException, InterruptedException {
        final Program serve = serve("--address", OURS + "/64", "--address", VethLink.OUR_ADDRESS + "/24");
        awaitIpv6();

        for (final String size : new String[] {"0", "56", "1452"}) {
            assertThat(kernel("ping", "-6", "-n", "-c", "3", "-i", "0.1", "-W", "5", "-s", size, OURS))
                    .contains("3 received")
                    .doesNotContain("wrong data byte");
        }
        final String neighbor = kernel("ip", "-6", "neigh", "show", OURS, "dev", "t0");
        assertThat(neighbor)
                .containsAnyOf("REACHABLE", "DELAY", "STALE", "PROBE")
                .contains("lladdr");
        final String mac = neighbor.replaceAll("(?s).*lladdr ([0-9a-f:]{17}).*", "$1");
        assertThat(kernel("ping", "-6", "-n", "-c", "2", "-i", "0.2", "-W", "5", linkLocal(mac) + "%t0"))
                .contains("2 received");
        assertThat(kernel("ping", "-6", "-n", "-c", "2", "-i", "0.2", "-W", "5", "ff02::1%t0"))
                .as("all nodes of the link")
                .contains(linkLocal(mac));

        final Counters counters = stop(serve);
        assertThat(counters.of("ND_SOLICITATIONS_RECEIVED")).isPositive();
        assertThat(counters.of("ND_ADVERTISEMENTS_SENT")).isPositive();
        assertThat(counters.of("ND_MALFORMED")).isZero();
        assertThat(counters.of("ND_DUPLICATES")).isZero();
        assertThat(counters.of("ICMP_MALFORMED")).isZero();
    }

    @Test
    @Tag("N3")
    void shouldNotUseAnAddressThatTheKernelHasAndGoOnWithTheRest() throws IOException, InterruptedException {
        final Program serve = serve("--address", KERNELS + "/64", "--address", OURS + "/64");
        awaitIpv6();

        final Counters counters = stop(serve);
        assertThat(counters.of("ND_DUPLICATES")).isEqualTo(1);
        assertThat(counters.of("ND_CONFLICTS")).isZero();
    }

    @Test
    @Tag("N3")
    @Tag("N4")
    void shouldReadOverExtensionHeadersAndTellWhatItDoesNotSpeak() throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/python3")), "no python3");
        final Program serve = serve("--address", OURS + "/64", "--address", VethLink.OUR_ADDRESS + "/24");
        awaitIpv6();
        final Path script = Path.of("src", "test", "resources", "icmpv6-answers.py");

        assertThat(kernel("/usr/bin/python3", script.toString(), OURS, VethLink.OUR_ADDRESS)
                        .lines())
                .containsExactly(
                        "skipped option: type 129 code 0 word " + (7 << 16 | 1),
                        "padding: type 129 code 0 word " + (7 << 16 | 1),
                        "reported option: type 4 code 2 word 42",
                        "protocol 200: type 4 code 1 word 6",
                        "UDP: refused",
                        "UDP: refused",
                        "IPv4 protocol 200: Protocol not available");

        final Counters counters = stop(serve);
        assertThat(counters.of("ICMP_ERRORS_SENT")).isEqualTo(5);
        assertThat(counters.of("DROP_UDP")).isEqualTo(2);
        assertThat(counters.of("DROP_UNKNOWN_PROTOCOL")).isEqualTo(2);
        assertThat(counters.of("DROP_IPV6_OPTION")).isEqualTo(1);
    }

    private static String linkLocal(final String mac) {
        final String[] bytes = mac.split(":");
        final int first = Integer.parseInt(bytes[0], 16) ^ 2;
        return IpAddress.parse(
                        "fe80::%x%s:%sff:fe%s:%s%s".formatted(first, bytes[1], bytes[2], bytes[3], bytes[4], bytes[5]))
                .toString();
    }

    private Program serve(final String... options) throws IOException, InterruptedException {
        return serve(
                Stream.concat(Stream.of("--app", "echo:7"), Stream.of(options)).toList());
    }
}
