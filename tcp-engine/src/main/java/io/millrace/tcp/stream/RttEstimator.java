package io.millrace.tcp.stream;

import io.millrace.tcp.table.Tcb;

/** The retransmission time-out, RFC 6298. Times of samples in µs, time-outs in ms; stateless. */
public final class RttEstimator {
    /** RFC 6298 §2.1: before the first sample. */
    public static final int INITIAL_RTO_MS = 1_000;
    /** RFC 6298 §5.7: where the SYN itself timed out. */
    public static final int RTO_AFTER_SYN_LOSS_MS = 3_000;
    /** RFC 6298 §2.4 would have 1 s; like every large stack we go lower, to 200 ms, above any delayed acknowledgment. */
    public static final int MIN_RTO_MS = 200;
    /** RFC 6298 §2.5 allows any bound of at least 60 s. */
    public static final int MAX_RTO_MS = 120_000;

    private RttEstimator() {}

    /** RFC 8985 §6.2 step 1: keeps the shortest round trip, of which every one is asked, µs. */
    static void shortest(final Tcb tcb, final int microseconds) {
        final int r = Math.max(1, microseconds);
        if (tcb.minRtt() == 0 || r < tcb.minRtt()) {
            tcb.minRtt(r);
        }
    }

    /** Takes one sample of the round-trip time, µs; §2.2 and §2.3. */
    public static void sample(final Tcb tcb, final int microseconds) {
        final int r = Math.max(1, microseconds);
        int srtt = tcb.srtt();
        int rttvar;
        if (srtt == 0) {
            srtt = r;
            rttvar = r / 2;
        } else {
            rttvar = tcb.rttvar();
            rttvar += (Math.abs(srtt - r) - rttvar) / 4;
            srtt += (r - srtt) / 8;
        }
        tcb.srtt(Math.max(1, srtt));
        tcb.rttvar(rttvar);
        final long rtoMs = (srtt + Math.max(1_000L, 4L * rttvar) + 999) / 1_000;
        tcb.rto((int) Math.min(MAX_RTO_MS, Math.max(MIN_RTO_MS, rtoMs)));
    }

    /**
     * The peer has echoed the timestamp of our SYN-ACK after so many ms: up to 63 more than it was where that carried a cookie,
     * which the least time-out is above.
     */
    public static void handshake(final Tcb tcb, final int millis) {
        if (millis >= 0 && millis < INITIAL_RTO_MS) {
            sample(tcb, Math.max(1, millis) * 1_000);
        }
    }

    /** §5.5: each time-out doubles the next, until a round trip is sampled again. */
    public static void backOff(final Tcb tcb) {
        tcb.rto(Math.min(MAX_RTO_MS, 2 * tcb.rto()));
    }

    /** RFC 9293 §3.8.6.1: how long to wait for a closed window, ms; it says nothing about the network. */
    public static int persistWait(final Tcb tcb) {
        final int shift = Math.min(tcb.retransmits(), 16);
        return (int) Math.min(MAX_RTO_MS, (long) tcb.rto() << shift);
    }
}
