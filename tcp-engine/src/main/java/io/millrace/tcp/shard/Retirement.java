package io.millrace.tcp.shard;

import io.millrace.dataplane.core.ShardPorts;
import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.tcp.CloseReason;
import io.millrace.tcp.TcpState;
import io.millrace.tcp.stream.RetainedFrames;
import io.millrace.tcp.stream.Transmitter;
import io.millrace.tcp.table.RecordSlab;
import io.millrace.tcp.table.Tcb;
import io.millrace.tcp.table.TcbFlags;

/**
 * Resets connections because what they stand on goes: the engine, a port, or the listener they wait at. Owned by the shard's
 * thread; allocates nothing.
 */
final class Retirement {
    /** How many records one step of a port's removal looks at, and how many connections it resets. */
    private static final int PORT_SCAN_LIMIT = 1 << 14;

    private static final int PORT_RESET_LIMIT = 128;

    private final ShardPorts ports;
    private final ShardTables tables;
    private final Connections connections;
    private final Transmitter transmitter;
    private final HalfOpens halfOpens;
    private final RetainedFrames retained;
    private final CounterBlock counters;
    private final Tcb tcb = new Tcb();

    Retirement(
            final ShardPorts ports,
            final ShardTables tables,
            final Connections connections,
            final Transmitter transmitter,
            final HalfOpens halfOpens,
            final RetainedFrames retained,
            final CounterBlock counters) {
        this.ports = ports;
        this.tables = tables;
        this.connections = connections;
        this.transmitter = transmitter;
        this.halfOpens = halfOpens;
        this.retained = retained;
        this.counters = counters;
    }

    /**
     * The engine ends: resets every connection, as far as the port takes the resets, and tells the applications; takes back
     * frames that they keep.
     */
    void abortAll() {
        ports.retireAll(); // who opens another connection when one has ended would go on for ever
        for (int slot = 0; slot < tables.connections.used(); slot++) {
            tcb.wrap(slot, tables.connections.address(slot));
            if (tcb.stateOrdinal() != TcpState.CLOSED.ordinal()) { // else free, or reset while it waited to be accepted
                resetAndRelease(CloseReason.ABORTED);
            }
        }
        retained.releaseAll();
    }

    /**
     * A port is about to go: resets its connections, and forgets its half-open ones, some in each call; then waits for the
     * frames of it that applications keep. No new connection may choose it.
     *
     * @param from 0 at first, then what the last call answered: first the slots of connections, then those of the SYN queue.
     * @return where to go on, or {@link TcpShard#RETIRED} when there is none left.
     */
    int retire(final int devicePort, final int from) {
        ports.retire(devicePort);
        final int firstHalfOpen = tables.connections.capacity();
        if (from < firstHalfOpen) {
            final int next = abortPort(devicePort, from);
            return next == TcpShard.RETIRED ? firstHalfOpen : next;
        }
        final int next = halfOpens.forgetPortless(from - firstHalfOpen);
        if (next == TcpShard.RETIRED) {
            return retained.holds(devicePort) ? from : TcpShard.RETIRED;
        }
        return firstHalfOpen + next;
    }

    /** The same for connections alone: few at a time, so that the device can take the resets. */
    private int abortPort(final int devicePort, final int from) {
        int resets = 0;
        final int end = Math.min(tables.connections.used(), from + PORT_SCAN_LIMIT);
        for (int slot = from; slot < end; slot++) {
            tcb.wrap(slot, tables.connections.address(slot));
            if (tcb.stateOrdinal() != TcpState.CLOSED.ordinal() && tcb.devicePort() == devicePort) {
                if (resets++ == PORT_RESET_LIMIT) {
                    return slot;
                }
                resetAndRelease(CloseReason.PORT_REMOVED);
            }
        }
        return end == tables.connections.used() ? TcpShard.RETIRED : end;
    }

    private void resetAndRelease(final CloseReason reason) {
        final int state = tcb.stateOrdinal();
        counters.increment(Counter.TCP_ENGINE_ABORTS);
        if (state != TcpState.SYN_SENT.ordinal() && state != TcpState.TIME_WAIT.ordinal()) {
            transmitter.sendReset(tcb); // also after both FINs: nobody will send ours again
        }
        connections.release(tcb, reason);
    }

    /** Resets every connection that waits for a listener that has closed. */
    void drop(final Listener listener) {
        for (int slot = listener.poll(); slot != RecordSlab.NONE; slot = listener.poll()) {
            tcb.wrap(slot, tables.connections.address(slot));
            tcb.clear(TcbFlags.QUEUED);
            if (tcb.stateOrdinal() == TcpState.CLOSED.ordinal()) {
                connections.free(tcb);
            } else {
                counters.increment(Counter.TCP_ENGINE_ABORTS);
                connections.resetPeer(tcb);
                connections.release(tcb, CloseReason.ABORTED);
            }
        }
    }
}
