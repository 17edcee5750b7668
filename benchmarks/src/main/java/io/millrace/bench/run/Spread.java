package io.millrace.bench.run;

import java.util.List;

/** Median and extremes of some figures. Immutable. */
public record Spread(double median, double min, double max) {
    /** Of at least one figure. */
    public static Spread of(final List<Double> figures) {
        final double[] sorted =
                figures.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        final int middle = sorted.length / 2;
        final double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(median, sorted[0], sorted[sorted.length - 1]);
    }

    /** How far the extremes are apart, as a share of the median; 0 where the median is 0. */
    public double relative() {
        return median == 0 ? 0 : (max - min) / median;
    }
}
