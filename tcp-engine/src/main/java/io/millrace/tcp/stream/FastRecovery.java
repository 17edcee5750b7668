package io.millrace.tcp.stream;

import io.millrace.tcp.state.Sequence;
import io.millrace.tcp.table.Tcb;
import io.millrace.tcp.table.TcbFlags;

/**
 * Fast retransmit and recovery by RFC 6582: finds losses by duplicate acknowledgments, and has the congestion window while
 * it recovers from them. Owned by the shard's thread; allocates nothing.
 */
final class FastRecovery {
    private static final int DUPLICATE_THRESHOLD = 3;

    private final CongestionWindow congestion;

    FastRecovery(final CongestionWindow congestion) {
        this.congestion = congestion;
    }

    /**
     * SND.UNA has advanced by {@code acked}.
     *
     * @return true if the next segment after it is lost as well and is to be sent again: a partial acknowledgment.
     */
    boolean onAcked(final Tcb tcb, final int acked) {
        tcb.duplicateAcks(0);
        if (!tcb.is(TcbFlags.IN_RECOVERY)) {
            congestion.onAcked(tcb, acked);
            return false;
        }
        final int mss = tcb.mss();
        if (Sequence.before(tcb.sndUna(), tcb.recover())) {
            // RFC 6582 §3.2 step 3: deflate by what was acknowledged, back by one segment.
            tcb.cwnd(Math.max(mss, tcb.cwnd() - acked + (acked >= mss ? mss : 0)));
            return true;
        }
        tcb.clear(TcbFlags.IN_RECOVERY);
        tcb.cwnd(Math.min(tcb.ssthresh(), Math.max(tcb.sndMax() - tcb.sndUna(), mss) + mss));
        return false;
    }

    /** One more duplicate acknowledgment; true if the first unacknowledged segment is to be sent again now. */
    boolean onDuplicateAck(final Tcb tcb) {
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
        congestion.onLoss(tcb);
        tcb.cwnd(tcb.ssthresh() + DUPLICATE_THRESHOLD * mss);
        return true;
    }

    /** The retransmission timer has gone off: whatever was being recovered from is sent again anyway. */
    void onTimeout(final Tcb tcb) {
        congestion.onTimeout(tcb);
        tcb.clear(TcbFlags.IN_RECOVERY);
        tcb.recover(tcb.sndMax());
        tcb.duplicateAcks(0);
    }
}
