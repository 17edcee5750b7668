package io.millrace.tcp.stream;

import io.millrace.tcp.ConnectionOptions;
import io.millrace.tcp.TcpState;
import io.millrace.tcp.table.Registry;
import io.millrace.tcp.table.Tcb;
import io.millrace.tcp.table.TcbFlags;
import io.millrace.tcp.timer.BurstClock;
import io.millrace.tcp.timer.ConnectionTimers;

/**
 * Finds out whether a silent peer still lives, RFC 9293 §3.8.4, for connections that want it. Owned by the shard's thread;
 * allocates nothing.
 */
public final class KeepAlive {
    /** Nothing is to be done now. */
    public static final int WAIT = 0;
    /** A probe is due. */
    public static final int PROBE = 1;
    /** The peer has left every probe unanswered. */
    public static final int DEAD = 2;

    private final Registry<ConnectionOptions> options;
    private final ConnectionTimers timers;
    private final BurstClock clock;

    /** With the options of the shard's connections. */
    public KeepAlive(final Registry<ConnectionOptions> options, final ConnectionTimers timers, final BurstClock clock) {
        this.options = options;
        this.timers = timers;
        this.clock = clock;
    }

    /** Starts, or stops, as the connection's options say; it is open. */
    public void arm(final Tcb tcb) {
        final ConnectionOptions wanted = options.get(tcb.options());
        if (!wanted.keepAlive()) {
            tcb.clear(TcbFlags.TIMER_KEEP_ALIVE);
        } else if (tcb.stateOrdinal() >= TcpState.ESTABLISHED.ordinal()) {
            if (!tcb.is(TcbFlags.TIMER_KEEP_ALIVE)) {
                tcb.heardMs(clock.millis());
                tcb.keepAliveProbes(0);
            }
            timers.armKeepAlive(tcb, tcb.heardMs() + wanted.keepAliveIdleMs());
        }
    }

    /** A segment of the peer has been taken. */
    public void onHeard(final Tcb tcb) {
        if (tcb.is(TcbFlags.TIMER_KEEP_ALIVE)) {
            tcb.heardMs(clock.millis());
            tcb.keepAliveProbes(0);
        }
    }

    /** The timer has gone off: {@link #WAIT}, {@link #PROBE} or {@link #DEAD}. */
    public int onTimer(final Tcb tcb) {
        final ConnectionOptions wanted = options.get(tcb.options());
        final int now = clock.millis();
        final int silence = now - tcb.heardMs();
        if (tcb.sndMax() != tcb.sndUna() || silence < wanted.keepAliveIdleMs()) {
            // Data in flight is a probe in itself; its own retransmissions decide.
            final int rest = Math.max(wanted.keepAliveIdleMs() - silence, 0);
            timers.armKeepAlive(tcb, now + (rest > 0 ? rest : wanted.keepAliveIdleMs()));
            return WAIT;
        }
        final int probes = tcb.keepAliveProbes();
        final boolean dead = wanted.userTimeoutMs() != 0
                ? silence >= wanted.userTimeoutMs() && probes > 0
                : probes >= wanted.keepAliveProbes();
        if (dead) {
            return DEAD;
        }
        tcb.keepAliveProbes(Math.min(probes + 1, 255));
        timers.armKeepAlive(tcb, now + wanted.keepAliveIntervalMs());
        return PROBE;
    }
}
