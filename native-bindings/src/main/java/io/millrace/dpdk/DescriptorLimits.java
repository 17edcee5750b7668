package io.millrace.dpdk;

/**
 * How many descriptors a queue may have.
 *
 * @param min fewest
 * @param max most
 * @param align must be a multiple of this
 */
public record DescriptorLimits(int min, int max, int align) {}
