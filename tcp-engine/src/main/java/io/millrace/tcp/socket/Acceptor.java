package io.millrace.tcp.socket;

import io.millrace.tcp.ConnectionOptions;
import io.millrace.tcp.TcpListener;
import io.millrace.tcp.TcpLoop;
import java.util.List;

/** The listeners of one socket, one a shard, taken for one accept queue. Any thread. */
final class Acceptor {
    private final Sockets sockets;
    private final List<TcpListener> listeners;

    Acceptor(final Sockets sockets, final List<TcpListener> listeners) {
        this.sockets = sockets;
        this.listeners = listeners;
    }

    /** A connection that waits, from now on with these options; null if there is none. */
    Channel accept(final ConnectionOptions options) throws ErrnoException {
        for (int shard = 0; shard < listeners.size(); shard++) {
            final TcpListener listener = listeners.get(shard);
            final Channel accepted = sockets.ask(shard, loop -> acceptOn(loop, listener, options));
            if (accepted != null) {
                return accepted;
            }
        }
        return null;
    }

    private Channel acceptOn(final TcpLoop loop, final TcpListener listener, final ConnectionOptions options) {
        if (listener.accept(1) == 0) {
            return null;
        }
        final Channel accepted = sockets.handler(loop.shard()).sockets().takeAccepted();
        accepted.options(loop, options);
        return accepted;
    }

    /** Whether a connection waits. */
    boolean isWaited() throws ErrnoException {
        for (int shard = 0; shard < listeners.size(); shard++) {
            final TcpListener listener = listeners.get(shard);
            if (sockets.ask(shard, loop -> listener.waiting()) > 0) {
                return true;
            }
        }
        return false;
    }

    /** Changes the bound of the accept queue. */
    void backlog(final int bound) throws ErrnoException {
        for (int shard = 0; shard < listeners.size(); shard++) {
            final TcpListener listener = listeners.get(shard);
            sockets.ask(shard, loop -> {
                listener.backlog(bound);
                return true;
            });
        }
    }

    /** Listens no more; resets those that wait. */
    void close() throws ErrnoException {
        for (int shard = 0; shard < listeners.size(); shard++) {
            final TcpListener listener = listeners.get(shard);
            sockets.ask(shard, loop -> {
                listener.close();
                return true;
            });
        }
    }
}
