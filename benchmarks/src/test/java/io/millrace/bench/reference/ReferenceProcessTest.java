package io.millrace.bench.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import io.millrace.bench.link.Link;
import io.millrace.bench.load.Conversation;
import io.millrace.bench.load.Conversation.Side;
import io.millrace.bench.run.Addressing;
import io.millrace.bench.run.BenchPlan;
import io.millrace.bench.run.ChildNode;
import io.millrace.bench.run.Lineup;
import io.millrace.bench.run.NodeCommand;
import io.millrace.bench.run.NodeReport;
import io.millrace.bench.run.Offer;
import io.millrace.bench.run.Threads;
import io.millrace.dataplane.counters.Counter;
import io.millrace.linux.peer.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("What the engine is measured beside")
class ReferenceProcessTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long ENOUGH = 500;

    static Stream<Arguments> kernels() {
        return Stream.of(0, 1, 2)
                .flatMap(index -> Stream.of(
                                new Conversation(0, Side.SERVER, false),
                                new Conversation(64, Side.SERVER, false),
                                new Conversation(1, Side.CLIENT, false),
                                new Conversation(0, Side.SERVER, true),
                                new Conversation(1, Side.CLIENT, true))
                        .filter(conversation -> index == 0 || conversation.requestBytes() == 64)
                        .map(conversation -> Arguments.of(index, conversation)));
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void shouldOpenAndCloseEveryConnectionOfTheKernels(final int index, final Conversation conversation)
            throws IOException, InterruptedException {
        assumeTrue((int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0, "network namespaces need root");
        final CProgram epoll = KernelTcp.build();
        assumeTrue(epoll.isThere(), epoll.compiler());
        if (index == 2) {
            Program.needDpdk();
        }

        final Ends ends = run(
                KernelTcp.contenders(epoll).get(index).lineup(),
                plan(Link.VHOST, Offer.CLOSED_LOOP.with(conversation)));

        ends.assertAllOpenedAndClosed();
    }

    @Test
    void shouldDriveTheKernelByClientsWithoutState() throws IOException, InterruptedException {
        assumeTrue((int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0, "network namespaces need root");
        Program.needDpdk();
        final CProgram epoll = KernelTcp.build();
        assumeTrue(epoll.isThere(), epoll.compiler());
        final Offer offer = Offer.ofConnections(1_000).withClients(0);

        final Ends ends = run(KernelTcp.contenders(epoll).getLast().lineup(), plan(Link.VHOST, offer));

        assertThat(ends.generator.load().blast().closed())
                .as("of " + ends.generator.load())
                .isPositive();
    }

    @ParameterizedTest
    @MethodSource("links")
    void shouldBringEveryFrameBack(final Link link) throws IOException, InterruptedException {
        Program.needDpdk();
        final CProgram echo = BareEcho.build();
        assumeTrue(echo.isThere(), echo.compiler());

        final Ends ends = run(BareEcho.contender(echo).lineup(), plan(link, Offer.CLOSED_LOOP));

        assertThat(ends.generator.load().failed()).isZero();
        assertThat(ends.server.counter(Counter.FRAMES_RECEIVED))
                .isEqualTo(ends.generator.counter(Counter.FRAMES_TRANSMITTED))
                .isEqualTo(ends.generator.load().closed());
    }

    static Stream<Link> links() {
        return Stream.of(Link.VHOST, Link.joining("memif"));
    }

    @ParameterizedTest
    @MethodSource("requests")
    void shouldDriveTheEngineByAClientThatSharesNothingWithIt(final int request)
            throws IOException, InterruptedException {
        Program.needDpdk();
        final CProgram client = ForeignClient.build();
        assumeTrue(client.isThere(), client.compiler());
        final Offer offer = Offer.CLOSED_LOOP.with(new Conversation(request, Side.SERVER, false));

        final Ends ends = run(new ForeignClient(client), plan(Link.joining("memif"), offer));

        ends.assertAllOpenedAndClosed();
        assertThat(ends.server.counter(Counter.TIME_WAIT_ENTRIES))
                .isEqualTo(ends.generator.load().closed());
    }

    static Stream<Integer> requests() {
        return Stream.of(0, 1, 511);
    }

    @Test
    void shouldDriveAServerThatIsNotOurs(@TempDir final Path folder) throws IOException, InterruptedException {
        assumeTrue((int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0, "network namespaces need root");
        Program.needDpdk();
        final CProgram epoll = KernelTcp.build();
        assumeTrue(epoll.isThere(), epoll.compiler());
        final Path json = folder.resolve("result.json");
        final Lineup kernelServer = KernelTcp.contenders(epoll).getLast().lineup();

        try (Lineup.Stage stage = kernelServer.open(plan(Link.VHOST, Offer.CLOSED_LOOP));
                ChildNode server = ChildNode.start("server", stage.server(), System.err)) {
            server.await(PATIENCE);
            final List<String> command = new ArrayList<>(stage.generator().subList(0, 4)); // ip netns exec NAME
            command.addAll(List.of(Program.java(
                    "io.millrace.cli.Millrace",
                    "bench",
                    "--target=10.0.0.1:9",
                    "--port=net_af_packet0,iface=c0",
                    "--address=10.0.0.2/24",
                    "--duration=1s",
                    "--warm-up=1s",
                    "--settle=0s",
                    "--concurrency=64",
                    "--json=" + json,
                    Program.hugePages() ? "--request=0" : "--no-huge")));
            try (Program bench = Program.start(command)) {
                assertThat(bench.result())
                        .contains("on the net_af_packet0,iface=c0 link")
                        .contains("failed 0")
                        .contains("generator receives")
                        .doesNotContain("starting the server", "off-heap");
                assertThat(bench.exitCode()).isZero();
            }
            server.send(NodeCommand.SAMPLE);
            final Map<String, Object> result = JSON.std.mapFrom(Files.readString(json));
            assertThat((int) result.get("closed")).isPositive();
            assertThat(server.await(PATIENCE).counter(Counter.TCP_PASSIVE_OPENS))
                    .as("with those of the warm-up")
                    .isGreaterThan((int) result.get("closed"));
        }
    }

    @Test
    void shouldSayWhatIsMissingInOneLine() throws IOException, InterruptedException {
        final CProgram broken = CProgram.buildBeside(ReferenceProcessTest.class, "broken");

        assertThat(broken.isThere()).isFalse();
        assertThat(broken.compiler()).doesNotContain("\n").isNotBlank();
        if (ForeignClient.build().isThere()) {
            assertThat(broken.compiler())
                    .startsWith("gcc can't build broken.c: ")
                    .contains("nobody_has_declared");
        }
    }

    /** What both ends have counted when all was over. */
    private record Ends(NodeReport server, NodeReport generator) {
        void assertAllOpenedAndClosed() {
            assertThat(generator.load().failed()).isZero();
            assertThat(generator.load().closed())
                    .isGreaterThanOrEqualTo(ENOUGH)
                    .isEqualTo(generator.load().opened())
                    .isEqualTo(generator.load().attempts())
                    .isEqualTo(server.counter(Counter.TCP_PASSIVE_OPENS));
        }
    }

    /** Lets them work until enough has been done, then to the end of what is under way. */
    private static Ends run(final Lineup lineup, final BenchPlan plan) throws IOException, InterruptedException {
        try (Lineup.Stage stage = lineup.open(plan);
                ChildNode server = ChildNode.start("server", stage.server(), System.err)) {
            server.await(PATIENCE);
            try (ChildNode generator = ChildNode.start("generator", stage.generator(), System.err)) {
                generator.await(PATIENCE);
                generator.send(NodeCommand.START);
                final long deadline = System.nanoTime() + PATIENCE.toNanos();
                NodeReport report = generator.await(PATIENCE);
                while (report.load().closed() < ENOUGH && System.nanoTime() < deadline) {
                    generator.send(NodeCommand.SAMPLE);
                    report = generator.await(PATIENCE);
                }
                do { // a crowded machine may take longer than the generator waits
                    generator.send(NodeCommand.STOP);
                    report = generator.await(PATIENCE);
                } while (report.load().underWay() > 0 && System.nanoTime() < deadline);
                NodeReport served;
                do { // the gauges follow within a moment
                    server.send(NodeCommand.SAMPLE);
                    served = server.await(PATIENCE);
                } while (served.counter(Counter.TIME_WAIT_ENTRIES)
                                != report.load().closed()
                        && served.counter(Counter.DUTY_CYCLES) > 0
                        && System.nanoTime() < deadline);
                return new Ends(served, report);
            }
        }
    }

    private static BenchPlan plan(final Link link, final Offer offer) {
        return new BenchPlan(
                link,
                Duration.ofSeconds(1),
                Duration.ZERO,
                Duration.ZERO,
                offer,
                64,
                Addressing.IPV4,
                new Threads(1, 0, "auto", List.of(), List.of(), "yield"),
                Program.hugePages(),
                60,
                1 << 22,
                false,
                1 << 12,
                2039,
                List.of(),
                Optional.empty(),
                "test");
    }
}
