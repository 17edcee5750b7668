package io.millrace.bench.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import io.millrace.bench.link.Link;
import io.millrace.linux.peer.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The io benchmark, as a user runs it")
class IoProcessTest {
    @TempDir
    private Path folder;

    @BeforeEach
    void needDpdk() {
        Program.needDpdk();
    }

    @ParameterizedTest
    @MethodSource("io.millrace.bench.link.Link#loops")
    void shouldMeasureEachPathAndWriteTheJson(final Link link) throws IOException, InterruptedException {
        final Path file = folder.resolve("io.json");
        final List<String> arguments = new ArrayList<>(List.of("bench", "io", "--link", link.label()));
        arguments.addAll(List.of("--seconds", "1", "--repeats", "1", "--burst", "16", "--json", file.toString()));
        if (!Program.hugePages()) {
            arguments.add("--no-huge");
        }

        try (Program bench =
                Program.start(List.of(Program.java("io.millrace.cli.Millrace", arguments.toArray(String[]::new))))) {
            assertThat(bench.result()).contains("io over net_" + link.label()).contains("median");
            assertThat(bench.exitCode()).isZero();
        }

        final Map<String, Object> json = JSON.std.mapFrom(Files.readString(file));
        assertThat(json)
                .containsEntry("link", link.label())
                .containsEntry("burst", 16)
                .containsEntry("frame_bytes", 64)
                .containsEntry("frames_under_way", 128)
                .containsEntry("seconds", 1.0)
                .containsEntry("schema", "millrace-io-1")
                .containsKeys("cpu", "huge_pages", "machine", "noise");
        assertThat((Map<?, ?>) json.get("repeats")).extracting("wanted").isEqualTo(1);
        assertThat((String) json.get("command")).startsWith("millrace bench io --link " + link.label());
        final boolean withC = json.containsKey("compiler");
        assertThat(json.containsKey("no_c")).isNotEqualTo(withC);
        assertPath(json, "port", withC);
        assertPath(json, "device", withC);
        if (withC) {
            assertFrames(path(json, "c"));
        } else {
            assertThat(json).doesNotContainKey("c");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"vhost", "memif", "af_packet"})
    void shouldMeasureEachPathOverALinkToASender(final String link) throws IOException, InterruptedException {
        assumeTrue(
                !link.equals("af_packet") || (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0,
                "a veth pair needs root");
        final Path report = folder.resolve("report");
        final List<String> arguments = new ArrayList<>(List.of("bench", "io", "--link", link));
        arguments.addAll(List.of("--seconds", "1", "--repeats", "1", "--report", report.toString()));
        if (!Program.hugePages()) {
            arguments.add("--no-huge");
        }

        try (Program bench =
                Program.start(List.of(Program.java("io.millrace.cli.Millrace", arguments.toArray(String[]::new))))) {
            assumeTrue(!bench.result().contains("its sender is built here"), "no compiler, or no headers of DPDK");
            assertThat(bench.exitCode()).as(bench.result()).isZero();
            assertThat(bench.result()).contains("io over " + link + ", ").contains("a sender in C");
            assertThat(Path.of(System.getProperty("java.io.tmpdir"), "millrace-" + bench.pid() + ".sock"))
                    .doesNotExist();
        }

        final Map<String, Object> json = JSON.std.mapFrom(Files.readString(report.resolve("result.json")));
        assertThat(json)
                .containsEntry("link", link)
                .containsEntry("frame_bytes", 66)
                .containsKey("sender_cpu");
        for (final String name : List.of("port", "c", "device")) {
            assertFrames(path(json, name));
            assertThat((double) path(json, name).get("sender_busy"))
                    .isPositive()
                    .isLessThanOrEqualTo(1);
        }
        assertThat(report.resolve("index.html")).content().contains(link + ", from and to a sender in C;");
    }

    @Test
    void shouldEndItsChildrenOverALinkWhenItIsKilledItself() throws IOException, InterruptedException {
        final List<String> arguments = new ArrayList<>(List.of("bench", "io", "--link", "vhost", "--seconds", "3600"));
        if (!Program.hugePages()) {
            arguments.add("--no-huge");
        }
        final List<ProcessHandle> children;
        final Path socket;
        try (Program bench =
                Program.start(List.of(Program.java("io.millrace.cli.Millrace", arguments.toArray(String[]::new))))) {
            socket = Path.of(System.getProperty("java.io.tmpdir"), "millrace-" + bench.pid() + ".sock");
            bench.awaitText(" run ");
            final long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (bench.descendants().size() < 2 && System.nanoTime() < deadline) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
            children = bench.descendants();
        }

        children.forEach(child -> child.onExit().join());
        assertThat(children).hasSize(2).noneMatch(ProcessHandle::isAlive);
        Files.deleteIfExists(socket);
    }

    @Test
    void shouldEndItsChildWhenItIsKilledItself() throws IOException, InterruptedException {
        final List<String> arguments = new ArrayList<>(List.of("bench", "io", "--seconds", "3600"));
        if (!Program.hugePages()) {
            arguments.add("--no-huge");
        }
        final List<ProcessHandle> children;
        try (Program bench =
                Program.start(List.of(Program.java("io.millrace.cli.Millrace", arguments.toArray(String[]::new))))) {
            bench.awaitText(" run ");
            final long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (bench.descendants().isEmpty() && System.nanoTime() < deadline) {
                Thread.onSpinWait();
            }
            children = bench.descendants();
        }

        children.forEach(child -> child.onExit().join());
        assertThat(children).isNotEmpty().noneMatch(ProcessHandle::isAlive);
    }

    @Test
    void shouldLeaveTheReportOfWhatWasMeasuredWhenItIsInterrupted() throws IOException, InterruptedException {
        final Path report = folder.resolve("report");
        final List<String> arguments = new ArrayList<>(
                List.of("bench", "io", "--seconds", "1", "--repeats", "1000", "--report", report.toString()));
        if (!Program.hugePages()) {
            arguments.add("--no-huge");
        }
        try (Program bench =
                Program.start(List.of(Program.java("io.millrace.cli.Millrace", arguments.toArray(String[]::new))))) {
            bench.awaitText("\n   1 ");

            bench.terminate();

            assertThat(bench.exitCode()).isEqualTo(130);
            assertThat(bench.result()).contains("of 1000 runs").contains("median");
            assertThat(bench.descendants()).isEmpty();
        }
        final Map<String, Object> json = JSON.std.mapFrom(Files.readString(report.resolve("result.json")));
        assertThat(json).containsEntry("interrupted", true);
        assertThat((List<?>) ((Map<?, ?>) json.get("repeats")).get("runs")).isNotEmpty();
        assertThat(report.resolve("index.html")).content().contains("; interrupted</p>");
    }

    @Test
    void shouldSayThatNothingWasMeasuredBeforeTheInterrupt() throws IOException, InterruptedException {
        final List<String> arguments = new ArrayList<>(List.of("bench", "io", "--seconds", "3600"));
        if (!Program.hugePages()) {
            arguments.add("--no-huge");
        }
        try (Program bench =
                Program.start(List.of(Program.java("io.millrace.cli.Millrace", arguments.toArray(String[]::new))))) {
            bench.awaitText(" run ");

            bench.terminate();

            assertThat(bench.exitCode()).isEqualTo(130);
            assertThat(bench.result()).contains("nothing was measured before the interrupt");
        }
    }

    private static void assertPath(final Map<String, Object> json, final String name, final boolean withC) {
        final Map<String, Object> path = path(json, name);
        assertFrames(path);
        if (withC) {
            assertThat(path.get("of_c"))
                    .asInstanceOf(InstanceOfAssertFactories.map(String.class, Double.class))
                    .containsOnlyKeys("median", "min", "max", "spread")
                    .allSatisfy((key, value) -> assertThat(value).isNotNegative())
                    .extractingByKey("median", InstanceOfAssertFactories.DOUBLE)
                    .isPositive();
        } else {
            assertThat(path).doesNotContainKey("of_c");
        }
    }

    /** Frames came through, and with one run all three figures are that run's. */
    private static void assertFrames(final Map<String, Object> path) {
        assertThat(path.get("runs_mpps"))
                .asInstanceOf(InstanceOfAssertFactories.list(Double.class))
                .singleElement()
                .satisfies(mpps -> assertThat(mpps).isPositive())
                .satisfies(mpps -> assertThat(path.get("mpps"))
                        .isEqualTo(Map.of("median", mpps, "min", mpps, "max", mpps, "spread", 0.0)));
        assertThat((double) path.get("share_of_core")).isBetween(0.0, 1.01);
        assertThat((String) path.get("dpdk")).startsWith("DPDK ");
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> path(final Map<String, Object> json, final String name) {
        return (Map<String, Object>) json.get(name);
    }
}
