package io.millrace.bench.run;

import io.millrace.bench.run.NodeReport.Load;
import io.millrace.dataplane.counters.Counter;

/**
 * The two nodes' reports of one moment, and the machine's.
 *
 * @param server the server's report.
 * @param generator the generator's.
 * @param cpus what the machine's CPUs have done.
 * @param epochMillis the time of day.
 */
public record Moment(NodeReport server, NodeReport generator, CpuTimes cpus, long epochMillis) {
    /** Two reports that have just come. */
    public static Moment now(final NodeReport server, final NodeReport generator) {
        return new Moment(server, generator, CpuTimes.read(), System.currentTimeMillis());
    }

    /** What the server did since an earlier moment. */
    public Interval serverSince(final Moment earlier) {
        return new Interval(earlier.server, server);
    }

    /** What the generator did since an earlier moment. */
    public Interval generatorSince(final Moment earlier) {
        return new Interval(earlier.generator, generator);
    }

    /** The figure that the benchmark is about, since an earlier moment: connections closed a second. */
    double rateSince(final Moment earlier) {
        return generatorSince(earlier).perSecond(Load::allClosed);
    }

    /** By how many entries the TIME_WAIT tables have grown since an earlier moment. */
    double timeWaitGrowthSince(final Moment earlier) {
        return serverSince(earlier).delta(Counter.TIME_WAIT_ENTRIES)
                + generatorSince(earlier).delta(Counter.TIME_WAIT_ENTRIES);
    }
}
