package io.millrace.dpdk;

import io.millrace.dpdk.ffm.EthdevFunctions;
import io.millrace.dpdk.ffm.HotCalls;
import io.millrace.linux.EdgeDescriptor;
import java.lang.foreign.MemorySegment;

/**
 * A receive queue of a port. One thread polls it; it allocates nothing once compiled. Valid from {@link EthDev#start}
 * to {@link EthDev#stop}; after the next start ask the port for it again.
 */
public final class EthRxQueue {
    /** No descriptor tells of frames in this queue. */
    public static final int NO_INTERRUPT = -1;

    private static final int ENOTSUP = -95;

    private final EthdevFunctions ethdev;
    private final int port;
    private final int queue;
    private final EdgeDescriptor interrupt;
    private final MemorySegment burstFunction;
    private final long queueData;

    EthRxQueue(
            final EthdevFunctions ethdev,
            final int port,
            final int queue,
            final EdgeDescriptor interrupt,
            final long burstFunction,
            final long queueData) {
        this.ethdev = ethdev;
        this.port = port;
        this.queue = queue;
        this.interrupt = interrupt;
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

    /**
     * The descriptor that is readable when the queue's interrupt has come since {@link #enableInterrupt}, or
     * {@link #NO_INTERRUPT}: the port was not configured for interrupts, or its driver has none. There is nothing to read.
     */
    public int interruptDescriptor() {
        return interrupt == null ? NO_INTERRUPT : interrupt.number();
    }

    /**
     * Asks for an interrupt by the next frame ({@code rte_eth_dev_rx_intr_enable}). A frame that came before may not cause
     * any: receive once more after this before sleeping.
     *
     * @return whether one will come; if not, keep polling
     */
    public boolean enableInterrupt() {
        if (interrupt == null) {
            return false;
        }
        interrupt.rest();
        final int result = ethdev.rxInterrupt(port, queue, true);
        return result == 0 || result == ENOTSUP; // a descriptor but nothing to switch (net_tap): it is always on
    }

    /** Wants no interrupt any more ({@code rte_eth_dev_rx_intr_disable}), and makes the descriptor unreadable. */
    public void disableInterrupt() {
        if (interrupt != null) {
            ethdev.rxInterrupt(port, queue, false);
            interrupt.rest();
        }
    }
}
