package io.millrace.tcp.shard;

import io.millrace.tcp.ListenConfig;
import io.millrace.tcp.table.AcceptQueue;

/** One listening port of a shard: its settings, its share of the SYN queue, and its accept queue. Owned by the shard. */
final class Listener {
    final int number;
    final ListenConfig config;
    final int handler;
    final AcceptQueue acceptQueue;
    int halfOpen;
    boolean closed;

    Listener(final int number, final ListenConfig config, final int handler) {
        this.number = number;
        this.config = config;
        this.handler = handler;
        this.acceptQueue = new AcceptQueue(config.backlog());
    }

    /** Whether its share of the SYN queue is used up. */
    boolean isSynQueueFull() {
        return halfOpen >= config.backlog();
    }
}
