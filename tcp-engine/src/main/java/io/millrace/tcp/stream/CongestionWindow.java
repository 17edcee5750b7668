package io.millrace.tcp.stream;

import io.millrace.tcp.table.Tcb;
import io.millrace.tcp.table.TcbFlags;

/**
 * The congestion window and the slow start threshold of connections, RFC 5681, but for what the window is during recovery:
 * that is the business of whoever recovers. One instance a shard, owned by its thread; allocates nothing.
 */
public final class CongestionWindow {
    private static final int MAX_WINDOW = 1 << 30;

    private final CongestionControl control = new NewReno();

    /** The connection has opened. RFC 6928: ten segments; RFC 5681 §3.1: one after a SYN was lost. */
    public void onOpen(final Tcb tcb) {
        final int mss = tcb.mss();
        tcb.cwnd(tcb.is(TcbFlags.SYN_LOST) ? mss : Math.min(10 * mss, Math.max(2 * mss, 14_600)));
        tcb.ssthresh(Integer.MAX_VALUE);
    }

    /** SND.UNA has advanced by {@code acked}, outside recovery: the window grows. */
    void onAcked(final Tcb tcb, final int acked) {
        if (tcb.cwnd() < tcb.ssthresh()) {
            tcb.cwnd(tcb.cwnd() + Math.min(acked, tcb.mss())); // slow start
        } else {
            control.avoid(tcb, acked);
        }
        tcb.cwnd(Math.min(tcb.cwnd(), MAX_WINDOW));
    }

    /** A loss was found, and recovery begins: sets the slow start threshold, and leaves the window to recovery. */
    void onLoss(final Tcb tcb) {
        tcb.ssthresh(control.reduced(tcb, flight(tcb)));
    }

    /** The retransmission timer has gone off, RFC 5681 §3.1: back to one segment. To be called before the time-out counts. */
    void onTimeout(final Tcb tcb) {
        if (tcb.retransmits() == 0) {
            onLoss(tcb);
        }
        tcb.cwnd(tcb.mss());
    }

    private static int flight(final Tcb tcb) {
        return tcb.sndMax() - tcb.sndUna();
    }
}
