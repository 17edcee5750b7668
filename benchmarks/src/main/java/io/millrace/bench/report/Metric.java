package io.millrace.bench.report;

import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/**
 * One of the figures that two results are compared by. Immutable.
 *
 * @param key the name in JSON, with its unit.
 * @param title the name for people, with its unit.
 * @param digits after the point that are worth printing.
 * @param moreIsBetter whether a greater figure is the better one.
 * @param isOf whether it is one of this run's.
 * @param ofRun a run's figure.
 */
record Metric(
        String key,
        String title,
        int digits,
        boolean moreIsBetter,
        Predicate<ResultDocument> isOf,
        ToDoubleFunction<ResultDocument> ofRun) {
    static final Metric RATE =
            more("connections_per_second", "connections/s", 0, run -> run.number("connections_per_second"));
    static final Metric P50 = less("latency_p50_us", "set-up p50, µs", 1, run -> run.number("latency_us", "p50"));
    static final Metric P99 = less("latency_p99_us", "set-up p99, µs", 1, run -> run.number("latency_us", "p99"));
    static final Metric P999 = less("latency_p999_us", "set-up p99.9, µs", 1, run -> run.number("latency_us", "p999"));

    static final Metric SUCCEEDED = more("succeeded", "share that succeeds", 6, run -> run.number("succeeded"));

    static final Metric SYNS = more(
            "syns_absorbed_per_second", "spoofed SYNs absorbed/s", 0, run -> run.number("syns_absorbed_per_second"));

    static final Metric HELD_BYTES = less(
            "held_bytes",
            "off-heap bytes/held connection",
            1,
            run -> run.number("held", "table_bytes") / run.number("held", "at_server"));

    /** Those of connections that open and close. */
    static final List<Metric> OF_CONNECTIONS = List.of(
            RATE,
            P50,
            P99,
            P999,
            less("server_cpu_ns", "server CPU, ns/connection", 0, run -> cpuNanos(run, "server")),
            less("generator_cpu_ns", "generator CPU, ns/connection", 0, run -> cpuNanos(run, "generator")),
            SUCCEEDED,
            SYNS,
            HELD_BYTES,
            less("failed_per_second", "failed/s", 1, run -> run.number("failed") / run.number("duration_s")),
            less(
                    "retransmissions_per_second",
                    "sent again/s",
                    1,
                    run -> run.number("retransmissions") / run.number("duration_s")));

    /** A figure of which more is better. */
    static Metric more(
            final String key, final String title, final int digits, final ToDoubleFunction<ResultDocument> ofRun) {
        return new Metric(key, title, digits, true, run -> true, ofRun);
    }

    /** A figure of which less is better. */
    static Metric less(
            final String key, final String title, final int digits, final ToDoubleFunction<ResultDocument> ofRun) {
        return new Metric(key, title, digits, false, run -> true, ofRun);
    }

    /** The same of some runs only, whose name goes before its own. */
    Metric of(final String ownKey, final String ownTitle, final Predicate<ResultDocument> runs) {
        return new Metric(ownKey + key, ownTitle + title, digits, moreIsBetter, runs, ofRun);
    }

    private static double cpuNanos(final ResultDocument run, final String node) {
        return run.number("cpu", node) * 1e9 / run.number("connections_per_second");
    }

    /** Each run's figure; of those that were not broken off, where there are any. */
    double[] of(final ResultDocument result) {
        final List<ResultDocument> runs = result.runs().stream().filter(isOf).toList();
        final double[] whole = runs.stream()
                .filter(run -> !run.isTrue("interrupted") && run.text("failure").isEmpty())
                .mapToDouble(ofRun)
                .toArray();
        return whole.length > 0 ? whole : runs.stream().mapToDouble(ofRun).toArray();
    }

    /** Whether a result tells it at all. */
    boolean isIn(final ResultDocument result) {
        return result.runs().stream().filter(isOf).anyMatch(run -> !Double.isNaN(ofRun.applyAsDouble(run)));
    }

    /** The mean that the ratio is one of: the geometric, or the usual one where a figure is 0. */
    static double mean(final double[] figures) {
        final boolean positive = Arrays.stream(figures).allMatch(figure -> figure > 0);
        return positive
                ? Math.exp(Arrays.stream(figures).map(Math::log).sum() / figures.length)
                : Arrays.stream(figures).sum() / figures.length;
    }

    /** What a ratio of B to A says of B. */
    String verdict(final Ratio ratio) {
        if (!ratio.hasInterval()) {
            return "";
        }
        if (!ratio.differs()) {
            return "no difference shown";
        }
        return ratio.value() > 1 == moreIsBetter ? "better" : "worse";
    }
}
