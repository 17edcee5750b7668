package io.millrace.tcp.stream;

import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.tcp.egress.OptionWriter;
import io.millrace.tcp.state.Segment;
import io.millrace.tcp.state.SegmentOptions;
import io.millrace.tcp.state.Sequence;
import io.millrace.tcp.state.Verdict;
import io.millrace.tcp.table.Tcb;
import io.millrace.tcp.table.TcbFlags;
import io.millrace.tcp.table.TcbModes;
import io.millrace.tcp.timer.BurstClock;

/**
 * What an acknowledgment says: what it delivers (RFC 9293 §3.10.7.4, RFC 2018 §5), how long that took (RFC 6298, RFC 7323
 * §4), and what follows for loss recovery and the timer. Sends nothing. One instance a shard, owned by its thread;
 * allocates nothing.
 */
public final class Acknowledgments {
    private final ByteChain chain;
    private final Flight flight;
    private final Recovery recovery;
    private final LossRecovery losses;
    private final CongestionWindow congestion;
    private final PathMtu pathMtu;
    private final RetransmissionTimer timer;
    private final BurstClock clock;
    private final CounterBlock counters;
    private final Delivery delivery = new Delivery();
    private boolean dsack;
    private int dsackLeft;
    private int dsackRight;

    Acknowledgments(
            final ByteChain chain,
            final Flight flight,
            final Recovery recovery,
            final LossRecovery losses,
            final CongestionWindow congestion,
            final PathMtu pathMtu,
            final RetransmissionTimer timer,
            final BurstClock clock,
            final CounterBlock counters) {
        this.chain = chain;
        this.flight = flight;
        this.recovery = recovery;
        this.losses = losses;
        this.congestion = congestion;
        this.pathMtu = pathMtu;
        this.timer = timer;
        this.clock = clock;
        this.counters = counters;
    }

    /** Any acceptable segment has come: ends the probing of a closed window that has opened. */
    public void onSegment(final Tcb tcb) {
        if (tcb.is(TcbFlags.PERSISTING)) {
            tcb.set(TcbFlags.PROBE_ANSWERED);
            tcb.progressMs(clock.millis()); // RFC 9293 §3.8.6.1: who answers is not given up, nor by a user timeout
            if (tcb.sndWnd() > 0) {
                tcb.clear(TcbFlags.PERSISTING | TcbFlags.TIMER_RTO);
                tcb.retransmits(0);
            }
        }
    }

    /**
     * SND.UNA has advanced, or the acknowledgment is a duplicate, or carries SACK blocks; output is to follow.
     *
     * @param verdict with {@link Verdict#ACKED}, {@link Verdict#DUPLICATE_ACK} or {@link Verdict#SACK}.
     */
    public void onAck(final Tcb tcb, final Segment segment, final int verdict) {
        final int acked = segment.acked();
        final boolean known = recovery.find(tcb);
        final SegmentOptions options = segment.options();
        final boolean echoes = tcb.is(TcbFlags.TIMESTAMPS) && options.timestamps() && options.tsEcr() != 0;
        final int echo = options.tsEcr() - tcb.tsOffset();
        delivery.begin(clock.micros(), clock.millis(), known ? recovery.fack() : tcb.sndUna() - acked, tcb.minRtt());
        if (echoes) {
            delivery.echo(echo);
        }
        if (acked > 0) {
            takeAcked(tcb, acked);
        }
        dsack = false;
        if (Verdict.has(verdict, Verdict.SACK)) {
            takeBlocks(tcb, options, segment.ack());
        }
        sample(tcb, acked, echoes, echo);
        // The answers to probes of a closed window look like duplicates, and are none.
        final boolean duplicate = Verdict.has(verdict, Verdict.DUPLICATE_ACK)
                && !tcb.is(TcbFlags.SACK | TcbFlags.PERSISTING)
                && !flight.isEmpty(tcb);
        if (known || (delivery.sackedBytes() > 0 || duplicate) && isNoted(tcb)) {
            inDisorder(tcb, acked, duplicate, echoes, echo, verdict);
        } else if (acked > 0) {
            congestion.onAcked(tcb, acked);
            setTimer(tcb, true, 0);
        }
    }

    /** Has the connection remember from here on what its acknowledgments say. */
    private boolean isNoted(final Tcb tcb) {
        if (recovery.acquire(tcb)) {
            return true;
        }
        counters.increment(Counter.FLIGHT_RECORDS_EXHAUSTED);
        return false;
    }

    private void inDisorder(
            final Tcb tcb,
            final int acked,
            final boolean duplicate,
            final boolean echoes,
            final int echo,
            final int verdict) {
        if (dsack) {
            losses.onDsack(tcb, dsackLeft, dsackRight);
        }
        if (echoes && acked > 0) {
            losses.onEcho(tcb, echo);
        }
        final boolean bare =
                acked == 0 && delivery.bytes() == 0 && !dsack && Verdict.has(verdict, Verdict.DUPLICATE_ACK);
        losses.judgeProbe(tcb, dsack, dsackRight, bare);
        final int wait = losses.onAck(tcb, delivery, acked, duplicate);
        if (tcb.sndUna() == tcb.sndMax() && (tcb.is(TcbFlags.FIN_SENT) || !losses.isPending())) {
            recovery.release(tcb);
        }
        setTimer(tcb, acked > 0, wait);
    }

    private void takeAcked(final Tcb tcb, final int acked) {
        final long send = SegmentSender.sendChain(tcb);
        chain.discard(send, Math.min(acked, chain.length(send))); // the rest is our SYN or FIN
        flight.acknowledge(tcb, delivery);
        tcb.retransmits(0);
        if (acked >= tcb.mss() - OptionWriter.TIMESTAMPS_LENGTH) {
            tcb.enter(TcbModes.SIZE_PROVEN);
        }
        tcb.clear(TcbFlags.PERSISTING | TcbFlags.SOFT_ERROR);
        tcb.progressMs(clock.millis());
        pathMtu.onAcked(tcb);
    }

    /* SACK blocks. */

    /** Takes the blocks in sequence order, whatever theirs is, so that none seems to have been overtaken by another. */
    private void takeBlocks(final Tcb tcb, final SegmentOptions options, final int ack) {
        final int una = tcb.sndUna();
        int first = 0;
        if (isDsack(options, ack)) {
            first = 1;
            counters.increment(Counter.TCP_DSACKS_RECEIVED);
            dsack = isWithinSent(tcb, options.sackLeft(0), options.sackRight(0));
            dsackLeft = options.sackLeft(0);
            dsackRight = options.sackRight(0);
        }
        int taken = una;
        for (int i = first; i < options.sackBlocks(); i++) {
            int lowest = -1;
            for (int j = first; j < options.sackBlocks(); j++) {
                if (Sequence.after(options.sackRight(j), taken)
                        && (lowest < 0 || Sequence.before(options.sackLeft(j), options.sackLeft(lowest)))) {
                    lowest = j;
                }
            }
            if (lowest < 0) {
                return;
            }
            final int left = Sequence.max(options.sackLeft(lowest), taken);
            final int right = options.sackRight(lowest);
            if (Sequence.after(right, tcb.sndMax())) {
                counters.increment(Counter.TCP_SACK_DISCARDED);
                return; // of what was never sent
            }
            if (Sequence.before(left, right)) {
                flight.sack(tcb, left, right, delivery);
            }
            taken = right;
        }
    }

    /** RFC 2883 §4: the first block tells of a duplicate if it is acknowledged already, or part of the second. */
    private static boolean isDsack(final SegmentOptions options, final int ack) {
        final int left = options.sackLeft(0);
        final int right = options.sackRight(0);
        if (Sequence.atOrBefore(right, ack)) {
            return Sequence.before(left, right);
        }
        return options.sackBlocks() > 1
                && Sequence.atOrAfter(left, options.sackLeft(1))
                && Sequence.atOrBefore(right, options.sackRight(1));
    }

    /** Whether a duplicate may be of something that was sent not long ago; an old or forged one tells nothing. */
    private static boolean isWithinSent(final Tcb tcb, final int left, final int right) {
        return Sequence.atOrBefore(right, tcb.sndMax())
                && Sequence.atOrAfter(left, tcb.sndUna() - Math.max(tcb.maxSndWnd(), tcb.mss()));
    }

    /* Time. */

    /**
     * RFC 6298 §3: one sample in a round trip. Where all that is acknowledged was sent again, the echo of a timestamp tells
     * which copy it was (RFC 7323 §4.1); without one, Karn's rule forbids it. Our SYN was timed, too, if it was sent once.
     */
    private void sample(final Tcb tcb, final int acked, final boolean echoes, final int echo) {
        final int now = clock.micros();
        if (delivery.isTimed()) {
            RttEstimator.shortest(tcb, now - delivery.firstSent());
            congestion.onRoundTrip(tcb, now - delivery.firstSent());
            if (delivery.firstSent() - tcb.rttSampled() >= 0) {
                RttEstimator.sample(tcb, now - delivery.firstSent());
                tcb.rttSampled(now);
            }
        } else if (acked > 0 && delivery.bytes() > 0 && echoes) {
            final int millis = clock.millis() - echo;
            if (millis >= 0 && millis < RttEstimator.MAX_RTO_MS) {
                RttEstimator.sample(tcb, Math.max(1, millis) * 1_000);
                tcb.rttSampled(now);
            }
        } else if (acked > 0 && tcb.srtt() == 0 && tcb.is(TcbFlags.ACTIVE_OPEN) && !tcb.is(TcbFlags.SYN_LOST)) {
            RttEstimator.sample(tcb, now - tcb.rttSampled());
        }
    }

    private void setTimer(final Tcb tcb, final boolean advanced, final int reorderingMicros) {
        final boolean known = recovery.find(tcb);
        if (tcb.sndUna() == tcb.sndMax()) {
            if (known) {
                timer.restart(tcb, 0); // at its end nobody waits for more news of what was in flight
            } else {
                timer.stop(tcb);
            }
        } else if (advanced) {
            timer.restart(tcb, reorderingMicros); // RFC 6298 §5.3
        } else if (reorderingMicros > 0
                || tcb.is(TcbFlags.TIMER_PROBE)
                || known && recovery.is(Recovery.REORDERING_TIMER)) {
            timer.adjust(tcb, reorderingMicros);
        }
    }
}
