package io.millrace.bench.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.jr.ob.JSON;
import io.millrace.bench.run.Moment;
import io.millrace.bench.run.NodeReport;
import io.millrace.bench.run.NodeReport.Latency;
import io.millrace.bench.run.NodeReport.ProcessCost;
import io.millrace.bench.run.NodeReport.Stream;
import io.millrace.dataplane.counters.Counter;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The result of a stream run")
class StreamResultTest {
    private static final long SECOND = 1_000_000_000L;
    private static final Latency LATENCY = new Latency(4, 10, 20, 30, 40);

    private static final StreamPlan PLAN = new StreamPlan(
            List.of(Pairing.ENGINE_ENGINE),
            Pattern.BULK,
            Direction.FROM_SERVER,
            3,
            1500,
            64,
            1 << 20,
            Duration.ofSeconds(2),
            Duration.ofSeconds(1),
            List.of(0),
            List.of(1),
            "busy",
            true,
            List.of(),
            "millrace bench stream");

    /** A node that has sent and received so many segments, and received so many bytes. */
    private static NodeReport node(final long second, final long sent, final long again, final long bytes) {
        return new NodeReport(
                NodeReport.SAMPLE,
                second * SECOND,
                Map.of(Counter.TCP_SEGMENTS_SENT.name(), sent, Counter.TCP_SEGMENTS_RETRANSMITTED.name(), again),
                null,
                null,
                LATENCY,
                null,
                new ProcessCost(second * SECOND / 2, 0, 0, 0, 0, -1, -1, 1, 0, 0, 0, 0),
                Map.of("dpdk", "DPDK 22.11"),
                List.of(),
                new Stream(bytes, sent / 10, 3, 0));
    }

    private static StreamResult result(final Pattern pattern, final Direction direction) {
        final Moment first = Moment.now(node(10, 100, 1, 0), node(10, 50, 0, 1_000));
        final Moment last = Moment.now(node(12, 2_100, 4, 0), node(12, 1_050, 2, 2_500_001_000L));
        return new StreamResult(Pairing.ENGINE_ENGINE, pattern, direction, first, first, last);
    }

    @Test
    void shouldTakeTheTextFromItsReceiverAndTheSegmentsFromItsSender() {
        final StreamResult result = result(Pattern.BULK, Direction.FROM_SERVER);

        assertThat(result.gigabits()).isCloseTo(10, within(1e-9));
        assertThat(result.segmentsPerSecond()).isEqualTo(1_000);
        assertThat(result.answersPerSecond()).isEqualTo(500);
        assertThat(result.retransmissions()).isEqualTo(5);
        assertThat(StreamTable.row(result)).contains("10.00").contains("1,000").contains("0.50");
    }

    @Test
    void shouldSetEachBesideLinuxAlone() throws IOException {
        final StreamResult engine = result(Pattern.BULK, Direction.FROM_SERVER);
        final Moment last = Moment.now(node(12, 2_100, 4, 0), node(12, 1_050, 2, 1_250_001_000L));
        final StreamResult linux = new StreamResult(
                Pairing.KERNEL_KERNEL, Pattern.BULK, Direction.FROM_SERVER, engine.first(), engine.first(), last);

        assertThat(StreamTable.ratios(List.of(engine))).isEmpty();
        assertThat(StreamTable.ratios(List.of(engine, linux)))
                .contains("beside Linux to Linux over veth: millrace to millrace over vhost 2.00 times");
        assertThat((Map<String, Object>) JSON.std
                        .mapFrom(StreamJson.toText(PLAN, List.of(engine, linux)))
                        .get("engine_engine"))
                .containsEntry("ratio_to_linux", 2.0);
    }

    @Test
    void shouldLookTheOtherWayWhereTheClientSends() {
        final StreamResult result = result(Pattern.BULK, Direction.TO_SERVER);

        assertThat(result.bytes()).isZero();
        assertThat(result.segmentsPerSecond()).isEqualTo(500);
    }

    @Test
    void shouldCountRequestsAtTheClient() {
        final StreamResult result = result(Pattern.REQUEST_RESPONSE, Direction.FROM_SERVER);

        assertThat(result.exchangesPerSecond()).isEqualTo(50);
        assertThat(StreamTable.row(result)).contains("50").contains("30.0").contains("40.0");
    }

    @Test
    void shouldWriteTheAgreedNamesAtTheTopLevelOfTheJson() throws IOException {
        final StreamResult result = result(Pattern.BULK, Direction.FROM_SERVER);
        final Map<String, Object> json = JSON.std.mapFrom(StreamJson.toText(PLAN, List.of(result)));

        assertThat(json)
                .containsKeys(
                        "pattern",
                        "direction",
                        "connections",
                        "mtu",
                        "buffer_bytes",
                        "warm_up_s",
                        "duration_s",
                        "huge_pages",
                        "server_cores",
                        "client_cores",
                        "engine_engine",
                        "machine",
                        "command")
                .doesNotContainKey("kernel_kernel");
        assertThat((Map<String, Object>) json.get("engine_engine"))
                .containsEntry("gbit_per_second", 10.0)
                .containsEntry("bytes", 2_500_000_000L)
                .containsEntry("failed", 0)
                .containsKeys(
                        "link", "segments_per_second", "answers_per_second", "retransmissions", "server", "client");
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
