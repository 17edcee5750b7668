package io.millrace.cli;

import java.time.Duration;
import java.util.Collection;
import java.util.List;

/** A command that looks over its options as a whole before it runs. */
interface Checked {
    /**
     * Adds one line for each thing that is wrong. Called as well when the parser found errors, so an option that could
     * not be read may be null or have its default.
     */
    void check(List<String> errors);

    /** Adds a line when a time is shorter than {@code minMillis} or longer than a day; null could not be read. */
    static void within(final List<String> errors, final String option, final Duration time, final long minMillis) {
        if (time != null) {
            within(
                    errors,
                    option + " (in ms)",
                    time.toMillis(),
                    minMillis,
                    Duration.ofDays(1).toMillis());
        }
    }

    /** Adds a line when {@code value} is out of its range. */
    static void within(
            final List<String> errors, final String option, final long value, final long min, final long max) {
        if (value < min || value > max) {
            errors.add("%s %d is out of range: give %d to %d".formatted(option, value, min, max));
        }
    }

    /** Adds a line when {@code value} is none of these. */
    static void oneOf(
            final List<String> errors, final String option, final String value, final Collection<String> choices) {
        if (!choices.contains(value)) {
            errors.add(option + " " + value + ": unknown; choose one of " + String.join(", ", choices));
        }
    }
}
