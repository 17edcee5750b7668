package io.millrace.dataplane.core;

import io.millrace.dataplane.FrameBatch;
import io.millrace.dataplane.FrameConsumer;
import io.millrace.dataplane.FrameSink;
import io.millrace.dataplane.port.FrameAllocator;
import io.millrace.dataplane.port.PacketPort;
import io.millrace.dataplane.ring.FrameRing;

/** Pipeline: the shard's frames come and go by rings from and to the IO core. */
final class RingEndpoint implements ShardEndpoint {
    private final PacketPort port;
    private final FrameRing ingress;
    private final RingSink sink;
    private final FrameAllocator allocator;
    private final FrameBatch batch;

    RingEndpoint(
            final PacketPort port,
            final FrameRing ingress,
            final RingSink sink,
            final FrameAllocator allocator,
            final int burstSize) {
        this.port = port;
        this.ingress = ingress;
        this.sink = sink;
        this.allocator = allocator;
        batch = new FrameBatch(Math.max(burstSize, FrameRing.MESSAGE_FRAMES));
    }

    @Override
    public void onStart(final long nowNanos) {
        port.attachThread();
    }

    @Override
    public int poll(final FrameConsumer consumer, final long nowNanos) {
        final int frames = ingress.drain(batch);
        if (frames > 0) {
            consumer.onFrames(batch);
            batch.clear();
        }
        final int work = frames + sink.pending();
        sink.flush();
        return work;
    }

    @Override
    public FrameSink sink() {
        return sink;
    }

    @Override
    public FrameAllocator allocator() {
        return allocator;
    }

    @Override
    public void onClose() {
        sink.close();
        port.detachThread();
    }
}
