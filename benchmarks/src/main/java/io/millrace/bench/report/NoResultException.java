package io.millrace.bench.report;

/** What was given is no result: its message is one line for the user. */
public final class NoResultException extends Exception {
    private static final long serialVersionUID = 1L;

    NoResultException(final String line) {
        super(line);
    }
}
