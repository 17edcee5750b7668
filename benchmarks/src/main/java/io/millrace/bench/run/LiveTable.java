package io.millrace.bench.run;

import io.millrace.bench.run.NodeReport.Latency;
import io.millrace.bench.run.NodeReport.Load;
import io.millrace.dataplane.counters.Counter;
import java.util.Locale;
import java.util.function.UnaryOperator;

/** The fixed-column lines of a run, one a second. Stateless; allocates. */
final class LiveTable {
    private static final String ROW = "%6s %11s %11s %9s %9s %9s %9s %10s %12s %8s %8s %7s %7s";

    private LiveTable() {}

    /** The two head lines: names and units. */
    static String head() {
        return ROW.formatted(
                        "time",
                        "opened",
                        "closed",
                        "failed",
                        "p50",
                        "p99",
                        "retrans",
                        "SYN queue",
                        "TIME_WAIT",
                        "rx",
                        "tx",
                        "server",
                        "gen.")
                + "\n"
                + ROW.formatted(
                        "s", "/s", "/s", "/s", "µs", "µs", "/s", "entries", "entries", "Mpps", "Mpps", "busy", "busy");
    }

    /** The line of the time between two moments; packets are the server's; what must not be goes through {@code ink}. */
    static String row(
            final double elapsedSeconds, final Moment before, final Moment now, final UnaryOperator<String> ink) {
        final Interval server = now.serverSince(before);
        final Interval generator = now.generatorSince(before);
        final Latency latency = now.generator().recent();
        final String row = ROW.formatted(
                decimal(elapsedSeconds, 0),
                count(generator.perSecond(Load::opened)),
                count(generator.perSecond(Load::closed)),
                count(generator.perSecond(Load::failed)),
                decimal(latency.p50(), 1),
                decimal(latency.p99(), 1),
                count(retransmissionsPerSecond(server, generator)),
                count(now.server().counter(Counter.SYN_QUEUE_ENTRIES)),
                count(now.server().counter(Counter.TIME_WAIT_ENTRIES)),
                decimal(server.perSecond(Counter.FRAMES_RECEIVED) / 1e6, 2),
                decimal(server.perSecond(Counter.FRAMES_TRANSMITTED) / 1e6, 2),
                percent(server.busy()),
                percent(generator.busy()));
        return generator.delta(Load::failed) == 0 ? row : ink.apply(row);
    }

    private static double retransmissionsPerSecond(final Interval server, final Interval generator) {
        return server.perSecond(Counter.TCP_SEGMENTS_RETRANSMITTED)
                + generator.perSecond(Counter.TCP_SEGMENTS_RETRANSMITTED);
    }

    /** A whole number with thousands separators. */
    static String count(final double value) {
        return String.format(Locale.ROOT, "%,d", Math.round(value));
    }

    /** A number with {@code digits} after the point. */
    static String decimal(final double value, final int digits) {
        return String.format(Locale.ROOT, "%,." + digits + "f", value);
    }

    /** A share as percent. */
    static String percent(final double share) {
        return String.format(Locale.ROOT, "%.1f%%", share * 100);
    }
}
