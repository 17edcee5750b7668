package io.millrace.dpdk;

/**
 * A port's link.
 *
 * @param up whether frames can pass
 * @param megabits speed in Mb/s, -1 when unknown (virtual devices)
 * @param fullDuplex whether it sends and receives at once
 */
public record LinkStatus(boolean up, long megabits, boolean fullDuplex) {}
