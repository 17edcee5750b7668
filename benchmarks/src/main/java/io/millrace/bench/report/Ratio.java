package io.millrace.bench.report;

import java.util.Arrays;

/**
 * What one set of figures is of another, and how sure that is. Immutable.
 *
 * @param value B's geometric mean divided by A's; NaN where one of them is not above 0.
 * @param low where the interval of 95 % begins; NaN where there are too few figures for one.
 * @param high where it ends.
 */
record Ratio(double value, double low, double high) {
    /** How the interval is found, for whoever reads it. */
    static final String METHOD = "Welch's t on the logarithms of the runs' figures";

    private static final double BOTH_SIDES_OF_95 = 0.975;

    /**
     * Of figures that were measured independently of each other. Logarithms, because rates and times differ by factors; Welch,
     * because the two need not scatter alike, and because with a handful of runs a bootstrap's interval is too narrow.
     */
    static Ratio of(final double[] a, final double[] b) {
        if (a.length == 0 || b.length == 0 || !isPositive(a) || !isPositive(b)) {
            return new Ratio(Double.NaN, Double.NaN, Double.NaN);
        }
        final double[] logA = Arrays.stream(a).map(Math::log).toArray();
        final double[] logB = Arrays.stream(b).map(Math::log).toArray();
        final double difference = mean(logB) - mean(logA);
        if (a.length < 2 || b.length < 2) {
            return new Ratio(Math.exp(difference), Double.NaN, Double.NaN);
        }
        final double errorA = variance(logA) / a.length;
        final double errorB = variance(logB) / b.length;
        final double error = errorA + errorB;
        // Welch and Satterthwaite; figures that do not scatter at all leave nothing to be unsure of
        final double freedom = error * error / (errorA * errorA / (a.length - 1) + errorB * errorB / (b.length - 1));
        final double reach = error == 0 ? 0 : StudentT.quantile(BOTH_SIDES_OF_95, freedom) * Math.sqrt(error);
        return new Ratio(Math.exp(difference), Math.exp(difference - reach), Math.exp(difference + reach));
    }

    /** Whether there is an interval. */
    boolean hasInterval() {
        return !Double.isNaN(low);
    }

    /** Whether the interval leaves out 1: the two differ by more than they scatter. */
    boolean differs() {
        return hasInterval() && (low > 1 || high < 1);
    }

    private static boolean isPositive(final double[] figures) {
        return Arrays.stream(figures).allMatch(figure -> figure > 0);
    }

    private static double mean(final double[] figures) {
        return Arrays.stream(figures).sum() / figures.length;
    }

    private static double variance(final double[] figures) {
        final double mean = mean(figures);
        return Arrays.stream(figures)
                        .map(figure -> (figure - mean) * (figure - mean))
                        .sum()
                / (figures.length - 1);
    }
}
