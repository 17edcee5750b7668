package io.millrace.dataplane.core;

import io.millrace.dataplane.FrameBatch;
import io.millrace.dataplane.port.PortFrames;
import io.millrace.dataplane.ring.FrameRing;
import io.millrace.dpdk.Mbuf;
import java.util.List;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.NanoClock;

/**
 * An IO core of the pipeline: receives by its queues and dispatches to the shards' rings, sends what the shards' rings
 * bring, and keeps the neighbors of the ports whose first queue it has. Owned by its thread; allocates when a port comes or
 * goes, and nothing else.
 */
final class IoAgent implements Agent {
    private static final int DRAIN = 64;

    private final NanoClock clock;
    private final CommandQueue commands;
    private final PolledQueues queues;
    private final ShardDispatcher dispatcher;
    private final FrameRing[] egress;
    /** By shard and port: the queue by which the shard sends for the port; null where another IO core has it. */
    private final PortSink[][] sinks;

    private final FrameBatch drained = new FrameBatch(DRAIN);

    IoAgent(
            final NanoClock clock,
            final CommandQueue commands,
            final PolledQueues queues,
            final ShardDispatcher dispatcher,
            final FrameRing[] egress) {
        this.clock = clock;
        this.commands = commands;
        this.queues = queues;
        this.dispatcher = dispatcher;
        this.egress = egress;
        sinks = new PortSink[egress.length][PortFrames.PORTS];
    }

    /** Tells how the IO core's thread idles; before it starts. */
    void idle(final Idling idling) {
        commands.wakes(idling.doorbell());
        queues.idle(idling);
        for (final FrameRing ring : egress) {
            ring.wakes(idling.doorbell());
        }
    }

    PolledQueues queues() {
        return queues;
    }

    CommandQueue commands() {
        return commands;
    }

    /**
     * A port has come, or some queues of it.
     *
     * @param sinkOfShard by shard, the queue it sends by; null where another IO core has it
     */
    void add(final int port, final List<PolledQueue> itsQueues, final PortSink[] sinkOfShard) {
        queues.add(itsQueues);
        for (int shard = 0; shard < sinks.length; shard++) {
            sinks[shard][port] = sinkOfShard[shard];
        }
    }

    /** A port has gone; no shard sends by it any more. */
    void release(final int port) {
        queues.release(port);
        for (final PortSink[] ofShard : sinks) {
            ofShard[port] = null;
        }
    }

    @Override
    public void onStart() {
        queues.start();
    }

    @Override
    public int doWork() {
        final long now = clock.nanoTime();
        int work = queues.receive(dispatcher, now);
        for (int shard = 0; shard < egress.length; shard++) {
            work += send(egress[shard], sinks[shard]);
        }
        return work + queues.finish(now) + commands.run();
    }

    /** Leaves the frames in the ring while a device is behind, so that the shard sees it. */
    private int send(final FrameRing ring, final PortSink[] sinkOfPort) {
        if (queues.isBehind(DRAIN)) {
            return 0;
        }
        final int frames = ring.drain(drained);
        for (int i = 0; i < frames; i++) {
            final long mbuf = drained.mbuf(i);
            sinkOfPort[Mbuf.port(mbuf)].send(mbuf);
        }
        drained.clear();
        return frames;
    }

    @Override
    public void onClose() {
        for (int shard = 0; shard < egress.length; shard++) {
            while (send(egress[shard], sinks[shard]) > 0) {
                queues.finish(clock.nanoTime());
            }
        }
        queues.close();
    }

    @Override
    public String roleName() {
        return commands.owner();
    }
}
