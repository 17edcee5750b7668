package io.millrace.bench.run;

import io.millrace.bench.run.NodeReport.Load;
import io.millrace.dataplane.counters.Counter;
import java.util.OptionalLong;
import java.util.function.ToLongFunction;

/**
 * What happened between two reports of the same node: rates and shares. Immutable.
 *
 * @param before the earlier report.
 * @param after the later one.
 */
public record Interval(NodeReport before, NodeReport after) {
    /** Its length. */
    public double seconds() {
        return (after.nanos() - before.nanos()) / 1e9;
    }

    /** By how much a counter grew. */
    public long delta(final Counter counter) {
        return after.counter(counter) - before.counter(counter);
    }

    /** How fast a counter grew. */
    public double perSecond(final Counter counter) {
        return rate(delta(counter));
    }

    /** By how much one of the generator's counts grew. */
    public long delta(final ToLongFunction<Load> count) {
        return count.applyAsLong(after.load()) - count.applyAsLong(before.load());
    }

    /** How fast one of the generator's counts grew. */
    public double perSecond(final ToLongFunction<Load> count) {
        return rate(delta(count));
    }

    /** Share of the polling threads' time that went into duty cycles with work, 0 to 1. */
    public double busy() {
        final double work = delta(Counter.DUTY_WORK_NANOS);
        final double all = work + delta(Counter.DUTY_IDLE_NANOS);
        return all == 0 ? 0 : Math.min(1, (work + blastNanos()) / all);
    }

    /** Time for SYNs that no engine sends, which the engine takes for idle, ns. */
    private long blastNanos() {
        return after.load() == null || after.load().blast() == null
                ? 0
                : delta(load -> load.blast().workNanos());
    }

    /** Time in duty cycles with work for each of so many things done, ns; NaN where nothing was. */
    double workNanosPer(final long done) {
        return done == 0 ? Double.NaN : (delta(Counter.DUTY_WORK_NANOS) + blastNanos()) / (double) done;
    }

    /** Cores that the whole process kept busy, by the kernel's account. */
    public double cores() {
        return rate((after.process().cpuNanos() - before.process().cpuNanos()) / 1e9);
    }

    /** Heap bytes that the polling threads allocated. */
    public long pollingAllocatedBytes() {
        return after.process().pollingAllocatedBytes() - before.process().pollingAllocatedBytes();
    }

    /** Garbage collections. */
    public long collections() {
        return after.process().gcCount() - before.process().gcCount();
    }

    /** Time in garbage collections, ms. */
    long collectionMillis() {
        return after.process().gcMillis() - before.process().gcMillis();
    }

    /** Times the JVM stopped all its threads; empty where it does not tell. */
    OptionalLong safepoints() {
        return since(before.process().safepoints(), after.process().safepoints());
    }

    /** Time in them, ms; empty where the JVM does not tell. */
    OptionalLong safepointMillis() {
        return since(before.process().safepointMillis(), after.process().safepointMillis());
    }

    private static OptionalLong since(final long earlier, final long later) {
        return earlier == Safepoints.UNKNOWN || later == Safepoints.UNKNOWN
                ? OptionalLong.empty()
                : OptionalLong.of(later - earlier);
    }

    /** The share of its time that a polling thread waited for its core, which another had: 0 to 1, over all of them. */
    double pollingWait() {
        final int threads = after.process().pollingThreads();
        final double waited =
                after.process().pollingWaitNanos() - before.process().pollingWaitNanos();
        return threads == 0 ? 0 : rate(waited / 1e9) / threads;
    }

    /** Times the core was taken from a polling thread. */
    long pollingSwitches() {
        return after.process().pollingSwitches() - before.process().pollingSwitches();
    }

    private double rate(final double amount) {
        return seconds() <= 0 ? 0 : amount / seconds();
    }
}
