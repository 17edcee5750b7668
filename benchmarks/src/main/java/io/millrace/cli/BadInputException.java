package io.millrace.cli;

/** What the user gave, or the machine has, does not let the command begin: one line that names it and how to mend it. */
final class BadInputException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BadInputException(final String line, final Throwable cause) {
        super(line, cause);
    }
}
