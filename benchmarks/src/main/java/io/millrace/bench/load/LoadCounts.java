package io.millrace.bench.load;

import io.millrace.tcp.CloseReason;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What became of a generator's connections. Written by the shard's thread without a locked instruction, read by any.
 * Allocates at construction only.
 */
public final class LoadCounts {
    private static final int OPENED = 0;
    private static final int CLOSED = 1;
    private static final int ATTEMPTED = 2;
    private static final int HELD_BACK = 3;
    private static final int OFFERED = 4;
    private static final int CLOSED_AT_FIRST_TRY = 5;
    private static final int FIRST_REASON = 6;
    private static final CloseReason[] REASONS = CloseReason.values();

    private final AtomicLongArray counts = new AtomicLongArray(FIRST_REASON + REASONS.length);

    private void increment(final int index) {
        counts.setRelease(index, counts.getPlain(index) + 1);
    }

    void attempted() {
        increment(ATTEMPTED);
    }

    void opened() {
        increment(OPENED);
    }

    void closed(final boolean firstTry) {
        if (firstTry) {
            increment(CLOSED_AT_FIRST_TRY);
        }
        increment(CLOSED);
    }

    /** As many were due in all, begun or not. */
    void offered(final long total) {
        counts.setRelease(OFFERED, total);
    }

    void heldBack() {
        increment(HELD_BACK);
    }

    void failed(final CloseReason reason) {
        increment(FIRST_REASON + reason.ordinal());
    }

    /** SYNs sent for the first time. */
    public long attempts() {
        return counts.get(ATTEMPTED);
    }

    /** Connections that were established. */
    public long opens() {
        return counts.get(OPENED);
    }

    /** Connections that were established and came to their orderly end. */
    public long closes() {
        return counts.get(CLOSED);
    }

    /** Those of them that were open before a SYN could have been sent again. */
    public long closesAtFirstTry() {
        return counts.get(CLOSED_AT_FIRST_TRY);
    }

    /** Connections that were due by the schedule, begun or not; without a schedule those that have begun. */
    public long offers() {
        return Math.max(counts.get(OFFERED), attempts());
    }

    /** Connections that have begun and not ended. */
    public long underWay() {
        return attempts() - closes() - failures();
    }

    /** Times the engine had no room or no port for another attempt; it is made again later, so it is no failure. */
    public long heldBacks() {
        return counts.get(HELD_BACK);
    }

    /** Connections that ended in another way, for one reason. */
    public long failures(final CloseReason reason) {
        return counts.get(FIRST_REASON + reason.ordinal());
    }

    /** Connections that ended in another way. */
    public long failures() {
        long sum = 0;
        for (int i = FIRST_REASON; i < counts.length(); i++) {
            sum += counts.get(i);
        }
        return sum;
    }
}
