package io.millrace.dpdk;

/**
 * What a port has counted since its start ({@code rte_eth_stats_get}).
 *
 * @param rxPackets frames received
 * @param txPackets frames sent
 * @param rxBytes bytes received
 * @param txBytes bytes sent
 * @param rxMissed frames the device dropped because its queues were full
 * @param rxErrors frames received broken
 * @param txErrors frames that could not be sent
 * @param rxNoMbuf times a receive queue found its pool empty
 */
public record PortStats(
        long rxPackets,
        long txPackets,
        long rxBytes,
        long txBytes,
        long rxMissed,
        long rxErrors,
        long txErrors,
        long rxNoMbuf) {}
