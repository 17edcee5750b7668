package io.millrace.dataplane.port;

import io.millrace.dpdk.Devargs;
import java.util.EnumSet;
import java.util.Set;

/**
 * How a {@link DpdkPort} is opened.
 *
 * @param device the device, in DPDK's syntax
 * @param queuePairs receive and transmit queues, 1 to 128
 * @param rxDescriptors descriptors wanted for each receive queue; 0 for what the driver prefers
 * @param txDescriptors descriptors wanted for each transmit queue; 0 for what the driver prefers
 * @param mtu largest IP packet, in bytes; 0 for 1500
 * @param engineFrames frames the engine may hold at once beyond the device's descriptors: in rings, in buffers, waiting
 * @param pollingThreads threads that will allocate frames; each may stash some
 * @param features what is wanted of the device
 */
public record DpdkPortConfig(
        Devargs device,
        int queuePairs,
        int rxDescriptors,
        int txDescriptors,
        int mtu,
        int engineFrames,
        int pollingThreads,
        Set<PortFeature> features) {
    /** Checks what does not depend on the device. */
    public DpdkPortConfig {
        require("queuePairs", queuePairs, 1, 128);
        if (rxDescriptors != 0) {
            require("rxDescriptors", rxDescriptors, 32, 32_768);
        }
        if (txDescriptors != 0) {
            require("txDescriptors", txDescriptors, 32, 32_768);
        }
        if (mtu != 0) {
            require("mtu", mtu, 68, 9216);
        }
        require("engineFrames", engineFrames, 0, 1 << 24);
        require("pollingThreads", pollingThreads, 1, 128);
        features = Set.copyOf(features);
    }

    /** One queue pair as the driver prefers it, MTU 1500, offloads, one polling thread, 8192 frames for the engine. */
    public static DpdkPortConfig of(final Devargs device) {
        return new DpdkPortConfig(device, 1, 0, 0, 0, 8192, 1, Set.of(PortFeature.OFFLOADS));
    }

    /** The same with another number of queue pairs. */
    public DpdkPortConfig withQueuePairs(final int pairs) {
        return new DpdkPortConfig(
                device, pairs, rxDescriptors, txDescriptors, mtu, engineFrames, pollingThreads, features);
    }

    /** The same with other numbers of descriptors for each queue; 0 for what the driver prefers. */
    public DpdkPortConfig withDescriptors(final int rx, final int tx) {
        return new DpdkPortConfig(device, queuePairs, rx, tx, mtu, engineFrames, pollingThreads, features);
    }

    /** The same with another MTU; 0 for 1500. */
    public DpdkPortConfig withMtu(final int bytes) {
        return new DpdkPortConfig(
                device, queuePairs, rxDescriptors, txDescriptors, bytes, engineFrames, pollingThreads, features);
    }

    /** The same with another number of frames for the engine, and of threads that allocate. */
    public DpdkPortConfig withEngineFrames(final int frames, final int threads) {
        return new DpdkPortConfig(device, queuePairs, rxDescriptors, txDescriptors, mtu, frames, threads, features);
    }

    /** The same with or without a feature. */
    public DpdkPortConfig with(final PortFeature feature, final boolean wanted) {
        final EnumSet<PortFeature> set = EnumSet.noneOf(PortFeature.class);
        set.addAll(features);
        if (wanted) {
            set.add(feature);
        } else {
            set.remove(feature);
        }
        return new DpdkPortConfig(
                device, queuePairs, rxDescriptors, txDescriptors, mtu, engineFrames, pollingThreads, set);
    }

    /** Whether a feature is wanted. */
    public boolean wants(final PortFeature feature) {
        return features.contains(feature);
    }

    private static void require(final String name, final int value, final int least, final int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + " " + value + ": must be " + least + " to " + most);
        }
    }
}
