package io.millrace.bench.run;

import io.millrace.bench.load.LatencyRecorder;
import io.millrace.bench.run.NodeReport.Load;
import io.millrace.dataplane.counters.Counter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/** One of the runs of a result as JSON: its figures, its latencies and what each second was like. Stateless. */
final class RunJson {
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
        json.put("latency_percentiles", percentiles(run));
        return json;
    }

    /** What kept a node's polling threads from their work. */
    private static Map<String, Object> stops(final Interval node) {
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

    /** A column for each figure, with a value for each second; those of the warm-up come first, at times below 0. */
    private static Map<String, Object> seconds(final BenchResult run) {
        final List<Step> steps = new ArrayList<>();
        steps(steps, run.warmUp(), run.measured().first());
        steps(steps, run.measured(), run.measured().first());
        final Map<String, Object> columns = new LinkedHashMap<>();
        column(columns, "t_s", steps, Step::end);
        column(columns, "opened_per_s", steps, step -> step.generator().perSecond(Load::allOpened));
        column(columns, "closed_per_s", steps, step -> step.generator().perSecond(Load::allClosed));
        column(columns, "failed_per_s", steps, step -> step.generator().perSecond(Load::allFailed));
        column(columns, "p50_us", steps, step -> step.now.generator().recent().p50());
        column(columns, "p99_us", steps, step -> step.now.generator().recent().p99());
        column(columns, "max_us", steps, step -> step.now.generator().recent().max());
        column(
                columns,
                "retransmissions_per_s",
                steps,
                step -> step.server().perSecond(Counter.TCP_SEGMENTS_RETRANSMITTED)
                        + step.generator().perSecond(Counter.TCP_SEGMENTS_RETRANSMITTED));
        column(columns, "syn_queue", steps, step -> step.now.server().counter(Counter.SYN_QUEUE_ENTRIES));
        column(
                columns,
                "time_wait",
                steps,
                step -> step.now.server().counter(Counter.TIME_WAIT_ENTRIES)
                        + step.now.generator().counter(Counter.TIME_WAIT_ENTRIES));
        column(columns, "connections", steps, step -> step.now.server().counter(Counter.CONNECTIONS));
        if (run.plan().offer().syns().isPresent()) {
            column(
                    columns,
                    "syns_per_s",
                    steps,
                    step -> step.generator().perSecond(load -> load.blast().sent()));
            column(columns, "cookies_per_s", steps, step -> step.server().perSecond(Counter.SYNCOOKIES_SENT));
            column(columns, "shed_per_s", steps, step -> step.server().perSecond(Counter.SYNS_SHED));
        }
        column(columns, "rx_per_s", steps, step -> step.server().perSecond(Counter.FRAMES_RECEIVED));
        column(columns, "tx_per_s", steps, step -> step.server().perSecond(Counter.FRAMES_TRANSMITTED));
        column(columns, "server_busy", steps, step -> step.server().busy());
        column(columns, "generator_busy", steps, step -> step.generator().busy());
        final Map<String, Object> cpus = new LinkedHashMap<>();
        for (final int cpu : run.last().cpus().cpus().keySet()) {
            column(cpus, String.valueOf(cpu), steps, step -> step.now.cpus().busySince(step.before.cpus(), cpu));
        }
        columns.put("cpu_busy", cpus);
        return columns;
    }

    /** From one moment to the next; {@code origin} is where time is 0. */
    private record Step(Moment before, Moment now, Moment origin) {
        double end() {
            return now.generatorSince(origin).seconds();
        }

        Interval server() {
            return now.serverSince(before);
        }

        Interval generator() {
            return now.generatorSince(before);
        }
    }

    private static void steps(final List<Step> steps, final Series series, final Moment origin) {
        final List<Moment> moments = series.moments();
        for (int i = 1; i < moments.size(); i++) {
            steps.add(new Step(moments.get(i - 1), moments.get(i), origin));
        }
    }

    private static void column(
            final Map<String, Object> columns,
            final String name,
            final List<Step> steps,
            final ToDoubleFunction<Step> value) {
        columns.put(
                name,
                steps.stream()
                        .map(step -> ResultJson.rounded(value.applyAsDouble(step)))
                        .toList());
    }

    /** Pairs of a percentile and its latency, µs, ever closer towards 100. */
    private static List<List<Double>> percentiles(final BenchResult run) {
        final Histogram all = LatencyRecorder.newTotal();
        run.latencies().forEach(interval -> all.add(interval.nanos()));
        final List<List<Double>> pairs = new ArrayList<>();
        if (all.getTotalCount() > 0) {
            for (final HistogramIterationValue value : all.percentiles(PERCENTILE_STEPS)) {
                pairs.add(List.of(value.getPercentileLevelIteratedTo(), value.getValueIteratedTo() / 1e3));
            }
        }
        return pairs;
    }
}
