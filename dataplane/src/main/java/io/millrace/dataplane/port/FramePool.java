package io.millrace.dataplane.port;

/** A pool of frames of one size. Any thread may use the pool; each of its allocators belongs to one thread. */
public interface FramePool {
    /** Makes an allocator for the calling thread, or one other thread, to use. */
    FrameAllocator newAllocator();

    /**
     * Frames that are free now, those that allocators keep among them; exact while nobody takes or frees any. For figures
     * and tests: it may cost.
     */
    int available();

    /** Bytes of a frame that can hold data after the usual headroom. */
    int dataRoom();
}
