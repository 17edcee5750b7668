package io.millrace.tcp.shard;

import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.tcp.ConnectionOptions;
import io.millrace.tcp.TcpState;
import io.millrace.tcp.state.Segment;
import io.millrace.tcp.state.Transition;
import io.millrace.tcp.stream.ByteChain;
import io.millrace.tcp.stream.Receiver;
import io.millrace.tcp.stream.RetainedFrames;
import io.millrace.tcp.stream.SendTurns;
import io.millrace.tcp.stream.Streams;
import io.millrace.tcp.stream.Urgent;
import io.millrace.tcp.table.RecordSlab;
import io.millrace.tcp.table.SlotQueue;
import io.millrace.tcp.table.Tcb;
import io.millrace.tcp.table.TcbFlags;
import io.millrace.tcp.table.TcbLayout;
import io.millrace.tcp.table.TcbModes;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * What applications ask for on their connections: marks it in the record, and keeps a list of the records that are to be
 * settled because something was asked for outside a callback. Sends nothing itself. Owned by the shard's thread; allocates
 * nothing, but for options.
 */
final class Requests {
    private final int shard;
    private final ShardTables tables;
    private final ByteChain chain;
    private final RetainedFrames retained;
    private final CounterBlock counters;
    private final Transition transitions;
    private final SlotQueue unsettled;
    private final Tcb lookup = new Tcb();
    private final Urgent urgent;
    private Receiver receiver;
    private SendTurns turns;

    Requests(
            final int shard,
            final ShardTables tables,
            final ByteChain chain,
            final RetainedFrames retained,
            final CounterBlock counters) {
        this.retained = retained;
        this.shard = shard;
        this.tables = tables;
        this.chain = chain;
        this.counters = counters;
        transitions = new Transition(counters);
        this.urgent = new Urgent(tables.bulk, chain);
        this.unsettled = new SlotQueue(tables.connections.capacity());
    }

    /** Joins the streams, which are made later. */
    void connect(final Streams streams) {
        receiver = streams.receiver();
        turns = streams.turns();
    }

    long id(final Tcb connection) {
        return ConnectionId.of(shard, connection.generation(), connection.slot());
    }

    /** Forgets urgent data that the application has taken. */
    void settleUrgent(final Tcb connection) {
        if (connection.in(TcbModes.URGENT)) {
            urgent.ahead(connection);
        }
    }

    /** Notes the urgent data that a segment speaks of; whether the application is to be told. */
    boolean isUrgent(final Tcb connection, final Segment segment) {
        return urgent.advances(connection, segment);
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

    int write(final Tcb connection, final DirectBuffer source, final int offset, final int length) {
        if (!isOpenForText(connection)) {
            return 0;
        }
        source.boundsCheck(offset, length);
        final int room = Math.min(length, writable(connection));
        int taken = 0;
        if (room > 0) {
            taken = chain.append(sendChain(connection), source, offset, room);
        }
        if (taken < length) {
            connection.set(TcbFlags.WRITE_BLOCKED);
        }
        touch(connection);
        return taken;
    }

    int lend(final Tcb connection, final DirectBuffer source, final int offset, final int length, final long token) {
        source.boundsCheck(offset, length);
        if (source.byteArray() != null) {
            throw new IllegalArgumentException(
                    "the bytes of an array can't be lent, as they may move: use a direct buffer");
        }
        if (!isOpenForText(connection)) {
            return 0;
        }
        final int room = Math.min(length, writable(connection));
        int taken = 0;
        if (room > 0 && chain.lend(sendChain(connection), source.addressOffset() + offset, room, token)) {
            counters.increment(Counter.BUFFERS_LENT);
            taken = room;
        }
        if (taken < length) {
            connection.set(TcbFlags.WRITE_BLOCKED);
        }
        touch(connection);
        return taken;
    }

    long retain() {
        return retained.retain();
    }

    boolean release(final long frame) {
        return retained.release(frame);
    }

    private static boolean isOpenForText(final Tcb connection) {
        return !connection.is(TcbFlags.FIN_QUEUED | TcbFlags.ABORTED)
                && connection.stateOrdinal() >= TcpState.ESTABLISHED.ordinal();
    }

    int writable(final Tcb connection) {
        return Math.max(0, options(connection).sendBufferBytes() - chain.length(sendChain(connection)));
    }

    /** Whether so much room has come back in the send buffer that a writer should be told. */
    boolean isWorthWriting(final Tcb connection) {
        return writable(connection) >= options(connection).sendBufferBytes() / 2;
    }

    int read(final Tcb connection, final MutableDirectBuffer target, final int offset, final int length) {
        target.boundsCheck(offset, length);
        final int taken = receiver.read(connection, target, offset, length);
        if (taken > 0) {
            touch(connection);
        }
        return taken;
    }

    int urgent(final Tcb connection) {
        return urgent.ahead(connection);
    }

    int unread(final Tcb connection) {
        return receiver.unread(connection);
    }

    void resume(final Tcb connection) {
        connection.set(TcbFlags.RESUMED);
        touch(connection);
    }

    ConnectionOptions options(final Tcb connection) {
        return tables.options.get(connection.options());
    }

    void options(final Tcb connection, final ConnectionOptions wanted) {
        final int number = tables.options.acquire(wanted);
        tables.options.release(connection.options());
        connection.options(number);
        connection.set(TcbFlags.OPTIONS_CHANGED);
        touch(connection);
    }

    /** RFC 9293 §3.10.4, CLOSE: our side only. */
    void shutdownOutput(final Tcb connection) {
        if (connection.is(TcbFlags.FIN_QUEUED | TcbFlags.ABORTED)) {
            return;
        }
        switch (connection.state()) {
            case ESTABLISHED -> {
                transitions.to(connection, TcpState.FIN_WAIT_1);
                connection.set(TcbFlags.FIN_QUEUED);
            }
            case SYN_RCVD -> connection.set(TcbFlags.FIN_QUEUED); // it goes out when our SYN has arrived
            case CLOSE_WAIT -> {
                transitions.to(connection, TcpState.LAST_ACK);
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
        if (connection.stateOrdinal() == TcpState.TIME_WAIT.ordinal()) {
            receiver.discardUnread(connection); // both sides have closed in order: there is nobody to reset
        } else if (receiver.unread(connection) > 0) {
            counters.increment(Counter.TCP_ABORT_ON_CLOSE);
            connection.set(TcbFlags.ABORTED); // RFC 2525 §2.17
        }
        shutdownOutput(connection);
        touch(connection);
    }

    void abort(final Tcb connection) {
        if (!connection.is(TcbFlags.ABORTED)) {
            counters.increment(Counter.TCP_ABORTS);
        }
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

    /**
     * Takes a slot off the list of those to be settled, then one whose turn it is to send; its record may be another's by now.
     */
    int poll() {
        final int slot = unsettled.poll();
        return slot != RecordSlab.NONE ? slot : turns.next();
    }

    private static long sendChain(final Tcb connection) {
        return connection.address() + TcbLayout.SEND_CHAIN_OFFSET;
    }
}
