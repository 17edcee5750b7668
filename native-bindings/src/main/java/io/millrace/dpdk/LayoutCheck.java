package io.millrace.dpdk;

import io.millrace.dpdk.ffm.DpdkFunctions;
import io.millrace.dpdk.ffm.HotCalls;
import io.millrace.dpdk.layout.FastPathLayout;
import io.millrace.dpdk.layout.MempoolLayout;
import io.millrace.memory.Memory;
import io.millrace.memory.MemoryRegion;

/**
 * Compares our layout tables with the DPDK that was loaded, before anything relies on them: a small pool, one live
 * mbuf, and the fast-path entry of a port that does not exist. A field that is not where we think ends the start.
 */
final class LayoutCheck {
    private static final int COUNT = 63;
    private static final long NEAR = 1L << 30;
    private static final int DATA_ROOM = 2048 + MbufLayout.HEADROOM;

    private final DpdkFunctions functions;

    private LayoutCheck(final DpdkFunctions functions) {
        this.functions = functions;
    }

    static void run(final DpdkFunctions functions) {
        new LayoutCheck(functions).run();
    }

    private void run() {
        final long pool = functions.mempool().pktmbufPoolCreate("millrace_check", COUNT, 0, 0, DATA_ROOM, -1);
        if (pool == 0) {
            throw Mempool.creationFailed(functions, "millrace_check", COUNT, DATA_ROOM);
        }
        try {
            checkPool(pool);
            checkMbuf(pool);
            checkFastPath();
        } finally {
            functions.mempool().mempoolFree(pool);
        }
    }

    private void checkPool(final long pool) {
        final long table = functions.mempool().mempoolOpsTable();
        expect("rte_mempool.size", Memory.getInt(pool + MempoolLayout.COUNT), COUNT);
        expect("rte_mempool.cache_size", Memory.getInt(pool + MempoolLayout.CACHE_SIZE), 0);
        expect(
                "rte_mempool.elt_size",
                Memory.getInt(pool + MempoolLayout.ELEMENT_SIZE),
                MbufLayout.HEADER_LENGTH + DATA_ROOM);
        expect("rte_mempool.populated_size", Memory.getInt(pool + MempoolLayout.POPULATED), COUNT);
        final int index = Memory.getInt(pool + MempoolLayout.OPS_INDEX);
        final int entries = Memory.getInt(table + MempoolLayout.TABLE_COUNT);
        expect("rte_mempool.ops_index within the table", index >= 0 && index < entries ? 1 : 0, 1);
    }

    private void checkMbuf(final long pool) {
        final PoolOperations operations = PoolOperations.of(functions, pool);
        try (MemoryRegion array = MemoryRegion.allocate("the layout check", Long.BYTES)) {
            expect("dequeue", HotCalls.bulk(operations.dequeue(), pool, array.address(), 1), 0);
            final long mbuf = Memory.getLong(array.address());
            expect("rte_mbuf.buf_addr", Mbuf.bufferAddress(mbuf), mbuf + MbufLayout.HEADER_LENGTH);
            expect("rte_mbuf.data_off", Mbuf.dataOffset(mbuf), MbufLayout.HEADROOM);
            expect("rte_mbuf.refcnt", Mbuf.refCount(mbuf), 1);
            expect("rte_mbuf.nb_segs", Mbuf.segments(mbuf), 1);
            expect("rte_mbuf.port", Mbuf.port(mbuf), Mbuf.NO_PORT);
            expect("rte_mbuf.buf_len", Mbuf.bufferLength(mbuf), DATA_ROOM);
            expect("rte_mbuf.pool", Mbuf.pool(mbuf), pool);
            expect("rte_mbuf.next", Mbuf.next(mbuf), 0);
            final long piece = Memory.getLong(pool + MempoolLayout.FIRST_PIECE);
            expectPointer("rte_mempool.mem_list", piece);
            final long distance = mbuf - Memory.getLong(piece + MempoolLayout.PIECE_ADDRESS);
            expect("rte_mempool_memhdr.addr near an mbuf", Math.abs(distance) < NEAR ? 1 : 0, 1);
            expect("enqueue", HotCalls.bulk(operations.enqueue(), pool, array.address(), 1), 0);
        }
        expect("rte_mempool_avail_count", functions.mempool().mempoolAvailCount(pool), COUNT);
    }

    /** A port nobody uses has functions that do nothing, and an array of queues: null means that we read elsewhere. */
    private void checkFastPath() {
        final int unused = 31;
        if (functions.ethdev().isValidPort(unused)) {
            return;
        }
        final FastPathLayout layout = functions.library().layout().fastPath();
        final long entry = functions.ethdev().fastPathTable() + (long) unused * FastPathLayout.STRIDE;
        expectPointer("rte_eth_fp_ops.rx_pkt_burst", Memory.getLong(entry + layout.rxBurst()));
        expectPointer("rte_eth_fp_ops.rxq.data", Memory.getLong(entry + layout.rxQueueData()));
        expectPointer("rte_eth_fp_ops.tx_pkt_burst", Memory.getLong(entry + layout.txBurst()));
        expectPointer("rte_eth_fp_ops.txq.data", Memory.getLong(entry + layout.txQueueData()));
    }

    private void expectPointer(final String field, final long value) {
        expect(field + " is set", value == 0 ? 0 : 1, 1);
    }

    private void expect(final String field, final long found, final long expected) {
        if (found != expected) {
            throw new DpdkException(
                    "layout check of ABI " + functions.library().layout().abi(),
                    0,
                    field + " is " + found + ", expected " + expected + ": this build of DPDK is another than we know",
                    "install the distribution's DPDK (apt-get install dpdk), not "
                            + functions.library().directory());
        }
    }
}
