package io.millrace.bench.report;

import static io.millrace.bench.report.Html.escape;
import static io.millrace.bench.report.ReportPage.count;
import static io.millrace.bench.report.ReportPage.decimal;
import static io.millrace.bench.report.ReportPage.percent;

import java.util.List;

/** The one figure that a result is about, and what it is of. Stateless. */
final class Headline {
    private Headline() {}

    /** The head of the page. */
    static String of(final ResultDocument result) {
        return "<header><h1>%s</h1><p>%s over the %s link; %s%s</p></header>\n"
                .formatted(
                        escape(figure(result)),
                        escape(what(result)),
                        escape(result.text("link")),
                        escape(runs(result)),
                        result.isTrue("interrupted") ? "; interrupted" : "");
    }

    /** The figure. */
    static String figure(final ResultDocument result) {
        if (isFlood(result)) {
            return Tiles.share(result.number("succeeded")) + " succeed";
        }
        if (isHeld(result)) {
            return count(result.number("held", "open")) + " connections held";
        }
        return count(result.number("repeats", "connections_per_second", "median")) + " connections/s";
    }

    private static String what(final ResultDocument result) {
        if (isFlood(result)) {
            return "of %s connections/s, while %s spoofed SYNs/s come"
                    .formatted(
                            count(result.number("offered_per_second")),
                            count(result.number("flood", "absorbed_per_second")));
        }
        if (isHeld(result)) {
            return "in %s MB off-heap, while %s others/s open and close"
                    .formatted(
                            decimal(result.number("held", "table_bytes") / 1e6, 1),
                            count(result.number("connections_per_second")));
        }
        final List<ResultDocument> parts = result.objects("parts");
        return parts.isEmpty()
                ? "opened and closed"
                : "opened and closed: %s; %s of '%s'"
                        .formatted(
                                parts.getLast().text("name"),
                                percent(parts.getLast().number("of_first")),
                                parts.getFirst().text("name"));
    }

    private static String runs(final ResultDocument result) {
        final int runs = (int) result.number("repeats", "counting");
        final String spread = runs < 2
                ? "one run"
                : "median of %d runs, %s to %s connections/s"
                        .formatted(
                                runs,
                                count(result.number("repeats", "connections_per_second", "min")),
                                count(result.number("repeats", "connections_per_second", "max")));
        return "%s of %s s each".formatted(spread, decimal(result.number("settings", "duration_s"), 0));
    }

    private static boolean isFlood(final ResultDocument result) {
        return !result.members("flood").isEmpty();
    }

    private static boolean isHeld(final ResultDocument result) {
        return !result.members("held").isEmpty();
    }
}
