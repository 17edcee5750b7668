package io.millrace.dpdk.layout;

/** {@code struct rte_mempool} and the exported table {@code rte_mempool_ops_table}: the same in ABI 23 to 26. */
public final class MempoolLayout {
    /** {@code size}: objects asked for. */
    public static final int COUNT = 64;
    /** {@code cache_size}: objects in each lcore's cache. */
    public static final int CACHE_SIZE = 68;
    /** {@code elt_size}: bytes in an object. */
    public static final int ELEMENT_SIZE = 72;
    /** {@code header_size}: bytes before each object. */
    public static final int HEADER_SIZE = 76;
    /** {@code trailer_size}: bytes behind each object. */
    public static final int TRAILER_SIZE = 80;
    /** {@code ops_index}: which entry of the table serves the pool. */
    public static final int OPS_INDEX = 88;
    /** {@code populated_size}: objects there are. */
    public static final int POPULATED = 104;
    /** {@code mem_list.stqh_first}: the first piece of its memory. */
    public static final int FIRST_PIECE = 136;

    /** In {@code struct rte_mempool_memhdr}: {@code addr}. */
    public static final int PIECE_ADDRESS = 16;

    /** In the table: {@code num_ops}. */
    public static final int TABLE_COUNT = 4;
    /** In the table: the first entry. */
    public static final int TABLE_ENTRIES = 64;
    /** Bytes in an entry ({@code struct rte_mempool_ops}). */
    public static final int ENTRY_STRIDE = 128;
    /** In an entry: its name. */
    public static final int ENTRY_NAME = 0;
    /** In an entry: {@code enqueue}, which puts objects back. */
    public static final int ENTRY_ENQUEUE = 48;
    /** In an entry: {@code dequeue}, which takes objects. */
    public static final int ENTRY_DEQUEUE = 56;

    private MempoolLayout() {}
}
