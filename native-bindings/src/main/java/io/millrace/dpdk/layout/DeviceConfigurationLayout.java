package io.millrace.dpdk.layout;

/**
 * {@code struct rte_eth_conf}: the fields that ABI 24 moved, when {@code struct rte_eth_rss_conf} got another. The
 * constants are the same in all.
 *
 * @param interrupts {@code intr_conf}: bits of 32
 */
public record DeviceConfigurationLayout(int interrupts) {
    /** Bytes to give to {@code rte_eth_dev_configure}: 2272 in ABI 23, 2280 later; zeroed. */
    public static final int SIZE = 4096;

    /** {@code enum rte_eth_rx_mq_mode rxmode.mq_mode}. */
    public static final int RX_MODE = 8;
    /** {@code uint32_t rxmode.mtu}. */
    public static final int RX_MTU = 12;
    /** {@code uint64_t rxmode.offloads}. */
    public static final int RX_OFFLOADS = 24;
    /** {@code uint64_t txmode.offloads}. */
    public static final int TX_OFFLOADS = 72;
    /** {@code uint8_t *rx_adv_conf.rss_conf.rss_key}. */
    public static final int RSS_KEY = 128;
    /** {@code uint8_t rx_adv_conf.rss_conf.rss_key_len}. */
    public static final int RSS_KEY_LENGTH = 136;
    /** {@code uint64_t rx_adv_conf.rss_conf.rss_hf}. */
    public static final int RSS_HASH_FUNCTIONS = 144;

    /** {@code RTE_ETH_MQ_RX_NONE}: one receive queue, or the driver's own way. */
    public static final int RX_MODE_NONE = 0;
    /** {@code RTE_ETH_MQ_RX_RSS}: receive queues by hash. */
    public static final int RX_MODE_RSS = 1;

    /** In {@code struct rte_eth_rss_reta_entry64}: which of the 64 entries are given. */
    public static final int RETA_MASK = 0;
    /** In {@code struct rte_eth_rss_reta_entry64}: 64 queue numbers of 16 bits. */
    public static final int RETA_ENTRIES = 8;
    /** Bytes in {@code struct rte_eth_rss_reta_entry64}. */
    public static final int RETA_STRIDE = 136;

    /** In {@code intr_conf}, its bit field {@code rxq}: receive queues may raise interrupts. */
    public static final int INTERRUPT_RX_QUEUE = 1 << 1;
}
