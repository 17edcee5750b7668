package io.millrace.tcp.stream;

import io.millrace.tcp.state.Sequence;
import io.millrace.tcp.table.Tcb;
import io.millrace.tcp.table.TcbFlags;

/** Congestion control by RFC 5681 and NewReno recovery by RFC 6582. Works on the record; stateless. */
public final class NewReno {
    private static final int DUPLICATE_THRESHOLD = 3;

    private NewReno() {}

    /** RFC 6928: ten segments; RFC 5681 §3.1: one after a SYN was lost. */
    public static void onOpen(final Tcb tcb) {
        final int mss = tcb.mss();
        tcb.cwnd(tcb.is(TcbFlags.SYN_LOST) ? mss : Math.min(10 * mss, Math.max(2 * mss, 14_600)));
        tcb.ssthresh(Integer.MAX_VALUE);
    }

    /**
     * SND.UNA has advanced by {@code acked}.
     *
     * @return true if the next segment after it is lost as well and is to be sent again: a partial acknowledgment.
     */
    public static boolean onAcked(final Tcb tcb, final int acked) {
        tcb.duplicateAcks(0);
        final int mss = tcb.mss();
        int cwnd = tcb.cwnd();
        if (tcb.is(TcbFlags.IN_RECOVERY)) {
            if (Sequence.before(tcb.sndUna(), tcb.recover())) {
                // RFC 6582 §3.2 step 3: deflate by what was acknowledged, back by one segment.
                cwnd = Math.max(mss, cwnd - acked + (acked >= mss ? mss : 0));
                tcb.cwnd(cwnd);
                return true;
            }
            tcb.clear(TcbFlags.IN_RECOVERY);
            tcb.cwnd(Math.min(tcb.ssthresh(), Math.max(flight(tcb), mss) + mss));
            return false;
        }
        if (cwnd < tcb.ssthresh()) {
            cwnd += Math.min(acked, mss); // slow start
        } else {
            cwnd += Math.max(1, (int) ((long) mss * mss / cwnd)); // congestion avoidance
        }
        tcb.cwnd(Math.min(cwnd, 1 << 30));
        return false;
    }

    /** One more duplicate acknowledgment; true if the first unacknowledged segment is to be sent again now. */
    public static boolean onDuplicateAck(final Tcb tcb) {
        final int mss = tcb.mss();
        if (tcb.is(TcbFlags.IN_RECOVERY)) {
            tcb.cwnd(Math.min(tcb.cwnd() + mss, 1 << 30)); // a segment has left the network
            return false;
        }
        final int count = Math.min(tcb.duplicateAcks() + 1, 255);
        tcb.duplicateAcks(count);
        // RFC 6582 §3.2 step 1: not again for losses of the same window.
        if (count != DUPLICATE_THRESHOLD || Sequence.before(tcb.sndUna(), tcb.recover())) {
            return false;
        }
        tcb.set(TcbFlags.IN_RECOVERY);
        tcb.recover(tcb.sndMax());
        halve(tcb);
        tcb.cwnd(tcb.ssthresh() + DUPLICATE_THRESHOLD * mss);
        return true;
    }

    /** The retransmission timer has gone off, RFC 5681 §3.1: back to one segment. */
    public static void onTimeout(final Tcb tcb) {
        if (tcb.retransmits() == 0) {
            halve(tcb);
        }
        tcb.clear(TcbFlags.IN_RECOVERY);
        tcb.recover(tcb.sndMax());
        tcb.cwnd(tcb.mss());
        tcb.duplicateAcks(0);
    }

    private static void halve(final Tcb tcb) {
        tcb.ssthresh(Math.max(flight(tcb) / 2, 2 * tcb.mss()));
    }

    private static int flight(final Tcb tcb) {
        return tcb.sndMax() - tcb.sndUna();
    }
}
