package io.millrace.bench.load;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What became of a flood. Written by the thread that sends it without a locked instruction, read by any. Allocates at
 * construction only.
 */
public final class FloodCounts {
    private static final int SENT = 0;
    private static final int ROUNDS = 1;
    private static final int FULL = 2;

    private final AtomicLongArray counts = new AtomicLongArray(3);

    void round(final int sent, final boolean full) {
        add(SENT, sent);
        add(ROUNDS, 1);
        add(FULL, full ? 1 : 0);
    }

    private void add(final int index, final long count) {
        counts.setRelease(index, counts.getPlain(index) + count);
    }

    /** SYNs that the link has taken. */
    public long sent() {
        return counts.get(SENT);
    }

    /** Duty cycles in which some were due. */
    public long rounds() {
        return counts.get(ROUNDS);
    }

    /** Those of them in which the link had no room for all: it, or the server behind it, is the limit. */
    public long fullRounds() {
        return counts.get(FULL);
    }
}
