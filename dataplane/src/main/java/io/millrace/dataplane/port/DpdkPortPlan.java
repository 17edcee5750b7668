package io.millrace.dataplane.port;

import io.millrace.dataplane.flow.Toeplitz;
import io.millrace.dpdk.EthDevConfig;
import io.millrace.dpdk.MbufLayout;
import io.millrace.dpdk.Mempool;
import io.millrace.dpdk.Offload;
import io.millrace.dpdk.PortInfo;
import io.millrace.dpdk.QueuePreference;
import io.millrace.dpdk.RssKey;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What is asked of a device and its pool, from what was wanted and what its driver says. Immutable.
 *
 * @param device how the device is configured
 * @param mtu largest IP packet, in bytes
 * @param frames mbufs in the pool
 * @param dataRoom bytes in each mbuf, its headroom included
 * @param notes where something else than what was wanted will be done, one line each
 */
record DpdkPortPlan(EthDevConfig device, int mtu, int frames, int dataRoom, List<String> notes) {
    /** What a device must do to be left large segments. */
    static final Set<Offload> SEGMENTATION =
            Set.of(Offload.TX_TCP_SEGMENTATION, Offload.TX_TCP_CHECKSUM, Offload.TX_MULTI_SEGMENTS);

    /** Most bytes of an IP packet. */
    private static final int LARGEST_PACKET = 0xffff;

    /** {@code VMXNET3_MAX_TSO_TXD_PER_PKT}: the driver tells another number, and drops what is in more. */
    private static final int VMXNET3_SEGMENTS = 24;

    private static final int DEFAULT_MTU = 1500;
    private static final int DEFAULT_DESCRIPTORS = 1024;
    /** Ethernet header, one VLAN tag and a checksum that some devices leave in. */
    private static final int LINK_OVERHEAD = 22;
    /** Some devices know buffers of whole kilobytes only, and take a little less than they are given. */
    private static final int BUFFER_STEP = 1024;
    /** What an allocator may keep to itself, with the share of DPDK's own cache. */
    private static final int STASH_FRAMES = 512 + Mempool.LCORE_CACHE;

    /**
     * Makes the plan.
     *
     * @throws IllegalArgumentException when the device can't do it; names the value
     */
    static DpdkPortPlan of(final DpdkPortConfig config, final PortInfo info) {
        final int most = Math.min(info.maxRxQueues(), info.maxTxQueues());
        if (config.queuePairs() > most) {
            throw new IllegalArgumentException(config.device().name() + ": " + config.queuePairs()
                    + " queue pairs; the device has at most " + most);
        }
        final List<String> notes = new ArrayList<>();
        final int rx = info.rxDescriptors().fit(wanted(config.rxDescriptors(), info.rxPreference()));
        final int tx = info.txDescriptors().fit(wanted(config.txDescriptors(), info.txPreference()));
        noteFit(notes, "receive", config.rxDescriptors(), rx);
        noteFit(notes, "transmit", config.txDescriptors(), tx);
        final int mtu = config.mtu() == 0 ? DEFAULT_MTU : config.mtu();
        final int frame = mtu + LINK_OVERHEAD;
        final int room = Math.max(
                Mempool.DEFAULT_DATA_ROOM - MbufLayout.HEADROOM,
                (Math.max(frame, info.minRxBufferSize()) + BUFFER_STEP - 1) / BUFFER_STEP * BUFFER_STEP);
        final Set<Offload> offloads = offloads(config);
        if (frame > Math.min(room, info.maxRxBufferSize())) {
            offloads.add(Offload.RX_SCATTER);
        }
        final EthDevConfig device = EthDevConfig.builder()
                .queuePairs(config.queuePairs())
                .rxDescriptors(rx)
                .txDescriptors(tx)
                .mtu(config.mtu())
                .offloads(offloads)
                .rssKey(RssKey.of(Toeplitz.standard().key()))
                .promiscuous(config.wants(PortFeature.PROMISCUOUS))
                .allMulticast(true)
                .rxInterrupts(config.wants(PortFeature.RX_INTERRUPTS))
                .build();
        return new DpdkPortPlan(device, mtu, frames(config, rx, tx), room + MbufLayout.HEADROOM, List.copyOf(notes));
    }

    private static int wanted(final int asked, final QueuePreference preference) {
        return asked != 0 ? asked : Math.max(DEFAULT_DESCRIPTORS, preference.descriptors());
    }

    private static void noteFit(final List<String> notes, final String what, final int asked, final int given) {
        if (asked != 0 && asked != given) {
            notes.add(given + " " + what + " descriptors, not " + asked + ": the device's limits");
        }
    }

    /** Bytes of the largest IP packet that the device takes in several mbufs. */
    int largestChain(final PortInfo info) {
        final int told = info.txDescriptors().segments();
        final int most = info.driver().equals("net_vmxnet3") ? VMXNET3_SEGMENTS : told;
        final long room = dataRoom - MbufLayout.HEADROOM;
        return most == 0 ? LARGEST_PACKET : (int) Math.min(LARGEST_PACKET, most * room - LINK_OVERHEAD);
    }

    private static Set<Offload> offloads(final DpdkPortConfig config) {
        final EnumSet<Offload> wanted = EnumSet.noneOf(Offload.class);
        if (config.wants(PortFeature.OFFLOADS)) {
            wanted.addAll(List.of(
                    Offload.RX_IPV4_CHECKSUM,
                    Offload.RX_TCP_CHECKSUM,
                    Offload.RX_RSS_HASH,
                    Offload.TX_IPV4_CHECKSUM,
                    Offload.TX_TCP_CHECKSUM));
        }
        if (config.wants(PortFeature.SEGMENTATION)) {
            wanted.addAll(SEGMENTATION);
        }
        if (config.wants(PortFeature.VLAN_OFFLOAD)) {
            wanted.addAll(List.of(Offload.RX_VLAN_FILTER, Offload.RX_VLAN_STRIP, Offload.TX_VLAN_INSERT));
        }
        return wanted;
    }

    /** Some devices have two receive rings a queue (vmxnet3), so receive descriptors count twice. */
    private static int frames(final DpdkPortConfig config, final int rx, final int tx) {
        final long stashes = (long) (config.pollingThreads() + config.queuePairs()) * STASH_FRAMES;
        final long wanted = config.queuePairs() * (2L * rx + tx) + config.engineFrames() + stashes;
        return (int) Math.min(wanted, Integer.MAX_VALUE);
    }

    /** The same for a device that has no interrupts after all. */
    DpdkPortPlan withoutInterrupts() {
        final EthDevConfig polled = EthDevConfig.builder()
                .queuePairs(device.rxQueues())
                .rxDescriptors(device.rxDescriptors())
                .txDescriptors(device.txDescriptors())
                .mtu(device.mtu())
                .offloads(device.offloads())
                .rssKey(device.rssKey())
                .promiscuous(device.promiscuous())
                .allMulticast(device.allMulticast())
                .build();
        return new DpdkPortPlan(polled, mtu, frames, dataRoom, notes);
    }
}
