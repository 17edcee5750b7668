package io.millrace.dataplane.port;

import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;

/** A pool of frames of one size. Any thread may use the pool; each of its allocators belongs to one thread. */
public interface FramePool {
    /**
     * Makes an allocator for the calling thread, or one other thread, to use.
     *
     * @param counters of the thread that uses it: {@link Counter#FRAMES_EXHAUSTED} is counted there, and nowhere else
     */
    FrameAllocator newAllocator(CounterBlock counters);

    /** The same for a thread whose counters nobody reads. */
    default FrameAllocator newAllocator() {
        return newAllocator(CounterBlock.allocate("frames"));
    }

    /**
     * Frames that are free now, those that allocators keep among them; exact while nobody takes or frees any. For figures
     * and tests: it may cost.
     */
    int available();

    /** Frames there are, free or not. */
    int capacity();

    /** Bytes of a frame that can hold data after the usual headroom. */
    int dataRoom();
}
