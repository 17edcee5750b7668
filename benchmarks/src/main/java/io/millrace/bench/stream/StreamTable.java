package io.millrace.bench.stream;

import io.millrace.bench.run.Interval;
import io.millrace.bench.run.NodeReport.Latency;
import io.millrace.dataplane.counters.Counter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** A run for people: a heading, then a line for each pairing. Stateless. */
public final class StreamTable {
    private static final String BULK_HEAD = "%-21s %-18s %8s %12s %12s %8s %15s %15s";
    private static final String BULK_ROW = "%-21s %-18s %8.2f %,12.0f %,12.0f %,8d %15s %15s";
    private static final String EXCHANGE_HEAD = "%-21s %-18s %11s %9s %9s %9s %9s %8s %15s %15s";
    private static final String EXCHANGE_ROW = "%-21s %-18s %,11.0f %,9.1f %,9.1f %,9.1f %,9.1f %,8d %15s %15s";

    private StreamTable() {}

    /** The lines above the pairings. */
    public static String heading(final StreamPlan plan) {
        final boolean bulk = plan.pattern() == Pattern.BULK;
        final String what = String.format(
                Locale.ROOT,
                "stream: %s, %,d %s%s, MTU %d, %.1f s after %.1f s of warm-up%n",
                bulk ? "bulk" : "requests and answers of " + plan.size() + " bytes",
                plan.connections(),
                plan.connections() == 1 ? "connection" : "connections",
                bulk ? plan.direction() == Direction.TO_SERVER ? " to the server" : " from the server" : "",
                plan.mtu(),
                plan.duration().toMillis() / 1e3,
                plan.warmUp().toMillis() / 1e3);
        return what
                + (bulk
                        ? BULK_HEAD.formatted(
                                "", "link", "Gbit/s", "segments/s", "answers/s", "retrans", "CPU server", "CPU client")
                        : EXCHANGE_HEAD.formatted(
                                "",
                                "link",
                                "requests/s",
                                "p50 µs",
                                "p99 µs",
                                "p99.9 µs",
                                "max µs",
                                "retrans",
                                "CPU server",
                                "CPU client"));
    }

    /** The line of a pairing. */
    public static String row(final StreamResult result) {
        if (result.pattern() == Pattern.BULK) {
            return String.format(
                    Locale.ROOT,
                    BULK_ROW,
                    result.pairing().label(),
                    result.pairing().link(),
                    result.gigabits(),
                    result.segmentsPerSecond(),
                    result.answersPerSecond(),
                    result.retransmissions(),
                    cpu(result.server()),
                    cpu(result.client()));
        }
        final Latency latency = result.latency();
        return String.format(
                Locale.ROOT,
                EXCHANGE_ROW,
                result.pairing().label(),
                result.pairing().link(),
                result.exchangesPerSecond(),
                latency.p50(),
                latency.p99(),
                latency.p999(),
                latency.max(),
                result.retransmissions(),
                cpu(result.server()),
                cpu(result.client()));
    }

    /** The line below the pairings: how much text each carried beside Linux alone; nothing where that was not measured. */
    public static Optional<String> ratios(final List<StreamResult> results) {
        return StreamResult.ofLinuxAlone(results)
                .map(linux -> results.stream()
                        .filter(result -> result != linux)
                        .map(result -> String.format(
                                Locale.ROOT,
                                "%s over %s %.2f times",
                                result.pairing().label(),
                                result.pairing().link(),
                                result.gigabits() / linux.gigabits()))
                        .collect(Collectors.joining(
                                ", ",
                                "beside " + linux.pairing().label() + " over "
                                        + linux.pairing().link() + ": ",
                                "")));
    }

    /** Cores of the process; of an engine also the share of its polling that found work. */
    private static String cpu(final Interval node) {
        final boolean polls = node.delta(Counter.DUTY_CYCLES) > 0;
        return polls
                ? String.format(Locale.ROOT, "%.2f, busy %.0f%%", node.cores(), node.busy() * 100)
                : String.format(Locale.ROOT, "%.2f", node.cores());
    }
}
