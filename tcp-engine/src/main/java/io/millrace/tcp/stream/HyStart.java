package io.millrace.tcp.stream;

import io.millrace.memory.Memory;
import io.millrace.tcp.state.Sequence;
import io.millrace.tcp.table.BulkLayout;
import io.millrace.tcp.table.BulkRecords;
import io.millrace.tcp.table.Tcb;

/**
 * Ends the first slow start of a connection before it loses half a window: HyStart++, RFC 9406, by round trips that grow
 * longer. A connection takes its side record for it when its window is twice the initial one; what is kept there gives way to
 * congestion avoidance's. Owned by the shard's thread; allocates nothing.
 */
final class HyStart {
    /** §4.3, N_RTT_SAMPLE: so many samples make a round. */
    private static final int SAMPLES = 8;
    /** §4.3, MIN_RTT_THRESH and MAX_RTT_THRESH, µs. */
    private static final int MIN_THRESHOLD = 4_000;

    private static final int MAX_THRESHOLD = 16_000;
    /** §4.3, MIN_RTT_DIVISOR. */
    private static final int THRESHOLD_DIVISOR = 8;
    /** §4.3, CSS_GROWTH_DIVISOR: conservative slow start grows by a quarter. */
    private static final int GROWTH_DIVISOR = 4;
    /** §4.3, CSS_ROUNDS. */
    private static final int CONSERVATIVE_ROUNDS = 5;

    private final BulkRecords bulk;

    HyStart(final BulkRecords bulk) {
        this.bulk = bulk;
    }

    /** Whether this is the first slow start: nothing was lost or marked, nor has it ended otherwise. */
    static boolean isFirst(final Tcb tcb) {
        return tcb.ssthresh() == Integer.MAX_VALUE;
    }

    /** By how much the window may grow for an acknowledgment that would let it grow by {@code step} in slow start. */
    int growth(final Tcb tcb, final int step) {
        final long at = isFirst(tcb) ? bulk.of(tcb) : 0;
        return at != 0 && Memory.getUnsignedShort(at + BulkLayout.CONSERVATIVE_ROUNDS_OFFSET) != 0
                ? step / GROWTH_DIVISOR
                : step;
    }

    /** §4.2: a round trip of the first slow start was measured, µs; ends it where the time has come. */
    void onRoundTrip(final Tcb tcb, final int rtt) {
        final long at = bulk.take(tcb);
        if (Memory.getUnsignedShort(at + BulkLayout.ROUND_KNOWN_OFFSET) == 0) {
            Memory.putShort(at + BulkLayout.ROUND_KNOWN_OFFSET, 1);
            begin(tcb, at, 0);
        } else if (Sequence.after(tcb.sndUna(), Memory.getInt(at + BulkLayout.ROUND_END_OFFSET))) {
            begin(tcb, at, Memory.getInt(at + BulkLayout.ROUND_MIN_RTT_OFFSET));
            if (isOver(at)) {
                tcb.ssthresh(tcb.cwnd());
                end(tcb);
                return;
            }
        }
        final int least = Memory.getInt(at + BulkLayout.ROUND_MIN_RTT_OFFSET);
        final int now = least == 0 ? rtt : Math.min(least, rtt);
        final int samples = Math.min(Memory.getInt(at + BulkLayout.ROUND_SAMPLES_OFFSET) + 1, SAMPLES);
        Memory.putInt(at + BulkLayout.ROUND_MIN_RTT_OFFSET, now);
        Memory.putInt(at + BulkLayout.ROUND_SAMPLES_OFFSET, samples);
        if (samples == SAMPLES) {
            judge(at, now);
        }
    }

    private static void begin(final Tcb tcb, final long at, final int lastMinimum) {
        Memory.putInt(at + BulkLayout.ROUND_END_OFFSET, tcb.sndMax());
        Memory.putInt(at + BulkLayout.LAST_MIN_RTT_OFFSET, lastMinimum);
        Memory.putInt(at + BulkLayout.ROUND_MIN_RTT_OFFSET, 0);
        Memory.putInt(at + BulkLayout.ROUND_SAMPLES_OFFSET, 0);
    }

    /** A round has ended: counts those of conservative slow start; whether they are all over. */
    private static boolean isOver(final long at) {
        final int rounds = Memory.getUnsignedShort(at + BulkLayout.CONSERVATIVE_ROUNDS_OFFSET);
        if (rounds == 0) {
            return false;
        }
        Memory.putShort(at + BulkLayout.CONSERVATIVE_ROUNDS_OFFSET, rounds + 1);
        return rounds == CONSERVATIVE_ROUNDS;
    }

    private static void judge(final long at, final int now) {
        if (Memory.getUnsignedShort(at + BulkLayout.CONSERVATIVE_ROUNDS_OFFSET) != 0) {
            if (now < Memory.getInt(at + BulkLayout.BASELINE_RTT_OFFSET)) {
                Memory.putShort(at + BulkLayout.CONSERVATIVE_ROUNDS_OFFSET, 0); // it was jitter: slow start goes on
            }
            return;
        }
        final int last = Memory.getInt(at + BulkLayout.LAST_MIN_RTT_OFFSET);
        if (last != 0 && now >= last + Math.clamp(last / THRESHOLD_DIVISOR, MIN_THRESHOLD, MAX_THRESHOLD)) {
            Memory.putInt(at + BulkLayout.BASELINE_RTT_OFFSET, now);
            Memory.putShort(at + BulkLayout.CONSERVATIVE_ROUNDS_OFFSET, 1);
        }
    }

    /** The first slow start ends, for whatever reason: leaves its place to what follows. */
    void end(final Tcb tcb) {
        final long at = bulk.of(tcb);
        if (at != 0) {
            Memory.fill(at, BulkLayout.GROWTH_LENGTH, 0);
        }
    }
}
