package io.millrace.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.jr.ob.JSON;
import io.millrace.bench.run.Offer;
import io.millrace.bench.run.Repeats;
import io.millrace.bench.run.ResultJson;
import io.millrace.bench.run.Study;
import io.millrace.bench.run.SyntheticRun;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A comparison of two results")
class ComparisonTest {
    private static ResultDocument result(final double... rates) {
        return document(SyntheticRun.repeats(rates));
    }

    private static ResultDocument document(final Repeats repeats) {
        try {
            return ResultDocument.of("synthetic", ResultJson.toText(ResultJson.of(Study.of(repeats))));
        } catch (final IOException | NoResultException e) {
            throw new AssertionError(e);
        }
    }

    private static Comparison compare(final ResultDocument a, final ResultDocument b) {
        return new Comparison("runs/a", a, "runs/b", b);
    }

    @Test
    void shouldGiveTheRatioOfGeometricMeansWithWelchsInterval() {
        // scipy.stats.ttest_ind(equal_var=False).confidence_interval(0.95) of the logarithms
        final Ratio ratio = Ratio.of(new double[] {100, 110, 90}, new double[] {120, 125, 130, 118});

        assertThat(ratio.value()).isCloseTo(1.23575988, within(1e-8));
        assertThat(ratio.low()).isCloseTo(0.99453427, within(1e-4));
        assertThat(ratio.high()).isCloseTo(1.53549507, within(1e-4));
        assertThat(ratio.differs()).isFalse();
    }

    @Test
    void shouldAgreeWithASumDoneByHand() {
        // logs 0 and 2; 3 and 5: means 1 and 4, variances 2 and 2, error sqrt(2/2 + 2/2) = sqrt 2, 2 degrees of freedom
        final Ratio ratio = Ratio.of(new double[] {1, Math.exp(2)}, new double[] {Math.exp(3), Math.exp(5)});

        assertThat(Math.log(ratio.value())).isCloseTo(3, within(1e-12));
        assertThat(Math.log(ratio.low())).isCloseTo(3 - 4.302652730 * Math.sqrt(2), within(1e-3));
        assertThat(Math.log(ratio.high())).isCloseTo(3 + 4.302652730 * Math.sqrt(2), within(1e-3));
    }

    @Test
    void shouldBeSureOfFiguresThatDoNotScatter() {
        final Ratio ratio = Ratio.of(new double[] {100, 100}, new double[] {150, 150});

        assertThat(ratio.value()).isCloseTo(1.5, within(1e-12));
        assertThat(ratio.low()).isEqualTo(ratio.value());
        assertThat(ratio.high()).isEqualTo(ratio.value());
        assertThat(ratio.differs()).isTrue();
    }

    @Test
    void shouldGiveNoIntervalForASingleRunAndNoRatioForNothing() {
        final Ratio single = Ratio.of(new double[] {100}, new double[] {150, 160});
        assertThat(single.hasInterval()).isFalse();
        assertThat(single.value()).isCloseTo(Math.sqrt(150 * 160) / 100, within(1e-12));
        assertThat(Ratio.of(new double[] {0, 1}, new double[] {1, 1}).value()).isNaN();
    }

    @Test
    void shouldSayWhichIsBetterByTheDirectionOfEachFigure() {
        final Ratio more = new Ratio(1.2, 1.1, 1.3);
        final Ratio less = new Ratio(0.8, 0.7, 0.9);

        assertThat(Metric.RATE.verdict(more)).isEqualTo("better");
        assertThat(Metric.RATE.verdict(less)).isEqualTo("worse");
        assertThat(Metric.P99.verdict(more)).isEqualTo("worse");
        assertThat(Metric.P99.verdict(less)).isEqualTo("better");
        assertThat(Metric.RATE.verdict(new Ratio(1.2, 0.9, 1.5))).isEqualTo("no difference shown");
        assertThat(Metric.RATE.verdict(new Ratio(1.2, Double.NaN, Double.NaN))).isEmpty();
    }

    @Test
    void shouldCompareByWhatTheWorkloadIsAbout() {
        final ResultDocument flood =
                document(SyntheticRun.offering(Offer.ofConnections(1_000).withSpoofedSyns(10_000)));

        assertThat(compare(flood, flood).rows().stream().map(Comparison.Row::metric))
                .contains(Metric.SUCCEEDED, Metric.SYNS)
                .doesNotContain(Metric.HELD_BYTES);
        assertThat(compare(result(1_000), result(1_000)).rows().stream().map(Comparison.Row::metric))
                .doesNotContain(Metric.SUCCEEDED, Metric.SYNS, Metric.HELD_BYTES);
    }

    @Test
    void shouldPrintAlignedColumns() {
        final List<String> lines = compare(
                        result(1_000_000, 1_010_000, 990_000), result(1_200_000, 1_210_000, 1_190_000))
                .toLines();

        assertThat(lines.get(0)).startsWith("A  runs/a  (3 runs)  millrace bench ");
        assertThat(lines.get(1)).startsWith("B  runs/b  (3 runs)  ");
        assertThat(lines.get(4)).startsWith("connections/s").contains("999,967", "1,199,972", "1.200", "better");
        assertThat(lines.subList(4, 12)).allSatisfy(line -> {
            assertThat(line.charAt(44)).as("the last digit of A").isBetween('0', '9');
            assertThat(line.charAt(59)).as("the last digit of B").isBetween('0', '9');
            assertThat(line.charAt(45)).isEqualTo(' ');
        });
        assertThat(lines).anyMatch(line -> line.contains("Welch")).noneMatch(line -> line.startsWith("warning"));
        // the CPU of a run is one core: 1e9 ns divided by the rate
        assertThat(lines).anyMatch(line -> line.matches("server CPU, ns/connection +1,000 +833 +0\\.833 .*better"));
    }

    @Test
    void shouldWarnOfWhatDiffersBesideTheFigures() {
        final ResultDocument other = edited(result(100, 100), "machine", "kernel", "Linux 1.2.13");

        assertThat(compare(result(100, 100), other).warnings())
                .singleElement()
                .asString()
                .startsWith("machines differ: kernel is Linux ")
                .endsWith(" in A, Linux 1.2.13 in B");
        assertThat(compare(result(100, 100), edited(result(100, 100), "settings", "concurrency", 64))
                        .warnings())
                .containsExactly("settings differ: concurrency is 512 in A, 64 in B");
        assertThat(compare(result(100, 100), edited(result(100, 100), "settings", "server_cores", List.of(0, 3)))
                        .warnings())
                .containsExactly("settings differ: server cores has only in B 3");
        assertThat(compare(result(100, 100), edited(result(100, 100), "server", "dpdk", "DPDK 24.11"))
                        .warnings())
                .singleElement()
                .asString()
                .startsWith("server differs: dpdk");
        assertThat(compare(result(100), result(100, 200)).warnings())
                .containsExactly(
                        "no interval: measure both with --repeats 2 or more, better 5",
                        "B was noisy: the runs are 66.7% apart (100 to 200 connections/s), more than 10.0%");
    }

    private static ResultDocument edited(
            final ResultDocument result, final String part, final String name, final Object value) {
        result.members(part).put(name, value);
        return result;
    }

    @Test
    void shouldSayTheSameAsJson() throws IOException {
        final Map<String, Object> json = JSON.std.mapFrom(ResultJson.toText(
                compare(result(1000, 1010), result(2000, 2020)).toJson()));

        assertThat(json).containsEntry("confidence", 0.95).containsEntry("warnings", List.of());
        assertThat((Map<?, ?>) json.get("a")).extracting("path", "runs").containsExactly("runs/a", 2);
        final Map<?, ?> rate = (Map<?, ?>) ((List<?>) json.get("metrics")).getFirst();
        assertThat(rate.get("name")).isEqualTo("connections_per_second");
        assertThat((double) rate.get("ratio")).isCloseTo(2, within(1e-9));
        assertThat((double) rate.get("low")).isLessThan(2).isGreaterThan(1);
        final Map<?, ?> failed = (Map<?, ?>) ((List<?>) json.get("metrics")).get(6);
        assertThat(failed.get("name")).isEqualTo("failed_per_second");
        assertThat(failed.get("ratio")).isNull();
    }

    @Test
    void shouldLeaveOutARunThatWasBrokenOff() {
        final ResultDocument broken = result(1000, 5000);
        castMap(broken.list("repeats", "runs").get(1)).put("interrupted", true);

        assertThat(Metric.RATE.of(broken)).containsExactly(1000);
    }

    @SuppressWarnings("unchecked") // the JSON of a test
    private static Map<String, Object> castMap(final Object value) {
        return (Map<String, Object>) value;
    }
}
