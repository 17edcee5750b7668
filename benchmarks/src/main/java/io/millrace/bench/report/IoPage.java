package io.millrace.bench.report;

import static io.millrace.bench.report.Html.escape;
import static io.millrace.bench.report.ReportPage.decimal;
import static io.millrace.bench.report.ReportPage.percent;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleFunction;
import java.util.stream.IntStream;

/** A result of the io benchmark as one page: each path's frames a second by run, and its share of what C does. Stateless. */
final class IoPage {
    private static final List<String> PATHS = List.of("port", "c", "device");
    private static final List<String> JAVA = List.of("port", "device");
    private static final Map<String, String> NAMES =
            Map.of("port", "Java, as the engine does it", "c", "C", "device", "Java, the bindings alone");

    private static final String QUIET =
            "The machine was quiet: every polling thread had its core, and C ran on the same DPDK.";

    private static final int MOST_TICKS = 10;

    private IoPage() {}

    /** The page. */
    static String of(final ResultDocument result) {
        final String html = head(result)
                + ReportPage.noise(result, QUIET)
                + tiles(result)
                + Html.section("Frames a second", charts(result))
                + Html.section("Runs", runs(result))
                + Html.section("Machine", ReportPage.machine(result, result, List.of()))
                + Html.section("Command", ReportPage.command(result, result.settings()));
        return ReportPage.framed(figure(result), html);
    }

    private static boolean hasC(final ResultDocument result) {
        return result.isThere("c");
    }

    private static String figure(final ResultDocument result) {
        return hasC(result)
                ? decimal(result.number("port", "of_c", "median"), 2) + " of C"
                : decimal(result.number("port", "mpps", "median"), 1) + " Mpps";
    }

    private static String head(final ResultDocument result) {
        final List<String> path = hasC(result) ? List.of("port", "of_c") : List.of("port", "mpps");
        final int runs = result.runs().size();
        final String spread = runs < 2
                ? "one run"
                : "median of %d runs, %s to %s"
                        .formatted(
                                runs,
                                decimal(result.number(path.get(0), path.get(1), "min"), 2),
                                decimal(result.number(path.get(0), path.get(1), "max"), 2));
        return "<header><h1>%s</h1><p>frames of %s bytes that one core receives, touches and transmits, in bursts of %s over"
                        .formatted(
                                escape(figure(result)),
                                escape(result.text("frame_bytes")),
                                escape(result.text("burst")))
                + " %s; %s; %s s each%s</p></header>\n"
                        .formatted(
                                escape(link(result)),
                                escape(spread),
                                escape(decimal(result.number("seconds"), 0)),
                                result.isTrue("interrupted") ? "; interrupted" : "");
    }

    private static String link(final ResultDocument result) {
        return result.isThere("sender_cpu")
                ? result.text("link") + ", from and to a sender in C"
                : "net_" + result.text("link");
    }

    private static String tiles(final ResultDocument result) {
        final StringBuilder html = new StringBuilder("<div class=\"tiles\">");
        for (final String path : PATHS) {
            if (result.isThere(path)) {
                Tiles.tile(html, "Mpps, " + NAMES.get(path), decimal(result.number(path, "mpps", "median"), 1));
            }
        }
        if (hasC(result)) {
            JAVA.forEach(path ->
                    Tiles.tile(html, "of C: " + NAMES.get(path), decimal(result.number(path, "of_c", "median"), 3)));
        }
        return html.append("</div>\n").toString();
    }

    private static String charts(final ResultDocument result) {
        final String frames = chart(result, "Frames by run", "Mpps", "mpps", PATHS, value -> decimal(value, 0));
        final String shares = hasC(result)
                ? chart(result, "Share of C by run", "of C", "of_c", JAVA, value -> decimal(value, 1))
                : "";
        final String about = hasC(result)
                ? "<p>Each run is a process of its own, Java beside C: the machine drifts, and the two drift together.</p>\n"
                : "<p>No C to compare with: " + escape(result.text("no_c")) + "</p>\n";
        return about + ReportCharts.charts(frames, shares);
    }

    private static String chart(
            final ResultDocument result,
            final String title,
            final String yTitle,
            final String member,
            final List<String> paths,
            final DoubleFunction<String> label) {
        final List<ResultDocument> runs = result.runs();
        final double[] numbers =
                IntStream.rangeClosed(1, runs.size()).asDoubleStream().toArray();
        final List<Curve> curves = new ArrayList<>();
        for (final String path : paths) {
            if (result.isThere(path)) {
                final double[] values = runs.stream()
                        .mapToDouble(run -> run.number(member, path))
                        .toArray();
                curves.add(Curve.colored(NAMES.get(path), PATHS.indexOf(path), numbers, values));
            }
        }
        return new SvgChart(
                        SvgChart.HALF,
                        title,
                        "run",
                        yTitle,
                        Axis.exact(0.5, runs.size() + 0.5, Math.min(runs.size(), MOST_TICKS), ReportPage::count),
                        Axis.linear(
                                0,
                                ReportCharts.most(curves.stream().map(Curve::y).toList()),
                                5,
                                label),
                        Double.NaN,
                        curves)
                .toHtml();
    }

    private static String runs(final ResultDocument result) {
        final List<String> paths = PATHS.stream().filter(result::isThere).toList();
        final List<String> head = new ArrayList<>(List.of("run"));
        paths.forEach(path -> head.add(path + ", Mpps"));
        if (hasC(result)) {
            JAVA.forEach(path -> head.add(path + " of C"));
        }
        head.add("least share of its core");
        final List<List<String>> rows = new ArrayList<>();
        for (final ResultDocument run : result.runs()) {
            final List<String> row = new ArrayList<>(List.of(String.valueOf(rows.size() + 1)));
            paths.forEach(path -> row.add(decimal(run.number("mpps", path), 2)));
            if (hasC(result)) {
                JAVA.forEach(path -> row.add(decimal(run.number("of_c", path), 3)));
            }
            row.add(percent(paths.stream()
                    .mapToDouble(path -> run.number("share_of_core", path))
                    .min()
                    .orElse(Double.NaN)));
            rows.add(row);
        }
        return Html.table(head, rows);
    }
}
