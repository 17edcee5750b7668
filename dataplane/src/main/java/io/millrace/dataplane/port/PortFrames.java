package io.millrace.dataplane.port;

import io.millrace.dpdk.Mbuf;

/**
 * The frames of several ports as one thread takes and gives them back: each goes to the pool of the port it names
 * ({@link Mbuf#port}). Owned by one thread; allocates nothing after it is made.
 */
public final class PortFrames {
    /** The most ports there can be; their numbers are below it. */
    public static final int PORTS = 64;

    private final FrameAllocator[] byPort = new FrameAllocator[PORTS];
    /** How many more frames of each port may be kept. */
    private final int[] mayKeep = new int[PORTS];

    /** From now on frames of {@code port} come from, and go back to, {@code allocator}; none may be kept. */
    public void add(final int port, final FrameAllocator allocator) {
        add(port, allocator, 0);
    }

    /** The same, and at most {@code keep} of them may be kept at a time. */
    public void add(final int port, final FrameAllocator allocator, final int keep) {
        byPort[port] = allocator;
        mayKeep[port] = keep;
    }

    /** There are no frames of {@code port} any more. */
    public void remove(final int port) {
        byPort[port] = null;
    }

    /**
     * Asks to keep a received frame for as long as a peer likes. The device needs the others: who may not keep it copies what
     * it wants. A frame that is kept is given back by {@link #freeKept}.
     */
    public boolean keep(final long mbuf) {
        final int port = Mbuf.port(mbuf);
        if (mayKeep[port] == 0) {
            return false;
        }
        mayKeep[port]--;
        return true;
    }

    /** A frame that {@link #keep} was asked for is not kept after all. */
    public void unkeep(final long mbuf) {
        mayKeep[Mbuf.port(mbuf)]++;
    }

    /** Gives a frame back that was kept. */
    public void freeKept(final long mbuf) {
        unkeep(mbuf);
        free(mbuf);
    }

    /** Gives a frame back to the port it names. */
    public void free(final long mbuf) {
        byPort[Mbuf.port(mbuf)].free(mbuf);
    }
}
