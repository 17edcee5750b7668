package io.millrace.dataplane.core;

import io.millrace.dataplane.FrameConsumer;
import io.millrace.dataplane.FrameSink;
import io.millrace.dataplane.port.FrameAllocator;

/** One shard's access to a port, whichever the arrangement. Owned by the shard's thread; allocates nothing. */
public interface ShardEndpoint {
    /** Called once on the shard's thread before anything else. */
    void onStart(long nowNanos);

    /**
     * Hands the frames that have arrived to {@code consumer}, at most one batch, and does what else is due on this thread
     * (neighbors, frames not sent yet). Call it in every duty cycle.
     *
     * @return how much there was to do; 0 lets the thread idle
     */
    int poll(FrameConsumer consumer, long nowNanos);

    /** Where the shard's frames leave. */
    FrameSink sink();

    /** Where the shard takes frames from and gives them back. */
    FrameAllocator allocator();

    /** Called once on the shard's thread at the end: tries to send what is left, frees the rest. */
    void onClose();
}
