package io.millrace.bench.io;

import io.millrace.bench.run.Spread;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A run for people: a line for each repeat, then the summary. Stateless. */
public final class IoTable {
    /** What is left of a core to a thread that has it to itself, but for the kernel's timer. */
    private static final double QUIET_SHARE = 0.98;

    /** Who polls in vain for less than this has no more to give. */
    private static final double SATURATED = 0.95;

    private IoTable() {}

    /** The line above the repeats. */
    static String heading(final IoPlan plan, final Collection<IoPath> paths) {
        final StringBuilder line = new StringBuilder(String.format(
                Locale.ROOT,
                "io over %s, bursts of %d frames of %d bytes, CPU %d%s, %d × %.1f s after %.1f s of warm-up; Mpps%n run",
                plan.linkName(),
                plan.burst(),
                plan.frameBytes(),
                plan.cpu(),
                plan.hasSender() ? ", a sender in C on " + (plan.senderCpu() < 0 ? "any" : plan.senderCpu()) : "",
                plan.repeats(),
                plan.measureMillis() / 1e3,
                plan.warmUpMillis() / 1e3));
        paths.forEach(path -> line.append(String.format("%9s", path.label())));
        return line.toString();
    }

    /** The line of a repeat. */
    static String row(final int repeat, final Map<IoPath, List<IoSample>> samples) {
        final StringBuilder line = new StringBuilder(String.format("%4d", repeat + 1));
        samples.values()
                .forEach(all -> line.append(
                        String.format(Locale.ROOT, "%9.2f", all.get(repeat).mpps())));
        return line.toString();
    }

    /** Median and extremes of each path, and of its share of what C does. */
    public static List<String> summary(final IoResult result) {
        final List<String> lines = new ArrayList<>();
        lines.add("");
        if (result.interrupted()) {
            lines.add("interrupted: %d of %d runs"
                    .formatted(result.runs(), result.plan().repeats()));
        }
        lines.add("path      median      min      max" + (result.hasC() ? "   of C: median      min      max" : ""));
        for (final IoPath path : result.samples().keySet()) {
            final Spread mpps = result.spread(path);
            final String ratio = path == IoPath.C
                    ? ""
                    : result.ratio(path)
                            .map(r -> String.format(Locale.ROOT, "%15.3f%9.3f%9.3f", r.median(), r.min(), r.max()))
                            .orElse("");
            lines.add(String.format(
                    Locale.ROOT, "%-7s%9.2f%9.2f%9.2f%s", path.label(), mpps.median(), mpps.min(), mpps.max(), ratio));
        }
        lines.addAll(doubts(result));
        return lines;
    }

    /** What makes the figures doubtful, a line each. */
    static List<String> doubts(final IoResult result) {
        final List<String> lines = new ArrayList<>();
        if (result.leastShare() < QUIET_SHARE) {
            lines.add(String.format(
                    Locale.ROOT,
                    "CPU %d was busy with something else: a polling thread had %.0f %% of it; measure again when it is quiet",
                    result.plan().cpu(),
                    result.leastShare() * 100));
        }
        for (final IoPath path : result.samples().keySet()) {
            if (result.plan().hasSender() && result.senderBusy(path) > SATURATED) {
                lines.add(String.format(
                        Locale.ROOT,
                        "the sender was busy %.0f %% of its time with %s: it may be the limit, not the receiver",
                        result.senderBusy(path) * 100,
                        path.label()));
            }
        }
        if (result.hasC() && !result.dpdk(IoPath.C).equals(result.dpdk(IoPath.PORT))) {
            lines.add("C ran on %s, Java on %s: install the headers of the same, and compare again"
                    .formatted(result.dpdk(IoPath.C), result.dpdk(IoPath.PORT)));
        }
        return lines;
    }
}
