package io.millrace.dpdk;

import java.util.EnumSet;
import java.util.Set;

/**
 * How a port is set up. Immutable.
 *
 * @param rxQueues receive queues, at least 1
 * @param txQueues transmit queues, at least 1
 * @param rxDescriptors descriptors wanted for each receive queue; brought within the device's limits
 * @param txDescriptors descriptors wanted for each transmit queue; brought within the device's limits
 * @param mtu MTU, 0 for the driver's default
 * @param offloads offloads wanted; those the port lacks are left out, see {@link EthDev#offloads}
 * @param rssKey key of the RSS hash, 40 bytes; empty for the driver's own
 * @param promiscuous whether it takes frames to other stations too
 * @param allMulticast whether it takes all multicast frames; a port that can't choose those becomes promiscuous
 * @param rxInterrupts whether its receive queues shall be able to raise interrupts, where the driver has any
 */
public record EthDevConfig(
        int rxQueues,
        int txQueues,
        int rxDescriptors,
        int txDescriptors,
        int mtu,
        Set<Offload> offloads,
        RssKey rssKey,
        boolean promiscuous,
        boolean allMulticast,
        boolean rxInterrupts) {
    private static final int MAX_QUEUES = 1024;

    /** Checks the values that do not depend on the port. */
    public EthDevConfig {
        require(rxQueues >= 1 && rxQueues <= MAX_QUEUES, "receive queues", rxQueues, "1 to " + MAX_QUEUES);
        require(txQueues >= 1 && txQueues <= MAX_QUEUES, "transmit queues", txQueues, "1 to " + MAX_QUEUES);
        require(rxDescriptors >= 1 && rxDescriptors <= 0xffff, "receive descriptors", rxDescriptors, "1 to 65535");
        require(txDescriptors >= 1 && txDescriptors <= 0xffff, "transmit descriptors", txDescriptors, "1 to 65535");
        require(mtu == 0 || mtu >= 68 && mtu <= 0xffff, "MTU", mtu, "68 to 65535, or 0 for the default");
        offloads = Set.copyOf(offloads);
    }

    private static void require(final boolean holds, final String name, final int value, final String range) {
        if (!holds) {
            throw new IllegalArgumentException(name + " " + value + ": must be " + range);
        }
    }

    /** The defaults, to be changed: one queue each way, 1024 descriptors, no offloads. */
    public static Builder builder() {
        return new Builder();
    }

    /** Gathers a configuration. */
    public static final class Builder {
        private int rxQueues = 1;
        private int txQueues = 1;
        private int rxDescriptors = 1024;
        private int txDescriptors = 1024;
        private int mtu;
        private Set<Offload> offloads = EnumSet.noneOf(Offload.class);
        private RssKey rssKey = RssKey.DRIVERS_OWN;
        private boolean promiscuous;
        private boolean allMulticast;
        private boolean rxInterrupts;

        private Builder() {}

        /** Receive and transmit queues. */
        public Builder queuePairs(final int value) {
            rxQueues = value;
            txQueues = value;
            return this;
        }

        /** Receive queues. */
        public Builder rxQueues(final int value) {
            rxQueues = value;
            return this;
        }

        /** Transmit queues. */
        public Builder txQueues(final int value) {
            txQueues = value;
            return this;
        }

        /** Descriptors wanted for each receive queue. */
        public Builder rxDescriptors(final int value) {
            rxDescriptors = value;
            return this;
        }

        /** Descriptors wanted for each transmit queue. */
        public Builder txDescriptors(final int value) {
            txDescriptors = value;
            return this;
        }

        /** MTU; 0 for the driver's default. */
        public Builder mtu(final int value) {
            mtu = value;
            return this;
        }

        /** Offloads wanted; those the port lacks are left out. */
        public Builder offloads(final Set<Offload> value) {
            offloads = value;
            return this;
        }

        /** Key of the RSS hash. */
        public Builder rssKey(final RssKey value) {
            rssKey = value;
            return this;
        }

        /** Whether the port takes frames to other stations too. */
        public Builder promiscuous(final boolean value) {
            promiscuous = value;
            return this;
        }

        /** Whether the port takes all multicast frames. */
        public Builder allMulticast(final boolean value) {
            allMulticast = value;
            return this;
        }

        /** Whether receive queues shall be able to raise interrupts, where the driver has any. */
        public Builder rxInterrupts(final boolean value) {
            rxInterrupts = value;
            return this;
        }

        /** The configuration, checked. */
        public EthDevConfig build() {
            return new EthDevConfig(
                    rxQueues,
                    txQueues,
                    rxDescriptors,
                    txDescriptors,
                    mtu,
                    offloads,
                    rssKey,
                    promiscuous,
                    allMulticast,
                    rxInterrupts);
        }
    }
}
