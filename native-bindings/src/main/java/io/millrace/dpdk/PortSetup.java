package io.millrace.dpdk;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_CHAR;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.millrace.dpdk.ffm.DpdkFunctions;
import io.millrace.dpdk.ffm.EthdevFunctions;
import io.millrace.dpdk.layout.DeviceConfigurationLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.EnumSet;
import java.util.Set;

/**
 * Configures a port and its queues, and says what came of it.
 *
 * @param config what was wanted
 * @param offloads the offloads that are on
 * @param rxDescriptors descriptors of each receive queue
 * @param txDescriptors descriptors of each transmit queue
 */
record PortSetup(EthDevConfig config, Set<Offload> offloads, int rxDescriptors, int txDescriptors) {
    /** {@code RTE_ETH_RSS_NONFRAG_IPV4_TCP}. */
    static final long RSS_TCP4 = 1L << 4;
    /** {@code RTE_ETH_RSS_NONFRAG_IPV6_TCP}. */
    static final long RSS_TCP6 = 1L << 10;
    /** {@code RTE_ETH_RSS_IPV6_TCP_EX}. */
    static final long RSS_TCP6_EX = 1L << 16;

    private static final int ENOTSUP = -95;

    static PortSetup apply(
            final DpdkFunctions functions,
            final PortInfo info,
            final EthDevConfig config,
            final Mempool pool,
            final Arena kept) {
        checkAgainst(info, config, pool);
        if (info.driver().equals("net_af_xdp")) {
            pool.withholdScattered();
        }
        final Set<Offload> offloads = offloads(info, config);
        final EthdevFunctions ethdev = functions.ethdev();
        final String name = info.device();
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment configuration = configuration(arena, kept, info, config, offloads);
            if (config.rxInterrupts()) {
                final int interrupts =
                        functions.library().layout().configuration().interrupts();
                configuration.set(JAVA_INT, interrupts, DeviceConfigurationLayout.INTERRUPT_RX_QUEUE);
            }
            Failure.check(
                    functions,
                    "rte_eth_dev_configure " + name,
                    ethdev.configure(info.port(), config.rxQueues(), config.txQueues(), configuration),
                    "the device refuses these queues, MTU or offloads; try fewer");
            setMtu(functions, info, config);
            final MemorySegment rx = arena.allocateFrom(JAVA_CHAR, (char) config.rxDescriptors());
            final MemorySegment tx = arena.allocateFrom(JAVA_CHAR, (char) config.txDescriptors());
            Failure.check(
                    functions,
                    "rte_eth_dev_adjust_nb_rx_tx_desc " + name,
                    ethdev.adjustDescriptors(info.port(), rx, tx),
                    "the device knows no limits for its descriptors");
            final PortSetup setup =
                    new PortSetup(config, Set.copyOf(offloads), rx.get(JAVA_CHAR, 0), tx.get(JAVA_CHAR, 0));
            setup.queues(functions, info, pool);
            return setup;
        }
    }

    /** Those wanted which the port has. */
    static Set<Offload> offloads(final PortInfo info, final EthDevConfig config) {
        final EnumSet<Offload> offloads = EnumSet.noneOf(Offload.class);
        offloads.addAll(config.offloads());
        offloads.retainAll(info.offloads());
        final boolean hashesForQueuesOnly = info.driver().equals("net_vmxnet3"); // and would complain of one
        if (rssTypes(info) == 0 || hashesForQueuesOnly && config.rxQueues() == 1) {
            offloads.remove(
                    Offload.RX_RSS_HASH); // some offer hashes and make none (igbvf): DPDK refuses to ask for them
        }
        return offloads;
    }

    /** The kinds of flows to hash. QEMU's 82576 knows TCP over IPv6 by its other name only; Linux asks that NIC for both. */
    private static long rssTypes(final PortInfo info) {
        final long tcp6 = info.driver().equals("net_e1000_igb") ? RSS_TCP6 | RSS_TCP6_EX : RSS_TCP6;
        return (info.rssTcp4() ? RSS_TCP4 : 0) | (info.rssTcp6() ? tcp6 : 0);
    }

    /** Some drivers only note the MTU they are configured with, and tell an interface of the kernel only of this one. */
    private static void setMtu(final DpdkFunctions functions, final PortInfo info, final EthDevConfig config) {
        if (config.mtu() == 0) {
            return;
        }
        final int result = functions.ethdev().setMtu(info.port(), config.mtu());
        if (result != ENOTSUP) {
            Failure.check(
                    functions,
                    "rte_eth_dev_set_mtu " + info.device() + " to " + config.mtu(),
                    result,
                    info.driver().equals("net_af_packet")
                            ? "its frames must be larger: framesz=" + Integer.highestOneBit(config.mtu() + 127) * 2
                            : "the device can't carry packets of that size");
        }
    }

    private void queues(final DpdkFunctions functions, final PortInfo info, final Mempool pool) {
        final EthdevFunctions ethdev = functions.ethdev();
        for (int queue = 0; queue < config.rxQueues(); queue++) {
            Failure.check(
                    functions,
                    "rte_eth_rx_queue_setup " + info.device() + " queue " + queue,
                    ethdev.rxQueueSetup(info.port(), queue, rxDescriptors, info.socket(), pool.address()),
                    "is the pool large enough, and are its mbufs? try fewer descriptors");
        }
        for (int queue = 0; queue < config.txQueues(); queue++) {
            Failure.check(
                    functions,
                    "rte_eth_tx_queue_setup " + info.device() + " queue " + queue,
                    ethdev.txQueueSetup(info.port(), queue, txDescriptors, info.socket()),
                    "try fewer descriptors");
        }
    }

    private static void checkAgainst(final PortInfo info, final EthDevConfig config, final Mempool pool) {
        if (config.rxQueues() > info.maxRxQueues() || config.txQueues() > info.maxTxQueues()) {
            throw new IllegalArgumentException(info.device() + ": " + config.rxQueues() + " receive and "
                    + config.txQueues() + " transmit queues; it has " + info.maxRxQueues() + " and "
                    + info.maxTxQueues());
        }
        if (config.mtu() != 0 && (config.mtu() < info.minMtu() || config.mtu() > info.largestMtu())) {
            throw new IllegalArgumentException(info.device() + ": MTU " + config.mtu() + "; must be " + info.minMtu()
                    + " to " + info.largestMtu());
        }
        if (pool.dataRoom() - MbufLayout.HEADROOM < info.minRxBufferSize()) {
            throw new IllegalArgumentException(info.device() + ": mbufs with room for "
                    + (pool.dataRoom() - MbufLayout.HEADROOM) + " bytes; it wants at least " + info.minRxBufferSize());
        }
    }

    /**
     * What {@code rte_eth_dev_configure} is told.
     *
     * @param kept lives as long as the port: DPDK keeps a pointer to the key, and many a driver reads it when it is started
     */
    static MemorySegment configuration(
            final Arena arena,
            final Arena kept,
            final PortInfo info,
            final EthDevConfig config,
            final Set<Offload> offloads) {
        final MemorySegment conf = arena.allocate(DeviceConfigurationLayout.SIZE, Long.BYTES);
        conf.set(JAVA_INT, DeviceConfigurationLayout.RX_MTU, config.mtu());
        conf.set(JAVA_LONG, DeviceConfigurationLayout.RX_OFFLOADS, Offload.rxBits(offloads));
        conf.set(JAVA_LONG, DeviceConfigurationLayout.TX_OFFLOADS, Offload.txBits(offloads));
        final long rssTypes = rssTypes(info);
        if (rssTypes != 0 && (config.rxQueues() > 1 || offloads.contains(Offload.RX_RSS_HASH))) {
            conf.set(JAVA_INT, DeviceConfigurationLayout.RX_MODE, DeviceConfigurationLayout.RX_MODE_RSS);
            conf.set(JAVA_LONG, DeviceConfigurationLayout.RSS_HASH_FUNCTIONS, rssTypes);
            // From DPDK 23.11 on a driver that tells no length of its key (vmxnet3) takes none but its own.
            if (!config.rssKey().isDriversOwn() && info.hashKeySize() > 0) {
                final MemorySegment key =
                        kept.allocateFrom(JAVA_BYTE, config.rssKey().bytes(info.hashKeySize()));
                conf.set(ADDRESS, DeviceConfigurationLayout.RSS_KEY, key);
                conf.set(JAVA_BYTE, DeviceConfigurationLayout.RSS_KEY_LENGTH, (byte) key.byteSize());
            }
        }
        return conf;
    }
}
