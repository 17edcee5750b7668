package io.millrace.dataplane.core;

import io.millrace.dataplane.FrameBatch;
import io.millrace.dataplane.neighbor.NeighborService;
import io.millrace.dataplane.port.PacketPort;
import io.millrace.dataplane.ring.FrameRing;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.NanoClock;

/**
 * The IO core of the pipeline: receives and dispatches to the shards' rings, sends what the shards' rings bring, and keeps
 * the neighbors. Owned by its thread; allocates nothing after it is made.
 */
final class IoAgent implements Agent {
    private static final int DRAIN = 64;

    private final PacketPort port;
    private final NanoClock clock;
    private final IngressStage ingress;
    private final ShardDispatcher dispatcher;
    private final NeighborService neighbors;
    private final FrameRing[] egress;
    private final PortSink sink;
    private final FrameBatch drained = new FrameBatch(DRAIN);

    IoAgent(
            final PacketPort port,
            final NanoClock clock,
            final IngressStage ingress,
            final ShardDispatcher dispatcher,
            final NeighborService neighbors,
            final FrameRing[] egress,
            final PortSink sink) {
        this.port = port;
        this.clock = clock;
        this.ingress = ingress;
        this.dispatcher = dispatcher;
        this.neighbors = neighbors;
        this.egress = egress;
        this.sink = sink;
    }

    @Override
    public void onStart() {
        port.attachThread();
        neighbors.start(clock.nanoTime());
    }

    @Override
    public int doWork() {
        final long now = clock.nanoTime();
        int work = ingress.poll(dispatcher, now);
        for (final FrameRing ring : egress) {
            work += send(ring);
        }
        work += neighbors.poll(now) + sink.pending();
        sink.flush();
        return work;
    }

    /** Leaves the frames in the ring while the device is behind, so that the shard sees it. */
    private int send(final FrameRing ring) {
        if (sink.room() < DRAIN) {
            return 0;
        }
        final int frames = ring.drain(drained);
        for (int i = 0; i < frames; i++) {
            sink.send(drained.mbuf(i));
        }
        drained.clear();
        return frames;
    }

    @Override
    public void onClose() {
        for (final FrameRing ring : egress) {
            while (send(ring) > 0) {
                sink.flush();
            }
        }
        sink.close();
        ingress.close();
        port.detachThread();
    }

    @Override
    public String roleName() {
        return "io-" + port.name();
    }
}
