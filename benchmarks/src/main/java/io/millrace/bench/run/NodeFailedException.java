package io.millrace.bench.run;

import java.util.List;

/** A child process died, fell silent or could not start. */
public final class NodeFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final List<String> causes;

    /** Says what happened, and what the process itself said of it. */
    public NodeFailedException(final String message, final List<String> causes) {
        super(message);
        this.causes = List.copyOf(causes);
    }

    /** What the process itself said before it gave up, a line each; empty if it began to run. */
    public List<String> causes() {
        return causes;
    }
}
