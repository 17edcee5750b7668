package io.millrace.dpdk;

import io.millrace.dpdk.ffm.HotCalls;
import java.lang.foreign.MemorySegment;

/**
 * A transmit queue of a port. One thread uses it; it allocates nothing once compiled. Valid from {@link EthDev#start}
 * to {@link EthDev#stop}; after the next start ask the port for it again.
 */
public final class EthTxQueue {
    private final MemorySegment burstFunction;
    private final MemorySegment prepareFunction;
    private final boolean prepares;
    private final long queueData;

    EthTxQueue(final long burstFunction, final long prepareFunction, final long queueData) {
        this.burstFunction = HotCalls.function(burstFunction);
        this.prepareFunction = HotCalls.function(prepareFunction);
        this.prepares = prepareFunction != 0;
        this.queueData = queueData;
    }

    /**
     * Sends ({@code rte_eth_tx_burst}).
     *
     * @param array address of the mbufs' addresses, 8 bytes each
     * @param count how many, up to 65535
     * @return how many, from the first, are now the driver's; the rest are still the caller's
     */
    public int transmit(final long array, final int count) {
        return HotCalls.burst(burstFunction, queueData, array, count);
    }

    /**
     * Makes packets that ask for checksum or segmentation offloads ready for this driver ({@code rte_eth_tx_prepare}):
     * call it before {@link #transmit} when such an offload is on.
     *
     * @return how many, from the first, may be transmitted; the one after them asks for something the device can't do
     */
    public int prepare(final long array, final int count) {
        return prepares ? HotCalls.burst(prepareFunction, queueData, array, count) : count;
    }
}
