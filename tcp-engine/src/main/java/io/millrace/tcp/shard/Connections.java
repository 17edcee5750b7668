package io.millrace.tcp.shard;

import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.tcp.CloseReason;
import io.millrace.tcp.TcpConfig;
import io.millrace.tcp.TcpState;
import io.millrace.tcp.egress.SegmentWriter;
import io.millrace.tcp.state.Segment;
import io.millrace.tcp.state.SynSentState;
import io.millrace.tcp.state.SynchronizedState;
import io.millrace.tcp.state.Transition;
import io.millrace.tcp.state.Verdict;
import io.millrace.tcp.stream.ByteChain;
import io.millrace.tcp.stream.NewReno;
import io.millrace.tcp.stream.Receiver;
import io.millrace.tcp.stream.RttEstimator;
import io.millrace.tcp.stream.Transmitter;
import io.millrace.tcp.table.FlowIndex;
import io.millrace.tcp.table.RecordSlab;
import io.millrace.tcp.table.Tcb;
import io.millrace.tcp.table.TcbFlags;
import io.millrace.tcp.table.TcbLayout;
import io.millrace.tcp.timer.BurstClock;
import io.millrace.tcp.timer.ConnectionTimers;
import org.agrona.DirectBuffer;

/**
 * The connections of a shard that have a record: carries out what the protocol says about their segments, what their timers
 * bring, and what their applications ask for; and ends them.
 *
 * <p>Whatever happens to a connection ends in {@link #settle}: pending aborts, callbacks that are owed, and then output.
 * Owned by the shard's thread; allocates nothing.
 */
final class Connections {
    private final int shard;
    private final ShardTables tables;
    private final Replies replies;
    private final TimeWaits timeWaits;
    private final ChallengeAckLimiter challenges;
    private final Callbacks callbacks;
    private final ConnectionTimers timers;
    private final SegmentWriter writer;
    private final ByteChain chain;
    private final BurstClock clock;
    private final CounterBlock counters;
    private final int sendBuffer;
    private final int finWait2Ms;
    private final SlotQueue unsettled;
    private final Tcb tcb = new Tcb();

    private Transmitter transmitter;
    private Receiver receiver;

    Connections(
            final int shard,
            final ShardTables tables,
            final Handlers handlers,
            final Replies replies,
            final TimeWaits timeWaits,
            final ConnectionTimers timers,
            final SegmentWriter writer,
            final ByteChain chain,
            final BurstClock clock,
            final CounterBlock counters,
            final TcpConfig config) {
        this.shard = shard;
        this.tables = tables;
        this.replies = replies;
        this.timeWaits = timeWaits;
        this.challenges = new ChallengeAckLimiter();
        this.callbacks = new Callbacks(handlers, new ConnectionView(this), counters);
        this.timers = timers;
        this.writer = writer;
        this.chain = chain;
        this.clock = clock;
        this.counters = counters;
        this.sendBuffer = config.sendBufferBytes();
        this.finWait2Ms = config.finWait2Ms();
        this.unsettled = new SlotQueue(tables.connections.capacity());
    }

    /** Joins the two directions of the stream, which call back here. */
    void connect(final Transmitter newTransmitter, final Receiver newReceiver) {
        transmitter = newTransmitter;
        receiver = newReceiver;
    }

    Callbacks callbacks() {
        return callbacks;
    }

    /* What the network brings. */

    /** A segment to the connection in {@code slot}. */
    void onSegment(final int slot, final Segment segment) {
        tcb.wrap(slot, tables.connections.address(slot));
        if (tcb.stateOrdinal() == TcpState.TIME_WAIT.ordinal()) {
            timeWaits.onLingeringSegment(tcb, segment, timers);
            return;
        }
        final int verdict = tcb.stateOrdinal() == TcpState.SYN_SENT.ordinal()
                ? SynSentState.onSegment(tcb, segment, clock.millis())
                : SynchronizedState.onSegment(tcb, segment, clock.millis());
        apply(tcb, segment, verdict);
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
        transmitter.onAcknowledgment(connection);
        if (Verdict.has(verdict, Verdict.OPENED)) {
            begin(connection);
        }
        if (segment.acked() > 0) {
            transmitter.onAcked(connection, segment.acked());
        } else if (Verdict.has(verdict, Verdict.DUPLICATE_ACK)) {
            transmitter.onDuplicateAck(connection);
        }
        if (Verdict.has(verdict, Verdict.OPENED)) {
            callbacks.onOpen(connection); // an active open; passive ones come here open
        } else if (Verdict.has(verdict, Verdict.SYN_ACK)) {
            transmitter.sendSyn(connection); // simultaneous open
        }
        if (Verdict.has(verdict, Verdict.ACK)
                || Verdict.has(verdict, Verdict.CHALLENGE_ACK) && mayChallenge(connection)) {
            connection.set(TcbFlags.ACK_NOW);
        }
        int further = verdict;
        if (Verdict.has(verdict, Verdict.TEXT | Verdict.FIN)) {
            further |= receiver.onSegment(connection, segment);
        }
        writer.lentMayBeOverwritten();
        armFinWait2(connection);
        if (settle(connection) && Verdict.has(further, Verdict.TIME_WAIT)) {
            enterTimeWait(connection);
        }
    }

    /** Verdicts on segments that only the peer can have sent. */
    private static final int CONVINCING = Verdict.OPENED | Verdict.ACKED | Verdict.TEXT | Verdict.FIN;

    private static final int REJECTIONS = Verdict.PAWS_REJECTED | Verdict.OUT_OF_WINDOW | Verdict.SYN_CHALLENGED;

    private static final int ENDINGS = Verdict.RESET_BY_PEER | Verdict.REFUSED | Verdict.FINISHED | Verdict.ABORT;

    private void end(final Tcb connection, final Segment segment, final int verdict) {
        if (Verdict.has(verdict, Verdict.FINISHED)) {
            counters.increment(Counter.TCP_CLOSES);
            release(connection, CloseReason.NORMAL);
        } else if (Verdict.has(verdict, Verdict.RESET_BY_PEER)) {
            counters.increment(Counter.TCP_ESTABLISHED_RESETS);
            release(connection, CloseReason.RESET);
        } else if (Verdict.has(verdict, Verdict.REFUSED)) {
            counters.increment(Counter.TCP_ATTEMPT_FAILS);
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
        } else {
            counters.increment(Counter.SYN_CHALLENGES);
        }
    }

    private boolean mayChallenge(final Tcb connection) {
        final boolean allowed = challenges.allows(connection, clock.millis());
        counters.increment(allowed ? Counter.CHALLENGE_ACKS : Counter.CHALLENGE_ACKS_SKIPPED);
        return allowed;
    }

    /** The connection has become ESTABLISHED: what its data starts from. */
    void begin(final Tcb connection) {
        if (connection.is(TcbFlags.SYN_LOST)) {
            connection.rto(RttEstimator.RTO_AFTER_SYN_LOSS_MS);
        }
        NewReno.onOpen(connection);
    }

    /** RFC 9293 has FIN_WAIT_2 last for ever; once the application has closed for good it must not. */
    private void armFinWait2(final Tcb connection) {
        if (connection.stateOrdinal() == TcpState.FIN_WAIT_2.ordinal()
                && connection.is(TcbFlags.RECEIVE_CLOSED)
                && !connection.is(TcbFlags.TIMER_LIFE)) {
            timers.armLife(connection, clock.millis() + finWait2Ms);
        }
    }

    /* What time brings. */

    /** The wheel has come to the connection in {@code slot}. */
    void onTimer(final int slot) {
        tcb.wrap(slot, tables.connections.address(slot));
        final int now = clock.millis();
        if (tcb.is(TcbFlags.TIMER_LIFE) && now - tcb.lifeDeadline() >= 0) {
            counters.increment(Counter.TCP_CLOSES);
            release(tcb, CloseReason.NORMAL);
            return;
        }
        if (tcb.is(TcbFlags.TIMER_ACK) && now - tcb.ackDeadline() >= 0) {
            tcb.clear(TcbFlags.TIMER_ACK);
            tcb.set(TcbFlags.ACK_NOW);
        }
        if (tcb.is(TcbFlags.TIMER_RTO) && now - tcb.rtoDeadline() >= 0 && !transmitter.onTimeout(tcb)) {
            counters.increment(
                    tcb.stateOrdinal() <= TcpState.SYN_RCVD.ordinal()
                            ? Counter.TCP_ATTEMPT_FAILS
                            : Counter.TCP_ABORT_ON_TIMEOUT);
            release(tcb, CloseReason.TIMED_OUT);
            return;
        }
        if (settle(tcb)) {
            timers.lookAgain(tcb);
        }
    }

    /* What the application asks for. */

    long id(final Tcb connection) {
        return ConnectionId.of(shard, connection.generation(), connection.slot());
    }

    /** Puts {@code view} on the connection with this id; false if it is over. */
    boolean wrap(final ConnectionView view, final long id) {
        final int slot = ConnectionId.slot(id);
        if (ConnectionId.shard(id) != shard || slot >= tables.connections.capacity()) {
            return false;
        }
        final long address = tables.connections.address(slot);
        final Tcb named = lookup.wrap(slot, address);
        if (!ConnectionId.hasGeneration(id, named.generation())
                || named.stateOrdinal() == TcpState.CLOSED.ordinal()
                || !named.is(TcbFlags.ACCEPTED | TcbFlags.ACTIVE_OPEN)) {
            return false;
        }
        view.wrap(slot, address);
        return true;
    }

    private final Tcb lookup = new Tcb();

    int write(final Tcb connection, final DirectBuffer source, final int offset, final int length) {
        if (connection.is(TcbFlags.FIN_QUEUED | TcbFlags.ABORTED) || !isSynchronized(connection)) {
            return 0;
        }
        source.boundsCheck(offset, length);
        final int room = Math.min(length, writable(connection));
        final long send = connection.address() + TcbLayout.SEND_CHAIN_OFFSET;
        int taken = 0;
        if (room > 0) {
            taken = chain.append(send, source, offset, room);
        }
        if (taken < length) {
            connection.set(TcbFlags.WRITE_BLOCKED);
        }
        touch(connection);
        return taken;
    }

    int writable(final Tcb connection) {
        return Math.max(0, sendBuffer - chain.length(connection.address() + TcbLayout.SEND_CHAIN_OFFSET));
    }

    void resume(final Tcb connection) {
        connection.set(TcbFlags.RESUMED);
        touch(connection);
    }

    /** RFC 9293 §3.10.4, CLOSE: our side only. */
    void shutdownOutput(final Tcb connection) {
        if (connection.is(TcbFlags.FIN_QUEUED | TcbFlags.ABORTED)) {
            return;
        }
        switch (connection.state()) {
            case SYN_RCVD, ESTABLISHED -> {
                Transition.to(connection, TcpState.FIN_WAIT_1);
                connection.set(TcbFlags.FIN_QUEUED);
            }
            case CLOSE_WAIT -> {
                Transition.to(connection, TcpState.LAST_ACK);
                connection.set(TcbFlags.FIN_QUEUED);
            }
            case SYN_SENT -> connection.set(TcbFlags.ABORTED);
            default -> {}
        }
        touch(connection);
    }

    /** Both sides: what is unread, and what comes later, makes it a reset. */
    void close(final Tcb connection) {
        connection.set(TcbFlags.RECEIVE_CLOSED | TcbFlags.END_DELIVERED);
        if (receiver.unread(connection) > 0) {
            counters.increment(Counter.TCP_ABORT_ON_CLOSE);
            connection.set(TcbFlags.ABORTED); // RFC 2525 §2.17
        }
        shutdownOutput(connection);
        armFinWait2(connection);
        touch(connection);
    }

    void abort(final Tcb connection) {
        connection.set(TcbFlags.ABORTED);
        touch(connection);
    }

    /** Something was done to the connection; outside its callbacks it is settled at the end of the duty cycle. */
    private void touch(final Tcb connection) {
        if (!connection.is(TcbFlags.IN_CALLBACK | TcbFlags.SETTLE_PENDING)) {
            connection.set(TcbFlags.SETTLE_PENDING);
            unsettled.add(connection.slot());
        }
    }

    /** Settles the connections that something was done to outside their callbacks; how many. */
    int settlePending() {
        int count = 0;
        for (int slot = unsettled.poll(); slot != RecordSlab.NONE; slot = unsettled.poll()) {
            tcb.wrap(slot, tables.connections.address(slot));
            if (tcb.is(TcbFlags.SETTLE_PENDING) && tcb.stateOrdinal() != TcpState.CLOSED.ordinal()) {
                tcb.clear(TcbFlags.SETTLE_PENDING);
                settle(tcb);
            }
            count++;
        }
        return count;
    }

    /* How it ends. */

    /**
     * Brings a connection to rest after anything has happened to it.
     *
     * @return false if that was its end.
     */
    boolean settle(final Tcb connection) {
        if (connection.is(TcbFlags.WRITE_BLOCKED)
                && writable(connection) >= sendBuffer / 2
                && isOpenForWriting(connection)) {
            connection.set(TcbFlags.RESUMED);
            callbacks.onWritable(connection);
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
        if (connection.is(TcbFlags.RECEIVE_CLOSED)
                && !connection.is(TcbFlags.ABORTED)
                && receiver.unread(connection) > 0) {
            counters.increment(Counter.TCP_ABORT_ON_CLOSE);
            connection.set(TcbFlags.ABORTED);
        }
        if (connection.is(TcbFlags.ABORTED)) {
            if (connection.stateOrdinal() != TcpState.SYN_SENT.ordinal()) {
                transmitter.sendReset(connection);
            }
            release(connection, CloseReason.ABORTED);
            return false;
        }
        transmitter.output(connection);
        return true;
    }

    private static boolean isOpenForWriting(final Tcb connection) {
        return connection.is(TcbFlags.ACCEPTED) && !connection.is(TcbFlags.FIN_QUEUED | TcbFlags.ABORTED);
    }

    private static boolean isSynchronized(final Tcb connection) {
        return connection.stateOrdinal() >= TcpState.ESTABLISHED.ordinal();
    }

    private void enterTimeWait(final Tcb connection) {
        counters.increment(Counter.TIME_WAIT_ENTERED);
        if (receiver.unread(connection) > 0) {
            timeWaits.linger(connection, timers); // the application still has bytes to take: the record stays
            return;
        }
        counters.increment(Counter.TCP_CLOSES);
        timeWaits.enter(connection);
        dismiss(connection, CloseReason.NORMAL);
    }

    /** Ends a connection: out of the index, buffers back, the application told, the record free. */
    void release(final Tcb connection, final CloseReason reason) {
        final long position =
                tables.index.positionOf(connection.hash(), FlowIndex.ref(FlowIndex.CONNECTION, connection.slot()));
        tables.index.remove(position);
        dismiss(connection, reason);
    }

    private void dismiss(final Tcb connection, final CloseReason reason) {
        timers.forget(connection);
        receiver.release(connection);
        connection.clear(TcbFlags.SETTLE_PENDING);
        connection.state(TcpState.CLOSED);
        if (connection.is(TcbFlags.ACCEPTED | TcbFlags.ACTIVE_OPEN)) {
            callbacks.onClosed(connection, reason);
        }
        if (!connection.is(TcbFlags.QUEUED)) {
            tables.connections.free(connection.slot());
        }
    }

    /* The accept queue. */

    /** Hands the connections waiting in a listener's accept queue to its handler, at most {@code limit}; how many. */
    int accept(final Listener listener, final int limit) {
        int count = 0;
        while (count < limit && acceptWithoutSettling(listener)) {
            count++;
            receiver.offerAgain(accepted);
            settle(accepted);
        }
        return count;
    }

    /** Hands on the first connection that waits; the caller settles it. False if there is none. */
    boolean acceptWithoutSettling(final Listener listener) {
        int slot = listener.acceptQueue.poll();
        while (slot != RecordSlab.NONE) {
            accepted.wrap(slot, tables.connections.address(slot));
            accepted.clear(TcbFlags.QUEUED);
            if (accepted.stateOrdinal() != TcpState.CLOSED.ordinal()) {
                callbacks.onOpen(accepted);
                return true;
            }
            tables.connections.free(slot); // reset while it waited
            slot = listener.acceptQueue.poll();
        }
        return false;
    }

    private final Tcb accepted = new Tcb();

    /** The engine ends: resets every connection, as far as the port takes the resets, and tells the applications. */
    void abortAll() {
        for (int slot = 0; slot < tables.connections.used(); slot++) {
            tcb.wrap(slot, tables.connections.address(slot));
            final int state = tcb.stateOrdinal();
            if (state == TcpState.CLOSED.ordinal()) {
                continue; // free, or reset while it waited to be accepted
            }
            if (state != TcpState.SYN_SENT.ordinal() && state != TcpState.TIME_WAIT.ordinal()) {
                transmitter.sendReset(tcb);
            }
            release(tcb, CloseReason.ABORTED);
        }
    }

    /** Resets every connection that waits for a listener that has closed. */
    void drop(final Listener listener) {
        for (int slot = listener.acceptQueue.poll(); slot != RecordSlab.NONE; slot = listener.acceptQueue.poll()) {
            tcb.wrap(slot, tables.connections.address(slot));
            tcb.clear(TcbFlags.QUEUED);
            if (tcb.stateOrdinal() == TcpState.CLOSED.ordinal()) {
                tables.connections.free(slot);
            } else {
                transmitter.sendReset(tcb);
                release(tcb, CloseReason.ABORTED);
            }
        }
    }
}
