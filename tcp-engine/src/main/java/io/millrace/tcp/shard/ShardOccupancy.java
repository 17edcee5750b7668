package io.millrace.tcp.shard;

import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.tcp.TcpOccupancy;

/** The gauges of one shard, published by its thread in its counters and read by any. */
final class ShardOccupancy implements TcpOccupancy {
    private final CounterBlock counters;
    private final long reservedBytes;

    ShardOccupancy(final CounterBlock counters, final long reservedBytes) {
        this.counters = counters;
        this.reservedBytes = reservedBytes;
    }

    /** The shard's thread: publishes what the tables hold now. */
    void publish(final ShardTables tables, final Listeners listeners) {
        counters.set(Counter.SYN_QUEUE_ENTRIES, tables.synQueue.size());
        counters.set(Counter.SYN_QUEUE_PEAK, tables.synQueue.peak());
        counters.set(Counter.ACCEPT_QUEUE_ENTRIES, listeners.publish());
        counters.set(Counter.CONNECTIONS, tables.connections.allocated());
        counters.set(Counter.CONNECTION_BYTES, tables.connectionBytes());
        counters.set(Counter.TIME_WAIT_ENTRIES, tables.timeWaitEntries());
        counters.set(Counter.TIME_WAIT_BYTES, tables.timeWaitBytes());
        counters.set(Counter.BUFFER_BLOCKS, tables.blocks.allocated() + tables.reassembly.allocated());
        counters.set(Counter.FLIGHT_RECORDS, tables.ranges.allocated() + tables.recoveries.allocated());
    }

    @Override
    public long halfOpen() {
        return counters.get(Counter.SYN_QUEUE_ENTRIES);
    }

    @Override
    public long halfOpenPeak() {
        return counters.get(Counter.SYN_QUEUE_PEAK);
    }

    @Override
    public long connections() {
        return counters.get(Counter.CONNECTIONS);
    }

    @Override
    public long acceptQueue() {
        return counters.get(Counter.ACCEPT_QUEUE_ENTRIES);
    }

    @Override
    public long timeWait() {
        return counters.get(Counter.TIME_WAIT_ENTRIES);
    }

    @Override
    public long timeWaitBytes() {
        return counters.get(Counter.TIME_WAIT_BYTES);
    }

    @Override
    public long reservedBytes() {
        return reservedBytes;
    }
}
