package io.millrace.bench.blast;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What became of SYNs that no engine sends, and of their connections. Written by the thread that sends them without a locked
 * instruction, read by any. Allocates at construction only.
 */
public final class BlastCounts {
    private static final int DUE = 0;
    private static final int SENT = 1;
    private static final int ROUNDS = 2;
    private static final int FULL = 3;
    private static final int OPENED = 4;
    private static final int CLOSED = 5;
    private static final int RESET = 6;
    private static final int WORK_NANOS = 7;
    private static final int COUNT = 8;

    private final AtomicLongArray counts = new AtomicLongArray(COUNT);

    void round(final int sent, final boolean full) {
        add(SENT, sent);
        add(ROUNDS, 1);
        add(FULL, full ? 1 : 0);
    }

    void due(final long more) {
        add(DUE, more);
    }

    void opened() {
        add(OPENED, 1);
    }

    void closed() {
        add(CLOSED, 1);
    }

    void reset() {
        add(RESET, 1);
    }

    void worked(final long nanos) {
        add(WORK_NANOS, nanos);
    }

    private void add(final int index, final long count) {
        counts.setRelease(index, counts.getPlain(index) + count);
    }

    /** SYNs that were due by the clock, sent or given up; in a closed loop those sent. */
    public long due() {
        return Math.max(counts.get(DUE), sent());
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

    /** SYN-ACKs that were acknowledged; one that came twice counts twice. */
    public long opens() {
        return counts.get(OPENED);
    }

    /** Connections of which the server has acknowledged our FIN, after its own. */
    public long closes() {
        return counts.get(CLOSED);
    }

    /** Resets that came. */
    public long resets() {
        return counts.get(RESET);
    }

    /** Time that all of this took of the polling thread, ns. */
    public long workNanos() {
        return counts.get(WORK_NANOS);
    }
}
