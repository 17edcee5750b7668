package io.millrace.tcp.shard;

import io.millrace.tcp.ListenConfig;
import java.util.ArrayList;
import java.util.List;

/** The listening ports of a shard. Owned by its thread; look-up by port is one array read. */
final class Listeners {
    private static final int PORTS = 1 << 16;
    private static final int MAX_LISTENERS = (1 << 16) - 1;

    private final Listener[] byPort = new Listener[PORTS];
    private final List<Listener> byNumber = new ArrayList<>();

    /** The listener of a port, or null. */
    Listener ofPort(final int port) {
        return byPort[port];
    }

    /** The listener with this number; it may be closed. */
    Listener ofNumber(final int number) {
        return byNumber.get(number);
    }

    Listener open(final ListenConfig config, final int handler) {
        if (byPort[config.port()] != null) {
            throw new IllegalArgumentException(
                    "port " + config.port() + " is already listened on: choose another, or stop the first");
        }
        if (byNumber.size() == MAX_LISTENERS) {
            throw new IllegalArgumentException("port " + config.port() + ": " + MAX_LISTENERS
                    + " listeners have been opened, no more can be: reuse those you have");
        }
        final Listener listener = new Listener(byNumber.size(), config, handler);
        byNumber.add(listener);
        byPort[config.port()] = listener;
        return listener;
    }

    /** Takes a listener off its port; the listener, or null if there was none. */
    Listener close(final int port) {
        final Listener listener = byPort[port];
        if (listener != null) {
            listener.closed = true;
            byPort[port] = null;
        }
        return listener;
    }

    /** Connections waiting in accept queues, over all listeners. */
    int waiting() {
        int count = 0;
        for (int i = 0; i < byNumber.size(); i++) {
            count += byNumber.get(i).acceptQueue.size();
        }
        return count;
    }
}
