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

    /** From now on frames of {@code port} come from, and go back to, {@code allocator}. */
    public void add(final int port, final FrameAllocator allocator) {
        byPort[port] = allocator;
    }

    /** There are no frames of {@code port} any more. */
    public void remove(final int port) {
        byPort[port] = null;
    }

    /** Gives a frame back to the port it names. */
    public void free(final long mbuf) {
        byPort[Mbuf.port(mbuf)].free(mbuf);
    }
}
