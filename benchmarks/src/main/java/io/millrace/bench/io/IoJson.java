package io.millrace.bench.io;

import static io.millrace.bench.run.ResultJson.ordered;
import static io.millrace.bench.run.ResultJson.rounded;
import static io.millrace.bench.run.ResultJson.spread;

import io.millrace.bench.run.Machine;
import io.millrace.bench.run.ResultJson;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A result as JSON, for machines. Stateless. */
public final class IoJson {
    /** What the first member says: which members there are. */
    public static final String SCHEMA = "millrace-io-1";

    /** Which members at the top level are settings. */
    public static final Set<String> SETTINGS = Set.of(
            "link",
            "burst",
            "frame_bytes",
            "frames_under_way",
            "warm_up_s",
            "seconds",
            "cpu",
            "sender_cpu",
            "huge_pages",
            "compiler");

    private IoJson() {}

    /** What the file says. */
    public static Map<String, Object> of(final IoResult result, final String command) {
        final IoPlan plan = result.plan();
        final Map<String, Object> json = new LinkedHashMap<>();
        json.put("schema", SCHEMA);
        json.put("link", plan.link().label());
        json.put("burst", plan.burst());
        json.put("frame_bytes", plan.frameBytes());
        json.put("frames_under_way", plan.framesUnderWay());
        json.put("warm_up_s", plan.warmUpMillis() / 1e3);
        json.put("seconds", plan.measureMillis() / 1e3);
        json.put("cpu", plan.cpu());
        if (plan.hasSender()) {
            json.put("sender_cpu", plan.senderCpu() < 0 ? "not pinned" : plan.senderCpu());
        }
        json.put("huge_pages", plan.hugePages());
        for (final IoPath path : result.samples().keySet()) {
            json.put(path.label(), path(result, path));
        }
        json.put(result.hasC() ? "compiler" : "no_c", result.compiler());
        json.put("interrupted", result.interrupted());
        json.put("failure", result.failure().orElse(null));
        json.put("machine", Machine.facts());
        json.put("command", command);
        json.put("noise", IoTable.doubts(result));
        json.put("repeats", ordered("wanted", plan.repeats(), "runs", runs(result)));
        return json;
    }

    private static Map<String, Object> path(final IoResult result, final IoPath path) {
        final Map<String, Object> json = new LinkedHashMap<>();
        json.put("mpps", spread(result.spread(path)));
        json.put(
                "runs_mpps", result.mpps(path).stream().map(ResultJson::rounded).toList());
        if (path != IoPath.C) {
            result.ratio(path).ifPresent(ratio -> json.put("of_c", spread(ratio)));
        }
        json.put(
                "share_of_core",
                rounded(result.samples().get(path).stream()
                        .mapToDouble(IoSample::share)
                        .min()
                        .orElse(0)));
        if (result.plan().hasSender()) {
            json.put("sender_busy", rounded(result.senderBusy(path)));
        }
        json.put("dpdk", result.dpdk(path));
        return json;
    }

    /** Of each run each path's figures, by its name. */
    private static List<Map<String, Object>> runs(final IoResult result) {
        final List<Map<String, Object>> runs = new ArrayList<>();
        for (int run = 0; run < result.runs(); run++) {
            final Map<String, Object> mpps = new LinkedHashMap<>();
            final Map<String, Object> ofC = new LinkedHashMap<>();
            final Map<String, Object> shares = new LinkedHashMap<>();
            for (final Map.Entry<IoPath, List<IoSample>> path : result.samples().entrySet()) {
                final String name = path.getKey().label();
                final IoSample sample = path.getValue().get(run);
                mpps.put(name, rounded(sample.mpps()));
                shares.put(name, rounded(sample.share()));
                if (result.hasC() && path.getKey() != IoPath.C) {
                    ofC.put(
                            name,
                            rounded(sample.mpps()
                                    / result.samples().get(IoPath.C).get(run).mpps()));
                }
            }
            runs.add(ordered("mpps", mpps, "of_c", ofC, "share_of_core", shares));
        }
        return runs;
    }
}
