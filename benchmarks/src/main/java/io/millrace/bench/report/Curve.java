package io.millrace.bench.report;

/**
 * One line of a chart. Immutable.
 *
 * @param name what the legend calls it; curves without a name are not in it.
 * @param style class of its colour in the style sheet: c0 to c7, or faint.
 * @param x abscissas, ascending.
 * @param y ordinates; one that is not a number is left out.
 */
record Curve(String name, String style, double[] x, double[] y) {
    /** More points than this can't be told apart on a screen. */
    static final int MAX_POINTS = 1_000;

    /** Colours there are, before they repeat. */
    static final int COLORS = 8;

    /** A curve in one of the colours. */
    static Curve colored(final String name, final int color, final double[] x, final double[] y) {
        return new Curve(name, "c" + color % COLORS, x, y);
    }

    /** A curve behind the others. */
    static Curve faint(final String name, final double[] x, final double[] y) {
        return new Curve(name, "faint", x, y);
    }

    int length() {
        return Math.min(x.length, y.length);
    }

    /** The same with few enough points: of each stretch the least and the greatest, so that no peak gets lost. */
    Curve thinned() {
        if (length() <= MAX_POINTS) {
            return this;
        }
        final int stretches = MAX_POINTS / 2;
        final double[] thinX = new double[stretches * 2];
        final double[] thinY = new double[stretches * 2];
        for (int s = 0; s < stretches; s++) {
            final int from = (int) ((long) s * length() / stretches);
            final int to = (int) ((s + 1L) * length() / stretches);
            int least = from;
            int most = from;
            for (int i = from; i < to; i++) {
                least = y[i] < y[least] ? i : least;
                most = y[i] > y[most] ? i : most;
            }
            thinX[2 * s] = x[Math.min(least, most)];
            thinY[2 * s] = y[Math.min(least, most)];
            thinX[2 * s + 1] = x[Math.max(least, most)];
            thinY[2 * s + 1] = y[Math.max(least, most)];
        }
        return new Curve(name, style, thinX, thinY);
    }
}
