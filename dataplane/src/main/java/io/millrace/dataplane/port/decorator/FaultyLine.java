package io.millrace.dataplane.port.decorator;

import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.port.FrameAllocator;
import io.millrace.dataplane.port.FrameBurst;
import io.millrace.dataplane.wire.EtherType;
import io.millrace.dpdk.Mbuf;
import io.millrace.dpdk.MbufFlags;
import io.millrace.dpdk.MbufLayout;
import io.millrace.memory.Memory;
import java.util.SplittableRandom;

/**
 * One direction of one queue pair of a bad cable: frames go in, and come out as the faults have them, in the order of the time
 * they are due. What it does depends on the seed, the frames and the clock alone.
 *
 * <p>Owned by the queue pair's thread. Holds up to {@value #CAPACITY} frames, in a heap allocated when it is made.
 */
final class FaultyLine {
    /** Frames on the way at a time; what comes beyond is dropped. */
    static final int CAPACITY = 4_096;

    private static final int ETHERNET = 14;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final long CHECKSUMS_FOUND = MbufFlags.RX_IP_CHECKSUM_MASK | MbufFlags.RX_L4_CHECKSUM_MASK;

    private final Faults faults;
    private final SplittableRandom random;
    private final FrameAllocator allocator;
    private final CounterBlock counters;
    private final boolean received;

    /** A binary heap by due time, then by order of arrival. */
    private final long[] due = new long[CAPACITY];

    private final long[] order = new long[CAPACITY];
    private final long[] frames = new long[CAPACITY];
    private int size;
    private long arrivals;
    private boolean inBurst;
    private boolean lineUsed;
    private long lineFree;

    /** Makes a line; {@code received} if its frames carry what a device found out about their checksums. */
    FaultyLine(
            final Faults faults,
            final long seed,
            final FrameAllocator allocator,
            final CounterBlock counters,
            final boolean received) {
        this.faults = faults;
        this.random = new SplittableRandom(seed);
        this.allocator = allocator;
        this.counters = counters;
        this.received = received;
    }

    /** Puts a frame on the line, which takes it over. */
    void enter(final long mbuf, final long now) {
        if (isLost()) {
            counters.increment(Counter.FAULT_LOST);
            allocator.free(mbuf);
            return;
        }
        if (happens(faults.duplicate())) {
            duplicate(mbuf, now);
        }
        if (happens(faults.corrupt()) && isIp(mbuf)) {
            corrupt(mbuf);
        }
        travel(mbuf, now);
    }

    private boolean isLost() {
        inBurst = inBurst ? !happens(faults.burstLeave()) : happens(faults.burstEnter());
        return inBurst | happens(faults.loss());
    }

    private void duplicate(final long mbuf, final long now) {
        final long copy = allocator.allocate();
        if (copy == 0) {
            return; // the pool is empty: no time for jokes
        }
        Memory.copy(Mbuf.dataAddress(mbuf), Mbuf.dataAddress(copy), Mbuf.dataLength(mbuf));
        Mbuf.length(copy, Mbuf.dataLength(mbuf));
        Mbuf.offloadFlags(copy, Mbuf.offloadFlags(mbuf));
        Mbuf.rssHash(copy, Mbuf.rssHash(mbuf));
        Memory.putLong(copy + MbufLayout.TX_OFFLOAD_OFFSET, Mbuf.txOffload(mbuf));
        Mbuf.vlanTci(copy, Mbuf.vlanTci(mbuf));
        Mbuf.port(copy, Mbuf.port(mbuf));
        counters.increment(Counter.FAULT_DUPLICATED);
        travel(copy, now);
    }

    private static boolean isIp(final long mbuf) {
        final int length = Mbuf.dataLength(mbuf);
        if (length <= ETHERNET) {
            return false;
        }
        final int etherType = Memory.getShortBE(Mbuf.dataAddress(mbuf) + 12);
        return etherType == EtherType.IPV4 || etherType == EtherType.IPV6;
    }

    /** The device has checked the frame before: what it found out no longer holds. */
    private void corrupt(final long mbuf) {
        final long at = Mbuf.dataAddress(mbuf) + ETHERNET + random.nextInt(Mbuf.dataLength(mbuf) - ETHERNET);
        Memory.putByte(at, Memory.getByte(at) ^ 1 << random.nextInt(8));
        if (received) {
            Mbuf.offloadFlags(mbuf, Mbuf.offloadFlags(mbuf) & ~CHECKSUMS_FOUND);
        }
        counters.increment(Counter.FAULT_CORRUPTED);
    }

    private void travel(final long mbuf, final long now) {
        long at = now;
        if (faults.bytesPerSecond() > 0) {
            at = Math.max(now, lineUsed ? lineFree : now);
            final double waiting = (at - now) * (double) faults.bytesPerSecond() / NANOS_PER_SECOND;
            if (waiting > faults.queueBytes()) {
                drop(mbuf);
                return;
            }
            at += (long) (Mbuf.packetLength(mbuf) * NANOS_PER_SECOND / faults.bytesPerSecond());
            lineFree = at;
            lineUsed = true;
        }
        at += faults.delay();
        if (faults.jitter() > 0) {
            at += random.nextLong(-faults.jitter(), faults.jitter() + 1);
        }
        if (happens(faults.reorder())) {
            at += random.nextLong(faults.reorderBy() + 1);
            counters.increment(Counter.FAULT_REORDERED);
        }
        if (at > now) {
            counters.increment(Counter.FAULT_DELAYED);
        }
        if (size == CAPACITY) {
            drop(mbuf);
        } else {
            push(at, mbuf);
        }
    }

    private void drop(final long mbuf) {
        counters.increment(Counter.FAULT_QUEUE_DROPS);
        allocator.free(mbuf);
    }

    /** Draws also for a chance of 0, so that one setting does not change the luck of another. */
    private boolean happens(final double chance) {
        return random.nextDouble() < chance;
    }

    /** Moves frames that are due to a burst, as many as it has room for. */
    void leave(final FrameBurst burst, final long now) {
        while (size > 0 && due[0] - now <= 0 && !burst.isFull()) {
            burst.add(pop());
        }
    }

    private void push(final long at, final long mbuf) {
        int i = size++;
        final long number = arrivals++;
        while (i > 0) {
            final int parent = i - 1 >>> 1;
            if (due[parent] - at <= 0) { // equal: it came before
                break;
            }
            move(parent, i);
            i = parent;
        }
        put(i, at, number, mbuf);
    }

    private long pop() {
        final long first = frames[0];
        size--;
        final long at = due[size];
        final long number = order[size];
        int i = 0;
        while (true) {
            int child = 2 * i + 1;
            if (child >= size) {
                break;
            }
            if (child + 1 < size && isBefore(child + 1, due[child], order[child])) {
                child++;
            }
            if (!isBefore(child, at, number)) {
                break;
            }
            move(child, i);
            i = child;
        }
        put(i, at, number, frames[size]);
        return first;
    }

    private boolean isBefore(final int i, final long at, final long number) {
        final long difference = due[i] - at;
        return difference < 0 || difference == 0 && order[i] < number;
    }

    private void move(final int from, final int to) {
        put(to, due[from], order[from], frames[from]);
    }

    private void put(final int i, final long at, final long number, final long mbuf) {
        due[i] = at;
        order[i] = number;
        frames[i] = mbuf;
    }

    /** Gives back a frame that has left the line and nobody takes. */
    void free(final long mbuf) {
        allocator.free(mbuf);
    }

    /** Frees what is still on the way. */
    void close() {
        while (size > 0) {
            allocator.free(pop());
        }
    }
}
