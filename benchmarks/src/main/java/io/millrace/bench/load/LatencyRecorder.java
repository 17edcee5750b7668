package io.millrace.bench.load;

import org.HdrHistogram.Histogram;

/**
 * A histogram that one thread fills and another takes away now and then, at no cost to the first.
 *
 * <p>The filling thread swaps the two histograms itself, when it sees that the other one has asked: no atomic operation
 * for each value. Values are nanoseconds up to a minute with an error of at most 0.1 %. Allocates at construction only.
 */
public final class LatencyRecorder {
    /** Longest latency told apart, ns; longer ones count as this. */
    static final long MAX_NANOS = 60_000_000_000L;

    private static final int SIGNIFICANT_DIGITS = 3;

    private Histogram active = new Histogram(MAX_NANOS, SIGNIFICANT_DIGITS);
    private Histogram taken = new Histogram(MAX_NANOS, SIGNIFICANT_DIGITS);
    private volatile boolean asked;

    /** Notes a latency; the filling thread. */
    public void record(final long nanos) {
        active.recordValue(Math.clamp(nanos, 0, MAX_NANOS));
    }

    /** Hands the histogram over if it was asked for; the filling thread, once a duty cycle. */
    public void swapIfAsked() {
        if (asked) {
            final Histogram full = active;
            active = taken;
            taken = full;
            asked = false;
        }
    }

    /** Asks for what was recorded since the last time; the taking thread. */
    public void ask() {
        taken.reset();
        asked = true;
    }

    /** True when what was asked for may be {@link #taken}. */
    public boolean ready() {
        return !asked;
    }

    /** What was recorded before the last {@link #ask}; valid until the next one. The taking thread, when {@link #ready}. */
    public Histogram taken() {
        return taken;
    }

    /** An empty histogram to add the taken ones up in. */
    public static Histogram newTotal() {
        return new Histogram(MAX_NANOS, SIGNIFICANT_DIGITS);
    }
}
