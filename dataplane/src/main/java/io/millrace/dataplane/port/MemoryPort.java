package io.millrace.dataplane.port;

import io.millrace.dataplane.FrameBatch;
import io.millrace.dataplane.flow.FlowSteering;
import io.millrace.dataplane.flow.Toeplitz;
import io.millrace.dataplane.ring.Doorbell;
import io.millrace.dataplane.ring.FrameRing;
import io.millrace.dataplane.wire.EtherType;
import io.millrace.dataplane.wire.IpProtocol;
import io.millrace.dataplane.wire.Ipv4Header;
import io.millrace.dataplane.wire.MacAddress;
import io.millrace.dataplane.wire.VlanTag;
import io.millrace.dpdk.Mbuf;
import io.millrace.dpdk.MbufFlags;
import io.millrace.memory.Memory;
import java.util.concurrent.atomic.LongAdder;

/**
 * A port in memory, made in pairs: what one sends the other receives, without DPDK and without root. Frames are not
 * copied; both ports share one pool. As a NIC with receive-side scaling does, it puts each TCP flow into the receive queue
 * its Toeplitz hash says, and stores the hash in the mbuf.
 *
 * <p>A queue pair of each port may have a thread of its own. Queues are bounded: a full one makes {@code transmit} keep the
 * frames. Allocates everything when it is made.
 */
public final class MemoryPort implements PacketPort {
    private static final int BURST = 64;
    private static final int LARGEST_PACKET = 0xffff;
    private static final int ETHERNET = 14;
    private static final int IPV6_HEADER = 40;
    private static final int SHORTEST_TCP_FRAME = ETHERNET + 40;
    private static final int NOT_WHOLE = Ipv4Header.MORE_FRAGMENTS | Ipv4Header.FRAGMENT_OFFSET_MASK;

    private final String name;
    private final MemoryPortConfig config;
    private final MacAddress mac;
    private final MemoryFramePool pool;
    /** Frames under way to this port: {@code incoming[t][r]} from the peer's transmit queue t to receive queue r. */
    private final FrameRing[][] incoming;

    private final Receiver[] receivers;
    private final Transmitter[] transmitters;
    private boolean closed;

    private MemoryPort(
            final String name, final MemoryPortConfig config, final MacAddress mac, final MemoryFramePool pool) {
        this.name = name;
        this.config = config;
        this.mac = mac;
        this.pool = pool;
        final int queues = config.queuePairs();
        incoming = new FrameRing[queues][queues];
        receivers = new Receiver[queues];
        transmitters = new Transmitter[queues];
        for (int t = 0; t < queues; t++) {
            for (int r = 0; r < queues; r++) {
                incoming[t][r] = new FrameRing(name + "-" + t + "-" + r, config.queueCapacity());
            }
        }
        for (int r = 0; r < queues; r++) {
            receivers[r] = new Receiver(r);
        }
    }

    /** Makes two ports joined by a cable. */
    public static Pair pair(final MemoryPortConfig config) {
        final MemoryFramePool pool = new MemoryFramePool("memory-port", config.frames(), config.dataRoom());
        final MemoryPort left = new MemoryPort("memory-left", config, config.leftMac(), pool);
        final MemoryPort right = new MemoryPort("memory-right", config, config.rightMac(), pool);
        left.connect(right);
        right.connect(left);
        return new Pair(left, right, pool);
    }

    private void connect(final MemoryPort peer) {
        final FlowSteering steering = new FlowSteering(Toeplitz.standard(), config.queuePairs());
        for (int t = 0; t < transmitters.length; t++) {
            transmitters[t] = new Transmitter(peer.incoming[t], steering, config.rss());
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public MacAddress mac() {
        return mac;
    }

    @Override
    public int mtu() {
        return config.mtu();
    }

    @Override
    public int queuePairs() {
        return config.queuePairs();
    }

    @Override
    public RxQueue rxQueue(final int queue) {
        return receivers[queue];
    }

    @Override
    public TxQueue txQueue(final int queue) {
        return transmitters[queue];
    }

    @Override
    public FramePool pool() {
        return pool;
    }

    @Override
    public PortStatistics statistics() {
        long rxFrames = 0;
        long rxBytes = 0;
        long txFrames = 0;
        long txBytes = 0;
        for (final Receiver receiver : receivers) {
            rxFrames += receiver.frames.sum();
            rxBytes += receiver.bytes.sum();
        }
        for (final Transmitter transmitter : transmitters) {
            txFrames += transmitter.frames.sum();
            txBytes += transmitter.bytes.sum();
        }
        return new PortStatistics(rxFrames, rxBytes, 0, 0, 0, 0, txFrames, txBytes, 0);
    }

    @Override
    public PortCapabilities capabilities() {
        final boolean offload = config.checksumOffload();
        return new PortCapabilities(
                offload,
                offload,
                offload,
                config.rss().tells(),
                true,
                false,
                false,
                false,
                false,
                config.segmentation() ? LARGEST_PACKET : 0);
    }

    /**
     * Gives up this port's queues, as a device does: frames that nobody has received go back to the pool, which is closed
     * with the {@link Pair}. Nobody may use a queue any more; again is harmless.
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        final FrameAllocator allocator = pool.newAllocator();
        for (final Receiver receiver : receivers) {
            receiver.giveBack(allocator);
        }
        for (final FrameRing[] rings : incoming) {
            for (final FrameRing ring : rings) {
                ring.close();
            }
        }
    }

    /**
     * The two ends of a cable.
     *
     * @param left one end
     * @param right the other end
     * @param pool the pool they share
     */
    public record Pair(MemoryPort left, MemoryPort right, MemoryFramePool pool) implements AutoCloseable {
        /** Closes both ports, then the pool; nobody may use a queue or hold a frame. */
        @Override
        public void close() {
            left.close();
            right.close();
            pool.close();
        }
    }

    /** The polling end of a receive queue. */
    private final class Receiver implements RxQueue {
        private final int queue;
        private final FrameBatch pending = new FrameBatch(BURST);
        private final LongAdder frames = new LongAdder();
        private final LongAdder bytes = new LongAdder();
        private final SegmentCutter cutter = new SegmentCutter(pool.newAllocator());
        private int taken;
        private int next;

        private Receiver(final int queue) {
            this.queue = queue;
        }

        @Override
        public int receive(final FrameBurst burst) {
            burst.clear();
            long length = 0;
            while (!burst.isFull() && (cutter.hasMore() || taken < pending.size() || refill())) {
                final int hash = pending.hash(cutter.hasMore() ? taken - 1 : taken);
                final long mbuf = nextFrame();
                if (mbuf != 0) {
                    markAsReceived(mbuf, hash);
                    length += Mbuf.packetLength(mbuf);
                    burst.add(mbuf);
                }
            }
            if (!burst.isEmpty()) {
                frames.add(burst.size());
                bytes.add(length);
            }
            return burst.size();
        }

        /** The next segment, where it is one of many that the sender has left to us to cut; 0 if it is lost. */
        private long nextFrame() {
            if (!cutter.hasMore()) {
                final long mbuf = pending.mbuf(taken++);
                if ((Mbuf.offloadFlags(mbuf) & MbufFlags.TX_TCP_SEGMENTATION) == 0) {
                    return mbuf;
                }
                cutter.begin(mbuf);
            }
            return cutter.next();
        }

        @Override
        public boolean ringOnArrival(final Doorbell doorbell) {
            for (final FrameRing[] rings : incoming) {
                rings[queue].wakes(doorbell);
            }
            return true;
        }

        /** As a virtual device does: a checksum left to the hardware is never filled in, the frame only says so. */
        private void markAsReceived(final long mbuf, final int hash) {
            final long asked = Mbuf.offloadFlags(mbuf);
            long flags = hash == 0 ? 0 : MbufFlags.RX_RSS_HASH;
            if (config.checksumOffload() && (asked & MbufFlags.TX_TCP_CHECKSUM) != 0) {
                flags |= MbufFlags.RX_L4_CHECKSUM_NONE;
            }
            if (config.checksumOffload() && (asked & MbufFlags.TX_IP_CHECKSUM) != 0) {
                flags |= MbufFlags.RX_IP_CHECKSUM_NONE;
            }
            Mbuf.offloadFlags(mbuf, flags);
            Mbuf.rssHash(mbuf, hash);
        }

        /** Frees what has come and was not received. */
        private void giveBack(final FrameAllocator allocator) {
            cutter.abandon();
            while (taken < pending.size() || refill()) {
                allocator.free(pending.mbuf(taken++));
            }
        }

        /** Takes from the peer's transmit queues in turn. */
        private boolean refill() {
            pending.clear();
            taken = 0;
            for (int i = 0; i < incoming.length && pending.isEmpty(); i++) {
                incoming[next][queue].drain(pending);
                next = next + 1 == incoming.length ? 0 : next + 1;
            }
            return !pending.isEmpty();
        }
    }

    /** The sending end of a transmit queue: steers each frame to one of the peer's receive queues. */
    private static final class Transmitter implements TxQueue {
        private final FrameRing[] rings;
        private final FlowSteering steering;
        private final MemoryRss rss;
        private final FrameBatch run = new FrameBatch(FrameRing.MESSAGE_FRAMES);
        private final LongAdder frames = new LongAdder();
        private final LongAdder bytes = new LongAdder();

        private Transmitter(final FrameRing[] rings, final FlowSteering steering, final MemoryRss rss) {
            this.rings = rings;
            this.steering = steering;
            this.rss = rss;
        }

        /** Hands over runs of frames for the same queue, so that order is kept and messages are full. */
        @Override
        public int transmit(final FrameBurst burst) {
            int sent = 0;
            long sentBytes = 0;
            while (sent < burst.size()) {
                final int queue = gather(burst, sent);
                long length = 0;
                for (int i = 0; i < run.size(); i++) {
                    length += Mbuf.packetLength(run.mbuf(i));
                }
                if (rings[queue].offer(run, 0) == 0) {
                    break;
                }
                sentBytes += length;
                sent += run.size();
            }
            if (sent > 0) {
                frames.add(sent);
                bytes.add(sentBytes);
                burst.removeFirst(sent);
            }
            return sent;
        }

        private int gather(final FrameBurst burst, final int from) {
            run.clear();
            int queue = 0;
            for (int i = from; i < burst.size() && !run.isFull(); i++) {
                final long mbuf = burst.get(i);
                final int hash = flowHash(mbuf);
                final int to = hash == 0 ? 0 : rss.queue(steering.shardOf(hash), rings.length);
                if (run.isEmpty()) {
                    queue = to;
                } else if (to != queue) {
                    break;
                }
                run.add(mbuf, rss.told(hash), 0);
            }
            return queue;
        }

        /**
         * The Toeplitz hash of a TCP frame over IPv4, or over IPv6 without extension headers; 0, which is queue 0, for
         * everything else, fragments among it.
         */
        private int flowHash(final long mbuf) {
            final long frame = Mbuf.dataAddress(mbuf);
            final int length = Mbuf.dataLength(mbuf);
            if (length < SHORTEST_TCP_FRAME + VlanTag.LENGTH) {
                return length < SHORTEST_TCP_FRAME ? 0 : flowHash(frame, frame + length);
            }
            // As NICs do, look past a VLAN tag.
            final boolean tagged = Memory.getShortBE(frame + 12) == EtherType.VLAN;
            return flowHash(tagged ? frame + VlanTag.LENGTH : frame, frame + length);
        }

        private int flowHash(final long frame, final long end) {
            return switch (Memory.getShortBE(frame + 12)) {
                case EtherType.IPV4 -> flowHash4(frame + ETHERNET, end);
                case EtherType.IPV6 -> flowHash6(frame + ETHERNET, end);
                default -> 0;
            };
        }

        private int flowHash6(final long ip, final long end) {
            if (ip + IPV6_HEADER + 4 > end || Memory.getUnsignedByte(ip + 6) != IpProtocol.TCP) {
                return 0;
            }
            final long addresses = ip + 8;
            return steering.toeplitz()
                    .hashIpv6(
                            Memory.getLongBE(addresses),
                            Memory.getLongBE(addresses + 8),
                            Memory.getLongBE(addresses + 16),
                            Memory.getLongBE(addresses + 24),
                            Memory.getShortBE(addresses + 32),
                            Memory.getShortBE(addresses + 34));
        }

        private int flowHash4(final long ip, final long end) {
            if (Memory.getUnsignedByte(ip + 9) != IpProtocol.TCP || (Memory.getShortBE(ip + 6) & NOT_WHOLE) != 0) {
                return 0;
            }
            final long tcp = ip + ((Memory.getUnsignedByte(ip) & 0xf) << 2);
            if (tcp + 4 > end) {
                return 0;
            }
            return steering.toeplitz()
                    .hashIpv4(
                            Memory.getIntBE(ip + 12),
                            Memory.getIntBE(ip + 16),
                            Memory.getShortBE(tcp),
                            Memory.getShortBE(tcp + 2));
        }
    }
}
