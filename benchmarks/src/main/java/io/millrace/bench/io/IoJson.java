package io.millrace.bench.io;

import com.fasterxml.jackson.jr.ob.JSON;
import io.millrace.bench.run.Machine;
import io.millrace.bench.run.Spread;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** A result as JSON, for machines. Stateless. */
public final class IoJson {
    private IoJson() {}

    /** Writes the file, or replaces it. */
    public static void write(final IoResult result, final String command, final Path file) throws IOException {
        final String text = JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT).asString(toMap(result, command));
        Files.writeString(file, text + "\n");
    }

    private static Map<String, Object> toMap(final IoResult result, final String command) {
        final IoPlan plan = result.plan();
        final Map<String, Object> json = new LinkedHashMap<>();
        json.put("link", plan.link().label());
        json.put("burst", plan.burst());
        json.put("frame_bytes", IoPlan.FRAME_BYTES);
        json.put("frames_under_way", plan.framesUnderWay());
        json.put("warm_up_s", plan.warmUpMillis() / 1e3);
        json.put("seconds", plan.measureMillis() / 1e3);
        json.put("repeats", plan.repeats());
        json.put("cpu", plan.cpu());
        json.put("huge_pages", plan.hugePages());
        for (final IoPath path : IoPath.values()) {
            json.put(path.label(), result.samples().containsKey(path) ? path(result, path) : null);
        }
        json.put(result.hasC() ? "compiler" : "no_c", result.compiler());
        json.put("machine", Machine.facts());
        json.put("command", command);
        return json;
    }

    private static Map<String, Object> path(final IoResult result, final IoPath path) {
        final Map<String, Object> json = new LinkedHashMap<>();
        json.put("mpps", spread(result.spread(path)));
        json.put("runs_mpps", result.mpps(path).stream().map(IoJson::rounded).toList());
        if (path != IoPath.C) {
            json.put("of_c", result.ratio(path).map(IoJson::spread).orElse(null));
        }
        json.put(
                "share_of_core",
                rounded(result.samples().get(path).stream()
                        .mapToDouble(IoSample::share)
                        .min()
                        .orElse(0)));
        json.put("dpdk", result.dpdk(path));
        return json;
    }

    private static Map<String, Object> spread(final Spread spread) {
        final Map<String, Object> json = new LinkedHashMap<>();
        json.put("median", rounded(spread.median()));
        json.put("min", rounded(spread.min()));
        json.put("max", rounded(spread.max()));
        return json;
    }

    private static double rounded(final double value) {
        return Math.round(value * 1e3) / 1e3;
    }
}
