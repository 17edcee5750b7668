package io.millrace.tcp.stream;

import io.millrace.tcp.ConnectionOptions;
import io.millrace.tcp.table.Registry;
import io.millrace.tcp.table.Tcb;
import io.millrace.tcp.table.TcbFlags;
import io.millrace.tcp.timer.BurstClock;
import io.millrace.tcp.timer.ConnectionTimers;

/**
 * Sets the one deadline that a connection has while it waits for an acknowledgment: RFC 8985 §5.4, of the retransmission
 * time-out, the end of the reordering window and the tail loss probe it is always that which comes first. Owned by the
 * shard's thread; allocates nothing.
 */
final class RetransmissionTimer {
    /** RFC 8985 §7.2: before there is a sample of the round trip. */
    private static final int INITIAL_PROBE_MS = 1_000;
    /** RFC 8985 §7.2, TLP.max_ack_delay: how long a peer may keep the acknowledgment of a single segment. */
    private static final int MAX_ACK_DELAY_MS = 200;
    /** On short paths two round trips end within one tick of this clock: acknowledgments under way come first. */
    private static final int PROBE_SLACK_MS = 2;

    private final Flight flight;
    private final Recovery recovery;
    private final ConnectionTimers timers;
    private final BurstClock clock;
    private final Registry<ConnectionOptions> options;

    RetransmissionTimer(
            final Flight flight,
            final Recovery recovery,
            final ConnectionTimers timers,
            final BurstClock clock,
            final Registry<ConnectionOptions> options) {
        this.flight = flight;
        this.recovery = recovery;
        this.timers = timers;
        this.clock = clock;
        this.options = options;
    }

    /** RFC 6298 §5.1, §5.3: a whole time-out from now on. */
    void restart(final Tcb tcb, final int reorderingMicros) {
        arm(tcb, tcb.rto(), reorderingMicros);
    }

    /**
     * The same deadlines anew, after anything has changed but SND.UNA: the time-out counts from when SND.UNA last advanced
     * (RFC 6298 §5.3), or from the first segment's departure if that was later.
     */
    void adjust(final Tcb tcb, final int reorderingMicros) {
        arm(tcb, Math.max(1, tcb.rto() - waited(tcb)), reorderingMicros);
    }

    private int waited(final Tcb tcb) {
        if (flight.isEmpty(tcb)) {
            return 0;
        }
        final int sinceDeparture = (clock.micros() - flight.sent(flight.head(tcb))) / 1_000;
        return Math.min(sinceDeparture, clock.millis() - tcb.progressMs());
    }

    /**
     * What SND.UNA names has been sent again: it is given a whole time-out (RFC 6675 §6). What was left of the old one may be
     * less than a round trip, and its end would throw away all that recovery has achieved.
     */
    void onResent(final Tcb tcb) {
        if (!(recovery.find(tcb) && recovery.is(Recovery.REORDERING_TIMER))) {
            adjust(tcb, 0); // the end of a reordering window does so by itself
        }
    }

    /** New text has been sent: RFC 6298 §5.1 lets a time-out run on, RFC 8985 §7.2 begins the wait for a probe anew. */
    void onSent(final Tcb tcb) {
        final boolean known = recovery.find(tcb);
        if (!tcb.is(TcbFlags.TIMER_RTO)) {
            restart(tcb, 0);
        } else if (!(known && recovery.is(Recovery.REORDERING_TIMER)) && mayProbe(tcb, known)) {
            adjust(tcb, 0);
        }
    }

    /** Nothing is in flight any more. */
    void stop(final Tcb tcb) {
        tcb.clear(TcbFlags.TIMER_RTO | TcbFlags.TIMER_PROBE);
    }

    /** A wait that is none of these: for a SYN's answer, or a closed window's. */
    void await(final Tcb tcb, final int millis) {
        tcb.clear(TcbFlags.TIMER_PROBE);
        timers.armRto(tcb, clock.millis() + withinUserTimeout(tcb, millis));
    }

    private void arm(final Tcb tcb, final int rto, final int reorderingMicros) {
        final boolean known = recovery.find(tcb);
        if (known) {
            recovery.clear(Recovery.REORDERING_TIMER);
        }
        tcb.clear(TcbFlags.TIMER_PROBE);
        int wait = rto;
        final int reordering = (reorderingMicros + 999) / 1_000;
        if (reorderingMicros > 0 && reordering < rto) {
            wait = reordering;
            recovery.set(Recovery.REORDERING_TIMER);
        } else if (mayProbe(tcb, known)) {
            wait = Math.min(rto, probeMillis(tcb));
            tcb.set(TcbFlags.TIMER_PROBE);
        }
        timers.armRto(tcb, clock.millis() + withinUserTimeout(tcb, wait));
    }

    /** RFC 8985 §7.2: not in recovery, nothing SACKED, and one probe at a time. */
    private boolean mayProbe(final Tcb tcb, final boolean known) {
        if (!tcb.is(TcbFlags.SACK) || tcb.is(TcbFlags.IN_RECOVERY | TcbFlags.PERSISTING) || flight.isEmpty(tcb)) {
            return false;
        }
        return !known
                || !recovery.is(Recovery.AFTER_TIMEOUT | Recovery.PROBE_OUT)
                        && !flight.has(tcb, Flight.SACKED | Flight.LOST);
    }

    /** RFC 8985 §7.2: TLP_calc_PTO. */
    private static int probeMillis(final Tcb tcb) {
        if (tcb.srtt() == 0) {
            return INITIAL_PROBE_MS;
        }
        final boolean single = tcb.sndMax() - tcb.sndUna() <= SegmentSender.maxText(tcb);
        return (int) ((2L * tcb.srtt() + 999) / 1_000) + (single ? MAX_ACK_DELAY_MS : PROBE_SLACK_MS);
    }

    private int withinUserTimeout(final Tcb tcb, final int wait) {
        final int userTimeout = options.get(tcb.options()).userTimeoutMs();
        return userTimeout == 0 ? wait : Math.min(wait, Math.max(1, tcb.progressMs() - clock.millis() + userTimeout));
    }

    /** Whether what the peer does not acknowledge has waited for longer than the application wants. */
    boolean isUserTimeoutOver(final Tcb tcb) {
        final int userTimeout = options.get(tcb.options()).userTimeoutMs();
        return userTimeout != 0 && clock.millis() - tcb.progressMs() >= userTimeout;
    }

    /** The connection's options are new: its user timeout may end sooner than the timer that runs. */
    void onOptions(final Tcb tcb) {
        if (tcb.is(TcbFlags.TIMER_RTO)) {
            final int wait = tcb.rtoDeadline() - clock.millis();
            final int bounded = withinUserTimeout(tcb, wait);
            if (bounded < wait) {
                timers.armRto(tcb, clock.millis() + bounded);
            }
        }
    }
}
