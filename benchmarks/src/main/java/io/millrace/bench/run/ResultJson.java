package io.millrace.bench.run;

import com.fasterxml.jackson.jr.ob.JSON;
import io.millrace.bench.run.NodeReport.Load;
import io.millrace.dataplane.counters.Counter;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A result as JSON, for machines. Figures are of the measured time only, except where the name says otherwise; those at the
 * top level are of the run in the middle.
 */
public final class ResultJson {
    /** What the first member says: which members there are. */
    public static final String SCHEMA = "millrace-bench-1";

    private static final List<String> ONLY_THE_SERVER_TELLS =
            List.of("time_wait", "syn_queue_peak", "packets_per_second", "left_over", "server");

    private ResultJson() {}

    /** The text of the file. */
    public static String toText(final Map<String, Object> json) throws IOException {
        return JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT).asString(json) + "\n";
    }

    /** What the file says; where there are several parts all but {@code parts} is of the last. */
    public static Map<String, Object> of(final Study study) {
        final Map<String, Object> json = of(study.subject());
        if (study.compares()) {
            json.put("parts", PartsTable.toJson(study));
        }
        study.profile().ifPresent(profile -> json.put("profile", profile.toMap()));
        return json;
    }

    private static Map<String, Object> of(final Repeats repeats) {
        final BenchResult result = repeats.middle();
        final Map<String, Object> json = new LinkedHashMap<>();
        json.put("schema", SCHEMA);
        json.put("connections_per_second", rounded(result.connectionsPerSecond()));
        json.put("opened", result.opened());
        json.put("closed", result.closed());
        json.put("failed", result.failed());
        json.put("failures", result.failures());
        if (result.plan().offer().isOpenLoop()) {
            json.put("offered_per_second", rounded(result.offeredPerSecond()));
            json.put("begun_per_second", rounded(result.begunPerSecond()));
        }
        result.blast().ifPresent(blast -> {
            json.put(result.plan().offer().isFlood() ? "flood" : "clients", blast.toMap());
            json.put("succeeded", result.succeeded());
            json.put("succeeded_at_first_try", result.succeededAtFirstTry());
        });
        result.held().ifPresent(held -> json.put("held", held.toMap()));
        json.put("duration_s", rounded(result.seconds()));
        json.put("link", result.plan().link().label());
        json.put("latency_us", latency(result));
        json.put(
                "time_wait",
                ordered(
                        "entries", result.timeWaitEntries(),
                        "bytes", result.timeWaitBytes(),
                        "recycled", result.timeWaitRecycled(),
                        "overflows", result.timeWaitOverflows(),
                        "left_per_second",
                                result.timeWaitHeld()
                                        .map(held -> rounded(held.leftPerSecond()))
                                        .orElse(null),
                        "held_s",
                                result.timeWaitHeld()
                                        .map(held -> List.of(rounded(held.least()), rounded(held.most())))
                                        .orElse(null)));
        json.put("server_ns_per_connection", orNull(result.serverNanosPerConnection()));
        json.put("syn_queue_peak", result.synQueuePeak());
        json.put("retransmissions", result.retransmissions());
        json.put(
                "packets_per_second",
                ordered(
                        "rx", rounded(result.server().perSecond(Counter.FRAMES_RECEIVED)),
                        "tx", rounded(result.server().perSecond(Counter.FRAMES_TRANSMITTED))));
        json.put("cpu", sides(result.server().cores(), result.generator().cores()));
        json.put("busy", sides(result.server().busy(), result.generator().busy()));
        json.put("limited_by", result.limit());
        json.put("left_over", result.leftOver().orElse(null));
        json.put("interrupted", repeats.interrupted());
        json.put("failure", repeats.failure().orElse(null));
        json.put(
                "polling_threads_allocated_bytes",
                ordered(
                        "server", result.server().pollingAllocatedBytes(),
                        "generator", result.generator().pollingAllocatedBytes()));
        json.put(
                "garbage_collections",
                ordered(
                        "server",
                        result.server().collections(),
                        "generator",
                        result.generator().collections()));
        json.put("held_back", result.generator().delta(Load::heldBack));
        json.put("settings", settings(result.plan()));
        json.put("machine", Machine.facts());
        json.put("server", node(result.ready().server(), result.server()));
        json.put("generator", node(result.ready().generator(), result.generator()));
        json.put("command", result.plan().command());
        json.put("noise", Noise.of(repeats));
        if (result.plan().link().leadsAbroad()) {
            ONLY_THE_SERVER_TELLS.forEach(json::remove);
        }
        json.put("repeats", repeats(repeats));
        json.put(
                "references",
                repeats.references().stream()
                        .map(reference -> reference(repeats, reference))
                        .toList());
        return json;
    }

    static Map<String, Object> repeats(final Repeats repeats) {
        final Spread rate = repeats.rate();
        return ordered(
                "wanted",
                repeats.wanted(),
                "counting",
                repeats.counting().size(),
                "connections_per_second",
                spread(rate),
                "middle",
                repeats.runs().indexOf(repeats.middle()),
                "runs",
                repeats.runs().stream().map(RunJson::of).toList());
    }

    private static Map<String, Object> reference(final Repeats engine, final ReferenceRuns reference) {
        final Map<String, Object> json = new LinkedHashMap<>();
        final boolean limit = reference.contender().kind() == Contender.Kind.LIMIT;
        json.put("name", reference.contender().key());
        json.put("label", reference.contender().label());
        json.put("missing", reference.broken().orElse(null));
        if (reference.isThere()) {
            json.put(limit ? "frames_per_second" : "connections_per_second", spread(reference.rate()));
            json.put("failed", reference.failed());
            json.put("server_cpus_busy", rounded(reference.serverBusy().median()));
            if (limit) {
                json.put("frames_per_connection", rounded(ReferenceRuns.framesPerConnection(engine)));
                json.put("connections_per_second", rounded(reference.connections(engine)));
                json.put("share", rounded(reference.share(engine)));
            } else {
                json.put(
                        "connections_per_second_per_core",
                        rounded(reference.ratePerCore().median()));
                json.put("times_per_core", rounded(reference.times(engine)));
            }
        }
        return json;
    }

    /** Median and extremes of a figure. */
    public static Map<String, Object> spread(final Spread spread) {
        return ordered(
                "median", rounded(spread.median()),
                "min", rounded(spread.min()),
                "max", rounded(spread.max()),
                "spread", rounded(spread.relative()));
    }

    static Map<String, Object> latency(final BenchResult result) {
        final NodeReport.Latency latency = result.latency();
        return ordered("p50", latency.p50(), "p99", latency.p99(), "p999", latency.p999(), "max", latency.max());
    }

    private static Map<String, Object> settings(final BenchPlan plan) {
        final Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("duration_s", plan.duration().toMillis() / 1e3);
        settings.put("warm_up_s", plan.warmUp().toMillis() / 1e3);
        settings.put("settle_s", plan.settle().toMillis() / 1e3);
        settings.put("rate", plan.offer().connections());
        plan.offer()
                .syns()
                .ifPresent(rate -> settings.put(plan.offer().isFlood() ? "flood_rate" : "client_rate", rate));
        settings.put("held", plan.offer().held());
        settings.put("ip", plan.addressing().version());
        settings.put("conversation", plan.offer().conversation().describe());
        settings.put("concurrency", plan.concurrency());
        settings.put("shards", plan.threads().shards());
        settings.put(
                "io_cores",
                plan.threads().ioCores() == 0 ? "as needed" : plan.threads().ioCores());
        settings.put("arrangement", plan.threads().arrangement());
        settings.put("server_cores", plan.threads().serverCores());
        settings.put("generator_shards", plan.threads().generatorShards());
        settings.put("generator_cores", plan.threads().generatorCores());
        settings.put("idle", plan.threads().idle());
        settings.put("huge_pages", plan.hugePages());
        settings.put("time_wait_s", plan.timeWaitSeconds());
        settings.put("time_wait_capacity", plan.timeWaitCapacity());
        settings.put("syn_queue", plan.synQueue());
        settings.put("source_addresses", plan.sources());
        settings.put("jvm_flags", JvmCommand.flags(plan.jvmFlags()));
        return settings;
    }

    /** A node's facts, and by how much its counters grew. */
    public static Map<String, Object> node(final NodeReport ready, final Interval interval) {
        final Map<String, Object> node = new LinkedHashMap<>(ready.facts());
        final Map<String, Long> counters = new TreeMap<>();
        for (final Counter counter : Counter.values()) {
            final long delta = interval.delta(counter);
            if (delta != 0) {
                counters.put(counter.name(), delta);
            }
        }
        node.put("counters", counters);
        return node;
    }

    static Map<String, Object> sides(final double server, final double generator) {
        return ordered("server", rounded(server), "generator", rounded(generator));
    }

    /** Names and values in turn. */
    public static Map<String, Object> ordered(final Object... namesAndValues) {
        final Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            map.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return map;
    }

    /** Rounded; null where it is no number. */
    public static Double orNull(final double value) {
        return Double.isFinite(value) ? rounded(value) : null;
    }

    /** Three digits after the point are more than any figure here is worth. */
    public static double rounded(final double value) {
        return Math.round(value * 1e3) / 1e3;
    }
}
