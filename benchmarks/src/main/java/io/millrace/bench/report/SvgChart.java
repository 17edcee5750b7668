package io.millrace.bench.report;

import static io.millrace.bench.report.Html.escape;

import java.util.List;
import java.util.Locale;

/**
 * A chart of lines as SVG inside a page: colours and fonts are the page's style sheet's, so it follows a dark or a light
 * screen, and neither AWT nor a font of this machine is needed to draw it. Immutable.
 *
 * @param width {@link #HALF} or {@link #WHOLE}: what it takes of the page, as text keeps its size.
 * @param title what it shows.
 * @param xTitle what the abscissa is, with its unit.
 * @param yTitle what the ordinate is, with its unit.
 * @param x the abscissa.
 * @param y the ordinate.
 * @param shadedUntil the abscissas below are shaded as not counting; NaN for none.
 * @param curves the lines, those behind first.
 */
record SvgChart(
        int width, String title, String xTitle, String yTitle, Axis x, Axis y, double shadedUntil, List<Curve> curves) {
    /** Half of the page's width. */
    static final int HALF = 560;
    /** All of it. */
    static final int WHOLE = 1155;

    private static final int HEIGHT = 270;
    private static final int LEFT = 78;
    private static final int RIGHT = 26;
    private static final int TOP = 26;
    private static final int BOTTOM = 40;

    /** With more points their dots would lie on each other: they are seen only when pointed at. */
    private static final int SEEN_DOTS = 60;
    /** With more than this, there is none to point at. */
    private static final int MAX_DOTS = 240;

    /** The figure as a piece of a page. */
    String toHtml() {
        final StringBuilder html = new StringBuilder();
        html.append("<figure><figcaption>").append(escape(title)).append("</figcaption>\n");
        html.append(
                format("<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">\n", width, HEIGHT, escape(title)));
        shade(html);
        grid(html);
        curves.forEach(curve -> draw(html, curve.thinned()));
        if (shadedUntil > x.low()) {
            html.append(format("<text class=\"over\" x=\"%d\" y=\"%d\">warm-up</text>\n", LEFT + 5, TOP + 13));
        }
        html.append("</svg>\n");
        legend(html);
        return html.append("</figure>\n").toString();
    }

    private void shade(final StringBuilder html) {
        if (shadedUntil > x.low()) {
            final double end = left(shadedUntil);
            html.append(format(
                    "<rect class=\"shade\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>\n",
                    LEFT, TOP, end - LEFT, HEIGHT - TOP - BOTTOM));
        }
    }

    private void grid(final StringBuilder html) {
        for (final double tick : y.ticks()) {
            html.append(format(
                    "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>",
                    LEFT, width - RIGHT, top(tick), top(tick)));
            html.append(format(
                    "<text class=\"end\" x=\"%d\" y=\"%.1f\">%s</text>\n",
                    LEFT - 6, top(tick) + 4, escape(y.label().apply(tick))));
        }
        for (final double tick : x.ticks()) {
            html.append(format(
                    "<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>",
                    left(tick), left(tick), TOP, HEIGHT - BOTTOM));
            html.append(format(
                    "<text class=\"middle\" x=\"%.1f\" y=\"%d\">%s</text>\n",
                    left(tick), HEIGHT - BOTTOM + 15, escape(x.label().apply(tick))));
        }
        html.append(format("<text class=\"note\" x=\"4\" y=\"12\">%s</text>\n", escape(yTitle)));
        html.append(format(
                "<text class=\"note middle\" x=\"%d\" y=\"%d\">%s</text>\n",
                (LEFT + width - RIGHT) / 2, HEIGHT - 6, escape(xTitle)));
    }

    private void draw(final StringBuilder html, final Curve curve) {
        final StringBuilder points = new StringBuilder();
        for (int i = 0; i < curve.length(); i++) {
            if (!Double.isNaN(curve.y()[i])) {
                points.append(format("%.1f,%.1f ", left(curve.x()[i]), top(curve.y()[i])));
            }
        }
        html.append(format(
                "<polyline class=\"%s\" points=\"%s\"/>\n",
                curve.style(), points.toString().strip()));
        if (curve.length() > MAX_DOTS || curve.style().equals("faint")) {
            return;
        }
        final String seen = curve.length() > SEEN_DOTS ? " unseen" : "";
        for (int i = 0; i < curve.length(); i++) {
            if (!Double.isNaN(curve.y()[i])) {
                html.append(format(
                        "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"2.2\"><title>%s: %s at %s</title></circle>\n",
                        curve.style() + seen,
                        left(curve.x()[i]),
                        top(curve.y()[i]),
                        escape(curve.name()),
                        escape(y.label().apply(curve.y()[i])),
                        escape(x.label().apply(curve.x()[i]))));
            }
        }
    }

    private void legend(final StringBuilder html) {
        html.append("<p class=\"legend\">");
        for (final Curve curve : curves) {
            if (!curve.name().isEmpty()) {
                html.append(format("<span><i class=\"%s\"></i>%s</span> ", curve.style(), escape(curve.name())));
            }
        }
        html.append("</p>\n");
    }

    private double left(final double value) {
        return LEFT + x.position(value) * (width - LEFT - RIGHT);
    }

    private double top(final double value) {
        return HEIGHT - BOTTOM - y.position(value) * (HEIGHT - TOP - BOTTOM);
    }

    private static String format(final String format, final Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
