package io.millrace.tcp.shard;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * The bound of one listener's accept queue, which all shards share. Any thread, at once; allocates nothing after it is made.
 */
public final class Backlog {
    private final AtomicInteger waiting = new AtomicInteger();
    private volatile int bound;

    /** For at most {@code bound} connections. */
    public Backlog(final int bound) {
        this.bound = bound;
    }

    /** Changes the bound; those that wait go on waiting. */
    void bound(final int newBound) {
        bound = newBound;
    }

    boolean isFull() {
        return waiting.get() >= bound;
    }

    /** Takes a place; false if there is none. */
    boolean tryTake() {
        int now = waiting.get();
        while (now < bound) {
            if (waiting.compareAndSet(now, now + 1)) {
                return true;
            }
            now = waiting.get();
        }
        return false;
    }

    void giveBack() {
        waiting.decrementAndGet();
    }
}
