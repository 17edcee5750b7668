package io.millrace.dpdk;

import java.util.Set;

/**
 * What a port is and can do, as its driver says ({@code rte_eth_dev_info_get}). Not always true: a driver may promise
 * queues that stay dead.
 *
 * @param port DPDK's number of the port
 * @param device DPDK's name of the device
 * @param driver the driver's name, such as {@code net_af_packet}
 * @param socket NUMA node of the device, -1 for any
 * @param minMtu least MTU, 0 when the driver does not say
 * @param maxMtu largest MTU
 * @param maxRxPacketLength bytes of the longest frame
 * @param minRxBufferSize least bytes of data room in the receive queues' mbufs
 * @param maxRxBufferSize most bytes the device writes into one mbuf
 * @param maxRxQueues receive queues
 * @param maxTxQueues transmit queues
 * @param rxDescriptors limits of a receive queue
 * @param txDescriptors limits of a transmit queue
 * @param rxPreference what the driver prefers for a receive queue
 * @param txPreference what the driver prefers for a transmit queue
 * @param offloads what it can take over
 * @param rssTcp4 whether it spreads TCP flows of IPv4 over queues by the Toeplitz hash
 * @param rssTcp6 whether it spreads TCP flows of IPv6 over queues by the Toeplitz hash
 * @param hashKeySize bytes in its RSS key, 0 for none
 * @param redirectionTableSize entries in its RSS table, 0 for none
 */
public record PortInfo(
        int port,
        String device,
        String driver,
        int socket,
        int minMtu,
        int maxMtu,
        int maxRxPacketLength,
        int minRxBufferSize,
        int maxRxBufferSize,
        int maxRxQueues,
        int maxTxQueues,
        DescriptorLimits rxDescriptors,
        DescriptorLimits txDescriptors,
        QueuePreference rxPreference,
        QueuePreference txPreference,
        Set<Offload> offloads,
        boolean rssTcp4,
        boolean rssTcp6,
        int hashKeySize,
        int redirectionTableSize) {
    private static final int ETHERNET_OVERHEAD = 18; // header and checksum, as rte_ethdev counts

    /** Whether it spreads all TCP flows over queues by the Toeplitz hash. */
    public boolean rssTcp() {
        return rssTcp4 && rssTcp6;
    }

    /** The largest MTU it takes: the driver's own limit, and what its longest frame has room for. */
    public int largestMtu() {
        final boolean named = maxMtu != 0 && maxMtu != 0xffff;
        final int overhead = named && maxRxPacketLength > maxMtu ? maxRxPacketLength - maxMtu : ETHERNET_OVERHEAD;
        final int byFrame = maxRxPacketLength == 0 ? 0xffff : maxRxPacketLength - overhead;
        return Math.min(maxMtu == 0 ? 0xffff : maxMtu, byFrame);
    }
}
