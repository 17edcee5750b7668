package io.millrace.dpdk;

import io.millrace.dpdk.ffm.HotCalls;
import java.lang.foreign.MemorySegment;

/**
 * A receive queue of a port. One thread polls it; it allocates nothing once compiled. Valid from {@link EthDev#start}
 * to {@link EthDev#stop}; after the next start ask the port for it again.
 */
public final class EthRxQueue {
    private final MemorySegment burstFunction;
    private final long queueData;

    EthRxQueue(final long burstFunction, final long queueData) {
        this.burstFunction = HotCalls.function(burstFunction);
        this.queueData = queueData;
    }

    /**
     * Takes what has arrived ({@code rte_eth_rx_burst}).
     *
     * @param array address where to write the mbufs' addresses, 8 bytes each; the mbufs are then the caller's
     * @param max how many at most, up to 65535; some drivers want multiples of 8, or at least 4
     * @return how many
     */
    public int receive(final long array, final int max) {
        return HotCalls.burst(burstFunction, queueData, array, max);
    }
}
