package io.millrace.bench.stream;

import static io.millrace.bench.run.ResultJson.ordered;
import static io.millrace.bench.run.ResultJson.rounded;

import io.millrace.bench.run.Interval;
import io.millrace.bench.run.NodeReport;
import io.millrace.bench.run.NodeReport.Latency;
import io.millrace.bench.run.Noise;
import io.millrace.bench.run.ResultJson;
import io.millrace.bench.run.RunJson;
import io.millrace.bench.run.Second;
import io.millrace.bench.run.SecondColumns;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One of the runs of a result as JSON: its figures, and what each second was like. Stateless. */
final class StreamRunJson {
    private StreamRunJson() {}

    static Map<String, Object> of(final StreamResult run) {
        final Map<String, Object> json = new LinkedHashMap<>();
        json.put("pairing", run.pairing().key());
        json.putAll(figures(run));
        json.put("cpu", sides(run.server().cores(), run.client().cores()));
        json.put("busy", sides(StreamResult.busy(run.server()), StreamResult.busy(run.client())));
        json.put("warm_up_s", rounded(run.warmUp().seconds()));
        json.put("settled", run.settled());
        json.put("interrupted", run.interrupted());
        json.put("failure", run.failure().orElse(null));
        json.put("noise", Noise.of(List.of(run.watched()), "client"));
        json.put("stops", ordered("server", RunJson.stops(run.server()), "client", RunJson.stops(run.client())));
        json.put("seconds", seconds(run));
        if (!run.plan().traffic().isBulk()) {
            json.put("latency_percentiles", RunJson.percentiles(run.latencies()));
        }
        return json;
    }

    /** What is said of a run, and of a pairing by its run in the middle. */
    static Map<String, Object> figures(final StreamResult run) {
        final Map<String, Object> json = new LinkedHashMap<>();
        if (run.plan().traffic().isBulk()) {
            json.put("gbit_per_second", rounded(run.gigabits()));
            json.put("bytes", run.bytes());
            json.put("segments_per_second", rounded(run.segmentsPerSecond()));
            json.put("answers_per_second", rounded(run.answersPerSecond()));
        } else {
            final Latency latency = run.latency();
            json.put("requests_per_second", rounded(run.exchangesPerSecond()));
            json.put(
                    "latency_us",
                    ordered("p50", latency.p50(), "p99", latency.p99(), "p999", latency.p999(), "max", latency.max()));
        }
        json.put("duration_s", rounded(run.measured().seconds()));
        json.put("retransmissions", run.retransmissions());
        json.put("open", run.open());
        json.put("failed", run.failed());
        return json;
    }

    /** What it is about, and over how long. */
    static Map<String, Object> figure(final StreamResult run) {
        return ordered(
                run.plan().traffic().isBulk() ? "gbit_per_second" : "requests_per_second",
                rounded(run.figure()),
                "duration_s",
                rounded(run.measured().seconds()));
    }

    private static Map<String, Object> seconds(final StreamResult run) {
        final Traffic traffic = run.plan().traffic();
        final SecondColumns columns = new SecondColumns(run.warmUp(), run.measured());
        if (traffic.isBulk()) {
            columns.add("gbit_per_s", second -> StreamResult.gigabits(traffic, second))
                    .add("segments_per_s", second -> StreamResult.segmentsPerSecond(traffic, second))
                    .add("answers_per_s", second -> StreamResult.answersPerSecond(traffic, second));
        } else {
            columns.add("requests_per_s", StreamResult::exchangesPerSecond)
                    .add("p50_us", second -> second.now().generator().recent().p50())
                    .add("p99_us", second -> second.now().generator().recent().p99())
                    .add("max_us", second -> second.now().generator().recent().max());
        }
        return columns.add("retransmissions_per_s", Second::retransmissionsPerSecond)
                .add("server_busy", second -> StreamResult.busy(second.server()))
                .add("client_busy", second -> StreamResult.busy(second.generator()))
                .toMap();
    }

    private static Map<String, Object> sides(final double server, final double client) {
        return ordered("server", ResultJson.orNull(server), "client", ResultJson.orNull(client));
    }

    /** A node's facts, costs and counters. */
    static Map<String, Object> node(final NodeReport ready, final Interval interval) {
        final Map<String, Object> json = ResultJson.node(ready, interval);
        final Object counters = json.remove("counters");
        json.put("cpu", rounded(interval.cores()));
        json.put("busy", ResultJson.orNull(StreamResult.busy(interval)));
        json.put("polling_threads_allocated_bytes", interval.pollingAllocatedBytes());
        json.put("counters", counters);
        return json;
    }
}
