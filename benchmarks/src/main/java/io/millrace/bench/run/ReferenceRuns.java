package io.millrace.bench.run;

import io.millrace.bench.run.NodeReport.Load;
import io.millrace.dataplane.counters.Counter;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * The runs of a reference, made in turn with the engine's. Immutable.
 *
 * @param contender who.
 * @param runs as many as were made.
 * @param broken why there are no more, if there is a reason.
 */
public record ReferenceRuns(Contender contender, List<BenchResult> runs, Optional<String> broken) {
    /** Takes the runs over. */
    public ReferenceRuns {
        runs = List.copyOf(runs);
    }

    /** Whether there is a figure. */
    public boolean isThere() {
        return !runs.isEmpty();
    }

    /** Connections a second; of a limit, frames there and back. */
    public Spread rate() {
        return spread(BenchResult::connectionsPerSecond);
    }

    /** Connections of any outcome but the orderly one. */
    public long failed() {
        return runs.stream().mapToLong(BenchResult::failed).sum();
    }

    /** Of the server's CPUs the share that was busy, all in all: with what the kernel does there for the server. */
    public Spread serverBusy() {
        return spread(ReferenceRuns::busy);
    }

    /** Connections a second for each whole core of the server's. */
    public Spread ratePerCore() {
        return spread(run -> run.connectionsPerSecond() / Math.max(busy(run), 0.01));
    }

    private static double busy(final BenchResult run) {
        final Collection<Integer> cores = run.plan().threads().serverCores();
        return cores.isEmpty()
                ? run.server().cores()
                : cores.stream()
                        .mapToDouble(cpu -> run.last().cpus().busySince(run.cpusBefore(), cpu))
                        .sum();
    }

    private Spread spread(final ToDoubleFunction<BenchResult> figure) {
        return Spread.of(runs.stream().map(figure::applyAsDouble).toList());
    }

    /** The engine's connections a second for each core of its server, which polls, and so has all of it. */
    static double enginePerCore(final Repeats engine) {
        final BenchResult run = engine.middle();
        return engine.rate().median()
                / Math.max(1, run.last().server().process().pollingThreads());
    }

    /** Of another TCP: how many times its connections a second, core for core, the engine has. */
    public double times(final Repeats engine) {
        return enginePerCore(engine) / ratePerCore().median();
    }

    /** Frames that the engine's server takes for a connection, and as many come back. */
    static double framesPerConnection(final Repeats engine) {
        final BenchResult run = engine.middle();
        return (double) run.server().delta(Counter.FRAMES_RECEIVED)
                / Math.max(1, run.generator().delta(Load::allClosed));
    }

    /** Of a limit: the connections a second that its frames would make. */
    public double connections(final Repeats engine) {
        return rate().median() / framesPerConnection(engine);
    }

    /** Of a limit: the engine's share of it. */
    public double share(final Repeats engine) {
        return engine.rate().median() / connections(engine);
    }
}
