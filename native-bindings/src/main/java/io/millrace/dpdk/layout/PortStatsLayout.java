package io.millrace.dpdk.layout;

/** {@code struct rte_eth_stats}: eight counters of 64 bits, the same in all ABIs; before ABI 26 more follow. */
public final class PortStatsLayout {
    /** Bytes to give to {@code rte_eth_stats_get}: 704 before ABI 26, 64 in it. */
    public static final int SIZE = 1024;

    /** {@code ipackets}. */
    public static final int RX_PACKETS = 0;
    /** {@code opackets}. */
    public static final int TX_PACKETS = 8;
    /** {@code ibytes}. */
    public static final int RX_BYTES = 16;
    /** {@code obytes}. */
    public static final int TX_BYTES = 24;
    /** {@code imissed}. */
    public static final int RX_MISSED = 32;
    /** {@code ierrors}. */
    public static final int RX_ERRORS = 40;
    /** {@code oerrors}. */
    public static final int TX_ERRORS = 48;
    /** {@code rx_nombuf}. */
    public static final int RX_NO_MBUF = 56;

    private PortStatsLayout() {}
}
