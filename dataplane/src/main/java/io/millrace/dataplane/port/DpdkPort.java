package io.millrace.dataplane.port;

import io.millrace.dataplane.flow.FlowSteering;
import io.millrace.dataplane.flow.Toeplitz;
import io.millrace.dataplane.wire.MacAddress;
import io.millrace.dpdk.Eal;
import io.millrace.dpdk.EthDev;
import io.millrace.dpdk.EthDevConfig;
import io.millrace.dpdk.EthRxQueue;
import io.millrace.dpdk.EthTxQueue;
import io.millrace.dpdk.MbufLayout;
import io.millrace.dpdk.Mempool;
import io.millrace.dpdk.Offload;
import io.millrace.dpdk.PortInfo;
import io.millrace.dpdk.PortStats;
import io.millrace.dpdk.RssKey;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A port over a DPDK Ethernet device with a pool of its own. {@link #open} starts it; made and closed by a control thread,
 * each queue used by one polling thread, which calls {@link #attachThread} first.
 */
public final class DpdkPort implements PacketPort {
    private static final int DEFAULT_MTU = 1500;
    /** Ethernet header, one VLAN tag and a checksum that some devices leave in. */
    private static final int LINK_OVERHEAD = 22;
    /** What an allocator may keep to itself, with the share of DPDK's own cache. */
    private static final int STASH_FRAMES = 512 + Mempool.LCORE_CACHE;

    /** Drivers that take frames out of the kernel's stack, and don't hand on what it says of their checksums. */
    private static final Set<String> KERNEL_DRIVERS = Set.of("net_af_packet", "net_af_xdp", "net_pcap", "net_tap");

    /** How many ports the thread is attached to: DPDK registers a thread once. */
    private static final ThreadLocal<int[]> ATTACHED = ThreadLocal.withInitial(() -> new int[1]);

    private final Eal eal;
    private final EthDev device;
    private final DpdkFramePool pool;
    private final MacAddress mac;
    private final int mtu;
    private final PortCapabilities capabilities;
    private final DpdkRxQueue[] rxQueues;
    private final DpdkTxQueue[] txQueues;
    private final AtomicLong refused = new AtomicLong();

    private DpdkPort(final Eal eal, final EthDev device, final DpdkFramePool pool, final DpdkPortConfig config) {
        this.eal = eal;
        this.device = device;
        this.pool = pool;
        mac = new MacAddress(device.macAddress());
        mtu = config.mtu() == 0 ? DEFAULT_MTU : config.mtu();
        final boolean steered = steerFlows(device, config.queuePairs());
        final Set<Offload> offloads = device.offloads();
        capabilities = new PortCapabilities(
                offloads.contains(Offload.RX_TCP_CHECKSUM),
                offloads.contains(Offload.TX_IPV4_CHECKSUM),
                offloads.contains(Offload.TX_TCP_CHECKSUM),
                offloads.contains(Offload.RX_RSS_HASH) && device.info().rssTcp(),
                steered,
                KERNEL_DRIVERS.contains(device.info().driver()));
        rxQueues = new DpdkRxQueue[config.queuePairs()];
        txQueues = new DpdkTxQueue[config.queuePairs()];
        final boolean prepare = capabilities.txIpv4Checksum() || capabilities.txTcpChecksum();
        for (int q = 0; q < rxQueues.length; q++) {
            rxQueues[q] = new DpdkRxQueue(device.rxQueue(q));
            txQueues[q] = new DpdkTxQueue(device.txQueue(q), prepare, pool, refused);
        }
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
            checkQueues(device, config.queuePairs());
            final int dataRoom = dataRoom(config);
            final Mempool mempool = Mempool.create(eal, "millrace-port-" + device.port(), frames(config), dataRoom);
            try {
                device.configure(deviceConfig(config), mempool);
                device.start();
                return new DpdkPort(eal, device, new DpdkFramePool(mempool), config);
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

    /** Before the pool is made, whose size depends on it. */
    private static void checkQueues(final EthDev device, final int queuePairs) {
        final PortInfo info = device.info();
        final int most = Math.min(info.maxRxQueues(), info.maxTxQueues());
        if (queuePairs > most) {
            throw new IllegalArgumentException(
                    device.device().name() + ": " + queuePairs + " queue pairs; the device has at most " + most);
        }
    }

    /** Some devices have two receive rings a queue (vmxnet3), so receive descriptors count twice. */
    private static int frames(final DpdkPortConfig config) {
        final long descriptors = (long) config.queuePairs() * (2L * config.rxDescriptors() + config.txDescriptors());
        final long wanted = descriptors + config.engineFrames() + (long) config.pollingThreads() * STASH_FRAMES;
        return (int) Math.min(wanted, Integer.MAX_VALUE);
    }

    private static int dataRoom(final DpdkPortConfig config) {
        final int frame = (config.mtu() == 0 ? DEFAULT_MTU : config.mtu()) + LINK_OVERHEAD;
        return Math.max(Mempool.DEFAULT_DATA_ROOM, MbufLayout.HEADROOM + (frame + 63 & ~63));
    }

    private static EthDevConfig deviceConfig(final DpdkPortConfig config) {
        final Set<Offload> wanted = config.offloads()
                ? EnumSet.of(
                        Offload.RX_IPV4_CHECKSUM,
                        Offload.RX_TCP_CHECKSUM,
                        Offload.RX_RSS_HASH,
                        Offload.TX_IPV4_CHECKSUM,
                        Offload.TX_TCP_CHECKSUM)
                : EnumSet.noneOf(Offload.class);
        return EthDevConfig.builder()
                .queuePairs(config.queuePairs())
                .rxDescriptors(config.rxDescriptors())
                .txDescriptors(config.txDescriptors())
                .mtu(config.mtu())
                .offloads(wanted)
                .rssKey(RssKey.of(Toeplitz.standard().key()))
                .promiscuous(config.promiscuous())
                .build();
    }

    /** Makes the device's redirection table agree with {@link FlowSteering}; false when the device can't. */
    private static boolean steerFlows(final EthDev device, final int queues) {
        if (queues == 1) {
            return true;
        }
        final PortInfo info = device.info();
        final int size = info.redirectionTableSize();
        // A table shorter than ours says the same only where the queues divide it evenly.
        if (!info.rssTcp() || size == 0 || size < FlowSteering.TABLE_LENGTH && size % queues != 0) {
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

    @Override
    public MacAddress mac() {
        return mac;
    }

    @Override
    public int mtu() {
        return mtu;
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
                stats.rxNoMbuf(),
                stats.txPackets(),
                stats.txBytes(),
                stats.txErrors() + refused.get());
    }

    @Override
    public PortCapabilities capabilities() {
        return capabilities;
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
    private record DpdkRxQueue(EthRxQueue queue) implements RxQueue {
        @Override
        public int receive(final FrameBurst burst) {
            final int received = queue.receive(burst.address(), burst.capacity());
            burst.size(received);
            return received;
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
