package io.millrace.bench.stream;

import static io.millrace.bench.run.ResultJson.ordered;

import io.millrace.bench.run.Machine;
import io.millrace.bench.run.ResultJson;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** The result as JSON, for machines. Stateless. */
public final class StreamJson {
    /** What the first member says: which members there are. */
    public static final String SCHEMA = "millrace-stream-1";

    /** Which members at the top level are settings. */
    public static final Set<String> SETTINGS = Set.of(
            "pattern",
            "direction",
            "connections",
            "mtu",
            "size",
            "buffer_bytes",
            "link",
            "ip",
            "warm_up_s",
            "settle_s",
            "duration_s",
            "huge_pages",
            "server_cores",
            "client_cores",
            "idle",
            "jvm_flags");

    private StreamJson() {}

    /** What the file says. */
    public static Map<String, Object> of(final StreamStudy study) {
        final Map<String, Object> json = new LinkedHashMap<>();
        json.put("schema", SCHEMA);
        json.putAll(settings(study.plan()));
        study.pairings().forEach(pairing -> json.put(pairing.key(), pairing(study, pairing)));
        json.put("interrupted", study.interrupted());
        json.put("failure", study.failure().orElse(null));
        json.put("machine", Machine.facts());
        json.put("command", study.plan().command());
        json.put("noise", study.noise());
        json.put(
                "repeats",
                ordered(
                        "wanted",
                        study.wanted(),
                        "runs",
                        study.runs().stream().map(StreamRunJson::of).toList()));
        study.profile().ifPresent(profile -> json.put("profile", profile.toMap()));
        return json;
    }

    private static Map<String, Object> settings(final StreamPlan plan) {
        final Traffic traffic = plan.traffic();
        final Map<String, Object> json = new LinkedHashMap<>();
        json.put("pattern", traffic.pattern().label());
        json.put("direction", traffic.isBulk() ? traffic.direction().label() : null);
        json.put("connections", traffic.connections());
        json.put("mtu", plan.mtu());
        json.put("size", traffic.isBulk() ? null : traffic.size());
        json.put("buffer_bytes", plan.bufferBytes());
        json.put("link", plan.link().label());
        json.put("ip", plan.addressing().version());
        json.put("warm_up_s", plan.warmUp().toMillis() / 1e3);
        json.put("settle_s", plan.settle().toMillis() / 1e3);
        json.put("duration_s", plan.duration().toMillis() / 1e3);
        json.put("huge_pages", plan.hugePages());
        json.put("server_cores", plan.serverCores());
        json.put("client_cores", plan.clientCores());
        json.put("idle", plan.idle());
        json.put("jvm_flags", plan.jvmFlags());
        return json;
    }

    /** The figures of the run in the middle, and what all of them together say. */
    private static Map<String, Object> pairing(final StreamStudy study, final Pairing pairing) {
        final StreamResult middle = study.middle(pairing);
        final Map<String, Object> json = new LinkedHashMap<>();
        json.put("label", pairing.label());
        json.put("link", study.plan().link(pairing));
        json.putAll(StreamRunJson.figures(middle));
        json.put(
                "repeats",
                ordered(
                        "counting",
                        study.counting(pairing).size(),
                        study.plan().traffic().isBulk() ? "gbit_per_second" : "requests_per_second",
                        ResultJson.spread(study.figure(pairing)),
                        "middle",
                        study.runs().indexOf(middle)));
        study.ratioToLinux(pairing).ifPresent(ratio -> json.put("ratio_to_linux", ResultJson.rounded(ratio)));
        json.put("server", StreamRunJson.node(middle.ready().server(), middle.server()));
        json.put("client", StreamRunJson.node(middle.ready().generator(), middle.client()));
        return json;
    }
}
