package io.millrace.tcp;

import java.util.List;

/**
 * Some connections of one shard; immutable.
 *
 * @param connections those found.
 * @param next where to go on, or {@link #END}.
 */
public record TcpConnectionPage(List<TcpConnectionInfo> connections, long next) {
    /** There are no more. */
    public static final long END = -1;

    /** Keeps a copy of the list. */
    public TcpConnectionPage {
        connections = List.copyOf(connections);
    }
}
