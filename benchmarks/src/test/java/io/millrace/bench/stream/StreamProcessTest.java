package io.millrace.bench.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import io.millrace.linux.peer.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The stream benchmark, as a user runs it")
class StreamProcessTest {
    @TempDir
    private Path folder;

    @BeforeEach
    void needDpdk() {
        Program.needDpdk();
    }

    @Test
    void shouldMoveTextInBulkAndWriteTheJson() throws IOException, InterruptedException {
        final Map<?, ?> pairing = run("--direction", "from-server", "--connections", "2", "--mtu", "4000");

        assertThat((Number) pairing.get("bytes"))
                .extracting(Number::longValue)
                .satisfies(bytes -> assertThat(bytes).isPositive());
        assertThat(pairing.get("open")).isEqualTo(2);
        assertThat(pairing.get("failed")).isEqualTo(0);
    }

    @Test
    void shouldHaveEveryRequestAnswered() throws IOException, InterruptedException {
        final Map<?, ?> pairing = run("--pattern", "request-response", "--connections", "100");

        assertThat((double) pairing.get("requests_per_second")).isPositive();
        assertThat((double) ((Map<?, ?>) pairing.get("latency_us")).get("p50")).isPositive();
        assertThat(pairing.get("open")).isEqualTo(100);
        assertThat(pairing.get("failed")).isEqualTo(0);
    }

    @Test
    void shouldMoveTextOverAnotherLinkAndIpv6AsOftenAsAskedFor() throws IOException, InterruptedException {
        final Map<?, ?> pairing = run("--link", "memif", "--ip", "6", "--repeats", "2");

        assertThat(pairing.get("link")).isEqualTo("memif");
        assertThat((double) pairing.get("gbit_per_second")).isPositive();
        assertThat((Map<?, ?>) pairing.get("repeats")).extracting("counting").isEqualTo(2);
    }

    @Test
    void shouldSayWhereThePollingThreadsTimeGoes() throws IOException, InterruptedException {
        final Map<?, ?> pairing = run("--pattern", "request-response", "--connections", "10", "--profile");

        assertThat((Map<?, ?>) pairing.get("repeats"))
                .as("the sampled run does not count")
                .extracting("counting")
                .isEqualTo(1);
        final Map<?, ?> profile = (Map<?, ?>) JSON.std
                .mapFrom(Files.readString(folder.resolve("result.json")))
                .get("profile");
        assertThat(profile.get("missing")).isNull();
        assertThat((double) profile.get("requests_per_second")).isPositive();
        assertThat((List<?>) profile.get("threads"))
                .extracting(thread -> ((Map<?, ?>) thread).get("node"))
                .isEqualTo(List.of("server", "client"));
    }

    @Test
    void shouldRefuseAnMtuThatPacketSocketsDoNotCarryBeforeItMeasuresAnything()
            throws IOException, InterruptedException {
        assumeTrue((int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0, "a veth pair needs root");
        try (Program program = start("--peer", "kernel", "--mtu", "9000")) {
            assumeTrue(program.exitCode() != 0, "this DPDK's packet sockets carry such packets");

            assertThat(program.exitCode()).isEqualTo(2);
            assertThat(program.result().lines().filter(line -> line.startsWith("millrace: net_")))
                    .singleElement()
                    .asString()
                    .contains("MTU 9000");
            assertThat(program.result()).doesNotContain("run 1 of 3");
        }
    }

    private Program start(final String... options) throws IOException {
        final Stream<String> fixed = Stream.of(
                "bench",
                "stream",
                "--duration",
                "2s",
                "--warm-up",
                "2s",
                "--settle",
                "0s",
                "--json",
                folder.resolve("result.json").toString());
        final Stream<String> memory = Program.hugePages() ? Stream.of() : Stream.of("--no-huge");
        final String[] arguments =
                Stream.concat(Stream.concat(fixed, Stream.of(options)), memory).toArray(String[]::new);
        return Program.start(List.of(Program.java("io.millrace.cli.Millrace", arguments)));
    }

    private Map<?, ?> run(final String... options) throws IOException, InterruptedException {
        final Path json = folder.resolve("result.json");
        try (Program program = start(options)) {
            assertThat(program.exitCode()).as(program.result()).isZero();
        }
        return (Map<?, ?>) JSON.std.mapFrom(Files.readString(json)).get("engine_engine");
    }
}
