package io.millrace.bench.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The moments of a stretch of time, from its first to its last, and what broke it off, if anything did. One thread. */
public final class Series {
    private final List<Moment> moments = new ArrayList<>();
    private String failure;

    /** Begins with a moment. */
    public Series(final Moment first) {
        moments.add(first);
    }

    /** Another moment has come. */
    public void add(final Moment moment) {
        moments.add(moment);
    }

    /** It goes no further. */
    public void fail(final String reason) {
        failure = reason;
    }

    /** Its first moment. */
    public Moment first() {
        return moments.getFirst();
    }

    /** Its last. */
    public Moment last() {
        return moments.getLast();
    }

    /** From the first moment to the last, s. */
    public double seconds() {
        return last().generatorSince(first()).seconds();
    }

    /** All of them. */
    public List<Moment> moments() {
        return List.copyOf(moments);
    }

    /** What broke it off. */
    public Optional<String> failure() {
        return Optional.ofNullable(failure);
    }
}
