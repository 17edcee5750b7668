package io.millrace.bench.run;

import java.util.List;

/**
 * What of a run tells whether anything disturbed it. Immutable.
 *
 * @param first the moment its measured time began.
 * @param last the moment it ended.
 * @param serverCores CPUs of the server's polling threads; none where the kernel places them.
 * @param generatorCores CPUs of the other node's.
 * @param unsettledSeconds how long a warm-up was after which the rate had not settled; 0 where it had.
 */
public record Watched(
        Moment first, Moment last, List<Integer> serverCores, List<Integer> generatorCores, double unsettledSeconds) {
    Interval server() {
        return last.serverSince(first);
    }

    Interval generator() {
        return last.generatorSince(first);
    }

    /** The most that a hypervisor took of one of these CPUs, of any where none is named; a share of its time. */
    double stolen(final List<Integer> cores) {
        final CpuTimes after = last.cpus();
        return after.mostStolenSince(
                first.cpus(), cores.isEmpty() ? after.cpus().keySet() : cores);
    }
}
