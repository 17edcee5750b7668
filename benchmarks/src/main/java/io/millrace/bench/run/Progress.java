package io.millrace.bench.run;

import java.time.Duration;

/** Who is told how a run goes. Called by the run's thread. */
public interface Progress {
    /** Another run of several begins, counted from 1; not told where there is only one. {@code name} is its part's, or empty. */
    void run(int number, int of, String name);

    /** What follows is a run of a reference. */
    void reference(String label);

    /** What follows is a run for nothing but its profile. */
    void profile();

    /** A step that takes a moment begins. */
    void phase(String what);

    /** The step has not ended, and takes this long already. */
    void waiting(long seconds);

    /** Both nodes are ready; the load begins. */
    void ready(Moment ready);

    /**
     * Another second of the warm-up is over.
     *
     * @param elapsedSeconds since it began.
     * @param limit how long it takes at most.
     * @param settled whether the rate has settled.
     */
    void warmUp(double elapsedSeconds, Duration limit, boolean settled, Moment before, Moment now);

    /**
     * Another second that counts is over.
     *
     * @param elapsedSeconds since measuring began.
     */
    void second(double elapsedSeconds, Moment before, Moment now);
}
