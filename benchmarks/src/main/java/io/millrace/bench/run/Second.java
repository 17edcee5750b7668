package io.millrace.bench.run;

import io.millrace.dataplane.counters.Counter;

/**
 * A second of a run that is over, or what came of one. Immutable.
 *
 * @param elapsed seconds from where the run's time is 0 to its end.
 * @param before the moment it began.
 * @param now the moment it ended.
 */
public record Second(double elapsed, Moment before, Moment now) {
    /** What the server did in it. */
    public Interval server() {
        return now.serverSince(before);
    }

    /** What the generator did in it. */
    public Interval generator() {
        return now.generatorSince(before);
    }

    /** Segments sent again by either side, a second. */
    public double retransmissionsPerSecond() {
        return server().perSecond(Counter.TCP_SEGMENTS_RETRANSMITTED)
                + generator().perSecond(Counter.TCP_SEGMENTS_RETRANSMITTED);
    }

    /** A gauge of the server's at its end. */
    long atServer(final Counter gauge) {
        return now.server().counter(gauge);
    }
}
