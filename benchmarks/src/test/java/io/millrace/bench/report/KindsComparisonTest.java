package io.millrace.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.bench.io.IoJson;
import io.millrace.bench.io.IoResult;
import io.millrace.bench.io.SyntheticIo;
import io.millrace.bench.run.ResultJson;
import io.millrace.bench.run.Study;
import io.millrace.bench.run.SyntheticRun;
import io.millrace.bench.stream.Direction;
import io.millrace.bench.stream.Pairing;
import io.millrace.bench.stream.Pattern;
import io.millrace.bench.stream.StreamJson;
import io.millrace.bench.stream.StreamStudy;
import io.millrace.bench.stream.SyntheticStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A comparison of two results of the other benchmarks")
class KindsComparisonTest {
    private static ResultDocument document(final Map<String, Object> json) {
        try {
            return ResultDocument.of("synthetic", ResultJson.toText(json));
        } catch (final IOException | NoResultException e) {
            throw new AssertionError(e);
        }
    }

    private static ResultDocument stream(final StreamStudy study) {
        return document(StreamJson.of(study));
    }

    private static ResultDocument io(final IoResult result) {
        return document(IoJson.of(result, "millrace bench io"));
    }

    private static Comparison compare(final ResultDocument a, final ResultDocument b) {
        return new Comparison("runs/a", a, "runs/b", b);
    }

    @Test
    void shouldBeOfTextInBulk() {
        final Comparison comparison = compare(
                stream(SyntheticStream.study(SyntheticStream.bulk(), 10, 10.1)),
                stream(SyntheticStream.study(SyntheticStream.bulk(), 20, 20.2)));

        assertThat(comparison.rows())
                .extracting(row -> row.metric().key())
                .containsExactly(
                        "gbit_per_second",
                        "server_cpu_ns_per_kb",
                        "client_cpu_ns_per_kb",
                        "retransmissions_per_second");
        assertThat(comparison.toLines())
                .anyMatch(line -> line.matches("Gbit/s +10\\.05 +20\\.10 +2\\.000 .*better"))
                // half a core, for 1.25 GB a second
                .anyMatch(line -> line.matches("server CPU, ns/kB +398 +199 +0\\.500 .*better"));
        assertThat(comparison.warnings()).isEmpty();
    }

    @Test
    void shouldBeOfRequestsWithTheirLatencies() {
        final Comparison comparison = compare(
                stream(SyntheticStream.study(SyntheticStream.requests(), 1000, 1010)),
                stream(SyntheticStream.study(SyntheticStream.requests(), 1000)));

        assertThat(comparison.rows())
                .extracting(row -> row.metric().key())
                .startsWith("requests_per_second", "latency_p50_us", "latency_p99_us", "latency_p999_us")
                .contains("server_cpu_ns")
                .doesNotContain("gbit_per_second");
        assertThat(comparison.warnings())
                .containsExactly("no interval: measure both with --repeats 2 or more, better 5");
    }

    @Test
    void shouldBeOfEachPairingByItself() {
        final ResultDocument alone = stream(SyntheticStream.study(SyntheticStream.bulk(), 10, 10));
        final ResultDocument beside = stream(SyntheticStream.study(
                SyntheticStream.plan(Pattern.BULK, Direction.FROM_SERVER, Pairing.ENGINE_ENGINE, Pairing.KERNEL_KERNEL),
                20,
                5,
                20,
                5));

        final Comparison comparison = compare(alone, beside);

        assertThat(comparison.toLines())
                .anyMatch(line -> line.matches("millrace to millrace: Gbit/s +10\\.00 +20\\.00 +2\\.000 .*better"))
                .anyMatch(line -> line.matches("Linux to Linux: Gbit/s +– +5\\.00 +– +–"));
        assertThat(comparison.toJson().toString()).contains("name=kernel_kernel.gbit_per_second");
        assertThat(comparison.warnings())
                .containsExactly("settings differ: direction is to-server in A, from-server in B");
    }

    @Test
    void shouldBeOfFramesAndTheirShareOfC() {
        final Comparison comparison = compare(
                io(SyntheticIo.beside(new double[] {40, 40}, new double[] {50, 50})),
                io(SyntheticIo.beside(new double[] {45, 45}, new double[] {50, 50})));

        assertThat(comparison.toLines())
                .anyMatch(line -> line.matches("port, Mpps +40\\.00 +45\\.00 +1\\.125 .*better"))
                .anyMatch(line -> line.matches("C, Mpps +50\\.00 +50\\.00 +1\\.000 .*no difference shown"))
                .anyMatch(line -> line.matches("port, of C +0\\.800 +0\\.900 +1\\.125 .*better"));
        assertThat(comparison.toLines().getFirst()).isEqualTo("A  runs/a  (2 runs)  millrace bench io");
        assertThat(comparison.warnings()).isEmpty();
        assertThat(compare(io(SyntheticIo.alone(40, 40)), io(SyntheticIo.alone(40, 40)))
                        .rows())
                .as("without C")
                .hasSize(2);
    }

    @Test
    void shouldBeRefusedWhereTheyAreNotOfTheSameBenchmark() {
        final List<ResultDocument> kinds = List.of(
                document(ResultJson.of(Study.of(SyntheticRun.repeats(1000)))),
                stream(SyntheticStream.study(SyntheticStream.bulk(), 10)),
                io(SyntheticIo.alone(40)));

        for (final ResultDocument a : kinds) {
            for (final ResultDocument b : kinds) {
                assertThat(Comparison.refusal("a", a, "b", b).isPresent()).isEqualTo(a != b);
            }
        }
        assertThat(Comparison.refusal("x", kinds.get(1), "y", kinds.get(2)))
                .contains(
                        "x is a result of schema millrace-stream-1, y of millrace-io-1: give two of the same benchmark");
    }
}
