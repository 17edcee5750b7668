package io.millrace.linux.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dataplane.port.decorator.Tshark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@DisplayName("Our engine against the kernel's TCP, over a veth pair")
class LinuxPeerTest extends KernelPeer {

    @Test
    void shouldAnswerPing() throws IOException, InterruptedException {
        assumeInstalled("ping");
        serve("--app", "echo:7");

        final Program ping = inKernel("ping", "-c", "5", "-i", "0.2", "-W", "2", VethLink.OUR_ADDRESS);

        assertThat(ping.result()).contains("5 received, 0% packet loss");
    }

    @Test
    @Tag("N2")
    void shouldKeepToTheMtuOfThePortAndAnswerLongerPingsInFragments() throws IOException, InterruptedException {
        assumeInstalled("ping");
        final Program serve = serve("--mtu", "600", "--app", "chargen:19");

        assertThat(inKernel("ip", "link", "set", VethLink.KERNEL_DEVICE, "mtu", "600")
                        .exitCode())
                .isZero();
        // The kernel puts the question together before net_af_packet sees it; the answer has to go back in three
        // frames.
        final Program ping = inKernel("ping", "-c", "2", "-i", "0.2", "-W", "2", "-s", "1400", VethLink.OUR_ADDRESS);
        assertThat(ping.result()).contains("2 received, 0% packet loss");
        final Program reader =
                inKernel("sh", "-c", "nc -d -w 5 " + VethLink.OUR_ADDRESS + " 19 | head -c 100000 | wc -c");
        assertThat(reader.result()).contains("100000");

        final Counters counters = stop(serve);
        assertThat(counters.of("FRAGMENTS_CREATED")).isEqualTo(6);
        assertThat(counters.of("BYTES_TRANSMITTED")).isLessThanOrEqualTo(614 * counters.of("FRAMES_TRANSMITTED"));
    }

    @Test
    void shouldServeCurlTwiceOverOneConnection() throws IOException, InterruptedException {
        assumeInstalled("curl");
        serve("--app", "http:80");
        final String url = "http://" + VethLink.OUR_ADDRESS + "/";

        final Program curl = inKernel("curl", "-sSi", "-m", "20", "-w", "opened %{num_connects}\n", url, url);

        assertThat(curl.result()).contains("HTTP/1.1 200 OK").containsSubsequence("opened 1", "opened 0");
        assertThat(curl.exitCode()).isZero();
        assertThat(curl.result().split("Hello from Millrace\n", -1)).hasSize(3);
    }

    @Test
    void shouldEchoTheLinesOfNetcat() throws IOException, InterruptedException {
        assumeInstalled("nc");
        serve("--app", "echo:7");
        final String lines = "one\ntwo\nthree\n";

        final Program netcat =
                inKernel("nc", "-N", "-w", "10", VethLink.OUR_ADDRESS, "7").feed(lines);

        assertThat(netcat.result()).isEqualTo(lines);
    }

    @Test
    void shouldOpenAndCloseTenThousandConnectionsAndLeaveNothingBehind() throws IOException, InterruptedException {
        final Program serve = serve("--app", "close:9", "--app", "echo:7");

        final Program closes = client(9, 9_000, 0);
        assertThat(closes.result()).contains("ok 9000");
        final Program echoes = client(7, 1_000, 2_000);
        assertThat(echoes.result()).contains("ok 1000");

        final Counters counters = stop(serve);
        assertThat(counters.of("TCP_PASSIVE_OPENS")).isEqualTo(10_000);
        assertThat(counters.of("TCP_CLOSES")).isEqualTo(10_000);
        assertThat(counters.of("TIME_WAIT_ENTERED"))
                .as("those that we closed first")
                .isEqualTo(9_000);
        assertNoLeak(counters);
    }

    @Test
    void shouldEchoMegabytesExactly() throws IOException, InterruptedException {
        final Program serve = serve("--app", "echo:7");

        assertThat(client(7, 20, 3_000_000).result()).contains("ok 20");
        assertNoLeak(stop(serve));
    }

    @Test
    void shouldShowTheLastFramesWhileItRunsAndAfterItWasKilled() throws IOException, InterruptedException {
        final Path ring = Files.createTempFile("millrace-ring", "");
        final Path pcapng = Files.createTempFile("millrace-ring", ".pcapng");
        final Program serve = serve("--app", "echo:7", "--capture", ring + ",last=64k,filter=tcp port 7");
        assertThat(client(7, 20, 1_000).result()).contains("ok 20");

        final String[] capture = {"capture", ring.toString(), "--write", pcapng.toString()};
        assertThat(start(List.of(Program.java(MAIN, capture))).result()).contains("frames written");
        assertThat(syns(pcapng)).isEqualTo(20);

        serve.close(); // by force: nobody could tidy up
        assertThat(start(List.of(Program.java(MAIN, capture))).result()).contains("frames written");
        assertThat(syns(pcapng)).isEqualTo(20);
        Files.delete(ring);
        Files.delete(pcapng);
    }

    @Test
    void shouldStreamWhatGoesThroughABadCable() throws IOException, InterruptedException {
        final Path pcapng = Files.createTempFile("millrace-stream", ".pcapng");
        final Program serve = serve(
                "--app",
                "echo:7",
                "--capture",
                pcapng.toString(),
                "--faults",
                "loss=5%,delay=1ms,duplicate=2%,seed=42");
        assertThat(client(7, 20, 20_000).result()).contains("ok 20");

        final Counters counters = stop(serve);
        assertThat(counters.of("FAULT_LOST")).isPositive();
        assertThat(counters.of("FAULT_DUPLICATED")).isPositive();
        assertThat(counters.of("CAPTURE_DROPS")).isZero();
        assertThat(Tshark.read(pcapng, "frame.number")).hasSize((int) counters.of("CAPTURE_FRAMES"));
        Files.delete(pcapng);
    }

    private static long syns(final Path pcapng) throws IOException {
        final List<String> filter = List.of("-Y", "tcp.flags.syn==1 && tcp.flags.ack==0");
        return Tshark.read(pcapng, filter, "tcp.srcport").stream().distinct().count();
    }

    @Test
    void shouldServeThroughTwoShardsBehindAnIoCore() throws IOException, InterruptedException {
        final Program serve = serve("--app", "echo:7", "--shards", "2", "--arrangement", "pipeline");

        assertThat(client(7, 1_000, 10_000).result()).contains("ok 1000");
        final Counters counters = stop(serve);
        assertThat(counters.of("TCP_PASSIVE_OPENS")).isEqualTo(1_000);
        assertNoLeak(counters);
    }

    @Test
    void shouldServeTwoPortsEachWithAddressesOfItsOwn() throws IOException, InterruptedException {
        link.addCable();
        for (final String arrangement : List.of("pipeline", "single-thread")) {
            final Program serve = serve(
                    "--address",
                    "10.9.0.3/24",
                    "--port",
                    "net_af_packet1,iface=" + VethLink.SECOND_DEVICE,
                    "--address",
                    VethLink.SECOND_ADDRESS + "/24",
                    "--app",
                    "echo:7",
                    "--shards",
                    "2",
                    "--arrangement",
                    arrangement,
                    "--io-cores",
                    arrangement.equals("pipeline") ? "2" : "1");
            for (final String address : List.of(VethLink.OUR_ADDRESS, "10.9.0.3", VethLink.SECOND_ADDRESS)) {
                assertThat(client(address, 7, 200, 5_000).result()).contains("ok 200");
            }
            final Counters counters = stop(serve);
            assertThat(counters.of("TCP_PASSIVE_OPENS")).isEqualTo(600);
            assertNoLeak(counters);
            assertThat(serve.result())
                    .contains("net_af_packet0 (")
                    .contains("net_af_packet1 (")
                    .contains(arrangement + ": as asked for");
        }
    }

    @Test
    void shouldOpenConnectionsToTheKernelsListener() throws IOException, InterruptedException {
        start(link.inKernel(Program.java(KernelEchoServer.class.getName(), "7")))
                .awaitLine("ready");

        final Program opener = start(link.inOurs(Program.java(
                ActiveOpener.class.getName(),
                DEVICE,
                VethLink.OUR_ADDRESS + "/24",
                VethLink.KERNEL_ADDRESS,
                "7",
                "1000",
                "5000",
                Program.hugePages() ? "huge" : "no-huge")));

        assertThat(opener.result())
                .contains("right 1000 wrong 0")
                .contains("TCP_ACTIVE_OPENS 1000")
                .contains("TCP_CLOSES 1000");
    }

    @Test
    void shouldSayInOneLineThatThereIsNoSuchInterface() throws IOException, InterruptedException {
        final Program serve = start(link.inOurs(serveCommand(
                "net_af_packet0,iface=nowhere0",
                List.of("--address", VethLink.OUR_ADDRESS + "/24", "--app", "echo:7"))));

        assertThat(serve.exitCode()).isEqualTo(2);
        assertThat(serve.result().lines())
                .singleElement()
                .asString()
                .startsWith("millrace: ")
                .contains("there is no interface 'nowhere0'");
    }

    private Program client(final int port, final int connections, final int bytes) throws IOException {
        return client(VethLink.OUR_ADDRESS, port, connections, bytes);
    }

    private Program client(final String address, final int port, final int connections, final int bytes)
            throws IOException {
        return start(link.inKernel(Program.java(
                KernelClient.class.getName(),
                address,
                String.valueOf(port),
                String.valueOf(connections),
                String.valueOf(bytes))));
    }

    private static void assertNoLeak(final Counters counters) {
        assertThat(counters.of("CONNECTIONS")).as("connections at the end").isZero();
        assertThat(counters.of("SYN_QUEUE_ENTRIES"))
                .as("half-open connections at the end")
                .isZero();
        assertThat(counters.of("ACCEPT_QUEUE_ENTRIES"))
                .as("connections not accepted at the end")
                .isZero();
        assertThat(counters.of("FRAMES_EXHAUSTED"))
                .as("times there was no frame")
                .isZero();
    }

    private Program serve(final String... options) throws IOException, InterruptedException {
        return serve(Stream.concat(Stream.of("--address", VethLink.OUR_ADDRESS + "/24"), Stream.of(options))
                .toList());
    }
}
