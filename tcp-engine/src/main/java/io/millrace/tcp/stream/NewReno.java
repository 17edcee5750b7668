package io.millrace.tcp.stream;

import io.millrace.tcp.table.Tcb;

/** Congestion control by RFC 5681: a segment more for each round trip, half the flight after a loss. */
final class NewReno implements CongestionControl {
    @Override
    public void avoid(final Tcb tcb, final int acked) {
        final int mss = tcb.mss();
        final int cwnd = tcb.cwnd();
        tcb.cwnd(cwnd + Math.max(1, (int) ((long) mss * mss / cwnd))); // RFC 5681 §3.1, equation 3
    }

    @Override
    public int reduced(final Tcb tcb, final int flight) {
        return Math.max(flight / 2, 2 * tcb.mss()); // RFC 5681 §3.1, equation 4
    }
}
