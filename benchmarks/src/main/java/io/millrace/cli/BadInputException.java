package io.millrace.cli;

import java.util.List;

/** What the user gave, or the machine has, does not let the command begin: one line for each thing to mend. */
final class BadInputException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final List<String> lines;

    BadInputException(final String line) {
        this(List.of(line));
    }

    BadInputException(final List<String> lines) {
        super(String.join("; ", lines));
        this.lines = List.copyOf(lines);
    }

    List<String> lines() {
        return lines;
    }
}
