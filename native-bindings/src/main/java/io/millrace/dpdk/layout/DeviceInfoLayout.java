package io.millrace.dpdk.layout;

/**
 * {@code struct rte_eth_dev_info}: the fields that ABI 24 moved. The constants are the same in all.
 *
 * @param maxRxBufferSize {@code max_rx_bufsize}, or {@link #ABSENT}
 * @param maxRxPacketLength {@code max_rx_pktlen}
 * @param maxRxQueues {@code max_rx_queues}
 * @param maxTxQueues {@code max_tx_queues}
 */
public record DeviceInfoLayout(int maxRxBufferSize, int maxRxPacketLength, int maxRxQueues, int maxTxQueues) {
    /** Where this ABI lacks a field. */
    public static final int ABSENT = -1;

    /** Bytes to give to {@code rte_eth_dev_info_get}: 376 in all, and room for a future one. */
    public static final int SIZE = 1024;

    /** {@code const char *driver_name}. */
    public static final int DRIVER_NAME = 8;
    /** {@code uint16_t min_mtu}. */
    public static final int MIN_MTU = 20;
    /** {@code uint16_t max_mtu}. */
    public static final int MAX_MTU = 22;
    /** {@code uint32_t min_rx_bufsize}. */
    public static final int MIN_RX_BUFFER_SIZE = 32;
    /** {@code uint64_t rx_offload_capa}. */
    public static final int RX_OFFLOAD_CAPABILITIES = 72;
    /** {@code uint64_t tx_offload_capa}. */
    public static final int TX_OFFLOAD_CAPABILITIES = 80;
    /** {@code uint16_t reta_size}. */
    public static final int REDIRECTION_TABLE_SIZE = 104;
    /** {@code uint8_t hash_key_size}. */
    public static final int HASH_KEY_SIZE = 106;
    /** {@code uint64_t flow_type_rss_offloads}. */
    public static final int RSS_FLOW_TYPES = 112;
    /** {@code struct rte_eth_desc_lim rx_desc_lim}. */
    public static final int RX_DESCRIPTOR_LIMITS = 262;
    /** {@code struct rte_eth_desc_lim tx_desc_lim}. */
    public static final int TX_DESCRIPTOR_LIMITS = 272;
    /** {@code struct rte_eth_dev_portconf default_rxportconf}: what the driver prefers. */
    public static final int RX_PREFERENCE = 294;
    /** {@code struct rte_eth_dev_portconf default_txportconf}: what the driver prefers. */
    public static final int TX_PREFERENCE = 300;

    /** In {@code struct rte_eth_desc_lim}: most descriptors of a queue. */
    public static final int LIMIT_MAX = 0;
    /** In {@code struct rte_eth_desc_lim}: fewest descriptors of a queue. */
    public static final int LIMIT_MIN = 2;
    /** In {@code struct rte_eth_desc_lim}: the number must be a multiple of this. */
    public static final int LIMIT_ALIGN = 4;
    /** In {@code struct rte_eth_desc_lim}, {@code nb_seg_max}: most mbufs of one packet. */
    public static final int LIMIT_SEGMENTS = 6;

    /** In {@code struct rte_eth_dev_portconf}: packets in a burst. */
    public static final int PREFERENCE_BURST = 0;
    /** In {@code struct rte_eth_dev_portconf}: descriptors of a queue. */
    public static final int PREFERENCE_RING = 2;
}
