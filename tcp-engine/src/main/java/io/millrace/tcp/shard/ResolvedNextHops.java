package io.millrace.tcp.shard;

import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.neighbor.NeighborResolver;
import io.millrace.dataplane.port.FrameAllocator;
import io.millrace.tcp.egress.NextHops;

/** Next hops from the data plane's routes and neighbor table. Owned by the shard's thread. */
final class ResolvedNextHops implements NextHops {
    private final NeighborResolver neighbors;
    private final FrameAllocator frames;
    private final CounterBlock counters;

    ResolvedNextHops(final NeighborResolver neighbors, final FrameAllocator frames, final CounterBlock counters) {
        this.neighbors = neighbors;
        this.frames = frames;
        this.counters = counters;
    }

    @Override
    public long find(final long localHi, final long localLo, final long remoteHi, final long remoteLo) {
        return neighbors.macTowards(remoteHi, remoteLo);
    }

    @Override
    public void sendUnresolved(
            final long localHi, final long localLo, final long remoteHi, final long remoteLo, final long mbuf) {
        if (!neighbors.resolve(remoteHi, remoteLo, mbuf)) {
            counters.increment(Counter.NEIGHBOR_QUEUE_DROPS);
            frames.free(mbuf);
        }
    }
}
