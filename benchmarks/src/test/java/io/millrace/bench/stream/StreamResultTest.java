package io.millrace.bench.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.jr.ob.JSON;
import io.millrace.bench.run.ResultJson;
import io.millrace.bench.run.Spread;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The result of a stream benchmark")
class StreamResultTest {
    private static final StreamPlan FROM_SERVER =
            SyntheticStream.plan(Pattern.BULK, Direction.FROM_SERVER, Pairing.ENGINE_ENGINE);

    private static final StreamPlan BESIDE_LINUX =
            SyntheticStream.plan(Pattern.BULK, Direction.FROM_SERVER, Pairing.values());

    private static StreamResult run(final StreamPlan plan, final double... figures) {
        return SyntheticStream.run(plan, Pairing.ENGINE_ENGINE, figures);
    }

    private static Map<String, Object> json(final StreamStudy study) throws IOException {
        return JSON.std.mapFrom(ResultJson.toText(StreamJson.of(study)));
    }

    @SuppressWarnings("unchecked") // the JSON of a test
    private static Map<String, Object> member(final Map<String, Object> json, final String name) {
        return (Map<String, Object>) json.get(name);
    }

    @SuppressWarnings("unchecked") // the JSON of a test
    private static List<Map<String, Object>> runs(final Map<String, Object> json) {
        return (List<Map<String, Object>>) member(json, "repeats").get("runs");
    }

    @Test
    void shouldTakeTheTextFromItsReceiverAndTheSegmentsFromItsSender() {
        for (final StreamPlan plan : List.of(FROM_SERVER, SyntheticStream.bulk())) {
            final StreamResult result = run(plan, 10, 10);

            assertThat(result.gigabits()).isCloseTo(10, within(1e-9));
            assertThat(result.segmentsPerSecond()).isEqualTo(1_000_000);
            assertThat(result.answersPerSecond()).isEqualTo(500_000);
            assertThat(result.retransmissions()).isEqualTo(4);
        }
    }

    @Test
    void shouldCountRequestsAtTheClient() {
        final StreamResult result = run(SyntheticStream.requests(), 500, 700);

        assertThat(result.exchangesPerSecond()).isEqualTo(600);
        assertThat(result.latencies()).hasSize(2);
        assertThat(StreamTable.summary(SyntheticStream.study(SyntheticStream.requests(), 600)))
                .anyMatch(line -> line.contains(" 600 ") && line.contains("500.0") && line.contains("1,000.0"));
    }

    @Test
    void shouldBeSpokenForByTheMedianOfTheRunsAndTheRunInTheMiddle() {
        final StreamStudy four = SyntheticStream.study(FROM_SERVER, 10, 11, 9, 12);

        assertThat(four.figure(Pairing.ENGINE_ENGINE).median()).isCloseTo(10.5, within(1e-9));
        assertThat(four.middle(Pairing.ENGINE_ENGINE).gigabits())
                .as("of four, the slower in the middle")
                .isCloseTo(10, within(1e-9));
        assertThat(StreamTable.summary(four))
                .anyMatch(line -> line.matches("millrace to millrace +vhost +10\\.50 +9\\.00 to 12\\.00 +1,000,000 .*"))
                .anyMatch(line -> line.contains("4 of 4 runs: median 10.50 Gbit/s, 9.00 to 12.00, 28.6% apart"));
    }

    @Test
    void shouldSetEachBesideLinuxAloneByTheMedians() throws IOException {
        // rounds of engine and engine, engine and Linux, Linux and Linux
        final StreamStudy study = SyntheticStream.study(BESIDE_LINUX, 20, 4, 10, 30, 5, 10, 22, 6, 40);

        assertThat(StreamTable.ratios(SyntheticStream.study(FROM_SERVER, 20))).isEmpty();
        assertThat(StreamTable.ratios(study))
                .contains("beside Linux to Linux over veth: millrace to millrace over vhost 2.20 times,"
                        + " millrace to Linux over af_packet on veth 0.50 times");
        assertThat(member(json(study), "engine_engine")).containsEntry("ratio_to_linux", 2.2);
        assertThat(study.runs().stream().map(StreamResult::pairing).limit(4))
                .as("in turn")
                .containsExactly(
                        Pairing.ENGINE_ENGINE, Pairing.ENGINE_KERNEL, Pairing.KERNEL_KERNEL, Pairing.ENGINE_ENGINE);
    }

    @Test
    void shouldLeaveOutTheRunThatWasBrokenOff() {
        final StreamResult whole = run(FROM_SERVER, 10);
        final StreamResult early = run(FROM_SERVER, 3);
        final StreamResult broken = new StreamResult(
                FROM_SERVER, early.pairing(), early.ready(), early.warmUp(), true, early.measured(), true);

        final StreamStudy study = new StreamStudy(FROM_SERVER, List.of(whole, broken), 3, Optional.empty());

        assertThat(study.counting(Pairing.ENGINE_ENGINE)).containsExactly(whole);
        assertThat(study.interrupted()).isTrue();
        final StreamStudy alone = new StreamStudy(FROM_SERVER, List.of(broken), 3, Optional.empty());
        assertThat(alone.counting(Pairing.ENGINE_ENGINE)).containsExactly(broken);
    }

    @Test
    void shouldBeFlaggedWhereSomethingDisturbedIt() {
        assertThat(SyntheticStream.study(FROM_SERVER, 10, 10.4, 9.6).noise()).isEmpty();
        assertThat(SyntheticStream.study(FROM_SERVER, 10, 12).noise())
                .containsExactly("the runs are 18.2% apart (10.00 to 12.00 Gbit/s), more than 10.0%");
        assertThat(SyntheticStream.study(BESIDE_LINUX, 20, 4, 10, 30, 4, 10).noise())
                .containsExactly(
                        "millrace to millrace: the runs are 40.0% apart (20.00 to 30.00 Gbit/s), more than 10.0%");
        final StreamResult waiting = SyntheticStream.disturbed(FROM_SERVER, Pairing.ENGINE_ENGINE, 100, 10, 10);
        assertThat(new StreamStudy(FROM_SERVER, List.of(waiting), 1, Optional.empty()).noise())
                .containsExactly("the server's polling threads waited for a core that another had, 10.0% of the time");
        assertThat(SyntheticStream.nothing().noise())
                .as("its warm-up has not even begun")
                .isEmpty();
    }

    @Test
    void shouldWriteTheAgreedNamesAtTheTopLevelOfTheJson() throws IOException {
        final Map<String, Object> json = json(SyntheticStream.study(FROM_SERVER, 10));

        assertThat(json)
                .containsEntry("schema", "millrace-stream-1")
                .containsEntry("direction", "from-server")
                .containsEntry("link", "vhost")
                .containsEntry("ip", 4)
                .containsKeys(
                        "pattern",
                        "connections",
                        "mtu",
                        "buffer_bytes",
                        "warm_up_s",
                        "settle_s",
                        "duration_s",
                        "huge_pages",
                        "server_cores",
                        "client_cores",
                        "engine_engine",
                        "machine",
                        "command",
                        "noise")
                .doesNotContainKeys("kernel_kernel", "size");
        assertThat(member(json, "engine_engine"))
                .containsEntry("gbit_per_second", 10.0)
                .containsEntry("bytes", 5_000_000_000L)
                .containsEntry("failed", 0)
                .containsKeys(
                        "link", "segments_per_second", "answers_per_second", "retransmissions", "server", "client");
    }

    @Test
    void shouldTellEachRunAndEachOfItsSecondsInTheJson() throws IOException {
        final Map<String, Object> json = json(SyntheticStream.study(BESIDE_LINUX, 20, 4, 10, 22, 6, 12));

        assertThat(member(member(json, "engine_engine"), "repeats"))
                .containsEntry("counting", 2)
                .containsEntry("middle", 0)
                .containsEntry("gbit_per_second", Map.of("median", 21.0, "min", 20.0, "max", 22.0, "spread", 0.095));
        assertThat(runs(json)).extracting(run -> run.get("pairing")).startsWith("engine_engine", "engine_kernel");
        final Map<String, Object> seconds = member(runs(json).get(4), "seconds");
        assertThat(seconds)
                .containsEntry("t_s", List.of(-1.0, 0.0, 1.0, 2.0, 3.0, 4.0))
                .containsEntry("gbit_per_s", List.of(3.0, 6.0, 6.0, 6.0, 6.0, 6.0))
                .containsEntry("retransmissions_per_s", List.of(1.0, 1.0, 1.0, 1.0, 1.0, 1.0))
                .containsEntry("client_busy", List.of(0.75, 0.75, 0.75, 0.75, 0.75, 0.75))
                .doesNotContainKeys("p50_us", "requests_per_s");
        assertThat(seconds.get("server_busy"))
                .as("the kernel does not poll")
                .isEqualTo(Arrays.asList(null, null, null, null, null, null));
        assertThat(member(member(runs(json).get(0), "stops"), "client")).containsEntry("safepoints_ms", 0);
    }

    @Test
    void shouldTellTheLatenciesOfRequestsInTheJson() throws IOException {
        final Map<String, Object> json = json(SyntheticStream.study(SyntheticStream.requests(), 700));

        assertThat(member(json, "engine_engine")).containsEntry("requests_per_second", 700.0);
        assertThat(member(runs(json).getFirst(), "seconds"))
                .containsEntry("requests_per_s", List.of(350.0, 700.0, 700.0, 700.0, 700.0, 700.0))
                .containsEntry("p50_us", List.of(500.0, 500.0, 500.0, 500.0, 500.0, 500.0))
                .containsKeys("p99_us", "max_us")
                .doesNotContainKey("gbit_per_s");
        assertThat((List<?>) runs(json).getFirst().get("latency_percentiles"))
                .first()
                .isEqualTo(List.of(0.0, 1.0));
    }

    @Test
    void shouldBeWrittenOfARunThatMeasuredNothing() throws IOException {
        final StreamStudy nothing = SyntheticStream.nothing();

        assertThat(json(nothing)).containsEntry("failure", "the client process died (exit code 137)");
        assertThat(StreamTable.summary(nothing)).noneMatch(line -> line.contains("NaN"));
        assertThat(nothing.figure(Pairing.ENGINE_ENGINE)).isEqualTo(new Spread(0, 0, 0));
    }

    @Test
    void shouldReadTheKernelsFiguresByTheirNames() {
        assertThat(KernelStream.tcpFigures(List.of(
                        "Ip: Forwarding DefaultTTL",
                        "Ip: 1 64",
                        "Tcp: RtoAlgorithm MaxConn InSegs OutSegs RetransSegs",
                        "Tcp: 1 -1 7 8 9")))
                .containsEntry("MaxConn", -1L)
                .containsEntry("InSegs", 7L)
                .containsEntry("OutSegs", 8L)
                .containsEntry("RetransSegs", 9L);
    }
}
