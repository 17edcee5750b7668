package io.millrace.bench.run;

import io.millrace.bench.run.NodeReport.Load;
import io.millrace.dataplane.counters.Counter;
import java.util.function.ToLongFunction;

/**
 * What happened between two reports of the same node: rates and shares. Immutable.
 *
 * @param before the earlier report.
 * @param after the later one.
 */
record Interval(NodeReport before, NodeReport after) {
    /** Its length. */
    double seconds() {
        return (after.nanos() - before.nanos()) / 1e9;
    }

    /** By how much a counter grew. */
    long delta(final Counter counter) {
        return after.counter(counter) - before.counter(counter);
    }

    /** How fast a counter grew. */
    double perSecond(final Counter counter) {
        return rate(delta(counter));
    }

    /** By how much one of the generator's counts grew. */
    long delta(final ToLongFunction<Load> count) {
        return count.applyAsLong(after.load()) - count.applyAsLong(before.load());
    }

    /** How fast one of the generator's counts grew. */
    double perSecond(final ToLongFunction<Load> count) {
        return rate(delta(count));
    }

    /** Share of the polling threads' time that went into duty cycles with work, 0 to 1. */
    double busy() {
        final double work = delta(Counter.DUTY_WORK_NANOS);
        final double all = work + delta(Counter.DUTY_IDLE_NANOS);
        return all == 0 ? 0 : work / all;
    }

    /** Cores that the whole process kept busy, by the kernel's account. */
    double cores() {
        return rate((after.process().cpuNanos() - before.process().cpuNanos()) / 1e9);
    }

    /** Heap bytes that the polling threads allocated. */
    long pollingAllocatedBytes() {
        return after.process().pollingAllocatedBytes() - before.process().pollingAllocatedBytes();
    }

    /** Garbage collections. */
    long collections() {
        return after.process().gcCount() - before.process().gcCount();
    }

    private double rate(final double amount) {
        return seconds() <= 0 ? 0 : amount / seconds();
    }
}
