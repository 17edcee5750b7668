package io.millrace.cli;

import java.util.List;

/** A command that looks over its options as a whole before it runs. */
interface Checked {
    /**
     * Adds one line for each thing that is wrong. Called as well when the parser found errors, so an option that could
     * not be read may be null or have its default.
     */
    void check(List<String> errors);

    /** Adds a line when {@code value} is out of its range. */
    static void within(
            final List<String> errors, final String option, final long value, final long min, final long max) {
        if (value < min || value > max) {
            errors.add("%s %d is out of range: give %d to %d".formatted(option, value, min, max));
        }
    }
}
