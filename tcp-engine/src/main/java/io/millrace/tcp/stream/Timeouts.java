package io.millrace.tcp.stream;

import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.tcp.ConnectionOptions;
import io.millrace.tcp.TcpState;
import io.millrace.tcp.table.Registry;
import io.millrace.tcp.table.Tcb;
import io.millrace.tcp.table.TcbFlags;

/**
 * What silence says: the end of the retransmission time-out (RFC 6298 §5), of the wait for a tail loss probe (RFC 8985
 * §7.3), of the reordering window, and of the wait for a closed window to open (RFC 9293 §3.8.6.1). One instance a shard,
 * owned by its thread; allocates nothing.
 */
public final class Timeouts {
    /** SYN retransmissions while the next hop does not answer: by then it was asked for 3 s, and is not there. */
    private static final int MAX_UNRESOLVED_SYNS = 1;

    private final SegmentSender segments;
    private final Transmitter transmitter;
    private final Flight flight;
    private final Recovery recovery;
    private final LossRecovery losses;
    private final CongestionWindow congestion;
    private final PathMtu pathMtu;
    private final RetransmissionTimer timer;
    private final CounterBlock counters;
    private final Registry<ConnectionOptions> options;
    private final int dataRetries;

    Timeouts(
            final SegmentSender segments,
            final Transmitter transmitter,
            final Flight flight,
            final Recovery recovery,
            final LossRecovery losses,
            final CongestionWindow congestion,
            final PathMtu pathMtu,
            final RetransmissionTimer timer,
            final CounterBlock counters,
            final Registry<ConnectionOptions> options,
            final int dataRetries) {
        this.segments = segments;
        this.transmitter = transmitter;
        this.flight = flight;
        this.recovery = recovery;
        this.losses = losses;
        this.congestion = congestion;
        this.pathMtu = pathMtu;
        this.timer = timer;
        this.counters = counters;
        this.options = options;
        this.dataRetries = dataRetries;
    }

    /**
     * The retransmission timer has gone off, whatever it was set to; output is to follow.
     *
     * @return false if the connection is to be given up: its retransmissions are used up.
     */
    public boolean onTimeout(final Tcb tcb) {
        final boolean isProbe = tcb.is(TcbFlags.TIMER_PROBE);
        timer.stop(tcb);
        final boolean nothingInFlight = tcb.sndMax() == tcb.sndUna();
        final int state = tcb.stateOrdinal();
        if (timer.isUserTimeoutOver(tcb) && (state < TcpState.ESTABLISHED.ordinal() || !nothingInFlight)) {
            return false;
        }
        if (state == TcpState.SYN_SENT.ordinal() || state == TcpState.SYN_RCVD.ordinal()) {
            return onSynTimeout(tcb);
        }
        if (tcb.is(TcbFlags.AWAITS_TURN)) {
            return onTimeoutAtOurOwnDoor(tcb, isProbe);
        }
        if (nothingInFlight) {
            recovery.release(tcb);
            if (transmitter.hasSomethingToSend(tcb) && transmitter.isCorked(tcb)) {
                transmitter.force(tcb);
                return true;
            }
            return !transmitter.hasSomethingToSend(tcb) || onWindowTimeout(tcb);
        }
        if (tcb.sndWnd() == 0) {
            return onWindowTimeout(tcb);
        }
        if (recovery.find(tcb) && recovery.is(Recovery.REORDERING_TIMER)) {
            timer.adjust(tcb, losses.onReorderingTimer(tcb));
            return true;
        }
        if (isProbe && !flight.isEmpty(tcb) && recovery.acquire(tcb)) {
            onProbeTimeout(tcb);
            return true;
        }
        return onRetransmissionTimeout(tcb);
    }

    /** What has not left can't be lost, and more would only wait, too. A port that takes nothing for long ends it all the same. */
    private boolean onTimeoutAtOurOwnDoor(final Tcb tcb, final boolean isProbe) {
        if (recovery.find(tcb) && recovery.is(Recovery.REORDERING_TIMER)) {
            recovery.clear(Recovery.REORDERING_TIMER);
        } else if (!isProbe) {
            if (tcb.retransmits() >= dataRetries) {
                return false;
            }
            tcb.retransmits(tcb.retransmits() + 1);
            RttEstimator.backOff(tcb);
        }
        timer.await(tcb, tcb.rto());
        return true;
    }

    /** RFC 8985 §7.3: has the peer say what it has, before all is given up. */
    private void onProbeTimeout(final Tcb tcb) {
        if (transmitter.sendTailProbe(tcb)) {
            losses.onProbe(tcb);
            counters.increment(Counter.TCP_LOSS_PROBES);
        }
        timer.restart(tcb, 0);
    }

    private boolean onRetransmissionTimeout(final Tcb tcb) {
        tcb.nextHopMac(0); // the silence may be the next hop's: ask again where it is
        if (tcb.retransmits() >= dataRetries) {
            return false;
        }
        counters.increment(Counter.TCP_TIMEOUTS);
        if (!flight.isEmpty(tcb) && recovery.acquire(tcb)) {
            losses.onTimeout(tcb);
            tcb.retransmits(tcb.retransmits() + 1);
            RttEstimator.backOff(tcb);
            final int smaller = pathMtu.onTimeout(tcb);
            if (smaller > 0) {
                transmitter.onPathMtu(tcb, smaller);
                transmitter.force(tcb);
            } else {
                transmitter.sendLost(tcb, true);
            }
        } else {
            congestion.onTimeout(tcb);
            tcb.retransmits(tcb.retransmits() + 1);
            RttEstimator.backOff(tcb);
            transmitter.startOver(tcb);
            transmitter.force(tcb);
        }
        timer.restart(tcb, 0);
        return true;
    }

    private boolean onSynTimeout(final Tcb tcb) {
        tcb.nextHopMac(0);
        if (tcb.stateOrdinal() == TcpState.SYN_SENT.ordinal() && segments.nextHop(tcb) == 0) {
            tcb.set(TcbFlags.SOFT_ERROR); // nobody on the link answers for that address
            if (tcb.retransmits() >= MAX_UNRESOLVED_SYNS) {
                return false;
            }
        }
        if (tcb.retransmits() >= options.get(tcb.options()).synRetries()) {
            return false;
        }
        tcb.retransmits(tcb.retransmits() + 1);
        RttEstimator.backOff(tcb);
        tcb.set(TcbFlags.SYN_LOST);
        counters.increment(Counter.TCP_SYN_RETRANSMITS);
        counters.increment(Counter.TCP_SEGMENTS_RETRANSMITTED);
        transmitter.sendSyn(tcb);
        return true;
    }

    /**
     * RFC 9293 §3.8.6.1: asks into a closed window with one byte, ever more slowly, for as long as it is answered. What was
     * in flight into a window that the peer has taken back is sent anew when it opens.
     */
    private boolean onWindowTimeout(final Tcb tcb) {
        tcb.nextHopMac(0);
        if (tcb.retransmits() >= dataRetries && !tcb.is(TcbFlags.PROBE_ANSWERED)) {
            return false;
        }
        tcb.clear(TcbFlags.PROBE_ANSWERED);
        tcb.set(TcbFlags.PERSISTING);
        tcb.retransmits(Math.min(tcb.retransmits() + 1, 30));
        transmitter.startOver(tcb);
        transmitter.force(tcb);
        tcb.sndNxt(tcb.sndUna());
        timer.await(tcb, RttEstimator.persistWait(tcb));
        return true;
    }
}
