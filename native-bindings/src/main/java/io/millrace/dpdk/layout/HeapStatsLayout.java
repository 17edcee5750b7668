package io.millrace.dpdk.layout;

/** {@code struct rte_malloc_socket_stats}: the same in ABI 23 to 26. */
public final class HeapStatsLayout {
    /** Bytes in the structure. */
    public static final int SIZE = 40;
    /** {@code size_t heap_totalsz_bytes}. */
    public static final int TOTAL = 0;
    /** {@code size_t heap_allocsz_bytes}. */
    public static final int ALLOCATED = 32;

    private HeapStatsLayout() {}
}
