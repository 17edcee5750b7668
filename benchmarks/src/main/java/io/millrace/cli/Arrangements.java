package io.millrace.cli;

import java.util.List;

/** The arrangements of polling threads, by the names they have on the command line. */
final class Arrangements {
    /** One IO core feeds the shards through rings. */
    static final String PIPELINE = "pipeline";

    private static final List<String> NAMES = List.of("auto", PIPELINE, "run-to-completion");

    private Arrangements() {}

    /** Adds a line if there is no such arrangement. */
    static void check(final List<String> errors, final String name) {
        if (!NAMES.contains(name)) {
            errors.add("--arrangement " + name + ": unknown; choose one of " + String.join(", ", NAMES));
        }
    }
}
