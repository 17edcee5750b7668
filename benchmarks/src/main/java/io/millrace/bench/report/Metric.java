package io.millrace.bench.report;

import java.util.Arrays;
import java.util.function.ToDoubleFunction;

/** What two results are compared by. */
enum Metric {
    RATE("connections_per_second", "connections/s", 0, true, run -> run.number("connections_per_second")),
    P50("latency_p50_us", "set-up p50, µs", 1, false, run -> run.number("latency_us", "p50")),
    P99("latency_p99_us", "set-up p99, µs", 1, false, run -> run.number("latency_us", "p99")),
    P999("latency_p999_us", "set-up p99.9, µs", 1, false, run -> run.number("latency_us", "p999")),
    SERVER_CPU("server_cpu_ns", "server CPU, ns/connection", 0, false, run -> cpuNanos(run, "server")),
    GENERATOR_CPU("generator_cpu_ns", "generator CPU, ns/connection", 0, false, run -> cpuNanos(run, "generator")),
    SUCCEEDED("succeeded", "share that succeeds", 6, true, run -> run.number("succeeded")),
    SYNS("syns_absorbed_per_second", "spoofed SYNs absorbed/s", 0, true, run -> run.number("syns_absorbed_per_second")),
    HELD_BYTES(
            "held_bytes",
            "off-heap bytes/held connection",
            1,
            false,
            run -> run.number("held", "table_bytes") / run.number("held", "at_server")),
    FAILED("failed_per_second", "failed/s", 1, false, run -> run.number("failed") / run.number("duration_s")),
    RETRANSMITTED(
            "retransmissions_per_second",
            "sent again/s",
            1,
            false,
            run -> run.number("retransmissions") / run.number("duration_s"));

    private final String key;
    private final String title;
    private final int digits;
    private final boolean moreIsBetter;
    private final ToDoubleFunction<ResultDocument> ofRun;

    Metric(
            final String key,
            final String title,
            final int digits,
            final boolean moreIsBetter,
            final ToDoubleFunction<ResultDocument> ofRun) {
        this.key = key;
        this.title = title;
        this.digits = digits;
        this.moreIsBetter = moreIsBetter;
        this.ofRun = ofRun;
    }

    private static double cpuNanos(final ResultDocument run, final String node) {
        return run.number("cpu", node) * 1e9 / run.number("connections_per_second");
    }

    /** The name in JSON, with its unit. */
    String key() {
        return key;
    }

    /** The name for people, with its unit. */
    String title() {
        return title;
    }

    /** Digits after the point that are worth printing. */
    int digits() {
        return digits;
    }

    /** Each run's figure; of those that were not broken off, where there are any. */
    double[] of(final ResultDocument result) {
        final double[] whole = result.runs().stream()
                .filter(run -> !run.isTrue("interrupted") && run.text("failure").isEmpty())
                .mapToDouble(ofRun)
                .toArray();
        return whole.length > 0
                ? whole
                : result.runs().stream().mapToDouble(ofRun).toArray();
    }

    /** Whether a result tells it at all. */
    boolean isOf(final ResultDocument result) {
        return result.runs().stream().anyMatch(run -> !Double.isNaN(ofRun.applyAsDouble(run)));
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
