package io.millrace.tcp.stream;

import io.millrace.tcp.table.Tcb;

/** Congestion control by RFC 5681: a segment more for each round trip, half the flight after a loss. Stateless. */
final class NewReno implements CongestionControl {
    /** RFC 5681 §3.1: bytes are counted, so that a peer who acknowledges rarely slows nothing down. */
    @Override
    public void avoid(final Tcb tcb, final int acked) {
        final int cwnd = tcb.cwnd();
        tcb.cwnd(cwnd + Math.max(1, (int) ((long) tcb.mss() * Math.min(acked, cwnd) / cwnd)));
    }

    @Override
    public int reduced(final Tcb tcb, final int flight) {
        return Math.max(flight / 2, 2 * tcb.mss()); // RFC 5681 §3.1, equation 4
    }

    @Override
    public void onSlowStart(final Tcb tcb) {
        // The record's window is all there is.
    }

    @Override
    public void onUnused(final Tcb tcb) {
        // The record's window is all there is.
    }

    @Override
    public void forget(final Tcb tcb) {
        // The record's window is all there is.
    }
}
