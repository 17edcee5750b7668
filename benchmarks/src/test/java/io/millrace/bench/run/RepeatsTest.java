package io.millrace.bench.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Repeated runs")
class RepeatsTest {
    @Test
    void shouldBeSpokenForByTheRunInTheMiddle() {
        final Repeats three = SyntheticRun.repeats(1000, 1100, 900);

        assertThat(three.middle().connectionsPerSecond()).isEqualTo(1000);
        assertThat(three.rate()).isEqualTo(new Spread(1000, 900, 1100));
        assertThat(SyntheticRun.repeats(1000, 1100, 900, 1200).middle().connectionsPerSecond())
                .as("of four, the slower in the middle")
                .isEqualTo(1000);
    }

    @Test
    void shouldLeaveOutTheRunThatWasBrokenOff() {
        final Series broken = new Series(SyntheticRun.of(5000).last());
        broken.add(broken.first());
        broken.fail("the server process died");
        final BenchResult failed =
                new BenchResult(SyntheticRun.plan(4), broken.first(), broken, false, broken, Optional.empty(), false);

        final Repeats repeats = new Repeats(List.of(SyntheticRun.of(1000), failed), 3);

        assertThat(repeats.counting()).hasSize(1);
        assertThat(repeats.rate()).isEqualTo(new Spread(1000, 1000, 1000));
        assertThat(repeats.failure()).contains("the server process died");
        assertThat(new Repeats(List.of(failed), 3).counting()).containsExactly(failed);
    }

    @Test
    void shouldSayHowFarTheyAreApart() {
        assertThat(Summary.of(SyntheticRun.repeats(1000, 1100, 900)))
                .anyMatch(line -> line.contains("3 of 3 runs: median 1,000 connections/s, 900 to 1,100, 20.0% apart"));
        assertThat(Summary.of(SyntheticRun.repeats(1000))).noneMatch(line -> line.contains("apart"));
    }

    @Test
    void shouldBeFlaggedWhereTheyAreFarApart() {
        assertThat(Noise.of(SyntheticRun.repeats(1000, 1049, 950))).isEmpty();
        assertThat(Noise.of(SyntheticRun.repeats(1000, 1060, 950)))
                .containsExactly("the runs are 11.0% apart (950 to 1,060 connections/s), more than 10.0%");
    }

    @Test
    void shouldBeFlaggedWhereAPollingThreadDidNotHaveItsCore() {
        assertThat(noise(20, 0, 1)).as("what the kernel itself takes").isEmpty();
        assertThat(noise(100, 0, 0))
                .containsExactly("the server's polling threads waited for a core that another had, 10.0% of the time");
        assertThat(noise(0, 0, 2)).containsExactly("the hypervisor took 2.0% of a core of the server");
        assertThat(noise(0, 3, 0)).containsExactly("the server's JVM stopped for 6 ms");
    }

    @Test
    void shouldTellTheWorstOfSeveralRuns() {
        final Repeats three = new Repeats(
                List.of(
                        SyntheticRun.disturbed(100, 0, 0, 1000, 1000),
                        SyntheticRun.of(1000, 1000),
                        SyntheticRun.disturbed(300, 0, 0, 1000, 1000)),
                3);

        assertThat(Noise.of(three))
                .containsExactly(
                        "in 2 of 3 runs, at worst: the server's polling threads waited for a core that another had,"
                                + " 30.0% of the time");
    }

    private static List<String> noise(final long waitMillis, final long stopMillis, final long stolen) {
        return Noise.of(SyntheticRun.disturbed(waitMillis, stopMillis, stolen, 1000, 1000));
    }

    @Test
    void shouldTellEachRunAndEachOfItsSecondsInTheJson() throws IOException {
        final Map<String, Object> json = JSON.std.mapFrom(ResultJson.toText(ResultJson.of(Study.of(new Repeats(
                List.of(SyntheticRun.of(1000, 1000), SyntheticRun.of(1100, 1200), SyntheticRun.of(900, 900)), 3)))));

        assertThat(json).containsEntry("schema", "millrace-bench-1").containsEntry("connections_per_second", 1000.0);
        final Map<?, ?> repeats = (Map<?, ?>) json.get("repeats");
        assertThat(repeats.get("connections_per_second"))
                .isEqualTo(Map.of("median", 1000.0, "min", 900.0, "max", 1150.0, "spread", 0.25));
        assertThat(repeats.get("middle")).isEqualTo(0);
        final Map<?, ?> second = (Map<?, ?>) ((List<?>) repeats.get("runs")).get(1);
        final Map<?, ?> seconds = (Map<?, ?>) second.get("seconds");
        assertThat(seconds.get("t_s")).isEqualTo(List.of(-1.0, 0.0, 1.0, 2.0));
        assertThat(seconds.get("closed_per_s")).isEqualTo(List.of(550.0, 1100.0, 1100.0, 1200.0));
        assertThat(((Map<?, ?>) seconds.get("cpu_busy")).get("1")).isEqualTo(List.of(0.5, 0.5, 0.5, 0.5));
        assertThat((List<?>) second.get("latency_percentiles")).first().isEqualTo(List.of(0.0, 1.0));
    }

    @Test
    void shouldKeepTheLatenciesOfEachSecond() {
        final List<LatencyInterval> latencies =
                SyntheticRun.of(1000, 1000, 1000).latencies();

        assertThat(latencies).hasSize(3);
        assertThat(latencies.get(1).startMillis()).isEqualTo(latencies.get(0).endMillis());
        assertThat(latencies.getLast().nanos().getTotalCount()).isEqualTo(1000);
        assertThat(latencies.getLast().nanos().getValueAtPercentile(50)).isBetween(500_000L, 501_000L);
    }
}
