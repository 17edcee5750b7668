package io.millrace.bench.run;

import io.millrace.bench.profile.Profile;
import java.util.List;
import java.util.Optional;

/**
 * What a session has measured: the runs of each of its parts, at least one part. Immutable.
 *
 * @param parts in the order in which they were made; all figures are of the last, the others stand beside it.
 * @param broken what broke the session off; empty if nothing did.
 * @param profile where the time goes in the last part, if that was wanted.
 */
public record Study(List<Measured> parts, Optional<String> broken, Optional<Profile> profile) {
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

    /** Without a profile. */
    public Study(final List<Measured> parts, final Optional<String> broken) {
        this(parts, broken, Optional.empty());
    }

    /** Of one part alone. */
    public static Study of(final Repeats repeats) {
        return new Study(List.of(new Measured("", repeats)), repeats.failure());
    }

    /** The same with a profile of the last part. */
    public Study with(final Profile of) {
        return new Study(parts, broken, Optional.of(of));
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
        return parts.stream().anyMatch(part -> part.repeats().interrupted())
                || profile.map(Profile::interrupted).orElse(false);
    }

    /** What broke it off. */
    public Optional<String> failure() {
        return broken;
    }
}
