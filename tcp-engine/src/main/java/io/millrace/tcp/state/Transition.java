package io.millrace.tcp.state;

import io.millrace.tcp.TcpState;
import io.millrace.tcp.table.Tcb;

/**
 * The one place that changes a connection's state, and that knows which changes are legal: the arrows of RFC 9293 §3.3.2,
 * figure 5, and from every state to CLOSED (reset, abort, time-out). LISTEN belongs to listeners and never appears here.
 */
public final class Transition {
    /** For each state, by ordinal, the states it may go to, as a bit for each ordinal. */
    private static final int[] LEGAL = new int[TcpState.values().length];

    static {
        legal(TcpState.CLOSED, TcpState.SYN_SENT, TcpState.SYN_RCVD, TcpState.ESTABLISHED);
        legal(TcpState.SYN_SENT, TcpState.SYN_RCVD, TcpState.ESTABLISHED);
        legal(TcpState.SYN_RCVD, TcpState.ESTABLISHED, TcpState.FIN_WAIT_1);
        legal(TcpState.ESTABLISHED, TcpState.FIN_WAIT_1, TcpState.CLOSE_WAIT);
        legal(TcpState.FIN_WAIT_1, TcpState.FIN_WAIT_2, TcpState.CLOSING, TcpState.TIME_WAIT);
        legal(TcpState.FIN_WAIT_2, TcpState.TIME_WAIT);
        legal(TcpState.CLOSE_WAIT, TcpState.LAST_ACK);
        legal(TcpState.CLOSING, TcpState.TIME_WAIT);
        legal(TcpState.LAST_ACK);
        legal(TcpState.TIME_WAIT);
    }

    private Transition() {}

    private static void legal(final TcpState from, final TcpState... to) {
        int bits = 1 << TcpState.CLOSED.ordinal();
        for (final TcpState state : to) {
            bits |= 1 << state.ordinal();
        }
        LEGAL[from.ordinal()] = bits;
    }

    /** Whether the change is an arrow of the diagram. */
    public static boolean isLegal(final TcpState from, final TcpState to) {
        return (LEGAL[from.ordinal()] & 1 << to.ordinal()) != 0;
    }

    /**
     * Changes the state.
     *
     * @throws IllegalStateException if the diagram has no such arrow: a fault of the engine, never of the peer.
     */
    public static void to(final Tcb tcb, final TcpState next) {
        if ((LEGAL[tcb.stateOrdinal()] & 1 << next.ordinal()) == 0) {
            throw new IllegalStateException(tcb.state() + " does not go to " + next);
        }
        tcb.state(next);
    }
}
