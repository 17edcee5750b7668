package io.millrace.bench.report;

import static io.millrace.bench.report.Html.escape;
import static io.millrace.bench.report.ReportPage.count;
import static io.millrace.bench.report.ReportPage.decimal;
import static io.millrace.bench.report.ReportPage.micros;
import static io.millrace.bench.report.ReportPage.percent;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A result of the stream benchmark as one page. Where there are several pairings the headline, the tiles and all that is of one
 * run are of the first. Stateless.
 */
final class StreamPage {
    private static final List<String> NODES = List.of("server", "client");

    private StreamPage() {}

    /** The page. */
    static String of(final ResultDocument result) {
        final List<StreamPairing> pairings = StreamPairing.of(result);
        final StreamPairing first = pairings.getFirst();
        final StreamCharts charts = new StreamCharts(isBulk(result), pairings);
        final StringBuilder html = new StringBuilder();
        html.append(head(result, first));
        html.append(ReportPage.noise(result, ReportPage.QUIET));
        html.append(tiles(result, first));
        html.append(Html.section(isBulk(result) ? "Text carried" : "Requests answered", charts.figure()));
        if (pairings.size() > 1) {
            html.append(Html.section("Beside each other", pairings(result, pairings)));
        }
        if (!isBulk(result)) {
            html.append(Html.section("Latency", charts.latency()));
        }
        html.append(Html.section("Segments", charts.segments()));
        html.append(Html.section("CPU", charts.cpu()));
        ReportPage.section(html, "Where the time goes", ProfileSection.of(result));
        html.append(Html.section("Runs", runs(result, pairings) + ReportPage.stops(result, NODES)));
        html.append(Html.section("Counters", ReportPage.counters(first.figures(), NODES)));
        html.append(Html.section("Machine", ReportPage.machine(result, first.figures(), NODES)));
        html.append(Html.section("Command", ReportPage.command(result, result.settings())));
        return ReportPage.framed(figure(result, first.median()), html.toString());
    }

    private static boolean isBulk(final ResultDocument result) {
        return result.text("pattern").equals("bulk");
    }

    private static String figure(final ResultDocument result, final double value) {
        return value(result, value) + (isBulk(result) ? " Gbit/s" : " requests/s");
    }

    private static String value(final ResultDocument result, final double value) {
        return isBulk(result) ? decimal(value, 2) : count(value);
    }

    private static String head(final ResultDocument result, final StreamPairing first) {
        final int runs = (int) first.figures().number("repeats", "counting");
        final String figure = StreamPairing.figure(first.figures());
        final String spread = runs < 2
                ? "one run"
                : "median of %d runs, %s to %s"
                        .formatted(
                                runs,
                                value(result, first.figures().number("repeats", figure, "min")),
                                value(result, first.figures().number("repeats", figure, "max")));
        return "<header><h1>%s</h1><p>%s, MTU %s; %s%s; %s; %s s each%s</p></header>\n"
                .formatted(
                        escape(figure(result, first.median())),
                        escape(traffic(result)),
                        escape(result.text("mtu")),
                        escape(first.label()),
                        result.number("ip") == 6 ? ", IPv6" : "",
                        escape(spread),
                        escape(decimal(result.number("duration_s"), 0)),
                        result.isTrue("interrupted") ? "; interrupted" : "");
    }

    private static String traffic(final ResultDocument result) {
        final double connections = result.number("connections");
        final String over = count(connections) + (connections == 1 ? " connection" : " connections");
        return isBulk(result)
                ? "text in bulk, " + over + " " + result.text("direction").replace("-", " the ")
                : "requests and answers of " + result.text("size") + " bytes, " + over;
    }

    private static String tiles(final ResultDocument result, final StreamPairing first) {
        final ResultDocument figures = first.figures();
        final StringBuilder html = new StringBuilder("<div class=\"tiles\">");
        if (isBulk(result)) {
            Tiles.tile(html, "segments/s", count(figures.number("segments_per_second")));
            Tiles.tile(html, "answers/s", count(figures.number("answers_per_second")));
        } else {
            Tiles.tile(html, "p50 of an answer", micros(figures.number("latency_us", "p50")));
            Tiles.tile(html, "p99", micros(figures.number("latency_us", "p99")));
            Tiles.tile(html, "p99.9", micros(figures.number("latency_us", "p999")));
        }
        Tiles.tile(html, "sent again", count(figures.number("retransmissions")));
        Tiles.tile(html, "connections that ended", count(figures.number("failed")));
        NODES.forEach(node -> Tiles.tile(html, node + " busy", percent(figures.number(node, "busy"))));
        if (figures.isThere("ratio_to_linux")) {
            Tiles.tile(html, "of Linux to Linux", decimal(figures.number("ratio_to_linux"), 2) + " times");
        }
        return html.append("</div>\n").toString();
    }

    private static String pairings(final ResultDocument result, final List<StreamPairing> pairings) {
        final List<List<String>> rows = new ArrayList<>();
        for (final StreamPairing pairing : pairings) {
            final ResultDocument figures = pairing.figures();
            final Map<String, Object> spread = figures.members("repeats", StreamPairing.figure(figures));
            rows.add(List.of(
                    pairing.label(),
                    decimal(pairing.median(), 2),
                    decimal(((Number) spread.get("min")).doubleValue(), 2) + "\u00a0to\u00a0"
                            + decimal(((Number) spread.get("max")).doubleValue(), 2),
                    decimal(figures.number("ratio_to_linux"), 3),
                    count(figures.number("segments_per_second")),
                    count(figures.number("answers_per_second")),
                    count(figures.number("retransmissions")),
                    decimal(figures.number("server", "cpu"), 2),
                    decimal(figures.number("client", "cpu"), 2)));
        }
        return "<p>Measured in turn in each round. The ratio is one of medians. The CPU is cores of the whole process; what the"
                + " kernel does in interrupts is in no process's.</p>\n"
                + Html.table(
                        List.of(
                                "client to server",
                                isBulk(result) ? "Gbit/s" : "requests/s",
                                "runs",
                                "of Linux to Linux",
                                "segments/s",
                                "answers/s",
                                "sent again",
                                "CPU server",
                                "CPU client"),
                        rows);
    }

    private static String runs(final ResultDocument result, final List<StreamPairing> pairings) {
        final boolean bulk = isBulk(result);
        final List<List<String>> rows = new ArrayList<>();
        for (int i = 0; i < result.runs().size(); i++) {
            final int number = i;
            final ResultDocument run = result.runs().get(i);
            final StreamPairing pairing = pairings.stream()
                    .filter(each -> each.key().equals(run.text("pairing")))
                    .findFirst()
                    .orElseThrow();
            final boolean middle = pairing.figures().number("repeats", "middle") == number;
            final List<String> row = new ArrayList<>();
            row.add((i + 1) + (middle ? " (middle)" : ""));
            row.add(pairing.figures().text("label"));
            row.add(bulk ? decimal(run.number("gbit_per_second"), 2) : count(run.number("requests_per_second")));
            if (!bulk) {
                row.add(decimal(run.number("latency_us", "p50"), 1));
                row.add(decimal(run.number("latency_us", "p99"), 1));
                row.add(decimal(run.number("latency_us", "p999"), 1));
            }
            row.add(count(run.number("retransmissions")));
            row.add(percent(run.number("busy", "server")));
            row.add(percent(run.number("busy", "client")));
            row.add(decimal(run.number("warm_up_s"), 1) + (run.isTrue("settled") ? "" : ", not settled"));
            rows.add(row);
        }
        final List<String> head = new ArrayList<>(List.of("run", "client to server", bulk ? "Gbit/s" : "requests/s"));
        if (!bulk) {
            head.addAll(List.of("p50, µs", "p99, µs", "p99.9, µs"));
        }
        head.addAll(List.of("sent again", "server busy", "client busy", "warm-up, s"));
        return ReportPage.ABOUT_RUNS + Html.table(head, rows);
    }
}
