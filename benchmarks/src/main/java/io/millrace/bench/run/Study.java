package io.millrace.bench.run;

import java.util.List;
import java.util.Optional;

/**
 * What a session has measured: the runs of each of its parts, at least one part. Immutable.
 *
 * @param parts in the order in which they were made; all figures are of the last, the others stand beside it.
 * @param broken what broke the session off; empty if nothing did.
 */
public record Study(List<Measured> parts, Optional<String> broken) {
    /**
     * The runs of one part.
     *
     * @param name what it is called; empty where it is the only one.
     */
    public record Measured(String name, Repeats repeats) {}

    /** Takes the parts over. */
    public Study {
        parts = List.copyOf(parts);
    }

    /** Of one part alone. */
    public static Study of(final Repeats repeats) {
        return new Study(List.of(new Measured("", repeats)), repeats.failure());
    }

    /** The runs that the figures are of. */
    public Repeats subject() {
        return parts.getLast().repeats();
    }

    /** Whether there is something beside it. */
    public boolean compares() {
        return parts.size() > 1;
    }

    /** A part's rate as a share of the first one's. */
    public double shareOfFirst(final Measured part) {
        return part.repeats().rate().median()
                / parts.getFirst().repeats().rate().median();
    }

    /** True when somebody ended the session early. */
    public boolean interrupted() {
        return parts.stream().anyMatch(part -> part.repeats().interrupted());
    }

    /** What broke it off. */
    public Optional<String> failure() {
        return broken;
    }
}
