package io.millrace.tcp.shard;

import io.millrace.dataplane.core.ShardPort;
import io.millrace.dataplane.core.ShardPorts;
import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.tcp.table.SynQueue;
import io.millrace.tcp.timer.BurstClock;

/**
 * What time brings to half-open connections of passive opens: their SYN-ACKs again, and their end. Owned by the shard's
 * thread; allocates nothing.
 */
final class HalfOpens {
    /** How many slots of the SYN queue one step of a port's removal looks at. */
    private static final int PORT_SCAN_LIMIT = 1 << 14;

    private final ShardTables tables;
    private final Listeners listeners;
    private final Replies replies;
    private final ShardPorts ports;
    private final BurstClock clock;
    private final CounterBlock counters;

    HalfOpens(
            final ShardTables tables,
            final Listeners listeners,
            final Replies replies,
            final ShardPorts ports,
            final BurstClock clock,
            final CounterBlock counters) {
        this.tables = tables;
        this.listeners = listeners;
        this.replies = replies;
        this.ports = ports;
        this.clock = clock;
        this.counters = counters;
    }

    /** Sends SYN-ACKs again and gives entries up, at most {@code limit}; how many. */
    int expire(final int limit) {
        final SynQueue queue = tables.synQueue;
        final int now = clock.millis();
        int count = 0;
        while (count < limit) {
            final int slot = queue.nextExpired(now);
            if (slot == SynQueue.NONE) {
                break;
            }
            count++;
            final ShardPort port = portOf(slot);
            if (port == null || listeners.ofNumber(queue.listener(slot)).closed) {
                counters.increment(Counter.TCP_ATTEMPT_FAILS);
                forget(slot);
            } else if (queue.advance(slot, now)) {
                counters.increment(Counter.TCP_SYN_RETRANSMITS);
                counters.increment(Counter.TCP_SEGMENTS_RETRANSMITTED);
                sendSynAckAgain(port, slot);
            } else {
                counters.increment(Counter.SYN_QUEUE_TIMEOUTS);
                counters.increment(Counter.TCP_ATTEMPT_FAILS);
                forget(slot);
            }
        }
        return count;
    }

    /** The port that has the entry's local address; null once it is gone. */
    private ShardPort portOf(final int slot) {
        final int local = tables.synQueue.localAddress(slot);
        return ports.withAddress(tables.localAddresses.hi(local), tables.localAddresses.lo(local));
    }

    private void sendSynAckAgain(final ShardPort port, final int slot) {
        final int local = tables.synQueue.localAddress(slot);
        final long localHi = tables.localAddresses.hi(local);
        final long localLo = tables.localAddresses.lo(local);
        replies.synAckAgain(
                port.number(),
                tables.synQueue,
                slot,
                localHi,
                localLo,
                clock.millis() + tables.synQueue.tsOffset(slot),
                listeners.ofNumber(tables.synQueue.listener(slot)).connectionOptions);
    }

    /**
     * Forgets entries whose address is no port's any more, as nobody can be spoken to from it; looks at some in each call.
     *
     * @param from the slot to begin with.
     * @return the slot to go on with, or {@link TcpShard#RETIRED} when all have been looked at.
     */
    int forgetPortless(final int from) {
        final int end = Math.min(tables.synQueue.used(), from + PORT_SCAN_LIMIT);
        for (int slot = from; slot < end; slot++) {
            if (tables.synQueue.isUsed(slot) && portOf(slot) == null) {
                counters.increment(Counter.TCP_ATTEMPT_FAILS);
                forget(slot);
            }
        }
        return end >= tables.synQueue.used() ? TcpShard.RETIRED : end;
    }

    /** Forgets a half-open entry. */
    void forget(final int slot) {
        listeners.halfOpenGone(listeners.ofNumber(tables.synQueue.listener(slot)));
        tables.removeHalfOpen(slot);
    }
}
