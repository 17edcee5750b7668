package io.millrace.dataplane.port;

/** Takes frames from a {@link FramePool} and gives them back. Owned by one thread; allocates nothing on the heap. */
public interface FrameAllocator {
    /**
     * Takes a frame: one reference, one segment, the usual headroom, length 0, no offload flags.
     *
     * @return the mbuf's address, or 0 when the pool is empty, which is counted
     */
    long allocate();

    /** Gives a frame back, whichever thread or port it came from. */
    void free(long mbuf);
}
