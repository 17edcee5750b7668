package io.millrace.tcp.state;

import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.tcp.TcpState;
import io.millrace.tcp.table.Tcb;

/**
 * The one place that changes a connection's state, and that knows which changes are legal: the arrows of RFC 9293 §3.3.2,
 * figure 5, and from every state to CLOSED (reset, abort, time-out). LISTEN belongs to listeners and never appears here.
 * Each change is counted. Owned by the shard's thread; allocates nothing.
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

    /** What is counted when a state is entered, by its ordinal. */
    private static final Counter[] ENTERED = new Counter[TcpState.values().length];

    static {
        ENTERED[TcpState.CLOSED.ordinal()] = Counter.STATE_CLOSED;
        ENTERED[TcpState.SYN_SENT.ordinal()] = Counter.STATE_SYN_SENT;
        ENTERED[TcpState.SYN_RCVD.ordinal()] = Counter.STATE_SYN_RCVD;
        ENTERED[TcpState.ESTABLISHED.ordinal()] = Counter.STATE_ESTABLISHED;
        ENTERED[TcpState.FIN_WAIT_1.ordinal()] = Counter.STATE_FIN_WAIT_1;
        ENTERED[TcpState.FIN_WAIT_2.ordinal()] = Counter.STATE_FIN_WAIT_2;
        ENTERED[TcpState.CLOSE_WAIT.ordinal()] = Counter.STATE_CLOSE_WAIT;
        ENTERED[TcpState.CLOSING.ordinal()] = Counter.STATE_CLOSING;
        ENTERED[TcpState.LAST_ACK.ordinal()] = Counter.STATE_LAST_ACK;
        ENTERED[TcpState.TIME_WAIT.ordinal()] = Counter.TIME_WAIT_ENTERED;
    }

    private final CounterBlock counters;

    /** Counts in {@code counters}, the shard's. */
    public Transition(final CounterBlock counters) {
        this.counters = counters;
    }

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
     * Changes the state, and counts it.
     *
     * @throws IllegalStateException if the diagram has no such arrow: a fault of the engine, never of the peer.
     */
    public void to(final Tcb tcb, final TcpState next) {
        final int from = tcb.stateOrdinal();
        if ((LEGAL[from] & 1 << next.ordinal()) == 0) {
            throw new IllegalStateException(tcb.state() + " does not go to " + next);
        }
        tcb.state(next);
        if (next != TcpState.CLOSED) {
            counters.increment(ENTERED[next.ordinal()]);
        } else if (from != TcpState.TIME_WAIT.ordinal()) {
            counters.increment(Counter.STATE_CLOSED);
            countEnd(from);
        }
        final int current = isCurrent(next.ordinal()) - isCurrent(from);
        if (current != 0) {
            counters.add(Counter.TCP_CURRENT_ESTABLISHED, current);
        }
    }

    /** RFC 4022: which direct transitions to CLOSED are failed attempts, and which are resets. */
    private void countEnd(final int from) {
        if (from == TcpState.SYN_SENT.ordinal() || from == TcpState.SYN_RCVD.ordinal()) {
            counters.increment(Counter.TCP_ATTEMPT_FAILS);
        } else if (isCurrent(from) != 0) {
            counters.increment(Counter.TCP_ESTABLISHED_RESETS);
        }
    }

    /** RFC 4022, tcpCurrEstab: 1 for a state that counts. */
    private static int isCurrent(final int state) {
        return state == TcpState.ESTABLISHED.ordinal() || state == TcpState.CLOSE_WAIT.ordinal() ? 1 : 0;
    }
}
