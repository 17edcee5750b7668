package io.millrace.dpdk.ffm;

/** Packet buffer pools as C sees them ({@code rte_mempool.h}, {@code rte_mbuf.h}). Control path. */
public interface MempoolFunctions {
    /** rte_pktmbuf_pool_create: makes a pool of mbufs; its address, or 0 and {@code rte_errno}. */
    long pktmbufPoolCreate(String name, int count, int cacheSize, int privateSize, int dataRoom, int socket);

    /** rte_mempool_free: gives the pool's memory back; 0 is ignored. */
    void mempoolFree(long pool);

    /** rte_mempool_avail_count: objects in the pool and in the lcores' caches; slow. */
    int mempoolAvailCount(long pool);

    /** rte_mempool_ops_table: address of the table of the pools' functions, which the inline functions read. */
    long mempoolOpsTable();

    /** rte_pktmbuf_free_bulk: address of the function, for {@link HotCalls#freeBulk}. */
    long pktmbufFreeBulk();
}
