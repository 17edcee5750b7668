package io.millrace.tcp.stream;

import io.millrace.tcp.table.Tcb;

/**
 * What tells one congestion control from another: how the window grows once slow start is over, and by how much it shrinks
 * when the network loses something. All else about the window is {@link CongestionWindow}'s. Works on the record;
 * implementations keep no state of a connection and allocate nothing. Two at most, so that the call stays cheap.
 */
sealed interface CongestionControl permits NewReno, Cubic {
    /**
     * Congestion avoidance: lets the congestion window grow, as it was used to the full.
     *
     * @param acked bytes acknowledged, none of them during recovery.
     */
    void avoid(Tcb tcb, int acked);

    /**
     * A congestion event: the slow start threshold that follows from it.
     *
     * @param flight bytes in flight, FlightSize in RFC 5681's terms.
     */
    int reduced(Tcb tcb, int flight);

    /** Slow start lets the window grow, and it is not the first of the connection. */
    void onSlowStart(Tcb tcb);

    /** The window has been reduced as it was not used: what was known of where it would go is no longer true. */
    void onUnused(Tcb tcb);

    /** A time-out has followed: what congestion avoidance starts from next is not what was before. */
    void forget(Tcb tcb);
}
