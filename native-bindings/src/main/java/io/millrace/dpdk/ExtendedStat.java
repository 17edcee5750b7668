package io.millrace.dpdk;

/**
 * One of a driver's own counters.
 *
 * @param name as DPDK calls it, such as {@code rx_good_packets} or {@code rx_q0_errors}
 * @param value since the start of the port
 */
public record ExtendedStat(String name, long value) {}
