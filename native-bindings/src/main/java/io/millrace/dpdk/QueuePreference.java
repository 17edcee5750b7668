package io.millrace.dpdk;

/**
 * What a driver prefers for a queue.
 *
 * @param burst packets in a burst, 0 when it does not say
 * @param descriptors of the queue, 0 when it does not say
 */
public record QueuePreference(int burst, int descriptors) {}
