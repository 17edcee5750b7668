package io.millrace.bench.run;

/** Who is told how a run goes. Called by the run's thread. */
public interface Progress {
    /** A step that takes a moment begins. */
    void phase(String what);

    /** Both nodes are ready; the load begins. */
    void ready(Moment ready);

    /**
     * Another second is over.
     *
     * @param elapsedSeconds since the warm-up began, or since measuring began.
     * @param warmUp whether this second does not count.
     */
    void second(double elapsedSeconds, Moment before, Moment now, boolean warmUp);
}
