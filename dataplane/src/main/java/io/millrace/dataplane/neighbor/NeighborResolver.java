package io.millrace.dataplane.neighbor;

import io.millrace.dataplane.host.HostAddresses;
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
    static final int ARP = 3;

    /** Offset of the second word of a message; the first is the IPv4 address. */
    static final int SECOND_OFFSET = Long.BYTES;

    private static final int MESSAGE_LENGTH = 2 * Long.BYTES;
    private static final int RING_LENGTH = 1 << 16;
    /** A message with its header takes 24 bytes. */
    private static final int RING_FRAMES = RING_LENGTH / 24;

    private final HostAddresses host;
    private final NeighborTable table;
    private final MemoryRegion memory =
            MemoryRegion.allocate("neighbor requests", RING_LENGTH + RingBufferDescriptor.TRAILER_LENGTH);
    private final ManyToOneRingBuffer ring =
            new ManyToOneRingBuffer(new UnsafeBuffer(memory.address(), (int) memory.size()));

    /** Makes the way to the neighbors in {@code table}. */
    public NeighborResolver(final HostAddresses host, final NeighborTable table) {
        this.host = host;
        this.table = table;
    }

    /** The neighbor to send to for a destination, host order; 0 when there is no way. */
    public int nextHop(final int destinationIpv4) {
        return host.nextHop(destinationIpv4);
    }

    /** The MAC address of a next hop; 0 when it is not known, then {@link #resolve} it. */
    public long macOf(final int nextHop) {
        return table.macOf(nextHop);
    }

    /**
     * Asks for a next hop to be resolved, and hands over a frame that waits for it: complete, but for the destination MAC
     * address. It is sent when the answer comes, or dropped and counted.
     *
     * @param mbuf the frame, or 0 for none
     * @return false when the wish could not be taken; then the frame remains the caller's
     */
    public boolean resolve(final int nextHop, final long mbuf) {
        return nextHop != 0 && send(RESOLVE, nextHop, mbuf);
    }

    /**
     * Tells which MAC address a frame of accepted traffic came from. When nothing is known of that next hop the address is
     * used, and verified by an ARP request to it.
     */
    public void learn(final int nextHop, final long mac) {
        if (nextHop != 0) {
            send(LEARN, nextHop, mac);
        }
    }

    /**
     * Hands an ARP frame to the owner, from a thread that received it and is not the owner.
     *
     * @return false when it could not be taken; then the frame remains the caller's
     */
    public boolean handOverArp(final long mbuf) {
        return send(ARP, 0, mbuf);
    }

    private boolean send(final int type, final int ipv4, final long second) {
        final int index = ring.tryClaim(type, MESSAGE_LENGTH);
        if (index < 0) {
            return false;
        }
        ring.buffer().putLong(index, ipv4);
        ring.buffer().putLong(index + SECOND_OFFSET, second);
        ring.commit(index);
        return true;
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
