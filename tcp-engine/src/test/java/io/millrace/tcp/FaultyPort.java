package io.millrace.tcp;

import io.millrace.dataplane.port.FrameAllocator;
import io.millrace.dataplane.port.FrameBurst;
import io.millrace.dataplane.port.FramePool;
import io.millrace.dataplane.port.PacketPort;
import io.millrace.dataplane.port.PortCapabilities;
import io.millrace.dataplane.port.PortStatistics;
import io.millrace.dataplane.port.RxQueue;
import io.millrace.dataplane.port.TxQueue;
import io.millrace.dataplane.wire.EtherType;
import io.millrace.dataplane.wire.MacAddress;
import io.millrace.dpdk.Mbuf;
import io.millrace.memory.Memory;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SplittableRandom;

/**
 * A port with a bad cable: IPv4 frames of both directions are lost, doubled, overtaken and corrupted, each with the chance
 * given, in percent. Has one queue pair; for one thread.
 */
final class FaultyPort implements PacketPort {
    private static final int ETHERNET = 14;

    private final PacketPort port;
    private final SplittableRandom random;
    private final FrameAllocator allocator;
    private final Direction sending = new Direction();
    private final Direction receiving = new Direction();
    private int loss;
    private int duplication;
    private int reordering;
    private int corruption;

    FaultyPort(final PacketPort port, final SplittableRandom random) {
        this.port = port;
        this.random = random;
        this.allocator = port.pool().newAllocator();
    }

    /** Sets the chances, in percent. */
    FaultyPort chances(final int ofLoss, final int ofDuplication, final int ofReordering, final int ofCorruption) {
        loss = ofLoss;
        duplication = ofDuplication;
        reordering = ofReordering;
        corruption = ofCorruption;
        return this;
    }

    /** One way of the cable: frames go in, and come out as the faults have them, those held back a few calls later. */
    private final class Direction {
        private final Deque<Long> held = new ArrayDeque<>();
        private final FrameBurst out = new FrameBurst(512);

        private void pass(final FrameBurst in) {
            for (int late = held.size(); late > 0; late--) {
                if (random.nextInt(4) == 0) {
                    out.add(held.poll());
                } else {
                    held.add(held.poll());
                }
            }
            for (int i = 0; i < in.size() && out.size() < out.capacity() - 2; i++) {
                pass(in.get(i));
            }
            in.clear();
        }

        private void pass(final long mbuf) {
            if (Memory.getShortBE(Mbuf.dataAddress(mbuf) + 12) != EtherType.IPV4) {
                out.add(mbuf);
                return;
            }
            if (happens(loss)) {
                allocator.free(mbuf);
                return;
            }
            if (happens(duplication)) {
                out.add(copy(mbuf));
            }
            if (happens(corruption)) {
                final long at = Mbuf.dataAddress(mbuf) + ETHERNET + random.nextInt(Mbuf.dataLength(mbuf) - ETHERNET);
                Memory.putByte(at, Memory.getByte(at) ^ 1 << random.nextInt(8));
            }
            if (happens(reordering)) {
                held.add(mbuf);
            } else {
                out.add(mbuf);
            }
        }

        private long copy(final long mbuf) {
            final long copy = allocator.allocate();
            Memory.copy(Mbuf.dataAddress(mbuf), Mbuf.dataAddress(copy), Mbuf.dataLength(mbuf));
            Mbuf.length(copy, Mbuf.dataLength(mbuf));
            Mbuf.offloadFlags(copy, Mbuf.offloadFlags(mbuf));
            return copy;
        }

        private void close() {
            held.forEach(allocator::free);
            for (int i = 0; i < out.size(); i++) {
                allocator.free(out.get(i));
            }
            out.close();
        }
    }

    private boolean happens(final int percent) {
        return random.nextInt(100) < percent;
    }

    @Override
    public RxQueue rxQueue(final int queue) {
        final RxQueue rx = port.rxQueue(queue);
        return burst -> {
            rx.receive(burst);
            receiving.pass(burst);
            final int count = Math.min(receiving.out.size(), burst.capacity());
            for (int i = 0; i < count; i++) {
                burst.add(receiving.out.get(i));
            }
            receiving.out.removeFirst(count);
            return count;
        };
    }

    @Override
    public TxQueue txQueue(final int queue) {
        final TxQueue tx = port.txQueue(queue);
        return burst -> {
            final int count = burst.size();
            sending.pass(burst);
            tx.transmit(sending.out);
            return count;
        };
    }

    @Override
    public String name() {
        return "faulty " + port.name();
    }

    @Override
    public MacAddress mac() {
        return port.mac();
    }

    @Override
    public int mtu() {
        return port.mtu();
    }

    @Override
    public int queuePairs() {
        return 1;
    }

    @Override
    public FramePool pool() {
        return port.pool();
    }

    @Override
    public PortStatistics statistics() {
        return port.statistics();
    }

    @Override
    public PortCapabilities capabilities() {
        return port.capabilities();
    }

    /** Gives back what is held; the port itself remains its owner's. */
    @Override
    public void close() {
        sending.close();
        receiving.close();
    }
}
