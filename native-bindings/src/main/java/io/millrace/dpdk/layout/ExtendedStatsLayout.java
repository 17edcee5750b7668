package io.millrace.dpdk.layout;

/** {@code struct rte_eth_xstat} and {@code struct rte_eth_xstat_name}: the same in ABI 23 to 26. */
public final class ExtendedStatsLayout {
    /** Bytes in {@code struct rte_eth_xstat}. */
    public static final int STRIDE = 16;
    /** {@code uint64_t id}: index of its name. */
    public static final int ID = 0;
    /** {@code uint64_t value}. */
    public static final int VALUE = 8;
    /** Bytes in {@code struct rte_eth_xstat_name}, which is all name. */
    public static final int NAME_STRIDE = 64;

    private ExtendedStatsLayout() {}
}
