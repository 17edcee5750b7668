package io.millrace.dpdk.layout;

/**
 * One port's entry in the exported array {@code rte_eth_fp_ops} (128 bytes each).
 *
 * @param rxBurst {@code rx_pkt_burst}: the driver's receive function
 * @param rxQueueData {@code rxq.data}: array of the pointers to hand to it, by queue
 * @param txBurst {@code tx_pkt_burst}: the driver's transmit function
 * @param txPrepare {@code tx_pkt_prepare}: checks and completes packets for the offloads; may be null
 * @param txQueueData {@code txq.data}: array of the pointers to hand to both, by queue
 */
public record FastPathLayout(int rxBurst, int rxQueueData, int txBurst, int txPrepare, int txQueueData) {
    /** Bytes in an entry. */
    public static final int STRIDE = 128;
}
