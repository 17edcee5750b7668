package io.millrace.dpdk;

import io.millrace.dpdk.ffm.DpdkFunctions;
import io.millrace.dpdk.ffm.HotCalls;
import io.millrace.dpdk.layout.MempoolLayout;
import io.millrace.memory.Memory;
import java.lang.foreign.MemorySegment;

/**
 * The functions behind one pool, which DPDK's inline get and put fetch from {@code rte_mempool_ops_table}.
 *
 * @param enqueue puts objects back
 * @param dequeue takes objects
 */
record PoolOperations(MemorySegment enqueue, MemorySegment dequeue) {
    static PoolOperations of(final DpdkFunctions functions, final long pool) {
        final long index = Memory.getInt(pool + MempoolLayout.OPS_INDEX);
        final long entry = functions.mempool().mempoolOpsTable()
                + MempoolLayout.TABLE_ENTRIES
                + index * MempoolLayout.ENTRY_STRIDE;
        return new PoolOperations(
                HotCalls.function(Memory.getLong(entry + MempoolLayout.ENTRY_ENQUEUE)),
                HotCalls.function(Memory.getLong(entry + MempoolLayout.ENTRY_DEQUEUE)));
    }
}
