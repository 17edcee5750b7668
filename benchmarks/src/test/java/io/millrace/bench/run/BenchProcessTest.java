package io.millrace.bench.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import io.millrace.linux.peer.Program;
import java.io.File;
import java.io.FilenameFilter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The rate benchmark, as a user runs it")
class BenchProcessTest {
    private final List<Program> programs = new ArrayList<>();

    @TempDir
    private Path folder;

    @BeforeEach
    void needDpdk() {
        Program.needDpdk();
    }

    @AfterEach
    void end() throws IOException {
        for (final Program program : programs) {
            program.close();
            assertThat(Path.of(System.getProperty("java.io.tmpdir"), "millrace-" + program.pid() + ".sock"))
                    .as("the link's socket")
                    .doesNotExist();
        }
    }

    @Test
    void shouldOpenAndCloseConnectionsWithoutAFailureAndWriteTheJson() throws IOException, InterruptedException {
        final Path json = folder.resolve("result.json");
        final Path report = folder.resolve("report");

        final Program bench = bench(
                "--duration",
                "2s",
                "--warm-up",
                "2s",
                "--repeats",
                "2",
                "--json",
                json.toString(),
                "--report",
                report.toString());

        assertThat(bench.result()).contains("connections/s opened and closed").contains("failed 0");
        assertThat(bench.exitCode()).isZero();
        final Map<String, Object> result = JSON.std.mapFrom(Files.readString(json));
        assertThat((int) result.get("opened")).isPositive();
        assertThat((int) result.get("closed")).isPositive();
        assertThat(result)
                .containsEntry("failed", 0)
                .containsEntry("link", "vhost")
                .containsEntry("left_over", 0);
        assertThat((Map<?, ?>) result.get("time_wait"))
                .extracting("entries")
                .satisfies(entries -> assertThat((int) entries).isGreaterThanOrEqualTo((int) result.get("closed") / 2));
        assertThat(((String) result.get("command"))).contains("--duration 2s --warm-up 2s");
        assertThat(report.resolve("result.json")).hasSameTextualContentAs(json);
        assertThat(report.resolve("index.html")).content().contains("median of 2 runs");
        assertThat(report.resolve("latency.hlog")).content().contains("Tag=run-2,");
        assertThat((List<?>) ((Map<?, ?>) result.get("repeats")).get("runs"))
                .hasSize(2)
                .allSatisfy(run -> {
                    final Map<?, ?> server = (Map<?, ?>) ((Map<?, ?>) ((Map<?, ?>) run).get("stops")).get("server");
                    assertThat((Object) server.get("safepoints"))
                            .as("what the JVM tells")
                            .isInstanceOf(Integer.class);
                    assertThat((Object) server.get("core_wait")).isInstanceOf(Double.class);
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"memif", "ring", "af_packet"})
    void shouldDoTheSameOverEveryOtherLink(final String link) throws IOException, InterruptedException {
        assumeTrue(!link.equals("af_packet") || isRoot(), "a veth pair needs root");
        final Path json = folder.resolve("result.json");

        final Program bench = bench("--link", link, "--duration", "1s", "--warm-up", "1s", "--json", json.toString());

        assertThat(bench.result()).contains("on the " + link + " link").contains("failed 0");
        assertThat(bench.exitCode()).isZero();
        final Map<String, Object> result = JSON.std.mapFrom(Files.readString(json));
        assertThat((int) result.get("closed")).isPositive();
        assertThat(result)
                .containsEntry("failed", 0)
                .containsEntry("link", link)
                .containsEntry("left_over", 0);
        assertThat(((Map<?, ?>) result.get("cpu")).values())
                .allSatisfy(cores ->
                        assertThat((double) cores).as("each node's own").isPositive());
    }

    @Test
    void shouldMeasureTheReferencesInTurn() throws IOException, InterruptedException {
        assumeTrue(isRoot(), "a veth pair needs root");
        final Path json = folder.resolve("result.json");

        final Program bench =
                bench("--reference", "kernel,limit", "--duration", "1s", "--warm-up", "1s", "--json", json.toString());

        assertThat(bench.result()).contains("times as many for each core").contains("frames/s there and back");
        assertThat(bench.exitCode()).isZero();
        assertThat((List<?>) JSON.std.mapFrom(Files.readString(json)).get("references"))
                .extracting(reference -> ((Map<?, ?>) reference).get("name"))
                .isEqualTo(List.of("kernel_veth", "kernel_loopback", "kernel_server", "limit"));
        assertThat(namespacesOf(bench)).isEmpty();
    }

    @Test
    void shouldRemoveTheVethPairWhenItIsInterrupted() throws IOException, InterruptedException {
        assumeTrue(isRoot(), "a veth pair needs root");
        final Program bench = bench("--link", "af_packet", "--duration", "60s", "--warm-up", "1s")
                .awaitText("warm-up\n     1 ");
        assertThat(namespacesOf(bench)).hasSize(2);

        bench.terminate();

        assertThat(bench.exitCode()).isEqualTo(130);
        assertThat(namespacesOf(bench)).isEmpty();
    }

    @Test
    void shouldSayInOneLineThatAPciPortIsNotThere() throws IOException, InterruptedException {
        final Program bench = bench("--link", "pci:fffe:1f:1f.6,fffe:1f:1f.7", "--duration", "1s");

        assertThat(bench.exitCode()).isEqualTo(2);
        assertThat(bench.result().lines().filter(line -> line.startsWith("millrace: ")))
                .singleElement()
                .asString()
                .contains("fffe:1f:1f.6");
    }

    private static boolean isRoot() throws IOException {
        return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
    }

    private static List<String> namespacesOf(final Program bench) throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/run/netns"))) {
            return all.map(path -> path.getFileName().toString())
                    .filter(name -> name.startsWith("millrace-") && name.endsWith(String.valueOf(bench.pid())))
                    .toList();
        }
    }

    @Test
    void shouldOfferConnectionsAtTheRateItIsTold() throws IOException, InterruptedException {
        final Path json = folder.resolve("result.json");

        final Program bench = bench("--duration", "2s", "--warm-up", "2s", "--rate", "2k", "--json", json.toString());

        assertThat(bench.result()).contains("connections/s due").contains("failed 0");
        assertThat(bench.exitCode()).isZero();
        final Map<String, Object> result = JSON.std.mapFrom(Files.readString(json));
        assertThat((double) result.get("offered_per_second")).isBetween(1_900.0, 2_100.0);
        assertThat(result.get("begun_per_second")).isNotNull();
        assertThat((int) result.get("closed")).isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"vhost", "ring"})
    void shouldSayWhereThePollingThreadsTimeGoes(final String link) throws IOException, InterruptedException {
        final Path report = folder.resolve("report");

        final Program bench = bench(
                "--profile", "--link", link, "--duration", "1s", "--warm-up", "1s", "--report", report.toString());

        assertThat(bench.exitCode()).as(bench.result()).isZero();
        assertThat(bench.result().lines().filter(line -> line.startsWith("  profile ")))
                .hasSize(3)
                .anyMatch(line -> line.contains("server: ") && line.endsWith("busy"))
                .anyMatch(line -> line.contains("generator: ") && line.endsWith("busy"));
        final Map<String, Object> result = JSON.std.mapFrom(Files.readString(report.resolve("result.json")));
        assertThat((List<?>) ((Map<?, ?>) result.get("repeats")).get("runs"))
                .as("the sampled run is none of them")
                .hasSize(1);
        final List<?> threads = (List<?>) ((Map<?, ?>) result.get("profile")).get("threads");
        assertThat(threads)
                .extracting(thread -> ((Map<?, ?>) thread).get("node"))
                .isEqualTo(List.of("server", "generator"));
        assertThat(threads).allSatisfy(each -> {
            final Map<?, ?> thread = (Map<?, ?>) each;
            assertThat((Integer) thread.get("count")).isEqualTo(1);
            assertThat((Integer) thread.get("samples")).isPositive();
            assertThat(((Map<?, ?>) thread.get("rooms"))
                            .values().stream()
                                    .mapToDouble(share -> ((Number) share).doubleValue())
                                    .sum())
                    .isBetween(0.99, 1.01);
            assertThat(((Map<?, ?>) thread.get("rooms")).containsKey("dpdk_receive"))
                    .isEqualTo(link.equals("vhost"));
        });
        assertThat(report.resolve("index.html")).content().contains("<h2>Where the time goes</h2>");
        assertThat(report.toFile().list())
                .containsExactlyInAnyOrder("index.html", "result.json", "latency.hlog", "server.jfr", "generator.jfr");
        assertThat(recordings(bench)).isEmpty();
    }

    @Test
    void shouldLeaveNoRecordingBehindWhenItIsKilled() throws IOException, InterruptedException {
        final Program bench =
                bench("--profile", "--duration", "5s", "--warm-up", "0s").awaitText("profile: one more run, sampled");
        final long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (recordings(bench).isEmpty() && System.nanoTime() < deadline) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }
        assertThat(recordings(bench)).as("of the time that is measured").isNotEmpty();
        final List<ProcessHandle> children = bench.descendants();

        bench.close();

        children.forEach(child -> child.onExit().join());
        assertThat(recordings(bench)).isEmpty();
    }

    /** Its files of recordings, other than in a report. */
    private static List<File> recordings(final Program bench) {
        final String name = "millrace-profile-" + bench.pid() + "-";
        return filesIn(new File(System.getProperty("java.io.tmpdir")), (parent, child) -> child.startsWith(name));
    }

    /** Files that may vanish meanwhile. */
    private static List<File> filesIn(final File folder, final FilenameFilter names) {
        final List<File> files = new ArrayList<>();
        for (final File file : Objects.requireNonNullElse(folder.listFiles(names), new File[0])) {
            if (file.isFile()) {
                files.add(file);
            }
            files.addAll(filesIn(file, (parent, child) -> true));
        }
        return files;
    }

    @Test
    void shouldServeThoseWhoMeanItInAFlood() throws IOException, InterruptedException {
        final Path json = folder.resolve("result.json");

        final Program bench = bench(
                "flood",
                "--duration",
                "2s",
                "--warm-up",
                "2s",
                "--rate",
                "1k",
                "--flood-rate",
                "50k",
                "--syn-queue",
                "1k",
                "--json",
                json.toString());

        assertThat(bench.result()).contains("answered by cookies").contains("at the first try");
        assertThat(bench.exitCode()).isZero();
        final Map<String, Object> result = JSON.std.mapFrom(Files.readString(json));
        assertThat((int) result.get("closed")).isPositive();
        assertThat(result).containsEntry("failed", 0).containsEntry("left_over", 0);
        assertThat((double) result.get("succeeded")).isPositive().isLessThanOrEqualTo(1);
        final Map<?, ?> flood = (Map<?, ?>) result.get("flood");
        assertThat(flood.get("asked_per_second")).isEqualTo(50_000);
        assertThat((double) flood.get("sent_per_second")).isPositive().isLessThan(55_000);
        assertThat((double) flood.get("absorbed_per_second")).isPositive();
        assertThat((double) flood.get("cookies_per_second")).isPositive();
    }

    @Test
    void shouldEndWithItsSummaryWhenItIsInterrupted() throws IOException, InterruptedException {
        final Program bench = bench("--duration", "60s", "--warm-up", "1s").awaitText("warm-up\n     1 ");
        final List<ProcessHandle> children = bench.descendants();

        bench.terminate();

        assertThat(bench.exitCode()).isEqualTo(130);
        assertThat(bench.result()).contains("(interrupted)").contains("set-up latency");
        assertThat(children).isNotEmpty().noneMatch(ProcessHandle::isAlive);
    }

    @Test
    void shouldSayThatTheServerDied() throws IOException, InterruptedException {
        final Program bench = bench("--duration", "60s", "--warm-up", "1s").awaitText("warm-up\n     1 ");

        bench.descendants().stream()
                .filter(child -> child.info().commandLine().orElse("").contains("bench-node server"))
                .forEach(ProcessHandle::destroyForcibly);

        assertThat(bench.exitCode()).isEqualTo(1);
        assertThat(bench.result()).contains("millrace: the server process died (exit code 137)");
    }

    @Test
    void shouldEndItsChildrenWhenItIsKilledItself() throws IOException, InterruptedException {
        final Program bench = bench("--duration", "60s", "--warm-up", "1s").awaitText("warm-up");
        final List<ProcessHandle> children = bench.descendants();

        bench.close();

        children.forEach(child -> child.onExit().join());
        assertThat(children).isNotEmpty().noneMatch(ProcessHandle::isAlive);
    }

    private Program bench(final String... options) throws IOException {
        final Stream<String> fixed = Stream.of("--time-wait-capacity", "4M", "--settle", "0s");
        final Stream<String> memory = Program.hugePages() ? Stream.of() : Stream.of("--no-huge");
        // the workload's name, if there is one, comes before all options
        final String[] arguments = Stream.of(Stream.of("bench"), Stream.of(options), fixed, memory)
                .flatMap(part -> part)
                .toArray(String[]::new);
        final Program program = Program.start(List.of(Program.java("io.millrace.cli.Millrace", arguments)));
        programs.add(program);
        return program;
    }
}
