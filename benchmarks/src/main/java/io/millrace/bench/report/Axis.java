package io.millrace.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;

/**
 * One axis of a chart: where a value stands, and which values are marked. Immutable.
 *
 * @param low the least value shown.
 * @param high the greatest.
 * @param logarithmic whether equal steps are equal factors; {@code low} is then above 0.
 * @param ticks the marked values, ascending.
 * @param label what a marked value is called.
 */
record Axis(double low, double high, boolean logarithmic, double[] ticks, DoubleFunction<String> label) {
    private static final double[] STEPS = {1, 2, 5, 10};

    /** From 0, or below where values are, up to a round value that holds all; about {@code wanted} marks. */
    static Axis linear(final double least, final double most, final int wanted, final DoubleFunction<String> label) {
        final double low = Math.min(0, least);
        final double span = most > low ? most - low : 1;
        final double step = niceStep(span / wanted);
        final double first = Math.floor(low / step);
        final double last = Math.ceil((low + span) / step - 1e-9);
        final double[] ticks = new double[(int) (last - first) + 1];
        for (int i = 0; i < ticks.length; i++) {
            ticks[i] = (first + i) * step;
        }
        return new Axis(ticks[0], ticks[ticks.length - 1], false, ticks, label);
    }

    /** From exactly {@code low} to exactly {@code high}, with about {@code wanted} round values marked between them. */
    static Axis exact(final double low, final double high, final int wanted, final DoubleFunction<String> label) {
        final double step = niceStep(Math.max(high - low, 1e-9) / wanted);
        final List<Double> ticks = new ArrayList<>();
        for (long i = (long) Math.ceil(low / step); i * step <= high; i++) {
            ticks.add(i * step);
        }
        return new Axis(
                low,
                high,
                false,
                ticks.stream().mapToDouble(Double::doubleValue).toArray(),
                label);
    }

    /** Over whole decades, marked at 1, 2 and 5 of each, or at each decade where there are many. */
    static Axis logarithmic(final double least, final double most, final DoubleFunction<String> label) {
        final int first = (int) Math.floor(Math.log10(least));
        final int last = Math.max(first + 1, (int) Math.ceil(Math.log10(most)));
        final boolean many = last - first > 3;
        final List<Double> ticks = new ArrayList<>();
        for (int decade = first; decade < last; decade++) {
            for (int i = 0; i < (many ? 1 : STEPS.length - 1); i++) {
                ticks.add(STEPS[i] * Math.pow(10, decade));
            }
        }
        ticks.add(Math.pow(10, last));
        return new Axis(
                Math.pow(10, first),
                Math.pow(10, last),
                true,
                ticks.stream().mapToDouble(Double::doubleValue).toArray(),
                label);
    }

    private static double niceStep(final double rough) {
        final double decade = Math.pow(10, Math.floor(Math.log10(rough)));
        for (final double step : STEPS) {
            if (step * decade >= rough * (1 - 1e-9)) {
                return step * decade;
            }
        }
        return 10 * decade;
    }

    /** Where a value stands between {@code low} (0) and {@code high} (1); values outside stand at the ends. */
    double position(final double value) {
        final double share = logarithmic
                ? Math.log(Math.max(value, low) / low) / Math.log(high / low)
                : (value - low) / (high - low);
        return Math.clamp(share, 0, 1);
    }
}
