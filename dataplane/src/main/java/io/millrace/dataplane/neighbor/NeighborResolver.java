package io.millrace.dataplane.neighbor;

import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.ring.Doorbell;
import io.millrace.memory.MemoryRegion;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/**
 * The way to neighbors for any thread: reads MAC addresses, and sends wishes to the thread that owns the {@link
 * NeighborService}. Every method but the package's own may be called by any thread, at once; none allocates or waits.
 */
public final class NeighborResolver implements AutoCloseable {
    static final int RESOLVE = 1;
    static final int LEARN = 2;
    static final int FRAME = 3;

    /** Offset of the second word of the address in a message; the first stands at its start. */
    static final int LO_OFFSET = Long.BYTES;
    /** Offset of what follows the address in a message: a frame or a MAC address. */
    static final int SUBJECT_OFFSET = 2 * Long.BYTES;

    private static final int MESSAGE_LENGTH = 3 * Long.BYTES;
    private static final int RING_LENGTH = 1 << 16;
    /** A message with its header takes 32 bytes. */
    private static final int RING_FRAMES = RING_LENGTH / 32;

    private final HostAddresses host;
    private final NeighborTable table;
    private final MemoryRegion memory =
            MemoryRegion.allocate("neighbor requests", RING_LENGTH + RingBufferDescriptor.TRAILER_LENGTH);
    private final ManyToOneRingBuffer ring =
            new ManyToOneRingBuffer(new UnsafeBuffer(memory.address(), (int) memory.size()));

    private volatile Doorbell doorbell = Doorbell.SILENT;

    /** Makes the way to the neighbors in {@code table}. */
    public NeighborResolver(final HostAddresses host, final NeighborTable table) {
        this.host = host;
        this.table = table;
    }

    /** The MAC address of the next hop towards a destination; 0 when it is not known, then {@link #resolve} it. */
    public long macTowards(final long hi, final long lo) {
        final int way = host.wayTo(hi, lo);
        return way < 0 ? 0 : table.macOf(host.nextHopHi(way, hi), host.nextHopLo(way, lo));
    }

    /**
     * Asks for the next hop towards a destination to be resolved, and hands over a frame that waits for it: complete, but
     * for the destination MAC address. It is sent when the answer comes, or dropped and counted.
     *
     * @param mbuf the frame, or 0 for none
     * @return false when the wish could not be taken, or there is no way; then the frame remains the caller's
     */
    public boolean resolve(final long hi, final long lo, final long mbuf) {
        final int way = host.wayTo(hi, lo);
        return way >= 0 && send(RESOLVE, host.nextHopHi(way, hi), host.nextHopLo(way, lo), mbuf);
    }

    /**
     * Tells which MAC address a frame of accepted traffic from a neighbor came from. When nothing is known of it the
     * address is used, and verified by a request to it.
     */
    public void learn(final long hi, final long lo, final long mac) {
        send(LEARN, hi, lo, mac);
    }

    /**
     * Hands a frame of ARP or neighbor discovery to the owner, from a thread that received it and is not the owner.
     *
     * @return false when it could not be taken; then the frame remains the caller's
     */
    public boolean handOver(final long mbuf, final int meta) {
        return send(FRAME, meta, 0, mbuf);
    }

    private boolean send(final int type, final long hi, final long lo, final long subject) {
        final int index = ring.tryClaim(type, MESSAGE_LENGTH);
        if (index < 0) {
            return false;
        }
        ring.buffer().putLong(index, hi);
        ring.buffer().putLong(index + LO_OFFSET, lo);
        ring.buffer().putLong(index + SUBJECT_OFFSET, subject);
        ring.commit(index);
        doorbell.ring();
        return true;
    }

    /** Has a doorbell rung after each wish: that of the thread which owns the neighbors. */
    public void wakes(final Doorbell owner) {
        doorbell = owner;
    }

    /** The owner: takes at most {@code limit} wishes. */
    int poll(final MessageHandler handler, final int limit) {
        return ring.read(handler, limit);
    }

    /** The most frames that can be under way to the owner, which a pool must be able to spare. */
    public int maxFrames() {
        return RING_FRAMES;
    }

    /** Gives up the memory; no thread may call anything any more. */
    @Override
    public void close() {
        memory.close();
    }
}
