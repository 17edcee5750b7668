package io.millrace.tcp.shard;

import io.millrace.dataplane.counters.ListenerBlocks;
import io.millrace.dataplane.wire.IpAddress;
import io.millrace.tcp.ConnectionOptions;
import io.millrace.tcp.ListenConfig;
import io.millrace.tcp.TcpHandler;
import io.millrace.tcp.TcpListener;
import io.millrace.tcp.table.Registry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** The listening ports of a shard. Owned by its thread; look-up by port is one array read where one listener has it. */
final class Listeners {
    private static final int PORTS = 1 << 16;
    private static final int MAX_LISTENERS = (1 << 16) - 1;

    private final Listener[] byPort = new Listener[PORTS];
    private final List<Listener> byNumber = new ArrayList<>();
    private final Deque<Integer> freeNumbers = new ArrayDeque<>();
    private final Handlers handlers;
    private final Registry<ConnectionOptions> options;
    private final ListenerBlocks counters;
    private final String thread;

    /** None yet; what they use is held on to in {@code handlers} and {@code options} until they close. */
    Listeners(
            final Handlers handlers,
            final Registry<ConnectionOptions> options,
            final ListenerBlocks counters,
            final String thread) {
        this.handlers = handlers;
        this.options = options;
        this.counters = counters;
        this.thread = thread;
    }

    /** The listener that takes connections to this address and port, or null. */
    Listener of(final long localHi, final long localLo, final int port) {
        Listener listener = byPort[port];
        while (listener != null && !listener.takes(localHi, localLo)) {
            listener = listener.next;
        }
        return listener;
    }

    /** Any listener of a port, or null. */
    Listener ofPort(final int port) {
        return byPort[port];
    }

    /** The listener with this number; it may be closed. */
    Listener ofNumber(final int number) {
        return byNumber.get(number);
    }

    /**
     * Opens a listener.
     *
     * @throws IllegalArgumentException if the port is listened on already; names it.
     */
    Listener open(final TcpShard shard, final ListenConfig config, final TcpHandler handler, final Backlog backlog) {
        check(config);
        final int number = config.options().map(options::acquire).orElseGet(this::defaultOptions);
        final Listener listener = new Listener(
                shard,
                nextNumber(),
                config,
                backlog,
                handlers.acquire(handler),
                number,
                options.get(number),
                counters.open(thread, Listener.name(config)));
        listener.publish();
        add(listener);
        return listener;
    }

    private int defaultOptions() {
        options.retain(ShardTables.DEFAULT_OPTIONS);
        return ShardTables.DEFAULT_OPTIONS;
    }

    private void check(final ListenConfig config) {
        for (Listener other = byPort[config.port()]; other != null; other = other.next) {
            if (other.config().excludes(config)) {
                throw new IllegalArgumentException("port " + config.port() + " is already listened on at "
                        + config.local().map(IpAddress::toString).orElse("every address")
                        + ": choose another, or stop the first");
            }
        }
        if (freeNumbers.isEmpty() && byNumber.size() == MAX_LISTENERS) {
            throw new IllegalArgumentException(
                    "port " + config.port() + ": " + MAX_LISTENERS + " listeners are open, no more can be: close some");
        }
    }

    private int nextNumber() {
        return freeNumbers.isEmpty() ? byNumber.size() : freeNumbers.getFirst();
    }

    private void add(final Listener listener) {
        if (freeNumbers.isEmpty()) {
            byNumber.add(listener);
        } else {
            byNumber.set(freeNumbers.removeFirst(), listener);
        }
        insert(listener);
    }

    /** The more special one is found first. */
    private void insert(final Listener listener) {
        final int port = listener.config().port();
        final int precedence = listener.config().precedence();
        if (byPort[port] == null || byPort[port].config().precedence() <= precedence) {
            listener.next = byPort[port];
            byPort[port] = listener;
            return;
        }
        Listener before = byPort[port];
        while (before.next != null && before.next.config().precedence() > precedence) {
            before = before.next;
        }
        listener.next = before.next;
        before.next = listener;
    }

    /** Takes a listener off its port, and lets go of what it used; its number stays its own until its half-open connections are forgotten. */
    void close(final Listener listener) {
        listener.closed = true;
        final int port = listener.config().port();
        if (byPort[port] == listener) {
            byPort[port] = listener.next;
        } else {
            Listener before = byPort[port];
            while (before.next != listener) {
                before = before.next;
            }
            before.next = listener.next;
        }
        listener.next = null;
        counters.close(listener.counters);
        handlers.release(listener.handler);
        options.release(listener.options);
        forgetIfDone(listener);
    }

    /** One half-open connection of a listener less. */
    void halfOpenGone(final Listener listener) {
        listener.halfOpen--;
        forgetIfDone(listener);
    }

    private void forgetIfDone(final Listener listener) {
        if (listener.closed && listener.halfOpen == 0) {
            byNumber.set(listener.number, null);
            freeNumbers.add(listener.number);
        }
    }

    /** Those that are open. */
    List<TcpListener> open() {
        return byNumber.stream()
                .filter(listener -> listener != null && !listener.closed)
                .map(TcpListener.class::cast)
                .toList();
    }

    /** Publishes the gauges of each; connections waiting in accept queues, over all of them. */
    int publish() {
        int count = 0;
        for (int i = 0; i < byNumber.size(); i++) {
            final Listener listener = byNumber.get(i);
            if (listener != null && !listener.closed) {
                listener.publish();
                count += listener.waiting();
            }
        }
        return count;
    }
}
