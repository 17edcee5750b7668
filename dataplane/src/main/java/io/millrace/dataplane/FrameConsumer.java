package io.millrace.dataplane;

/** Takes classified frames: the TCP engine's face towards the data plane. Called by the thread that owns the consumer. */
@FunctionalInterface
public interface FrameConsumer {
    /**
     * Takes every frame of the batch: each becomes the consumer's, to be sent or freed. The batch itself stays the
     * caller's, who clears it after the call.
     */
    void onFrames(FrameBatch batch);
}
