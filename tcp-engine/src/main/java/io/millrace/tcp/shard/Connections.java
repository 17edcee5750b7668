package io.millrace.tcp.shard;

import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.counters.ListenerCounter;
import io.millrace.tcp.CloseReason;
import io.millrace.tcp.TcpState;
import io.millrace.tcp.egress.SegmentWriter;
import io.millrace.tcp.state.Segment;
import io.millrace.tcp.state.SynSentState;
import io.millrace.tcp.state.SynchronizedState;
import io.millrace.tcp.state.Transition;
import io.millrace.tcp.state.Verdict;
import io.millrace.tcp.stream.Acknowledgments;
import io.millrace.tcp.stream.ByteChain;
import io.millrace.tcp.stream.CongestionWindow;
import io.millrace.tcp.stream.Ecn;
import io.millrace.tcp.stream.KeepAlive;
import io.millrace.tcp.stream.Receiver;
import io.millrace.tcp.stream.RetainedFrames;
import io.millrace.tcp.stream.RttEstimator;
import io.millrace.tcp.stream.Streams;
import io.millrace.tcp.stream.Timeouts;
import io.millrace.tcp.stream.Transmitter;
import io.millrace.tcp.table.RecordSlab;
import io.millrace.tcp.table.Tcb;
import io.millrace.tcp.table.TcbFlags;
import io.millrace.tcp.table.TcbModes;
import io.millrace.tcp.timer.BurstClock;
import io.millrace.tcp.timer.ConnectionTimers;

/**
 * The connections of a shard that have a record: carries out what the protocol says about their segments, what their timers
 * bring, and what their applications ask for; and ends them.
 *
 * <p>Whatever happens to a connection ends in {@link #settle}: pending aborts, callbacks that are owed, and then output.
 * Owned by the shard's thread; allocates nothing.
 */
final class Connections {
    private final ShardTables tables;
    private final Replies replies;
    private final TimeWaits timeWaits;
    private final Callbacks callbacks;
    private final ConnectionTimers timers;
    private final SegmentWriter writer;
    private final BurstClock clock;
    private final CounterBlock counters;
    private final Transition transitions;
    private final Handlers handlers;
    private final Requests requests;
    private final KeepAlive keepAlive;
    private final CongestionWindow congestion;
    private final Ecn ecn;
    private final ByteChain chain;
    private final RetainedFrames retained;
    private final Tcb tcb = new Tcb();
    private final HeldOutput held = new HeldOutput();

    private Transmitter transmitter;
    private Acknowledgments acknowledgments;
    private Timeouts timeouts;
    private Receiver receiver;

    Connections(
            final ShardTables tables,
            final Handlers handlers,
            final Replies replies,
            final TimeWaits timeWaits,
            final ConnectionTimers timers,
            final SegmentWriter writer,
            final Requests requests,
            final ByteChain chain,
            final RetainedFrames retained,
            final CongestionWindow congestion,
            final BurstClock clock,
            final CounterBlock counters) {
        this.tables = tables;
        this.replies = replies;
        this.timeWaits = timeWaits;
        this.callbacks = new Callbacks(handlers, new ConnectionView(requests), retained, counters);
        this.timers = timers;
        this.writer = writer;
        this.clock = clock;
        this.counters = counters;
        transitions = new Transition(counters);
        this.handlers = handlers;
        this.requests = requests;
        this.chain = chain;
        this.retained = retained;
        this.congestion = congestion;
        this.ecn = new Ecn(congestion, counters);
        this.keepAlive = new KeepAlive(tables.options, timers, clock);
    }

    /** Joins the two directions of the stream, which call back here. */
    void connect(final Streams streams) {
        transmitter = streams.transmitter();
        acknowledgments = streams.acknowledgments();
        timeouts = streams.timeouts();
        receiver = streams.receiver();
        requests.connect(streams);
    }

    Callbacks callbacks() {
        return callbacks;
    }

    /* What the network brings. */

    /**
     * A segment to the connection in {@code slot}.
     *
     * @param more whether the burst's next frame seems to be for the same connection.
     */
    void onSegment(final int slot, final Segment segment, final boolean more) {
        if (held.isOther(slot)) {
            settleHeld();
        }
        held.begin(slot, more);
        tcb.wrap(slot, tables.connections.address(slot));
        if (tcb.stateOrdinal() == TcpState.TIME_WAIT.ordinal()) {
            timeWaits.onLingeringSegment(tcb, segment, timers);
            return;
        }
        final int verdict = tcb.stateOrdinal() == TcpState.SYN_SENT.ordinal()
                ? SynSentState.onSegment(tcb, segment, clock.millis(), transitions)
                : SynchronizedState.onSegment(tcb, segment, clock.millis(), transitions);
        apply(tcb, segment, verdict);
    }

    /** Settles the connection whose output has waited, if there is one. */
    void settleHeld() {
        final int slot = held.take();
        if (slot != RecordSlab.NONE) {
            settle(tcb.wrap(slot, tables.connections.address(slot)));
        }
    }

    private void apply(final Tcb connection, final Segment segment, final int verdict) {
        if (Verdict.has(verdict, REJECTIONS)) {
            countRejection(verdict);
        }
        if (Verdict.has(verdict, Verdict.RESET_SEGMENT)) {
            replies.reset(segment);
        }
        if (Verdict.has(verdict, ENDINGS)) {
            end(connection, segment, verdict);
            return;
        }
        if (Verdict.has(verdict, CONVINCING)) {
            connection.nextHopMac(segment.remoteMac()); // the way back is the way it came
        }
        keepAlive.onHeard(connection);
        receiver.onArrival(connection, segment);
        acknowledgments.onSegment(connection);
        if (Verdict.has(verdict, Verdict.OPENED)) {
            begin(connection);
        }
        if (segment.acked() > 0 || Verdict.has(verdict, Verdict.DUPLICATE_ACK | Verdict.SACK)) {
            congestion.onHeld(held.acked());
            acknowledgments.onAck(connection, segment, verdict);
            if (chain.hasReturned()) {
                writer.lentMustStay();
                callbacks.giveBack(connection, chain);
            }
        }
        if (Verdict.has(verdict, CONVINCING | Verdict.DUPLICATE_ACK | Verdict.SACK)) {
            ecn.onAcknowledgment(connection, segment);
        }
        if (Verdict.has(verdict, Verdict.OPENED)) {
            writer.lentMustStay();
            callbacks.onOpen(connection); // an active open; passive ones come here open
        } else if (Verdict.has(verdict, Verdict.SYN_ACK)) {
            transmitter.sendSyn(connection); // simultaneous open
        }
        if (Verdict.has(verdict, Verdict.ACK)
                || Verdict.has(verdict, Verdict.CHALLENGE_ACK) && mayChallenge(connection)) {
            connection.set(TcbFlags.ACK_NOW);
        }
        int further = verdict;
        if (Verdict.has(verdict, Verdict.URGENT) && requests.isUrgent(connection, segment)) {
            writer.lentMustStay();
            callbacks.onUrgent(connection);
        }
        if (Verdict.has(verdict, Verdict.TEXT | Verdict.FIN)) {
            ecn.onText(connection, segment);
            further |= receiver.onSegment(connection, segment);
            requests.settleUrgent(connection);
        }
        writer.lentMayBeOverwritten();
        if (held.holds(connection, segment, further, receiver)) {
            counters.increment(Counter.ACKS_COMBINED);
            return;
        }
        if (settle(connection) && Verdict.has(further, Verdict.TIME_WAIT)) {
            enterTimeWait(connection);
        }
    }

    /** Verdicts on segments that only the peer can have sent. */
    private static final int CONVINCING = Verdict.OPENED | Verdict.ACKED | Verdict.TEXT | Verdict.FIN;

    private static final int REJECTIONS =
            Verdict.PAWS_REJECTED | Verdict.OUT_OF_WINDOW | Verdict.SYN_CHALLENGED | Verdict.IGNORED;

    private static final int ENDINGS = Verdict.RESET_BY_PEER | Verdict.REFUSED | Verdict.FINISHED | Verdict.ABORT;

    private void end(final Tcb connection, final Segment segment, final int verdict) {
        if (Verdict.has(verdict, Verdict.FINISHED)) {
            counters.increment(Counter.TCP_CLOSES);
            release(connection, CloseReason.NORMAL);
        } else if (Verdict.has(verdict, Verdict.RESET_BY_PEER)) {
            counters.increment(Counter.TCP_RESETS_BY_PEER);
            release(connection, CloseReason.RESET);
        } else if (Verdict.has(verdict, Verdict.REFUSED)) {
            release(connection, CloseReason.REFUSED);
        } else {
            counters.increment(Counter.TCP_ABORT_ON_DATA);
            writer.lentMayBeOverwritten();
            transmitter.sendReset(connection);
            release(connection, CloseReason.ABORTED);
        }
    }

    private void countRejection(final int verdict) {
        if (Verdict.has(verdict, Verdict.PAWS_REJECTED)) {
            counters.increment(Counter.PAWS_REJECTED);
        } else if (Verdict.has(verdict, Verdict.OUT_OF_WINDOW)) {
            counters.increment(Counter.OUT_OF_WINDOW);
        } else if (Verdict.has(verdict, Verdict.IGNORED)) {
            counters.increment(Counter.TCP_SEGMENTS_IGNORED);
        } else {
            counters.increment(Counter.SYN_CHALLENGES);
        }
    }

    private boolean mayChallenge(final Tcb connection) {
        final boolean allowed = ChallengeAckLimiter.allows(connection, clock.millis());
        counters.increment(allowed ? Counter.CHALLENGE_ACKS : Counter.CHALLENGE_ACKS_SKIPPED);
        return allowed;
    }

    /** The connection has become ESTABLISHED: what its data starts from. */
    void begin(final Tcb connection) {
        if (connection.is(TcbFlags.SYN_LOST)) {
            connection.rto(RttEstimator.RTO_AFTER_SYN_LOSS_MS);
        }
        connection.minRtt(0); // the ISS was there
        congestion.onOpen(connection);
        if (connection.in(TcbModes.ECN)) {
            counters.increment(Counter.ECN_CONNECTIONS);
        }
        connection.progressMs(clock.millis());
        keepAlive.arm(connection);
    }

    /** RFC 9293 has FIN_WAIT_2 last for ever; once the application has closed for good it must not. */
    private void armFinWait2(final Tcb connection) {
        final int finWait2Ms = tables.options.get(connection.options()).finWait2Ms();
        if (finWait2Ms == 0) {
            counters.increment(Counter.TCP_ABORT_ON_LINGER);
            connection.set(TcbFlags.ABORTED);
        } else {
            timers.armLife(connection, clock.millis() + finWait2Ms);
        }
    }

    /* What time brings. */

    /** The wheel has come to the connection in {@code slot}. */
    void onTimer(final int slot) {
        tcb.wrap(slot, tables.connections.address(slot));
        final int now = clock.millis();
        if (tcb.is(TcbFlags.TIMER_LIFE) && now - tcb.lifeDeadline() >= 0) {
            if (tcb.stateOrdinal() == TcpState.FIN_WAIT_2.ordinal()) {
                counters.increment(Counter.FIN_WAIT_2_TIMEOUTS);
            }
            counters.increment(Counter.TCP_CLOSES);
            release(tcb, CloseReason.NORMAL);
            return;
        }
        if (tcb.is(TcbFlags.TIMER_KEEP_ALIVE) && now - tcb.lifeDeadline() >= 0 && !probe(tcb)) {
            return;
        }
        if (tcb.is(TcbFlags.TIMER_ACK) && now - tcb.ackDeadline() >= 0) {
            tcb.clear(TcbFlags.TIMER_ACK);
            tcb.set(TcbFlags.ACK_NOW);
        }
        if (tcb.is(TcbFlags.TIMER_RTO) && now - tcb.rtoDeadline() >= 0 && !timeouts.onTimeout(tcb)) {
            if (tcb.stateOrdinal() > TcpState.SYN_RCVD.ordinal()) {
                counters.increment(Counter.TCP_ABORT_ON_TIMEOUT);
            }
            release(tcb, tcb.is(TcbFlags.SOFT_ERROR) ? CloseReason.UNREACHABLE : CloseReason.TIMED_OUT);
            return;
        }
        if (settle(tcb)) {
            timers.lookAgain(tcb);
        }
    }

    /* How it ends. */

    /** Keep-alive is due; false if the peer is dead, and so is the connection. */
    private boolean probe(final Tcb connection) {
        switch (keepAlive.onTimer(connection)) {
            case KeepAlive.PROBE -> transmitter.sendKeepAlive(connection);
            case KeepAlive.DEAD -> {
                counters.increment(Counter.TCP_ABORT_ON_TIMEOUT);
                transmitter.sendReset(connection);
                release(connection, CloseReason.TIMED_OUT);
                return false;
            }
            default -> {}
        }
        return true;
    }

    /** Settles the connections that something was done to outside their callbacks; how many. */
    int settlePending() {
        int count = 0;
        for (int slot = requests.poll(); slot != RecordSlab.NONE; slot = requests.poll()) {
            tcb.wrap(slot, tables.connections.address(slot));
            if (tcb.is(TcbFlags.SETTLE_PENDING) && tcb.stateOrdinal() != TcpState.CLOSED.ordinal()) {
                tcb.clear(TcbFlags.SETTLE_PENDING);
                settle(tcb);
            }
            count++;
        }
        return count;
    }

    /**
     * Brings a connection to rest after anything has happened to it.
     *
     * @return false if that was its end.
     */
    boolean settle(final Tcb connection) {
        if (connection.is(TcbFlags.WRITE_BLOCKED)
                && requests.isWorthWriting(connection)
                && isOpenForWriting(connection)) {
            connection.set(TcbFlags.RESUMED);
            callbacks.onWritable(connection);
        }
        if (connection.is(TcbFlags.OPTIONS_CHANGED)) {
            connection.clear(TcbFlags.OPTIONS_CHANGED);
            keepAlive.arm(connection);
            transmitter.onOptions(connection);
            receiver.onOptions(connection);
        }
        if (connection.is(TcbFlags.RESUMED)) {
            connection.clear(TcbFlags.RESUMED);
            receiver.offerAgain(connection);
        }
        if (connection.is(TcbFlags.FIN_RECEIVED)
                && !connection.is(TcbFlags.END_DELIVERED | TcbFlags.ABORTED)
                && connection.is(TcbFlags.ACCEPTED)
                && receiver.unread(connection) == 0) {
            callbacks.onPeerClosed(connection);
        }
        if (connection.stateOrdinal() == TcpState.FIN_WAIT_2.ordinal()
                && connection.is(TcbFlags.RECEIVE_CLOSED)
                && !connection.is(TcbFlags.TIMER_LIFE)) {
            armFinWait2(connection);
        }
        if (connection.is(TcbFlags.RECEIVE_CLOSED)
                && !connection.is(TcbFlags.ABORTED)
                && receiver.unread(connection) > 0
                && connection.stateOrdinal() != TcpState.TIME_WAIT.ordinal()) {
            counters.increment(Counter.TCP_ABORT_ON_CLOSE);
            connection.set(TcbFlags.ABORTED);
        }
        if (connection.is(TcbFlags.ABORTED)) {
            resetPeer(connection);
            release(connection, CloseReason.ABORTED);
            return false;
        }
        transmitter.output(connection);
        if (connection.is(TcbFlags.WATCHED)) {
            callbacks.onChange(connection);
        }
        return true;
    }

    /** RFC 9293 §3.10.5, ABORT: a reset from the states in which the peer could still believe in the connection. */
    void resetPeer(final Tcb connection) {
        switch (connection.state()) {
            case SYN_RCVD, ESTABLISHED, FIN_WAIT_1, FIN_WAIT_2, CLOSE_WAIT -> transmitter.sendReset(connection);
            default -> {}
        }
    }

    private static boolean isOpenForWriting(final Tcb connection) {
        return connection.is(TcbFlags.ACCEPTED) && !connection.is(TcbFlags.FIN_QUEUED | TcbFlags.ABORTED);
    }

    private void enterTimeWait(final Tcb connection) {
        if (receiver.unread(connection) > 0) {
            timeWaits.linger(connection, timers); // the application still has bytes to take: the record stays
            return;
        }
        counters.increment(Counter.TCP_CLOSES);
        timeWaits.enter(connection);
        connection.state(TcpState.CLOSED); // the record's end, and not the connection's: nothing to be counted
        dismiss(connection, CloseReason.NORMAL);
    }

    /** Ends a connection: out of the index, buffers back, the application told, the record free. */
    void release(final Tcb connection, final CloseReason reason) {
        tables.unlist(connection);
        dismiss(connection, reason);
    }

    private void dismiss(final Tcb connection, final CloseReason reason) {
        timers.forget(connection);
        connection.clear(TcbFlags.SETTLE_PENDING);
        if (connection.stateOrdinal() != TcpState.CLOSED.ordinal()) {
            transitions.to(connection, TcpState.CLOSED);
        }
        if (connection.is(TcbFlags.QUEUED)) {
            transmitter.release(connection);
            receiver.releaseAllButUnread(connection); // that is for whoever accepts it
            return;
        }
        if (connection.is(TcbFlags.ACCEPTED | TcbFlags.ACTIVE_OPEN)) {
            transmitter.release(connection);
            callbacks.giveBack(connection, chain);
            callbacks.onClosed(connection, reason);
        }
        free(connection);
    }

    /** Has a new record use a handler and options, by their numbers, until {@link #free}. */
    void use(final Tcb connection, final int handler, final int options) {
        handlers.retain(handler);
        tables.options.retain(options);
        connection.handler(handler);
        connection.options(options);
    }

    /** Gives back a record that is in no index, and all that it holds. */
    void free(final Tcb connection) {
        transmitter.release(connection);
        receiver.release(connection);
        handlers.release(connection.handler());
        tables.options.release(connection.options());
        tables.bulk.release(connection);
        tables.connections.free(connection.slot());
    }

    /* The accept queue. */

    /** Hands the connections waiting in a listener's accept queue to its handler, at most {@code limit}; how many. */
    int accept(final Listener listener, final int limit) {
        // An application may accept in a callback: then its arguments, what it may keep of them, and our own flyweight
        // must
        // be the same after the callbacks within it.
        final int wanted = retained.wanted();
        final long offered = retained.suspend();
        final int slot = callbacks.shownSlot();
        final long address = callbacks.shownAddress();
        final long text = callbacks.shownText();
        final int length = callbacks.shownLength();
        final int outerSlot = accepted.slot();
        final long outerAddress = accepted.address();
        final int count = acceptAll(listener, limit);
        accepted.wrap(outerSlot, outerAddress);
        callbacks.show(slot, address, text, length);
        retained.resume(offered, wanted);
        return count;
    }

    private int acceptAll(final Listener listener, final int limit) {
        int count = 0;
        for (; count < limit && acceptFirst(listener); count++) {
            receiver.offerAgain(accepted);
            if (accepted.stateOrdinal() != TcpState.CLOSED.ordinal()) {
                settle(accepted);
            } else {
                callbacks.onClosed(accepted, CloseReason.RESET); // while it waited
                free(accepted);
            }
        }
        return count;
    }

    /** Hands on the first connection that waits; the caller does what follows. False if there is none. */
    boolean acceptFirst(final Listener listener) {
        final int slot = listener.poll();
        if (slot == RecordSlab.NONE) {
            return false;
        }
        accepted.wrap(slot, tables.connections.address(slot));
        accepted.clear(TcbFlags.QUEUED);
        listener.counters.increment(ListenerCounter.ACCEPTED);
        callbacks.onOpen(accepted);
        return true;
    }

    private final Tcb accepted = new Tcb();
}
