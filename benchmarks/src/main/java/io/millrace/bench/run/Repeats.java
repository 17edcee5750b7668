package io.millrace.bench.run;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The runs of one benchmark, each in processes of its own, in the order in which they were made; at least one. Immutable.
 *
 * @param runs all of them; only the last may have been broken off.
 * @param wanted how many were asked for.
 * @param broken why there is no further run: one could not start, or died before it measured anything.
 * @param references what was measured in turn with them.
 */
public record Repeats(List<BenchResult> runs, int wanted, Optional<String> broken, List<ReferenceRuns> references) {
    /** Extremes that are further apart than this share of the median tell more about the machine than about the engine. */
    static final double NOISY_SPREAD = 0.1;

    /** Runs after which nothing went wrong. */
    Repeats(final List<BenchResult> runs, final int wanted) {
        this(runs, wanted, Optional.empty(), List.of());
    }

    /** Takes the runs over. */
    public Repeats {
        runs = List.copyOf(runs);
        references = List.copyOf(references);
    }

    /** Those that came to their end; where none did, the one that has begun. */
    public List<BenchResult> counting() {
        final List<BenchResult> whole = runs.stream()
                .filter(run -> !run.interrupted() && run.failure().isEmpty())
                .toList();
        return whole.isEmpty() ? runs : whole;
    }

    /** The run that speaks for all: the one in the middle by its rate, of an even number the slower of the two. */
    public BenchResult middle() {
        final List<BenchResult> sorted = counting().stream()
                .sorted(Comparator.comparingDouble(BenchResult::connectionsPerSecond))
                .toList();
        return sorted.get((sorted.size() - 1) / 2);
    }

    /** Connections a second over the runs that count. */
    public Spread rate() {
        return Spread.of(
                counting().stream().map(BenchResult::connectionsPerSecond).toList());
    }

    /** True when somebody ended the last run early. */
    public boolean interrupted() {
        return runs.getLast().interrupted();
    }

    /** What broke the last run off, or kept it from starting. */
    public Optional<String> failure() {
        return broken.or(runs.getLast()::failure);
    }
}
