package io.millrace.dataplane.core;

import io.millrace.dataplane.FrameConsumer;
import io.millrace.dataplane.FrameSink;
import io.millrace.dataplane.neighbor.NeighborService;
import io.millrace.dataplane.port.FrameAllocator;
import io.millrace.dataplane.port.PacketPort;
import java.util.Optional;

/** Run to completion: the shard polls a queue pair of its own; the first shard keeps the neighbors too. */
final class QueueEndpoint implements ShardEndpoint {
    private final PacketPort port;
    private final IngressStage ingress;
    private final PortSink sink;
    private final FrameAllocator allocator;
    /** Null on every shard but the one that owns the neighbors. */
    private final NeighborService neighbors;

    QueueEndpoint(
            final PacketPort port,
            final IngressStage ingress,
            final PortSink sink,
            final FrameAllocator allocator,
            final Optional<NeighborService> neighbors) {
        this.port = port;
        this.ingress = ingress;
        this.sink = sink;
        this.allocator = allocator;
        this.neighbors = neighbors.orElse(null);
    }

    @Override
    public void onStart(final long nowNanos) {
        port.attachThread();
        if (neighbors != null) {
            neighbors.start(nowNanos);
        }
    }

    @Override
    public int poll(final FrameConsumer consumer, final long nowNanos) {
        int work = ingress.poll(consumer, nowNanos);
        if (neighbors != null) {
            work += neighbors.poll(nowNanos);
        }
        work += sink.pending();
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
        ingress.close();
        port.detachThread();
    }
}
