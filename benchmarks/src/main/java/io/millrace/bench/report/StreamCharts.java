package io.millrace.bench.report;

import static io.millrace.bench.report.ReportPage.decimal;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;

/** The charts of a stream result: what goes over in each second of all pairings, the rest of the first. One thread. */
final class StreamCharts {
    private final boolean bulk;
    private final List<StreamPairing> pairings;
    private final ReportCharts first;

    StreamCharts(final boolean bulk, final List<StreamPairing> pairings) {
        this.bulk = bulk;
        this.pairings = pairings;
        first = new ReportCharts(pairings.getFirst().runs(), pairings.getFirst().middle());
    }

    /** 10^9 bits, or requests, a second: the run in the middle of each pairing in a colour, the others behind. */
    String figure() {
        final String column = bulk ? "gbit_per_s" : "requests_per_s";
        final List<Curve> curves = new ArrayList<>();
        final List<Curve> middles = new ArrayList<>();
        for (final StreamPairing pairing : pairings) {
            for (final ResultDocument run : pairing.runs()) {
                final double[] time = run.numbers("seconds", "t_s");
                final double[] values = run.numbers("seconds", column);
                if (run == pairing.middle()) {
                    middles.add(Curve.colored(pairing.label(), pairing.index(), time, values));
                } else {
                    curves.add(Curve.faint(curves.isEmpty() ? "other runs" : "", time, values));
                }
            }
        }
        curves.addAll(middles);
        final DoubleFunction<String> label = bulk ? value -> decimal(value, value < 10 ? 1 : 0) : ReportPage::count;
        return ReportCharts.bySecond(
                bulk ? "Text that arrives, by second" : "Requests answered, by second",
                bulk ? "Gbit/s" : "requests/s",
                curves,
                label);
    }

    /** Of answers: the distribution, and how it went. */
    String latency() {
        return first.latency();
    }

    /** Segments sent, and sent again. */
    String segments() {
        final String again = first.overTime(
                bulk ? SvgChart.HALF : SvgChart.WHOLE,
                "Segments sent again, by second",
                "segments/s",
                List.of(first.column("sent again by either side", 3, "retransmissions_per_s")),
                value -> decimal(value, value == Math.rint(value) ? 0 : 1));
        return bulk
                ? ReportCharts.charts(
                        first.overTime(
                                SvgChart.HALF,
                                "Segments sent, by second",
                                "segments/s",
                                List.of(
                                        first.column("by the side that sends the text", 0, "segments_per_s"),
                                        first.column("answers", 1, "answers_per_s")),
                                ReportPage::count),
                        again)
                : ReportCharts.charts(again);
    }

    /** What the polling threads did with their time, and what the machine's CPUs did. */
    String cpu() {
        return first.cpu("client");
    }
}
