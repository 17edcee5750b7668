package io.millrace.bench.run;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Tells when a rate has settled: the last {@link #SECONDS} seconds differ from their mean by no more than {@link #TOLERANCE}.
 * Before that the compiler still replaces the code that runs, and tables are touched for the first time. One thread.
 */
public final class SteadyState {
    /** Successive seconds that have to agree. */
    static final int SECONDS = 4;
    /** How far each may be from their mean, as a share of it. */
    static final double TOLERANCE = 0.05;

    /** How much a table may grow in a second, as a share of the rate, and be called full. */
    static final double GROWTH = 0.05;

    private final boolean untilFull;
    private final Deque<Double> last = new ArrayDeque<>();
    private boolean full;

    /**
     * Of a run.
     *
     * @param untilFull whether it has not settled before the TIME_WAIT table has stopped growing.
     */
    public SteadyState(final boolean untilFull) {
        this.untilFull = untilFull;
    }

    /**
     * Another second is over.
     *
     * @param growth of the TIME_WAIT table in that second, entries.
     */
    public void add(final double rate, final double growth) {
        last.addLast(rate);
        if (last.size() > SECONDS) {
            last.removeFirst();
        }
        full = rate > 0 && Math.abs(growth) <= GROWTH * rate;
    }

    /** Whether the last seconds agree; a rate of nothing has not settled. */
    public boolean reached() {
        if (last.size() < SECONDS || untilFull && !full) {
            return false;
        }
        final double mean = last.stream().mapToDouble(Double::doubleValue).sum() / SECONDS;
        return mean > 0 && last.stream().allMatch(rate -> Math.abs(rate - mean) <= TOLERANCE * mean);
    }
}
