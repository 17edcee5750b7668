package io.millrace.bench.report;

import static io.millrace.bench.report.Html.escape;

import java.util.List;
import java.util.Locale;

/**
 * A chart of shares as horizontal bars, one below the other, as SVG inside a page. Immutable.
 *
 * @param title what it shows.
 * @param bars from top to bottom.
 */
record Bars(String title, List<Bar> bars) {
    private static final int LEFT = 160;
    private static final int RIGHT = 60;
    private static final int STEP = 22;
    private static final int THICK = 14;

    /**
     * A share of the whole.
     *
     * @param share 0 to 1.
     * @param color of those of {@link Curve}.
     */
    record Bar(String name, double share, int color) {}

    /** The figure as a piece of a page. */
    String toHtml() {
        final double most = bars.stream().mapToDouble(Bar::share).max().orElse(1);
        final StringBuilder html = new StringBuilder();
        html.append("<figure><figcaption>").append(escape(title)).append("</figcaption>\n");
        html.append(format(
                "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">\n",
                SvgChart.HALF, Math.max(1, bars.size()) * STEP + 4, escape(title)));
        for (int i = 0; i < bars.size(); i++) {
            final Bar bar = bars.get(i);
            final double width = bar.share() / most * (SvgChart.HALF - LEFT - RIGHT);
            html.append(format(
                    "<text class=\"end\" x=\"%d\" y=\"%d\">%s</text>", LEFT - 8, i * STEP + THICK, escape(bar.name())));
            html.append(format(
                    "<rect class=\"c%d\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>",
                    bar.color() % Curve.COLORS, LEFT, i * STEP + 3, Math.max(1, width), THICK));
            html.append(format(
                    "<text x=\"%.1f\" y=\"%d\">%s</text>\n",
                    LEFT + width + 6, i * STEP + THICK, escape(ReportPage.percent(bar.share()))));
        }
        return html.append("</svg>\n</figure>\n").toString();
    }

    private static String format(final String format, final Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
