package io.millrace.bench.stream;

import com.fasterxml.jackson.jr.ob.JSON;
import io.millrace.bench.run.Interval;
import io.millrace.bench.run.Machine;
import io.millrace.bench.run.NodeReport;
import io.millrace.bench.run.NodeReport.Latency;
import io.millrace.dataplane.counters.Counter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The results as JSON, for machines. Stateless. */
public final class StreamJson {
    private StreamJson() {}

    /** Writes the file, or replaces it. */
    public static void write(final StreamPlan plan, final List<StreamResult> results, final Path file)
            throws IOException {
        Files.writeString(file, toText(plan, results) + "\n");
    }

    static String toText(final StreamPlan plan, final List<StreamResult> results) throws IOException {
        return JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT).asString(toMap(plan, results));
    }

    private static Map<String, Object> toMap(final StreamPlan plan, final List<StreamResult> results) {
        final Map<String, Object> json = new LinkedHashMap<>();
        json.put("pattern", plan.pattern().label());
        json.put("direction", plan.pattern() == Pattern.BULK ? plan.direction().label() : null);
        json.put("connections", plan.connections());
        json.put("mtu", plan.mtu());
        json.put("size", plan.pattern() == Pattern.BULK ? null : plan.size());
        json.put("buffer_bytes", plan.bufferBytes());
        json.put("warm_up_s", plan.warmUp().toMillis() / 1e3);
        json.put("duration_s", plan.duration().toMillis() / 1e3);
        json.put("huge_pages", plan.hugePages());
        json.put("server_cores", plan.serverCores());
        json.put("client_cores", plan.clientCores());
        for (final StreamResult result : results) {
            final Map<String, Object> pairing = pairing(result);
            StreamResult.ofLinuxAlone(results)
                    .ifPresent(linux -> pairing.put("ratio_to_linux", rounded(result.gigabits() / linux.gigabits())));
            json.put(result.pairing().key(), pairing);
        }
        json.put("machine", Machine.facts());
        json.put("command", plan.command());
        return json;
    }

    private static Map<String, Object> pairing(final StreamResult result) {
        final Map<String, Object> json = new LinkedHashMap<>();
        json.put("link", result.pairing().link());
        if (result.pattern() == Pattern.BULK) {
            json.put("gbit_per_second", rounded(result.gigabits()));
            json.put("bytes", result.bytes());
            json.put("segments_per_second", rounded(result.segmentsPerSecond()));
            json.put("answers_per_second", rounded(result.answersPerSecond()));
        } else {
            json.put("requests_per_second", rounded(result.exchangesPerSecond()));
            json.put("latency_us", latency(result.latency()));
        }
        json.put("seconds", rounded(result.client().seconds()));
        json.put("retransmissions", result.retransmissions());
        json.put("open", result.open());
        json.put("failed", result.failed());
        json.put("server", node(result.ready().server(), result.server()));
        json.put("client", node(result.ready().generator(), result.client()));
        return json;
    }

    private static Map<String, Object> latency(final Latency latency) {
        final Map<String, Object> json = new LinkedHashMap<>();
        json.put("p50", latency.p50());
        json.put("p99", latency.p99());
        json.put("p999", latency.p999());
        json.put("max", latency.max());
        return json;
    }

    private static Map<String, Object> node(final NodeReport ready, final Interval interval) {
        final Map<String, Object> json = new LinkedHashMap<>(ready.facts());
        json.put("cpu", rounded(interval.cores()));
        json.put("busy", rounded(interval.busy()));
        json.put("polling_threads_allocated_bytes", interval.pollingAllocatedBytes());
        final Map<String, Long> counters = new TreeMap<>();
        for (final Counter counter : Counter.values()) {
            if (interval.delta(counter) != 0) {
                counters.put(counter.name(), interval.delta(counter));
            }
        }
        json.put("counters", counters);
        return json;
    }

    private static double rounded(final double value) {
        return Math.round(value * 1e3) / 1e3;
    }
}
