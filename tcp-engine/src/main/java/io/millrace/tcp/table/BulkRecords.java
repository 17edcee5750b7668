package io.millrace.tcp.table;

import io.millrace.memory.Memory;

/**
 * The side records of connections that have moved bulk: what idle connections, and those of a few segments, never need. A
 * connection takes one with the first event that has to be remembered, and keeps it until its end. Owned by the shard's
 * thread; reserves its memory when made and touches it as it is used.
 */
public final class BulkRecords implements AutoCloseable {
    private final RecordSlab records;

    /** Room for one record of each of {@code connections}. */
    public BulkRecords(final String name, final int connections) {
        records = new RecordSlab(name, connections, BulkLayout.LENGTH);
    }

    /** Address of the connection's record, or 0. */
    public long of(final Tcb tcb) {
        final int number = tcb.bulk();
        return number == 0 ? 0 : records.address(number - 1);
    }

    /** Address of the connection's record, a zeroed one if it had none. */
    public long take(final Tcb tcb) {
        if (tcb.bulk() != 0) {
            return of(tcb);
        }
        final int slot = records.allocate(); // there are as many as connections
        final long address = records.address(slot);
        Memory.fill(address, BulkLayout.LENGTH, 0);
        tcb.bulk(slot + 1);
        return address;
    }

    /** The connection is over. */
    public void release(final Tcb tcb) {
        if (tcb.bulk() != 0) {
            records.free(tcb.bulk() - 1);
            tcb.bulk(0);
        }
    }

    /** Number of records in use. */
    public int inUse() {
        return records.allocated();
    }

    /** Bytes of memory reserved. */
    public long bytes() {
        return records.bytes();
    }

    @Override
    public void close() {
        records.close();
    }
}
