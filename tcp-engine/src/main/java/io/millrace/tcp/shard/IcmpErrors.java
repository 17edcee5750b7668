package io.millrace.tcp.shard;

import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.tcp.CloseReason;
import io.millrace.tcp.TcpState;
import io.millrace.tcp.state.IcmpError;
import io.millrace.tcp.state.IcmpErrorRule;
import io.millrace.tcp.stream.Transmitter;
import io.millrace.tcp.table.FlowIndex;
import io.millrace.tcp.table.Tcb;
import io.millrace.tcp.table.TcbFlags;

/**
 * ICMP errors about segments of ours: finds the connection they quote, and does with it what {@link IcmpErrorRule} says.
 * Errors about half-open and TIME_WAIT entries change nothing, as these live for a bounded time anyway. Owned by the shard's
 * thread; allocates nothing.
 */
final class IcmpErrors {
    private final ShardTables tables;
    private final Connections connections;
    private final Transmitter transmitter;
    private final CounterBlock counters;
    private final IcmpError error = new IcmpError();
    private final Tcb tcb = new Tcb();

    IcmpErrors(
            final ShardTables tables,
            final Connections connections,
            final Transmitter transmitter,
            final CounterBlock counters) {
        this.tables = tables;
        this.connections = connections;
        this.transmitter = transmitter;
        this.counters = counters;
    }

    /** An error in a frame that remains the caller's; {@code flowHash} is the quoted segment's. */
    void onError(final long mbuf, final int meta, final int flowHash) {
        counters.increment(Counter.TCP_ICMP_ERRORS);
        error.parse(mbuf, meta);
        switch (judge(flowHash)) {
            case IcmpErrorRule.REMEMBER -> {
                tell();
                connections.settle(tcb);
            }
            case IcmpErrorRule.UNREACHABLE -> {
                tell();
                connections.release(tcb, CloseReason.UNREACHABLE);
            }
            case IcmpErrorRule.REFUSED -> {
                tell();
                connections.release(tcb, CloseReason.REFUSED);
            }
            case IcmpErrorRule.DOUBT -> counters.increment(Counter.PATH_MTU_DOUBTED);
            case IcmpErrorRule.SHRINK -> {
                counters.increment(Counter.PATH_MTU_LOWERED);
                transmitter.onPathMtu(tcb, IcmpErrorRule.maxSegment(error));
                connections.settle(tcb);
            }
            default -> counters.increment(Counter.TCP_ICMP_ERRORS_IGNORED);
        }
    }

    /** Remembers the error, and tells the application. */
    private void tell() {
        tcb.set(TcbFlags.SOFT_ERROR);
        connections.callbacks().onNetworkError(tcb, error.networkError());
    }

    /** What the error does to the connection it quotes, which {@link #tcb} then is on. */
    private int judge(final int flowHash) {
        final int position = tables.find(
                flowHash, error.remoteHi(), error.remoteLo(), error.localHi(), error.localLo(), error.ports());
        if (position == FlowIndex.NONE) {
            return IcmpErrorRule.IGNORE;
        }
        final int ref = tables.index.ref(position);
        if (FlowIndex.kind(ref) != FlowIndex.CONNECTION) {
            return IcmpErrorRule.IGNORE;
        }
        final int slot = FlowIndex.slot(ref);
        tcb.wrap(slot, tables.connections.address(slot));
        return tcb.stateOrdinal() == TcpState.TIME_WAIT.ordinal()
                ? IcmpErrorRule.IGNORE
                : IcmpErrorRule.onError(tcb, error);
    }
}
