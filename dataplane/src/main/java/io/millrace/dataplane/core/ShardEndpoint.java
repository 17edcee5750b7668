package io.millrace.dataplane.core;

import io.millrace.dataplane.FrameConsumer;

/** One shard's access to the ports, whichever the arrangement. Owned by the shard's thread; allocates nothing. */
public interface ShardEndpoint {
    /** Called once on the shard's thread before anything else. */
    void onStart();

    /**
     * Hands the frames that have arrived to {@code consumer}, at most one batch from each source, and does what else is due
     * on this thread (neighbors, frames not sent yet). Call it in every duty cycle.
     *
     * @return how much there was to do; 0 lets the thread idle
     */
    int poll(FrameConsumer consumer, long nowNanos);

    /** The ports as the shard sends by them. */
    ShardPorts ports();

    /** What other threads want done on the shard's thread; whoever calls {@link #poll} runs them, in every duty cycle. */
    CommandQueue commands();

    /** Called once on the shard's thread at the end: tries to send what is left, frees the rest. */
    void onClose();
}
