package io.millrace.bench.jmh;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How long each phase of a benchmark takes, for one of its operations: the mean of an iteration, and of these the median.
 * Reading the clock costs some 20 ns a burst and phase. One thread.
 */
final class PhaseTimes {
    private final String[] names;
    private final long[] nanos;
    private final List<double[]> iterations = new ArrayList<>();
    private long operations;
    private long last;

    PhaseTimes(final String... names) {
        this.names = names;
        nanos = new long[names.length];
    }

    /** A burst begins. */
    void begin() {
        last = System.nanoTime();
    }

    /** A phase of the burst has ended, and the next begins. */
    void end(final int phase) {
        final long now = System.nanoTime();
        nanos[phase] += now - last;
        last = now;
    }

    /** A burst of so many operations has ended. */
    void count(final int burst) {
        operations += burst;
    }

    /** An iteration has ended. */
    void endIteration() {
        if (operations > 0) {
            iterations.add(Arrays.stream(nanos)
                    .mapToDouble(sum -> (double) sum / operations)
                    .toArray());
        }
        Arrays.fill(nanos, 0);
        operations = 0;
    }

    /** Prints the medians of the last {@code measured} iterations, if there was one. */
    void print(final int measured) {
        final int from = Math.max(0, iterations.size() - measured);
        for (int phase = 0; phase < names.length && from < iterations.size(); phase++) {
            final int at = phase;
            final double[] values = iterations.subList(from, iterations.size()).stream()
                    .mapToDouble(iteration -> iteration[at])
                    .sorted()
                    .toArray();
            System.out.printf(
                    "%n%-44s %7.1f ns (%.1f to %.1f)",
                    names[phase], values[values.length / 2], values[0], values[values.length - 1]);
        }
        System.out.println();
    }
}
