package io.millrace.bench.run;

import io.millrace.bench.load.LatencyRecorder;
import io.millrace.bench.run.NodeReport.Load;
import io.millrace.dataplane.counters.Counter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/** One of the runs of a result as JSON: its figures, its latencies and what each second was like. Stateless. */
public final class RunJson {
    /** Values for each halving of the distance to 100 %. */
    private static final int PERCENTILE_STEPS = 5;

    private RunJson() {}

    static Map<String, Object> of(final BenchResult run) {
        final Map<String, Object> json = new LinkedHashMap<>();
        json.put("connections_per_second", ResultJson.rounded(run.connectionsPerSecond()));
        json.put("opened", run.opened());
        json.put("closed", run.closed());
        json.put("failed", run.failed());
        json.put("retransmissions", run.retransmissions());
        json.put("latency_us", ResultJson.latency(run));
        json.put("cpu", ResultJson.sides(run.server().cores(), run.generator().cores()));
        json.put("busy", ResultJson.sides(run.server().busy(), run.generator().busy()));
        json.put("server_ns_per_connection", ResultJson.orNull(run.serverNanosPerConnection()));
        run.blast().ifPresent(blast -> {
            json.put("succeeded", run.succeeded());
            if (run.plan().offer().isFlood()) {
                json.put("syns_absorbed_per_second", ResultJson.rounded(blast.absorbedPerSecond()));
            }
        });
        run.held().ifPresent(held -> json.put("held", held.toMap()));
        json.put("limited_by", run.limit());
        json.put("duration_s", ResultJson.rounded(run.seconds()));
        json.put("warm_up_s", ResultJson.rounded(run.warmUpSeconds()));
        json.put("settled", run.settled());
        json.put("interrupted", run.interrupted());
        json.put("failure", run.failure().orElse(null));
        json.put("noise", Noise.of(run));
        json.put("stops", ResultJson.ordered("server", stops(run.server()), "generator", stops(run.generator())));
        json.put("seconds", seconds(run));
        json.put("latency_percentiles", percentiles(run.latencies()));
        return json;
    }

    /** What kept a node's polling threads from their work. */
    public static Map<String, Object> stops(final Interval node) {
        return ResultJson.ordered(
                "collections",
                node.collections(),
                "collections_ms",
                node.collectionMillis(),
                "safepoints",
                orNull(node.safepoints()),
                "safepoints_ms",
                orNull(node.safepointMillis()),
                "core_wait",
                ResultJson.rounded(node.pollingWait()),
                "core_taken",
                node.pollingSwitches());
    }

    private static Object orNull(final OptionalLong value) {
        return value.isPresent() ? value.getAsLong() : null;
    }

    private static Map<String, Object> seconds(final BenchResult run) {
        final SecondColumns columns = new SecondColumns(run.warmUp(), run.measured())
                .add("opened_per_s", second -> second.generator().perSecond(Load::allOpened))
                .add("closed_per_s", second -> second.generator().perSecond(Load::allClosed))
                .add("failed_per_s", second -> second.generator().perSecond(Load::allFailed))
                .add("p50_us", second -> second.now().generator().recent().p50())
                .add("p99_us", second -> second.now().generator().recent().p99())
                .add("max_us", second -> second.now().generator().recent().max())
                .add("retransmissions_per_s", Second::retransmissionsPerSecond)
                .add("syn_queue", second -> second.atServer(Counter.SYN_QUEUE_ENTRIES))
                .add(
                        "time_wait",
                        second -> second.atServer(Counter.TIME_WAIT_ENTRIES)
                                + second.now().generator().counter(Counter.TIME_WAIT_ENTRIES))
                .add("connections", second -> second.atServer(Counter.CONNECTIONS));
        if (run.plan().offer().syns().isPresent()) {
            columns.add(
                            "syns_per_s",
                            second -> second.generator()
                                    .perSecond(load -> load.blast().sent()))
                    .add("cookies_per_s", second -> second.server().perSecond(Counter.SYNCOOKIES_SENT))
                    .add("shed_per_s", second -> second.server().perSecond(Counter.SYNS_SHED));
        }
        return columns.add("rx_per_s", second -> second.server().perSecond(Counter.FRAMES_RECEIVED))
                .add("tx_per_s", second -> second.server().perSecond(Counter.FRAMES_TRANSMITTED))
                .add("server_busy", second -> second.server().busy())
                .add("generator_busy", second -> second.generator().busy())
                .toMap();
    }

    /** Pairs of a percentile and its latency, µs, ever closer towards 100. */
    public static List<List<Double>> percentiles(final List<LatencyInterval> latencies) {
        final Histogram all = LatencyRecorder.newTotal();
        latencies.forEach(interval -> all.add(interval.nanos()));
        final List<List<Double>> pairs = new ArrayList<>();
        if (all.getTotalCount() > 0) {
            for (final HistogramIterationValue value : all.percentiles(PERCENTILE_STEPS)) {
                pairs.add(List.of(value.getPercentileLevelIteratedTo(), value.getValueIteratedTo() / 1e3));
            }
        }
        return pairs;
    }
}
