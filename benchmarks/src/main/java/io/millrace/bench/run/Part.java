package io.millrace.bench.run;

import java.util.List;
import java.util.function.Function;

/**
 * One of several settings that a session measures in turn, to put them beside each other. Immutable.
 *
 * @param name what it is called; empty where there is only one.
 * @param plan what it is, after the results of the parts before it in the same round.
 */
public record Part(String name, Function<List<BenchResult>, BenchPlan> plan) {
    /** The only part of a session. */
    public static Part only(final BenchPlan plan) {
        return of("", plan);
    }

    /** A part that depends on none before it. */
    public static Part of(final String name, final BenchPlan plan) {
        return new Part(name, earlier -> plan);
    }
}
