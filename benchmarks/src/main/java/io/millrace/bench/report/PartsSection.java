package io.millrace.bench.report;

import static io.millrace.bench.report.ReportPage.count;
import static io.millrace.bench.report.ReportPage.decimal;
import static io.millrace.bench.report.ReportPage.percent;

import java.util.ArrayList;
import java.util.List;

/** The parts of a study beside each other: a table, and the rate of each by second. Stateless. */
final class PartsSection {
    private PartsSection() {}

    /** The section's content; empty where there is one part. */
    static String of(final ResultDocument result) {
        final List<List<String>> rows = new ArrayList<>();
        final List<Curve> curves = new ArrayList<>();
        for (final ResultDocument part : result.objects("parts")) {
            final ResultDocument middle = part.objects("runs").get((int) part.number("middle"));
            curves.add(Curve.colored(
                    part.text("name"),
                    curves.size(),
                    middle.numbers("seconds", "t_s"),
                    middle.numbers("seconds", "closed_per_s")));
            rows.add(List.of(
                    part.text("name"),
                    count(part.number("connections_per_second", "median")),
                    percent(part.number("of_first")),
                    count(part.number("offered_per_second")),
                    decimal(middle.number("latency_us", "p50"), 1),
                    decimal(middle.number("latency_us", "p99"), 1),
                    percent(middle.number("busy", "server")),
                    percent(middle.number("busy", "generator")),
                    count(middle.number("server_ns_per_connection")),
                    middle.text("limited_by")));
        }
        return rows.isEmpty()
                ? ""
                : "<p>Measured in turn; all other figures and plots of this page are of the last.</p>\n"
                        + ReportCharts.rates(curves)
                        + Html.table(
                                List.of(
                                        "part",
                                        "connections/s",
                                        "of the first",
                                        "due/s",
                                        "p50, µs",
                                        "p99, µs",
                                        "server busy",
                                        "generator busy",
                                        "server work, ns each",
                                        "limit"),
                                rows);
    }
}
