package io.millrace.bench.report;

import static io.millrace.bench.report.ReportPage.count;
import static io.millrace.bench.report.ReportPage.decimal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleFunction;

/** The charts of a result: the run in the middle in colours, the others behind it. One thread. */
final class ReportCharts {
    private static final int Y_TICKS = 5;
    private static final int X_TICKS = 8;
    private static final DoubleFunction<String> SECONDS = t -> count(t) + " s";
    private static final DoubleFunction<String> PERCENT = share -> count(share * 100) + " %";
    private static final DoubleFunction<String> MICROS = ReportPage::micros;

    private final List<ResultDocument> runs;
    private final ResultDocument middle;
    private final double[] time;

    ReportCharts(final ResultDocument result) {
        this(result.runs(), (int) result.number("repeats", "middle"));
    }

    private ReportCharts(final List<ResultDocument> runs, final int middle) {
        this(runs, runs.get(middle));
    }

    /** Of some runs, {@code middle} being one of them. */
    ReportCharts(final List<ResultDocument> runs, final ResultDocument middle) {
        this.runs = runs;
        this.middle = middle;
        time = middle.numbers("seconds", "t_s");
    }

    /** Connections a second. */
    String rate() {
        final List<Curve> curves = new ArrayList<>(others("closed_per_s"));
        curves.add(Curve.colored("closed", 0, time, seconds("closed_per_s")));
        if (most(List.of(seconds("failed_per_s"))) > 0) {
            curves.add(Curve.colored("failed", 3, time, seconds("failed_per_s")));
        }
        return overTime(SvgChart.WHOLE, "Connections closed, by second", "connections/s", curves, ReportPage::count);
    }

    /** The rates of several runs, which need not be of one length. */
    static String rates(final List<Curve> curves) {
        return bySecond("Connections closed, by second", "connections/s", curves, ReportPage::count);
    }

    /** What several runs, which need not be of one length, did in each second. */
    static String bySecond(
            final String title, final String yTitle, final List<Curve> curves, final DoubleFunction<String> label) {
        final double first =
                -most(curves.stream().map(curve -> negated(curve.x())).toList());
        final double last = most(curves.stream().map(Curve::x).toList());
        return charts(new SvgChart(
                        SvgChart.WHOLE,
                        title,
                        "seconds since measuring began",
                        yTitle,
                        Axis.exact(Math.min(0, first), Math.max(last, 1), X_TICKS, SECONDS),
                        Axis.linear(0, most(curves.stream().map(Curve::y).toList()), Y_TICKS, label),
                        first < 0 ? 0 : Double.NaN,
                        curves)
                .toHtml());
    }

    private static double[] negated(final double[] values) {
        return Arrays.stream(values).map(value -> -value).toArray();
    }

    /** SYNs of a flood or of clients without state; empty where there are none. */
    String syns() {
        if (seconds("syns_per_s").length == 0) {
            return "";
        }
        return charts(overTime(
                SvgChart.WHOLE,
                "SYNs by second, and what the server did with them",
                "SYNs/s",
                List.of(
                        Curve.colored("sent", 0, time, seconds("syns_per_s")),
                        Curve.colored("answered by a cookie", 1, time, seconds("cookies_per_s")),
                        Curve.colored("dropped at sight", 3, time, seconds("shed_per_s"))),
                ReportPage::count));
    }

    /** Connections open at the server; empty where none are held. */
    String held() {
        if (middle.members("held").isEmpty()) {
            return "";
        }
        return charts(overTime(
                SvgChart.WHOLE,
                "Connections open at the server",
                "connections",
                List.of(Curve.colored("open", 5, time, seconds("connections"))),
                ReportPage::count));
    }

    /** The distribution, and how it went. */
    String latency() {
        return charts(distribution(), latencyOverTime());
    }

    private String distribution() {
        final List<Curve> curves = new ArrayList<>();
        for (final ResultDocument run : runs) {
            final double[][] points = points(run);
            if (points[0].length > 0 && run != middle) {
                curves.add(Curve.faint(curves.isEmpty() ? "other runs" : "", points[0], points[1]));
            }
        }
        final double[][] points = points(middle);
        if (points[0].length == 0) {
            return "";
        }
        curves.add(Curve.colored("run in the middle", 0, points[0], points[1]));
        final double nines =
                Math.max(1, Math.ceil(most(curves.stream().map(Curve::x).toList())));
        final double[] ticks = new double[(int) nines + 1];
        Arrays.setAll(ticks, i -> i);
        return new SvgChart(
                        SvgChart.HALF,
                        "Latency by percentile",
                        "percentile",
                        "latency",
                        new Axis(0, nines, false, ticks, ReportCharts::percentile),
                        Axis.logarithmic(
                                Math.max(0.1, least(curves)),
                                most(curves.stream().map(Curve::y).toList()),
                                MICROS),
                        Double.NaN,
                        curves)
                .toHtml();
    }

    /** The nines of each percentile, and its latency; what is beyond all percentiles, the maximum, stands at its end. */
    private static double[][] points(final ResultDocument run) {
        final List<?> pairs = run.list("latency_percentiles");
        final double[][] points = new double[2][pairs.size()];
        double last = 0;
        for (int i = 0; i < pairs.size(); i++) {
            final List<?> pair = (List<?>) pairs.get(i);
            final double beyond = 1 - ((Number) pair.get(0)).doubleValue() / 100;
            last = beyond > 0 ? -Math.log10(beyond) : last;
            points[0][i] = last;
            points[1][i] = ((Number) pair.get(1)).doubleValue();
        }
        return points;
    }

    /** What so many nines are called: 0 %, 90 %, 99 %, 99.9 %. */
    static String percentile(final double nines) {
        final double percent = 100 * (1 - Math.pow(10, -nines));
        return decimal(percent, Math.max(0, (int) Math.ceil(nines) - 2)) + " %";
    }

    private String latencyOverTime() {
        final List<Curve> curves = List.of(
                Curve.colored("p50", 0, time, seconds("p50_us")),
                Curve.colored("p99", 1, time, seconds("p99_us")),
                Curve.colored("max", 3, time, seconds("max_us")));
        final double least = least(curves);
        if (least == Double.MAX_VALUE) {
            return "";
        }
        final double most = most(curves.stream().map(Curve::y).toList());
        return new SvgChart(
                        SvgChart.HALF,
                        "Latency by second",
                        "seconds of the run in the middle",
                        "latency",
                        timeAxis(),
                        Axis.logarithmic(least, most, MICROS),
                        warmUpEnd(),
                        curves)
                .toHtml();
    }

    /** How full the server's tables were. */
    String tables() {
        return charts(
                overTime(
                        SvgChart.HALF,
                        "Half-open connections",
                        "SYN queue entries",
                        List.of(Curve.colored("SYN queue", 2, time, seconds("syn_queue"))),
                        ReportPage::count),
                overTime(
                        SvgChart.HALF,
                        "Connections in TIME_WAIT",
                        "TIME_WAIT entries",
                        List.of(Curve.colored("TIME_WAIT", 4, time, seconds("time_wait"))),
                        ReportPage::count));
    }

    /** What the polling threads did with their time, and what the machine's CPUs did. */
    String cpu() {
        return cpu("generator");
    }

    /** The same, the node that is not the server going by {@code other}. */
    String cpu(final String other) {
        final List<Curve> cpus = new ArrayList<>();
        for (final String cpu : middle.members("seconds", "cpu_busy").keySet()) {
            cpus.add(Curve.colored("CPU " + cpu, cpus.size(), time, middle.numbers("seconds", "cpu_busy", cpu)));
        }
        return charts(
                shares(
                        "Polling threads: time in duty cycles that found work",
                        List.of(
                                Curve.colored("server", 0, time, seconds("server_busy")),
                                Curve.colored(other, 1, time, seconds(other + "_busy")))),
                cpus.isEmpty() ? "" : shares("Each CPU of the machine, by the kernel's account", cpus));
    }

    private String shares(final String title, final List<Curve> curves) {
        return new SvgChart(
                        SvgChart.HALF,
                        title,
                        "seconds of the run in the middle",
                        "busy",
                        timeAxis(),
                        Axis.linear(0, 1, Y_TICKS, PERCENT),
                        warmUpEnd(),
                        curves)
                .toHtml();
    }

    /** Some curves of the run in the middle over its time. */
    String overTime(
            final int width,
            final String title,
            final String yTitle,
            final List<Curve> curves,
            final DoubleFunction<String> label) {
        return new SvgChart(
                        width,
                        title,
                        "seconds of the run in the middle",
                        yTitle,
                        timeAxis(),
                        Axis.linear(0, most(curves.stream().map(Curve::y).toList()), Y_TICKS, label),
                        warmUpEnd(),
                        curves)
                .toHtml();
    }

    private List<Curve> others(final String column) {
        final List<Curve> curves = new ArrayList<>();
        for (final ResultDocument run : runs) {
            if (run != middle) {
                curves.add(Curve.faint(
                        curves.isEmpty() ? "other runs" : "",
                        run.numbers("seconds", "t_s"),
                        run.numbers("seconds", column)));
            }
        }
        return curves;
    }

    /** A column of the run in the middle. */
    Curve column(final String name, final int color, final String column) {
        return Curve.colored(name, color, time, seconds(column));
    }

    private double[] seconds(final String column) {
        return middle.numbers("seconds", column);
    }

    private Axis timeAxis() {
        final double first = time.length == 0 ? 0 : Math.min(0, time[0]);
        final double last = time.length == 0 ? 1 : Math.max(time[time.length - 1], first + 1);
        return Axis.exact(first, last, X_TICKS, SECONDS);
    }

    /** Measuring begins at 0; NaN where there was no warm-up. */
    private double warmUpEnd() {
        return time.length > 0 && time[0] < 0 ? 0 : Double.NaN;
    }

    static double most(final List<double[]> columns) {
        return columns.stream().flatMapToDouble(Arrays::stream).max().orElse(1);
    }

    /** The least ordinate above 0: what a logarithmic axis can show. */
    private static double least(final List<Curve> curves) {
        return curves.stream()
                .flatMapToDouble(curve -> Arrays.stream(curve.y()))
                .filter(y -> y > 0)
                .min()
                .orElse(Double.MAX_VALUE);
    }

    static String charts(final String... figures) {
        return "<div class=\"charts\">\n" + String.join("", figures) + "</div>\n";
    }
}
