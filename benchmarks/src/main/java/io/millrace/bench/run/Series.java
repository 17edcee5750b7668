package io.millrace.bench.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The moments of a stretch of time, from its first to its last, and what broke it off, if anything did. One thread. */
final class Series {
    private final List<Moment> moments = new ArrayList<>();
    private String failure;

    Series(final Moment first) {
        moments.add(first);
    }

    void add(final Moment moment) {
        moments.add(moment);
    }

    void fail(final String reason) {
        failure = reason;
    }

    Moment first() {
        return moments.getFirst();
    }

    Moment last() {
        return moments.getLast();
    }

    /** From the first moment to the last, s. */
    double seconds() {
        return last().generatorSince(first()).seconds();
    }

    List<Moment> moments() {
        return List.copyOf(moments);
    }

    Optional<String> failure() {
        return Optional.ofNullable(failure);
    }
}
