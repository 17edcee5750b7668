package io.millrace.bench.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.jr.ob.JSON;
import io.millrace.bench.load.LatencyRecorder;
import io.millrace.bench.run.NodeReport.Latency;
import io.millrace.bench.run.NodeReport.Load;
import io.millrace.bench.run.NodeReport.ProcessCost;
import io.millrace.dataplane.counters.Counter;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The result of a run")
class BenchResultTest {
    /** A histogram without a value. */
    private static final String EMPTY = SyntheticRun.encoded(LatencyRecorder.newTotal());

    /** Two seconds in which 1,000,000 connections open and 999,000 close. */
    private final BenchResult result = result();

    private static BenchResult result() {
        final Series measured = new Series(moment(10, 100, 100, 0, 600, 600));
        measured.add(moment(12, 1_000_100, 999_100, 7, 3_000_600, 3_000_600));
        return new BenchResult(
                SyntheticRun.plan(2),
                measured.first(),
                measured,
                true,
                measured,
                Optional.of(new Moment(server(13, 0, 0), measured.last().generator(), CpuTimes.UNKNOWN, 0)),
                false);
    }

    private static Moment moment(
            final int second, final long opened, final long closed, final long failed, final long rx, final long tx) {
        final Latency latency = new Latency(opened, 50, 99, 99.9, 1234.5);
        final NodeReport generator = new NodeReport(
                NodeReport.SAMPLE,
                second * 1_000_000_000L,
                Map.of(),
                new Load(
                        opened,
                        opened,
                        opened,
                        closed,
                        closed,
                        failed,
                        3,
                        failed == 0 ? Map.of() : Map.of("TIMED_OUT", failed),
                        null,
                        null),
                latency,
                latency,
                EMPTY,
                new ProcessCost(second * 1_000_000_000L, 0, 64, 1, 2, -1, -1, 1, 0, 0, 0, 0),
                Map.of("dpdk", "DPDK 22.11"),
                List.of(),
                null);
        return new Moment(server(second, rx, tx), generator, CpuTimes.UNKNOWN, second * 1000L);
    }

    private static NodeReport server(final int second, final long rx, final long tx) {
        return new NodeReport(
                NodeReport.SAMPLE,
                second * 1_000_000_000L,
                Map.of(
                        Counter.FRAMES_RECEIVED.name(),
                        rx,
                        Counter.FRAMES_TRANSMITTED.name(),
                        tx,
                        Counter.SYN_QUEUE_PEAK.name(),
                        321L,
                        Counter.TIME_WAIT_ENTRIES.name(),
                        rx / 3,
                        Counter.TIME_WAIT_BYTES.name(),
                        rx / 3 * 40,
                        Counter.DUTY_WORK_NANOS.name(),
                        second * 750_000_000L,
                        Counter.DUTY_IDLE_NANOS.name(),
                        second * 250_000_000L),
                null,
                null,
                null,
                null,
                new ProcessCost(second * 1_100_000_000L, 0, 0, 0, 0, 5, 7, 1, 0, 0, 0, 0),
                Map.of(),
                List.of(),
                null);
    }

    @Test
    void shouldTakeDifferencesOverTheMeasuredTime() {
        assertThat(result.seconds()).isEqualTo(2);
        assertThat(result.opened()).isEqualTo(1_000_000);
        assertThat(result.closed()).isEqualTo(999_000);
        assertThat(result.failed()).isEqualTo(7);
        assertThat(result.connectionsPerSecond()).isEqualTo(499_500);
        assertThat(result.server().perSecond(Counter.FRAMES_RECEIVED)).isEqualTo(1_500_000);
        assertThat(result.server().busy()).isCloseTo(0.75, within(1e-9));
        assertThat(result.server().cores()).isCloseTo(1.1, within(1e-9));
        assertThat(result.leftOver()).contains(0L);
    }

    @Test
    void shouldWriteTheAgreedNamesAtTheTopLevelOfTheJson() throws IOException {
        final Map<String, Object> json =
                JSON.std.mapFrom(ResultJson.toText(ResultJson.of(Study.of(new Repeats(List.of(result), 1)))));

        assertThat(json)
                .containsEntry("connections_per_second", 499_500.0)
                .containsEntry("opened", 1_000_000)
                .containsEntry("closed", 999_000)
                .containsEntry("failed", 7)
                .containsEntry("duration_s", 2.0)
                .containsEntry("link", "vhost")
                .containsEntry("latency_us", Map.of("p50", 50.0, "p99", 99.0, "p999", 99.9, "max", 1234.5))
                .containsEntry(
                        "time_wait", Map.of("entries", 1_000_200, "bytes", 40_008_000, "recycled", 0, "overflows", 0))
                .containsEntry("syn_queue_peak", 321)
                .containsEntry("packets_per_second", Map.of("rx", 1_500_000.0, "tx", 1_500_000.0))
                .containsEntry("cpu", Map.of("server", 1.1, "generator", 1.0))
                .containsEntry("busy", Map.of("server", 0.75, "generator", 0.0))
                .containsEntry("command", SyntheticRun.COMMAND)
                .containsKeys("machine", "settings", "server", "generator", "retransmissions", "left_over");
    }

    @Test
    void shouldSayTheFiguresWithSeparatorsAndUnits() {
        assertThat(String.join("\n", Summary.of(result)))
                .contains("499,500 connections/s opened and closed, over 2.0 s on the vhost link")
                .contains("opened 1,000,000, closed 999,000, failed 7 {TIMED_OUT=7}")
                .contains("p50 50.0 µs, p99 99.0 µs, p99.9 99.9 µs, max 1,234.5 µs")
                .contains("1,000,200 entries in 40.0 MB off-heap, each held for its whole 60 s")
                .contains("neither is the limit")
                .doesNotContain("left over");
    }

    @Test
    void shouldTellPausesOfBothJvmsWhereTheyTellThem() {
        assertThat(Summary.of(result))
                .anyMatch(line -> line.contains(
                        "server 0 collections (0 ms), 0 safepoints (0 ms); generator 0 collections (0 ms)"));
    }

    @Test
    void shouldReadAReportAsItWasWritten() throws IOException {
        final NodeReport report = result.last().generator();

        assertThat(NodeReport.fromLine(report.toLine())).isEqualTo(report);
        assertThat(NodeReport.fromLine(result.last().server().toLine()))
                .isEqualTo(result.last().server());
        assertThat(NodeReport.fromLine(NodeReport.error(List.of("a", "b")).toLine())
                        .errors())
                .containsExactly("a", "b");
    }
}
