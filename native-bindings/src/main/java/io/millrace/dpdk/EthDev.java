package io.millrace.dpdk;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.millrace.dpdk.ffm.DpdkFunctions;
import io.millrace.dpdk.ffm.EthdevFunctions;
import io.millrace.dpdk.ffm.HotCalls;
import io.millrace.dpdk.layout.FastPathLayout;
import io.millrace.dpdk.layout.PortStatsLayout;
import io.millrace.linux.EdgeDescriptor;
import io.millrace.linux.PacketSockets;
import io.millrace.memory.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An Ethernet port: {@link #attach}, {@link #configure}, {@link #start}, poll its queues, {@link #stop},
 * {@link #close}. One thread at a time; control path. The hot path is in {@link EthRxQueue} and {@link EthTxQueue}.
 */
public final class EthDev implements AutoCloseable {
    private static final int ENOTSUP = -95;
    private static final String SEE_LOG = "see DPDK's words, and start with log level debug to see more";

    private final Eal eal;
    private final DpdkFunctions functions;
    private final EthdevFunctions ethdev;
    private final Devargs device;
    private final int port;
    private final List<EthDev> members;
    private final Map<Integer, EdgeDescriptor> interrupts = new HashMap<>();
    /** What DPDK goes on reading after it is configured; freed when the port is closed. */
    private final Arena kept = Arena.ofShared();

    private PortSetup setup;
    private MulticastReception multicast = MulticastReception.DRIVERS_OWN;
    private boolean started;
    private boolean closed;

    private EthDev(final Eal eal, final Devargs device, final int port, final List<EthDev> members) {
        this.eal = eal;
        this.functions = eal.functions();
        this.ethdev = functions.ethdev();
        this.device = device;
        this.port = port;
        this.members = members;
    }

    /**
     * Finds or makes the port of a device.
     *
     * @throws DpdkException when there is no such device or driver, or it can't be opened; says what to do
     */
    public static EthDev attach(final Eal eal, final Devargs device) {
        final List<EthDev> members = new ArrayList<>();
        try {
            device.members().forEach(member -> members.add(attach(eal, member)));
            final EthDev ethDev = new EthDev(eal, device, DeviceAttachment.attach(eal, device), members);
            eal.own(ethDev);
            return ethDev;
        } catch (final RuntimeException e) {
            members.forEach(EthDev::close);
            throw e;
        }
    }

    /** The device as it was asked for. */
    public Devargs device() {
        return device;
    }

    /** The ports a bonding device joins, which are its own: never to be configured; empty for others. */
    public List<EthDev> members() {
        return List.copyOf(members);
    }

    /** DPDK's number of the port. */
    public int port() {
        return port;
    }

    /** What the port is and can do. */
    public PortInfo info() {
        return PortInfoReader.read(functions, port);
    }

    /**
     * Sets up the port and its queues; all receive queues take their mbufs from {@code pool}.
     *
     * @throws DpdkException when the device can't do it
     */
    public void configure(final EthDevConfig config, final Mempool pool) {
        if (started) {
            throw new IllegalStateException(device + " is running: stop it before configuring it");
        }
        eal.forwardLog();
        setup = PortSetup.apply(functions, info(), config, pool, kept);
    }

    /** The offloads that are on: those wanted which the port has. */
    public Set<Offload> offloads() {
        return configured().offloads();
    }

    /** Descriptors of each receive queue, as the device's limits left them. */
    public int rxDescriptors() {
        return configured().rxDescriptors();
    }

    /** Descriptors of each transmit queue, as the device's limits left them. */
    public int txDescriptors() {
        return configured().txDescriptors();
    }

    /** Lets frames flow. Queues asked for before are void. */
    public void start() {
        final EthDevConfig config = configured().config();
        ethdev.statsReset(port); // a driver that can't has no counters either, or begins anew by itself
        ethdev.xstatsReset(port);
        check("rte_eth_dev_start", ethdev.start(port));
        started = true;
        final int result = ethdev.promiscuous(port, config.promiscuous());
        if (config.promiscuous() && result != ENOTSUP) {
            check("rte_eth_promiscuous_enable", result);
        }
        multicast = config.promiscuous() ? MulticastReception.PROMISCUOUS : takeMulticast(config.allMulticast());
    }

    private MulticastReception takeMulticast(final boolean all) {
        if (!all) {
            return MulticastReception.DRIVERS_OWN;
        }
        final int result = ethdev.allMulticast(port, true);
        if (result == 0) {
            return MulticastReception.ALL_MULTICAST;
        }
        final int second = ethdev.promiscuous(port, true);
        if (second == 0) {
            return MulticastReception.PROMISCUOUS;
        }
        return result == ENOTSUP && second == ENOTSUP ? MulticastReception.UNFILTERED : MulticastReception.DRIVERS_OWN;
    }

    /** How the started port takes multicast frames. */
    public MulticastReception multicast() {
        return multicast;
    }

    /** All counters the driver has, by name; they begin at 0 with {@link #start}. */
    public List<ExtendedStat> extendedStats() {
        return ExtendedStats.read(functions, port, device.toString());
    }

    /** Whether frames flow. */
    public boolean isStarted() {
        return started;
    }

    /** Receive queue {@code queue}, for the one thread that will poll it. Only while the port is started. */
    public EthRxQueue rxQueue(final int queue) {
        requireQueue(queue, configured().config().rxQueues());
        final FastPathLayout layout = functions.library().layout().fastPath();
        return new EthRxQueue(
                ethdev, port, queue, interrupt(queue), pointer(layout.rxBurst()), element(layout.rxQueueData(), queue));
    }

    /** Transmit queue {@code queue}, for the one thread that will use it. Only while the port is started. */
    public EthTxQueue txQueue(final int queue) {
        requireQueue(queue, configured().config().txQueues());
        final FastPathLayout layout = functions.library().layout().fastPath();
        return new EthTxQueue(
                pointer(layout.txBurst()), pointer(layout.txPrepare()), element(layout.txQueueData(), queue));
    }

    /** The queue's interrupt, which lives until the port is stopped; null when it has none. */
    private EdgeDescriptor interrupt(final int queue) {
        final int descriptor = setup.config().rxInterrupts() ? interruptDescriptor(queue) : -1;
        return descriptor < 0 ? null : interrupts.computeIfAbsent(queue, ignored -> new EdgeDescriptor(descriptor));
    }

    private int interruptDescriptor(final int queue) {
        if (!device.driver().equals("net_af_packet")) {
            return ethdev.rxInterruptFd(port, queue);
        }
        // The driver opens a socket for each queue, one after the other, and each can be waited for as any socket can.
        final List<Integer> sockets =
                device.argument("iface").map(PacketSockets::boundTo).orElse(List.of());
        return sockets.size() == setup.config().rxQueues() ? sockets.get(queue) : -1;
    }

    private void requireQueue(final int queue, final int queues) {
        if (!started) {
            throw new IllegalStateException(device + " is not started: its queues are void");
        }
        if (queue < 0 || queue >= queues) {
            throw new IllegalArgumentException("queue " + queue + " of " + device + ": must be 0 to " + (queues - 1));
        }
    }

    private long pointer(final int offset) {
        return Memory.getLong(ethdev.fastPathTable() + (long) port * FastPathLayout.STRIDE + offset);
    }

    private long element(final int offset, final int index) {
        return Memory.getLong(pointer(offset) + index * 8L);
    }

    /** The MAC address: 48 bits, the first byte sent in the highest. */
    public long macAddress() {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment bytes = arena.allocate(Long.BYTES);
            check("rte_eth_macaddr_get", ethdev.macaddrGet(port, bytes));
            return bytes.get(JAVA_LONG.withOrder(ByteOrder.BIG_ENDIAN), 0) >>> 16;
        }
    }

    /** The MTU: bytes of the largest IP packet. */
    public int mtu() {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment mtu = arena.allocate(JAVA_SHORT);
            check("rte_eth_dev_get_mtu", ethdev.getMtu(port, mtu));
            return mtu.get(JAVA_SHORT, 0) & 0xffff;
        }
    }

    /** The link as it is now ({@code rte_eth_link_get_nowait}). */
    public LinkStatus link() {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment link = arena.allocate(JAVA_LONG);
            check("rte_eth_link_get_nowait", ethdev.linkGet(port, link));
            final int megabits = link.get(JAVA_INT, 0); // UINT32_MAX is RTE_ETH_SPEED_NUM_UNKNOWN
            final int bits = link.get(JAVA_SHORT, 4); // link_duplex, link_autoneg, link_status
            return new LinkStatus((bits & 4) != 0, megabits == 0 ? -1 : megabits, (bits & 1) != 0);
        }
    }

    /** What the port has counted. */
    public PortStats stats() {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment stats = arena.allocate(PortStatsLayout.SIZE, Long.BYTES);
            check("rte_eth_stats_get", ethdev.statsGet(port, stats));
            return new PortStats(
                    stats.get(JAVA_LONG, PortStatsLayout.RX_PACKETS),
                    stats.get(JAVA_LONG, PortStatsLayout.TX_PACKETS),
                    stats.get(JAVA_LONG, PortStatsLayout.RX_BYTES),
                    stats.get(JAVA_LONG, PortStatsLayout.TX_BYTES),
                    stats.get(JAVA_LONG, PortStatsLayout.RX_MISSED),
                    stats.get(JAVA_LONG, PortStatsLayout.RX_ERRORS),
                    stats.get(JAVA_LONG, PortStatsLayout.TX_ERRORS),
                    stats.get(JAVA_LONG, PortStatsLayout.RX_NO_MBUF));
        }
    }

    /** Takes frames to other stations too, or no more. */
    public void promiscuous(final boolean on) {
        check("rte_eth_promiscuous_" + (on ? "enable" : "disable"), ethdev.promiscuous(port, on));
    }

    /** Takes frames of this VLAN, where the port filters by VLANs ({@link Offload#RX_VLAN_FILTER}). */
    public void receiveVlan(final int id) {
        if (offloads().contains(Offload.RX_VLAN_FILTER)) {
            check("rte_eth_dev_vlan_filter " + id, ethdev.vlanFilter(port, id, true));
        }
    }

    /**
     * Spreads flows over receive queues: the hash modulo the table's length chooses the entry, the entry the queue.
     *
     * @param queues a queue for each entry, as many as {@link PortInfo#redirectionTableSize}
     */
    public void redirectionTable(final int[] queues) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment entries = RedirectionTable.of(arena, queues);
            check("rte_eth_dev_rss_reta_update", ethdev.rssRetaUpdate(port, entries, queues.length));
        }
    }

    /** Stops the flow of frames; no thread may poll. */
    public void stop() {
        if (started) {
            if (device.isRing()) {
                emptyRings();
            }
            started = false;
            interrupts.values().forEach(EdgeDescriptor::close);
            interrupts.clear();
            check("rte_eth_dev_stop", ethdev.stop(port));
        }
    }

    /** The rings outlive the port and its pool: the next port of that name must find no frames in them. */
    private void emptyRings() {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment frame = arena.allocate(JAVA_LONG);
            final MemorySegment free = HotCalls.function(functions.mempool().pktmbufFreeBulk());
            for (int queue = 0; queue < setup.config().rxQueues(); queue++) {
                final EthRxQueue rx = rxQueue(queue);
                while (rx.receive(frame.address(), 1) == 1) {
                    HotCalls.freeBulk(free, frame.address(), 1);
                }
            }
        }
    }

    /** Stops and frees the port, and removes a virtual device; again is harmless. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        eal.forwardLog();
        try {
            stop();
        } finally {
            ethdev.close(port);
            DeviceAttachment.detach(eal, device);
            kept.close();
            members.forEach(EthDev::close);
            eal.forwardClosingLog();
            eal.disown(this);
        }
    }

    private PortSetup configured() {
        if (setup == null) {
            throw new IllegalStateException(device + " is not configured");
        }
        return setup;
    }

    private void check(final String function, final int result) {
        Failure.check(functions, function + " " + device, result, SEE_LOG);
    }

    @Override
    public String toString() {
        return "port " + port + " " + device;
    }
}
