package io.millrace.bench.io;

import java.util.List;

/** Median and extremes of some figures. Immutable. */
record Spread(double median, double min, double max) {
    /** Of at least one figure. */
    static Spread of(final List<Double> figures) {
        final double[] sorted =
                figures.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        final int middle = sorted.length / 2;
        final double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(median, sorted[0], sorted[sorted.length - 1]);
    }
}
