package io.millrace.tcp;

/**
 * How a port listens.
 *
 * @param port 1 to 65535.
 * @param backlog bound of the SYN queue's share and of the accept queue of this listener, on each shard; at least 1.
 * @param overflow what happens to a SYN when the listener's share of the SYN queue is full.
 * @param autoAccept true hands each connection to the handler as it completes; false leaves it in the accept queue until
 *     {@link TcpLoop#accept} asks for it.
 */
public record ListenConfig(int port, int backlog, SynOverflow overflow, boolean autoAccept) {
    /** The backlog where none is given: Linux's {@code net.core.somaxconn}. */
    public static final int DEFAULT_BACKLOG = 4096;

    /** What a listener does with a SYN for which there is no room (RFC 4987 §3). */
    public enum SynOverflow {
        /** Answer with a SYN cookie and keep nothing. */
        COOKIES,
        /** Forget the oldest half-open connection. */
        DROP_OLDEST,
        /** Drop the new SYN. */
        DROP_NEWEST
    }

    /** Checks every field. */
    public ListenConfig {
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("port " + port + " is out of range: give 1 to 65535");
        }
        if (backlog < 1) {
            throw new IllegalArgumentException(
                    "backlog " + backlog + " of port " + port + " is too small: give 1 or more");
        }
    }

    /** A port with the default backlog and SYN cookies on overflow. */
    public static ListenConfig onPort(final int port) {
        return new ListenConfig(port, DEFAULT_BACKLOG, SynOverflow.COOKIES, true);
    }

    /** The same with another backlog. */
    public ListenConfig withBacklog(final int newBacklog) {
        return new ListenConfig(port, newBacklog, overflow, autoAccept);
    }

    /** The same with another answer to overflow. */
    public ListenConfig withOverflow(final SynOverflow newOverflow) {
        return new ListenConfig(port, backlog, newOverflow, autoAccept);
    }
}
