package io.millrace.dpdk;

/**
 * How many descriptors a queue may have.
 *
 * @param min fewest
 * @param max most; 0 when the driver does not say
 * @param align must be a multiple of this; 0 when the driver does not say
 * @param segments most mbufs of one frame; 0 when the driver does not say
 */
public record DescriptorLimits(int min, int max, int align, int segments) {
    /** The number next to {@code wanted} that the queue may have, as {@code rte_eth_dev_adjust_nb_rx_tx_desc} says. */
    public int fit(final int wanted) {
        final int step = Math.max(1, align);
        final int aligned = (wanted + step - 1) / step * step;
        final int most = max == 0 ? 0xffff : max;
        return Math.max(Math.min(aligned, most / step * step), min);
    }
}
