package io.millrace.tcp.stream;

import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.tcp.TcpState;
import io.millrace.tcp.egress.SegmentWriter;
import io.millrace.tcp.state.Segment;
import io.millrace.tcp.state.Sequence;
import io.millrace.tcp.state.SynchronizedState;
import io.millrace.tcp.state.Transition;
import io.millrace.tcp.state.Verdict;
import io.millrace.tcp.table.Tcb;
import io.millrace.tcp.table.TcbFlags;
import io.millrace.tcp.table.TcbLayout;
import io.millrace.tcp.timer.BurstClock;
import io.millrace.tcp.timer.ConnectionTimers;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The receiving side of connections: brings text into order, hands it to the application straight from the frame, keeps
 * what is not taken, and decides when to acknowledge (RFC 9293 §3.8.6.3, RFC 5681 §4.2).
 *
 * <p>One instance a shard, owned by its thread; allocates nothing.
 */
public final class Receiver {
    /** How long a single small segment may wait for its acknowledgment, ms; RFC 9293 §3.8.6.3 allows up to 500. */
    private static final int DELAYED_ACK_MS = 40;
    /** Segments of this size are of a peer who sends what it has in one go: the default MSS, less some options. */
    private static final int LARGE_TEXT = 500;
    /** So many segments' worth of text is acknowledged segment by segment: as many as Linux does. */
    private static final int QUICK_ACKS = 16;

    private final ByteChain chain;
    private final Reassembly reassembly;
    private final SackBlocks sackBlocks;
    private final ReceiveWindow window;
    private final ReceiveTuning tuning;
    private final TextSink application;
    private final RetainedFrames retained;
    private final SegmentWriter writer;
    private final ConnectionTimers timers;
    private final BurstClock clock;
    private final CounterBlock counters;
    private final Transition transitions;
    private final UnsafeBuffer piece = new UnsafeBuffer(0, 0);
    /** Whether the segment that is being processed has filled a hole, or a part of one. */
    private boolean filled;

    /** With the parts that all connections of the shard share. */
    public Receiver(
            final ByteChain chain,
            final Reassembly reassembly,
            final SackBlocks sackBlocks,
            final ReceiveWindow window,
            final ReceiveTuning tuning,
            final TextSink application,
            final RetainedFrames retained,
            final SegmentWriter writer,
            final ConnectionTimers timers,
            final BurstClock clock,
            final CounterBlock counters) {
        this.chain = chain;
        this.reassembly = reassembly;
        this.sackBlocks = sackBlocks;
        this.window = window;
        this.tuning = tuning;
        this.application = application;
        this.retained = retained;
        this.writer = writer;
        this.timers = timers;
        this.clock = clock;
        this.counters = counters;
        transitions = new Transition(counters);
    }

    /** A segment has come, whether there is anything in it to take or not: notes what of it came before. */
    public void onArrival(final Tcb tcb, final Segment segment) {
        sackBlocks.begin();
        filled = false;
        if (segment.hasDuplicate() && tcb.is(TcbFlags.SACK)) {
            sackBlocks.duplicate(tcb, segment.duplicateFrom(), segment.duplicateTo());
            counters.increment(Counter.TCP_DSACK_OLD_SENT);
        }
    }

    /**
     * Takes a segment's text and FIN, already within the window.
     *
     * @return {@link Verdict#TIME_WAIT} if the peer's FIN was next and brings the connection there; 0 otherwise. The
     *     acknowledgment that is due is marked in the record.
     */
    public int onSegment(final Tcb tcb, final Segment segment) {
        if (segment.seq() != tcb.rcvNxt()) {
            queue(tcb, segment);
            tcb.set(TcbFlags.ACK_NOW); // RFC 5681 §4.2: out of order, at once
            return 0;
        }
        final boolean hole = !reassembly.isEmpty(tcb);
        final int length = segment.textLength();
        if (length > 0 && acceptFromFrame(tcb, segment, length) < length) {
            return 0; // out of memory: the peer sends the rest, and the FIN, again
        }
        int verdict = segment.isFin() ? takeFin(tcb) : 0;
        if (hole) {
            verdict |= drain(tcb);
            filled = true;
            tcb.set(TcbFlags.ACK_NOW); // a hole was filled
        }
        if (length > 0) {
            tuning.onText(tcb, segment);
            acknowledgeText(tcb, length);
        }
        return verdict;
    }

    private void queue(final Tcb tcb, final Segment segment) {
        final int outcome = reassembly.add(
                tcb, segment.seq(), segment.textAddress(), segment.textLength(), segment.isFin(), segment.mbuf());
        if (reassembly.hasDuplicate() && tcb.is(TcbFlags.SACK)) {
            reportTwice(tcb, reassembly.duplicateFrom(), reassembly.duplicateTo());
        }
        switch (outcome) {
            case Reassembly.KEPT -> {
                counters.increment(Counter.OUT_OF_ORDER_QUEUED);
                writer.keepLent();
            }
            case Reassembly.COPIED -> {
                counters.increment(Counter.OUT_OF_ORDER_QUEUED);
                counters.increment(Counter.OUT_OF_ORDER_COPIED);
            }
            case Reassembly.NO_ROOM -> counters.increment(Counter.OUT_OF_ORDER_DROPS);
            default -> {}
        }
    }

    private void reportTwice(final Tcb tcb, final int left, final int right) {
        if (left != right) {
            sackBlocks.duplicate(tcb, left, right);
            counters.increment(Counter.TCP_DSACK_OUT_OF_ORDER_SENT);
        }
    }

    /** Delivers what has become next in sequence. */
    private int drain(final Tcb tcb) {
        int verdict = 0;
        int slot = reassembly.head(tcb);
        while (slot != Reassembly.NONE
                && Sequence.atOrBefore(reassembly.seq(slot), tcb.rcvNxt())
                && !tcb.is(TcbFlags.FIN_RECEIVED)) {
            final int old = tcb.rcvNxt() - reassembly.seq(slot);
            final int fresh = reassembly.length(slot) - old;
            if (old > 0 && tcb.is(TcbFlags.SACK)) {
                reportTwice(tcb, reassembly.seq(slot), reassembly.seq(slot) + Math.min(old, reassembly.length(slot)));
            }
            if (fresh > 0 && acceptFromQueue(tcb, slot, old, fresh) < fresh) {
                break;
            }
            if (fresh >= 0 && reassembly.isFin(slot)) {
                verdict |= takeFin(tcb);
            }
            reassembly.removeFirst(tcb);
            slot = reassembly.head(tcb);
        }
        if (tcb.is(TcbFlags.FIN_RECEIVED)) {
            reassembly.clear(tcb); // text behind a FIN is nobody's
        }
        return verdict;
    }

    private int takeFin(final Tcb tcb) {
        final int verdict = SynchronizedState.onFin(tcb, transitions);
        tcb.set(TcbFlags.ACK_NOW);
        return verdict & Verdict.TIME_WAIT;
    }

    /** Text in the frame that is being processed, which the application may keep. */
    private int acceptFromFrame(final Tcb tcb, final Segment segment, final int length) {
        retained.offer(segment.mbuf(), false);
        final int taken = accept(tcb, segment.textAddress(), length);
        if (retained.conclude()) {
            writer.keepLent();
        }
        return taken;
    }

    /** Text that has waited for its turn, in a frame that is kept already, or in a block. */
    private int acceptFromQueue(final Tcb tcb, final int slot, final int from, final int length) {
        retained.offer(reassembly.frame(slot), true);
        final int taken = accept(tcb, reassembly.textAddress(slot) + from, length);
        if (retained.conclude()) {
            reassembly.handOver(slot);
        }
        return taken;
    }

    /** Text next in sequence: to the application, and what it does not take to the receive queue. */
    private int accept(final Tcb tcb, final long address, final int length) {
        final long queue = receiveChain(tcb);
        int taken = 0;
        tcb.rcvNxt(tcb.rcvNxt() + length);
        if (chain.length(queue) == 0) {
            taken = application.deliver(tcb, address, length);
        }
        if (taken < length && !tcb.is(TcbFlags.ABORTED)) {
            taken += chain.append(queue, address + taken, length - taken);
            if (taken < length) {
                tcb.rcvNxt(tcb.rcvNxt() - (length - taken));
            }
        }
        return taken;
    }

    /**
     * Every second segment at once if either of the two is large, a small or single one after a while. What is full-sized to the peer, with the
     * options it sends and the path it has, we can't know: that it is large must do (RFC 9293 §3.8.6.3, SHLD-18). The first
     * large segments of a connection are acknowledged each by itself, as the peer's slow start waits for that.
     */
    private void acknowledgeText(final Tcb tcb, final int length) {
        final int before = tcb.unreadSinceAck();
        final int unacknowledged = before + length;
        tcb.unreadSinceAck(unacknowledged);
        final boolean second = before > 0 && Math.max(before, length) >= LARGE_TEXT;
        if (second || unacknowledged >= 2 * tcb.mss() || length >= LARGE_TEXT && isStarting(tcb)) {
            tcb.set(TcbFlags.ACK_NOW);
        } else if (!tcb.is(TcbFlags.TIMER_ACK | TcbFlags.ACK_NOW)) {
            timers.armAck(tcb, clock.millis() + DELAYED_ACK_MS);
        }
    }

    /** Whether what is due to the peer may wait for the next segment of the burst: all is in order, and well on its way. */
    public boolean mayWait(final Tcb tcb) {
        return !filled && reassembly.isEmpty(tcb) && !sackBlocks.hasNews(tcb) && !isStarting(tcb);
    }

    private static boolean isStarting(final Tcb tcb) {
        final int received = tcb.rcvNxt() - tcb.irs() - 1;
        return received > 0 && received <= QUICK_ACKS * tcb.mss();
    }

    /** Offers the application what it has not taken; marks a window update if that opens the window. */
    public void offerAgain(final Tcb tcb) {
        final long queue = receiveChain(tcb);
        boolean progress = false;
        while (chain.length(queue) > 0 && !tcb.is(TcbFlags.ABORTED)) {
            final int piece = chain.contiguous(queue);
            final int taken = application.deliver(tcb, chain.headAddress(queue), piece);
            if (tcb.is(TcbFlags.ABORTED)) {
                return;
            }
            chain.discard(queue, taken);
            progress |= taken > 0;
            if (taken < piece) {
                break;
            }
        }
        if (progress) {
            tuning.onTaken(tcb);
        }
        if (progress && !tcb.is(TcbFlags.FIN_RECEIVED) && window.deservesUpdate(tcb)) {
            tcb.set(TcbFlags.ACK_NOW);
        }
    }

    /** The connection's options are new: the window may have opened. */
    public void onOptions(final Tcb tcb) {
        if (tcb.stateOrdinal() >= TcpState.ESTABLISHED.ordinal()
                && !tcb.is(TcbFlags.FIN_RECEIVED)
                && window.deservesUpdate(tcb)) {
            tcb.set(TcbFlags.ACK_NOW);
        }
    }

    /** Bytes received and not taken by the application. */
    public int unread(final Tcb tcb) {
        return chain.length(receiveChain(tcb));
    }

    /**
     * Takes bytes received and not taken yet; marks a window update if that opens the window.
     *
     * @return how many were copied to {@code target}.
     */
    public int read(final Tcb tcb, final MutableDirectBuffer target, final int offset, final int length) {
        final long queue = receiveChain(tcb);
        int taken = 0;
        while (taken < length && chain.length(queue) > 0) {
            final int step = Math.min(length - taken, chain.contiguous(queue));
            piece.wrap(chain.headAddress(queue), step);
            target.putBytes(offset + taken, piece, 0, step);
            chain.discard(queue, step);
            taken += step;
        }
        if (taken > 0) {
            tuning.onTaken(tcb);
        }
        if (taken > 0 && !tcb.is(TcbFlags.FIN_RECEIVED) && window.deservesUpdate(tcb)) {
            tcb.set(TcbFlags.ACK_NOW);
        }
        return taken;
    }

    /** Forgets bytes that nobody will take. */
    public void discardUnread(final Tcb tcb) {
        chain.clear(receiveChain(tcb));
    }

    /** Gives back every frame that the connection holds, but not the bytes received and not taken. */
    public void releaseAllButUnread(final Tcb tcb) {
        reassembly.clear(tcb);
    }

    /** Gives back every block and frame that the connection holds. */
    public void release(final Tcb tcb) {
        releaseAllButUnread(tcb);
        discardUnread(tcb);
    }

    private static long receiveChain(final Tcb tcb) {
        return tcb.address() + TcbLayout.RECEIVE_CHAIN_OFFSET;
    }
}
