package io.millrace.tcp.stream;

import io.millrace.memory.Memory;
import io.millrace.tcp.CongestionAlgorithm;
import io.millrace.tcp.ConnectionOptions;
import io.millrace.tcp.state.Sequence;
import io.millrace.tcp.table.BulkLayout;
import io.millrace.tcp.table.BulkRecords;
import io.millrace.tcp.table.Registry;
import io.millrace.tcp.table.Tcb;
import io.millrace.tcp.table.TcbFlags;
import io.millrace.tcp.table.TcbModes;
import io.millrace.tcp.timer.BurstClock;

/**
 * The congestion window and the slow start threshold of connections, RFC 5681, but for what the window is during recovery:
 * that is the business of whoever recovers. One instance a shard, owned by its thread; allocates nothing.
 */
public final class CongestionWindow {
    private static final int MAX_WINDOW = 1 << 30;
    /** RFC 9406 §4.2, L: a segment that acknowledges much lets slow start grow by no more than so many segments. */
    private static final int MAX_SLOW_START_STEP = 8;

    private final Registry<ConnectionOptions> options;
    private final NewReno newReno = new NewReno();
    private final Cubic cubic;
    private final HyStart hyStart;
    private final BulkRecords bulk;
    private final BurstClock clock;
    private int held;

    /** For connections with these options and side records. */
    public CongestionWindow(final Registry<ConnectionOptions> options, final BulkRecords bulk, final BurstClock clock) {
        this.options = options;
        this.bulk = bulk;
        this.clock = clock;
        this.hyStart = new HyStart(bulk);
        this.cubic = new Cubic(bulk, clock);
    }

    private CongestionControl control(final Tcb tcb) {
        return options.get(tcb.options()).congestion() == CongestionAlgorithm.CUBIC ? cubic : newReno;
    }

    /** The connection has opened. */
    public void onOpen(final Tcb tcb) {
        tcb.cwnd(tcb.is(TcbFlags.SYN_LOST) ? tcb.mss() : initialWindow(tcb)); // RFC 5681 §3.1
        tcb.ssthresh(Integer.MAX_VALUE);
    }

    /** RFC 6928 §2: ten segments, of no more than 1460 bytes on the whole. */
    static int initialWindow(final Tcb tcb) {
        final int mss = tcb.mss();
        return Math.min(10 * mss, Math.max(2 * mss, 14_600));
    }

    /**
     * What is said next is said of a connection of which so many bytes were acknowledged in this burst before, and which has
     * not had its turn to send since: for the window they count as used.
     */
    public void onHeld(final int bytes) {
        held = bytes;
    }

    /**
     * SND.UNA has advanced by {@code acked}, outside recovery: the window grows if it was used. One that was not used says
     * nothing about the path (RFC 7661 §4.3, RFC 9438 §5.8), and does not stay for long.
     */
    void onAcked(final Tcb tcb, final int acked) {
        if (isReducedForEcn(tcb)) {
            return;
        }
        final int cwnd = tcb.cwnd();
        final int used = flight(tcb) + acked + held;
        final boolean slowStart = cwnd < tcb.ssthresh();
        // Slow start doubles it in a round trip: half of it used now is all that it was.
        final boolean full = used > (slowStart ? (cwnd >> 1) - 1 : cwnd - tcb.mss()) || Pacer.holds(bulk.of(tcb));
        if (full) {
            grow(tcb, acked, slowStart);
            onFull(tcb);
        } else {
            if (!slowStart) {
                tcb.enter(TcbModes.APP_LIMITED);
            }
            onUnused(tcb, used);
        }
    }

    private void grow(final Tcb tcb, final int acked, final boolean slowStart) {
        if (slowStart) {
            if (!HyStart.isFirst(tcb)) {
                control(tcb).onSlowStart(tcb);
            }
            final int step = hyStart.growth(tcb, Math.min(acked, MAX_SLOW_START_STEP * tcb.mss()));
            tcb.cwnd(Math.min(Math.min(tcb.cwnd() + step, tcb.ssthresh()), MAX_WINDOW));
        } else {
            control(tcb).avoid(tcb, acked);
            tcb.cwnd(Math.min(tcb.cwnd(), MAX_WINDOW));
            tcb.leave(TcbModes.APP_LIMITED);
        }
    }

    /* Windows that are not used. */

    private void onFull(final Tcb tcb) {
        final long at = bulk.of(tcb);
        if (at != 0) {
            Memory.putInt(at + BulkLayout.FULL_AT_OFFSET, nowButZero());
            Memory.putInt(at + BulkLayout.WINDOW_USED_OFFSET, 0);
        }
    }

    /**
     * RFC 2861 §3.2, as Linux does it: a window that the application, or the peer's, has left unused for a time-out's length
     * may no longer be what the path bears. It goes half the way to what was used of it, and what it was is where slow start
     * would take it again. RFC 7661 would keep it for five minutes.
     */
    private void onUnused(final Tcb tcb, final int used) {
        final int cwnd = tcb.cwnd();
        final int least = initialWindow(tcb);
        if (cwnd <= least) {
            return;
        }
        final long at = bulk.take(tcb);
        final int now = nowButZero();
        final int since = Memory.getInt(at + BulkLayout.FULL_AT_OFFSET);
        final int most = Math.max(Memory.getInt(at + BulkLayout.WINDOW_USED_OFFSET), used);
        if (since != 0 && now - since < tcb.rto()) {
            Memory.putInt(at + BulkLayout.WINDOW_USED_OFFSET, most);
            return;
        }
        Memory.putInt(at + BulkLayout.FULL_AT_OFFSET, now);
        Memory.putInt(at + BulkLayout.WINDOW_USED_OFFSET, since == 0 ? used : 0);
        if (since != 0 && Math.max(most, least) < cwnd) {
            if (!HyStart.isFirst(tcb)) {
                control(tcb).onUnused(tcb);
            }
            tcb.ssthresh(Math.max(tcb.ssthresh(), cwnd - (cwnd >> 2)));
            tcb.cwnd(cwnd + Math.max(most, least) >>> 1);
        }
    }

    /** The window is another: how much of the present one is used begins to count. */
    private void forgetUse(final Tcb tcb) {
        final long at = bulk.of(tcb);
        if (at != 0) {
            Memory.putInt(at + BulkLayout.FULL_AT_OFFSET, 0);
            Memory.putInt(at + BulkLayout.WINDOW_USED_OFFSET, 0);
        }
    }

    private int nowButZero() {
        return clock.millis() == 0 ? 1 : clock.millis();
    }

    /* What changes it otherwise. */

    /** A round trip was measured, µs, of something sent once. Windows of a few segments end no queue's patience. */
    void onRoundTrip(final Tcb tcb, final int rtt) {
        if (HyStart.isFirst(tcb) && tcb.cwnd() >= 2 * initialWindow(tcb)) {
            hyStart.onRoundTrip(tcb, rtt);
        }
    }

    private void endFirstSlowStart(final Tcb tcb) {
        if (HyStart.isFirst(tcb)) {
            hyStart.end(tcb);
        }
    }

    /** A loss was found, and recovery begins: sets the slow start threshold, and leaves the window to recovery. */
    void onLoss(final Tcb tcb) {
        tcb.enter(TcbModes.CWR_DUE); // RFC 3168 §6.1.2: for whatever reason
        if (isReducedForEcn(tcb)) {
            return; // of the same window of data: once is enough
        }
        forgetUse(tcb);
        endFirstSlowStart(tcb);
        // Not the flight alone: a window that was never filled, or what went out beyond it, is no measure.
        tcb.ssthresh(control(tcb).reduced(tcb, Math.min(flight(tcb), tcb.cwnd())));
    }

    /**
     * The peer echoes a mark of the network. RFC 3168 §6.1.2: the window is reduced as for a loss, but nothing was lost; once
     * for all that was in flight.
     *
     * @param acked by how much the echo has advanced SND.UNA.
     * @return whether it was reduced.
     */
    boolean onEcnEcho(final Tcb tcb, final int acked) {
        if (tcb.is(TcbFlags.IN_RECOVERY) || tcb.retransmits() > 0 || isReducedForEcn(tcb)) {
            return false;
        }
        endFirstSlowStart(tcb);
        tcb.ssthresh(control(tcb).reduced(tcb, Math.min(flight(tcb) + acked, tcb.cwnd())));
        tcb.cwnd(tcb.ssthresh());
        Memory.putInt(bulk.take(tcb) + BulkLayout.ECN_REDUCED_OFFSET, tcb.sndMax());
        tcb.enter(TcbModes.ECN_REDUCED | TcbModes.CWR_DUE);
        return true;
    }

    private boolean isReducedForEcn(final Tcb tcb) {
        if (!tcb.in(TcbModes.ECN_REDUCED)) {
            return false;
        }
        if (Sequence.before(tcb.sndUna(), Memory.getInt(bulk.of(tcb) + BulkLayout.ECN_REDUCED_OFFSET))) {
            return true;
        }
        tcb.leave(TcbModes.ECN_REDUCED);
        forgetUse(tcb);
        return false;
    }

    /** The retransmission timer has gone off, RFC 5681 §3.1: back to one segment. To be called before the time-out counts. */
    void onTimeout(final Tcb tcb) {
        if (tcb.retransmits() == 0) {
            onLoss(tcb);
            control(tcb).forget(tcb);
        }
        tcb.cwnd(tcb.mss());
    }

    /**
     * Something is about to be sent and nothing is in flight, nor was for {@code idleMs}. RFC 5681 §4.1: after a time-out's
     * length the acknowledgments that would pace the window are gone, and slow start begins again; it goes up to where the
     * window was, less what others may have taken of it (RFC 2861 §3.1).
     */
    void onRestart(final Tcb tcb, final int idleMs) {
        final int cwnd = tcb.cwnd();
        final int restart = initialWindow(tcb);
        if (idleMs > tcb.rto() && cwnd > restart) {
            tcb.ssthresh(Math.max(tcb.ssthresh(), cwnd - (cwnd >> 2)));
            tcb.cwnd(restart);
            tcb.enter(TcbModes.APP_LIMITED);
        }
    }

    private static int flight(final Tcb tcb) {
        return tcb.sndMax() - tcb.sndUna();
    }
}
