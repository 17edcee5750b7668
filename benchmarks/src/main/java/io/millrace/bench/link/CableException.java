package io.millrace.bench.link;

/** What is to join the nodes can't be made on this machine: says what was tried, what came back and what mends it. */
public final class CableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CableException(final String message) {
        super(message);
    }
}
