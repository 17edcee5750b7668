package io.millrace.tcp.stream;

import io.millrace.memory.Memory;
import io.millrace.tcp.table.BulkLayout;
import io.millrace.tcp.table.BulkRecords;
import io.millrace.tcp.table.Tcb;
import io.millrace.tcp.table.TcbModes;
import io.millrace.tcp.timer.BurstClock;

/**
 * Congestion control by RFC 9438: the window is a cubic function of the time since the last congestion event, and never
 * below what Reno would have. In bytes and milliseconds, by integers alone. What it remembers of a connection is in the side
 * record, which a connection has from its first congestion event on. Owned by the shard's thread; allocates nothing.
 */
final class Cubic implements CongestionControl {
    /** §4.6: β_cubic, 0.7. */
    private static final int BETA_TENTHS = 7;
    /** §4.7: with fast convergence W_max is (1 + β_cubic) / 2 of the window, 0.85. */
    private static final int CONVERGENCE_TWENTIETHS = 17;
    /** §4.3: α_cubic, 3 (1 - β_cubic) / (1 + β_cubic), is 9/17. */
    private static final int ALPHA_NUMERATOR = 9;

    private static final int ALPHA_DENOMINATOR = 17;
    /** ms³ for each segment of the window, 1 / C with C = 0.4 segments/s³ (§5.1). */
    private static final long CUBIC_MS_PER_SEGMENT = 2_500_000_000L;
    /** So far from K, ms, the window is beyond every bound; the cube stays within a long. */
    private static final int FARTHEST_MS = 500_000;
    /** The cube is scaled down before it is multiplied by a segment, and so it stays within a long there. */
    private static final long CUBE_SCALE = 1_000_000;

    private final BulkRecords bulk;
    private final BurstClock clock;

    Cubic(final BulkRecords bulk, final BurstClock clock) {
        this.bulk = bulk;
        this.clock = clock;
    }

    @Override
    public void avoid(final Tcb tcb, final int acked) {
        final long at = bulk.take(tcb);
        final int now = clock.millis();
        final int epoch = epoch(tcb, at, now);
        final int cwnd = tcb.cwnd();
        final int estimate = growEstimate(tcb, at, acked, cwnd);
        final int t = now - epoch;
        if (window(tcb, at, t) < estimate) {
            tcb.cwnd(Math.max(cwnd, estimate)); // §4.3, the Reno-friendly region
            return;
        }
        // §4.2: towards where the curve is a round trip from now, but by no more than half the window in it.
        final long ahead = window(tcb, at, t + tcb.srtt() / 1_000);
        final long target = Math.max(cwnd, Math.min(ahead, cwnd + (cwnd >> 1)));
        tcb.cwnd((int) (cwnd + (target - cwnd) * Math.min(acked, cwnd) / cwnd));
    }

    /** When this stage of congestion avoidance began, ms; begins it where it has not. */
    private static int epoch(final Tcb tcb, final long at, final int now) {
        int epoch = Memory.getInt(at + BulkLayout.EPOCH_OFFSET);
        if (epoch == 0) {
            epoch = now == 0 ? 1 : now;
            begin(tcb, at);
        } else if (tcb.in(TcbModes.APP_LIMITED)) {
            // §4.2, §5.8: while the window was not used the curve has not gone on.
            epoch += now - Memory.getInt(at + BulkLayout.FULL_AT_OFFSET);
        } else {
            return epoch;
        }
        Memory.putInt(at + BulkLayout.EPOCH_OFFSET, epoch);
        return epoch;
    }

    /** §4.2: K is how long the curve takes back to W_max; there is nothing to go back to after a time-out (§4.8). */
    private static void begin(final Tcb tcb, final long at) {
        final int cwnd = tcb.cwnd();
        final int wMax = Memory.getInt(at + BulkLayout.W_MAX_OFFSET);
        if (wMax <= cwnd) {
            Memory.putInt(at + BulkLayout.W_MAX_OFFSET, cwnd);
            Memory.putInt(at + BulkLayout.K_OFFSET, 0);
        } else {
            Memory.putInt(at + BulkLayout.K_OFFSET, cubeRoot((wMax - cwnd) * CUBIC_MS_PER_SEGMENT / tcb.mss()));
        }
        Memory.putInt(at + BulkLayout.W_EST_OFFSET, cwnd);
        Memory.putInt(at + BulkLayout.W_EST_ACKED_OFFSET, 0);
    }

    /** §4.3: W_est grows by α_cubic segments for each window acknowledged, by one when it is where the window was. */
    private static int growEstimate(final Tcb tcb, final long at, final int acked, final int cwnd) {
        int estimate = Memory.getInt(at + BulkLayout.W_EST_OFFSET);
        final boolean caughtUp = estimate >= Memory.getInt(at + BulkLayout.CWND_PRIOR_OFFSET);
        final long counted = caughtUp ? acked : (long) acked * ALPHA_NUMERATOR / ALPHA_DENOMINATOR;
        final long credit = Memory.getInt(at + BulkLayout.W_EST_ACKED_OFFSET) + counted;
        if (credit >= cwnd) {
            estimate += tcb.mss();
            Memory.putInt(at + BulkLayout.W_EST_OFFSET, estimate);
            Memory.putInt(at + BulkLayout.W_EST_ACKED_OFFSET, (int) Math.min(credit - cwnd, cwnd - 1L));
        } else {
            Memory.putInt(at + BulkLayout.W_EST_ACKED_OFFSET, (int) credit);
        }
        return estimate;
    }

    /** §4.2: W_cubic(t) = C (t - K)³ + W_max, in bytes, t in ms. */
    private static long window(final Tcb tcb, final long at, final int t) {
        final long fromK = Math.clamp((long) t - Memory.getInt(at + BulkLayout.K_OFFSET), -FARTHEST_MS, FARTHEST_MS);
        final long cube = fromK * fromK * fromK / CUBE_SCALE;
        return Memory.getInt(at + BulkLayout.W_MAX_OFFSET) + tcb.mss() * cube / (CUBIC_MS_PER_SEGMENT / CUBE_SCALE);
    }

    @Override
    public int reduced(final Tcb tcb, final int flight) {
        final long at = bulk.take(tcb);
        final int cwnd = tcb.cwnd();
        final int before = Memory.getInt(at + BulkLayout.W_MAX_OFFSET);
        // §4.7, fast convergence: who lost before it was back where it had been makes room for others.
        final int wMax = cwnd < before ? (int) ((long) cwnd * CONVERGENCE_TWENTIETHS / 20) : cwnd;
        Memory.putInt(at + BulkLayout.W_MAX_OFFSET, wMax);
        Memory.putInt(at + BulkLayout.CWND_PRIOR_OFFSET, cwnd);
        Memory.putInt(at + BulkLayout.EPOCH_OFFSET, 0);
        return (int) Math.max((long) flight * BETA_TENTHS / 10, 2L * tcb.mss()); // §4.6
    }

    @Override
    public void onSlowStart(final Tcb tcb) {
        final long at = bulk.of(tcb);
        if (at != 0 && Memory.getInt(at + BulkLayout.EPOCH_OFFSET) != 0) {
            // §4.2, §5.8: nor has it gone on while the window was another's, or none's.
            final int passed = clock.millis() - Memory.getInt(at + BulkLayout.FULL_AT_OFFSET);
            Memory.putInt(at + BulkLayout.EPOCH_OFFSET, Memory.getInt(at + BulkLayout.EPOCH_OFFSET) + passed);
        }
    }

    @Override
    public void onUnused(final Tcb tcb) {
        final long at = bulk.of(tcb);
        if (at != 0) {
            Memory.putInt(at + BulkLayout.EPOCH_OFFSET, 0); // a curve that begins where the window is then
        }
    }

    @Override
    public void forget(final Tcb tcb) {
        final long at = bulk.of(tcb);
        if (at != 0) {
            Memory.putInt(at + BulkLayout.W_MAX_OFFSET, 0);
            Memory.putInt(at + BulkLayout.CWND_PRIOR_OFFSET, 0);
            Memory.putInt(at + BulkLayout.EPOCH_OFFSET, 0);
        }
    }

    /** The integer part of the cube root of a number that is not negative, bit by bit: once for each congestion event. */
    static int cubeRoot(final long number) {
        long rest = number;
        long root = 0;
        for (int shift = 63; shift >= 0; shift -= 3) {
            root <<= 1;
            final long step = 3 * root * (root + 1) + 1;
            if (rest >>> shift >= step) {
                rest -= step << shift;
                root++;
            }
        }
        return (int) root;
    }
}
