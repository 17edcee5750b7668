package io.millrace.dataplane.port;

import io.millrace.dataplane.flow.FlowSteering;
import io.millrace.dataplane.wire.MacAddress;
import io.millrace.dpdk.DpdkException;
import io.millrace.dpdk.Eal;
import io.millrace.dpdk.EthDev;
import io.millrace.dpdk.EthRxQueue;
import io.millrace.dpdk.EthTxQueue;
import io.millrace.dpdk.LinkStatus;
import io.millrace.dpdk.Mempool;
import io.millrace.dpdk.Offload;
import io.millrace.dpdk.PortInfo;
import io.millrace.dpdk.PortStats;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A port over a DPDK Ethernet device with a pool of its own. {@link #open} starts it; made and closed by a control thread,
 * each queue used by one polling thread, which calls {@link #attachThread} first.
 */
public final class DpdkPort implements PacketPort {
    /** Drivers that take frames out of the kernel's stack, and don't hand on what it says of their checksums. */
    private static final Set<String> KERNEL_DRIVERS = Set.of("net_af_packet", "net_af_xdp", "net_pcap", "net_tap");

    /** How many ports the thread is attached to: DPDK registers a thread once. */
    private static final ThreadLocal<int[]> ATTACHED = ThreadLocal.withInitial(() -> new int[1]);

    private final Eal eal;
    private final EthDev device;
    private final DpdkFramePool pool;
    private final MacAddress mac;
    private final DpdkPortPlan plan;
    private final PortCapabilities capabilities;
    private final String description;
    private final DpdkRxQueue[] rxQueues;
    private final DpdkTxQueue[] txQueues;
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong oversize = new AtomicLong();
    private final AtomicLong exhausted = new AtomicLong();

    private DpdkPort(
            final Eal eal,
            final EthDev device,
            final DpdkFramePool pool,
            final DpdkPortPlan plan,
            final boolean wantsVlan) {
        this.eal = eal;
        this.device = device;
        this.pool = pool;
        this.plan = plan;
        mac = new MacAddress(device.macAddress());
        final int pairs = plan.device().rxQueues();
        rxQueues = new DpdkRxQueue[pairs];
        txQueues = new DpdkTxQueue[pairs];
        for (int q = 0; q < pairs; q++) {
            final SegmentJoiner joiner = new SegmentJoiner(pool.newAllocator(), oversize, exhausted);
            rxQueues[q] = new DpdkRxQueue(device.rxQueue(q), joiner);
        }
        capabilities = capabilities(steerFlows(device, pairs));
        // Some drivers put checksums or tags into frames there, others prepare what their hardware wants to see.
        final boolean prepare =
                capabilities.txIpv4Checksum() || capabilities.txTcpChecksum() || capabilities.vlanInsert();
        for (int q = 0; q < pairs; q++) {
            txQueues[q] = new DpdkTxQueue(device.txQueue(q), prepare, pool, refused);
        }
        description = PortDescription.of(device.info(), plan, capabilities, wantsVlan, device.multicast());
    }

    private PortCapabilities capabilities(final boolean steered) {
        final Set<Offload> offloads = device.offloads();
        return new PortCapabilities(
                offloads.contains(Offload.RX_TCP_CHECKSUM),
                offloads.contains(Offload.TX_IPV4_CHECKSUM),
                offloads.contains(Offload.TX_TCP_CHECKSUM),
                offloads.contains(Offload.RX_RSS_HASH)
                        && (device.info().rssTcp4() || device.info().rssTcp6()),
                steered,
                comesFromKernel(device),
                offloads.contains(Offload.RX_VLAN_STRIP),
                offloads.contains(Offload.TX_VLAN_INSERT),
                rxQueues[0].interruptDescriptor() != RxQueue.NO_INTERRUPT,
                offloads.containsAll(DpdkPortPlan.SEGMENTATION) ? plan.largestChain(device.info()) : 0);
    }

    private static boolean comesFromKernel(final EthDev device) {
        return KERNEL_DRIVERS.contains(device.info().driver())
                || device.members().stream().anyMatch(DpdkPort::comesFromKernel);
    }

    /**
     * Finds the device, gives it a pool that fits all its descriptors and the engine, and starts it.
     *
     * @throws io.millrace.dpdk.DpdkException when the device or its memory can't be had; says what to do
     * @throws IllegalArgumentException when the device can't be configured so; names the value
     */
    public static DpdkPort open(final Eal eal, final DpdkPortConfig config) {
        final EthDev device = EthDev.attach(eal, config.device());
        try {
            final PortInfo info = device.info();
            final DpdkPortPlan plan = DpdkPortPlan.of(config, info);
            final Mempool mempool = Mempool.create(
                    eal, "millrace-port-" + device.port(), plan.frames(), plan.dataRoom(), info.socket());
            try {
                return new DpdkPort(
                        eal,
                        device,
                        new DpdkFramePool(mempool),
                        start(device, plan, mempool),
                        config.wants(PortFeature.VLAN_OFFLOAD));
            } catch (final RuntimeException e) {
                device.close();
                mempool.close();
                throw e;
            }
        } catch (final RuntimeException e) {
            device.close();
            throw e;
        }
    }

    /** Starts it; the plan that it runs by. Some drivers don't start when they can't raise the interrupts asked for. */
    private static DpdkPortPlan start(final EthDev device, final DpdkPortPlan plan, final Mempool mempool) {
        device.configure(plan.device(), mempool);
        try {
            device.start();
            return plan;
        } catch (final DpdkException e) {
            if (!plan.device().rxInterrupts()) {
                throw e;
            }
            final DpdkPortPlan polled = plan.withoutInterrupts();
            device.configure(polled.device(), mempool);
            device.start();
            return polled;
        }
    }

    /** Makes the device's redirection table agree with {@link FlowSteering}; false when the device can't. */
    private static boolean steerFlows(final EthDev device, final int queues) {
        if (queues == 1) {
            return true;
        }
        final PortInfo info = device.info();
        final int size = info.redirectionTableSize();
        // A table shorter than ours says the same only where the queues divide it evenly.
        if (!info.rssTcp()
                || info.hashKeySize() == 0
                || size == 0
                || size < FlowSteering.TABLE_LENGTH && size % queues != 0) {
            return false;
        }
        final int[] table = new int[size];
        for (int i = 0; i < size; i++) {
            table[i] = i % FlowSteering.TABLE_LENGTH % queues;
        }
        device.redirectionTable(table);
        return true;
    }

    @Override
    public String name() {
        return device.device().name();
    }

    /** One line: what the device does, and what is left to software. */
    public String description() {
        return description;
    }

    /** The link as it is now; any control thread. A {@link LinkMonitor} tells of its changes. */
    public LinkStatus link() {
        return device.link();
    }

    @Override
    public MacAddress mac() {
        return mac;
    }

    @Override
    public int numaNode() {
        return device.info().socket();
    }

    @Override
    public int mtu() {
        return plan.mtu();
    }

    @Override
    public int queuePairs() {
        return rxQueues.length;
    }

    @Override
    public RxQueue rxQueue(final int queue) {
        return rxQueues[queue];
    }

    @Override
    public TxQueue txQueue(final int queue) {
        return txQueues[queue];
    }

    @Override
    public FramePool pool() {
        return pool;
    }

    @Override
    public PortStatistics statistics() {
        final PortStats stats = device.stats();
        return new PortStatistics(
                stats.rxPackets(),
                stats.rxBytes(),
                stats.rxMissed(),
                stats.rxErrors(),
                oversize.get(),
                stats.rxNoMbuf() + exhausted.get(),
                stats.txPackets(),
                stats.txBytes(),
                stats.txErrors() + refused.get());
    }

    @Override
    public Map<String, Long> extendedStatistics() {
        final Map<String, Long> values = new LinkedHashMap<>();
        device.extendedStats().forEach(stat -> values.put(stat.name(), stat.value()));
        return values;
    }

    @Override
    public PortCapabilities capabilities() {
        return capabilities;
    }

    @Override
    public void receiveVlan(final int id) {
        device.receiveVlan(id);
    }

    @Override
    public void attachThread() {
        if (ATTACHED.get()[0]++ == 0) {
            eal.registerThread();
        }
    }

    @Override
    public void detachThread() {
        if (--ATTACHED.get()[0] == 0) {
            eal.unregisterThread();
        }
    }

    /** Stops the device and gives up the pool; no thread may be attached or hold a frame. */
    @Override
    public void close() {
        device.close();
        pool.close();
    }

    /** A receive queue of the device. */
    private record DpdkRxQueue(EthRxQueue queue, SegmentJoiner joiner) implements RxQueue {
        @Override
        public int receive(final FrameBurst burst) {
            burst.size(queue.receive(burst.address(), burst.capacity()));
            joiner.join(burst); // some drivers chain segments whether or not they were asked to
            return burst.size();
        }

        @Override
        public int interruptDescriptor() {
            return queue.interruptDescriptor();
        }

        @Override
        public boolean enableInterrupt() {
            return queue.enableInterrupt();
        }

        @Override
        public void disableInterrupt() {
            queue.disableInterrupt();
        }
    }

    /** A transmit queue of the device. */
    private record DpdkTxQueue(EthTxQueue queue, boolean prepare, DpdkFramePool pool, AtomicLong refused)
            implements TxQueue {
        @Override
        public int transmit(final FrameBurst burst) {
            final int size = burst.size();
            final int ready = prepare ? queue.prepare(burst.address(), size) : size;
            int gone = queue.transmit(burst.address(), ready);
            final int sent = gone;
            if (ready < size && sent == ready) { // the device will never take the next one: it must not block the rest
                pool.freeOne(burst.address() + (long) ready * Long.BYTES);
                refused.incrementAndGet();
                gone++;
            }
            if (gone > 0) {
                burst.removeFirst(gone);
            }
            return sent;
        }
    }
}
