package io.millrace.dataplane.core;

import io.millrace.dataplane.FrameBatch;
import io.millrace.dataplane.FrameConsumer;
import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.flow.FlowSteering;
import io.millrace.dataplane.port.PortFrames;
import io.millrace.dataplane.ring.FrameRing;

/**
 * On an IO core: puts each TCP frame into the ring of the shard that owns its flow. A frame for a full ring is dropped
 * and counted, so that a slow shard does not hold up the others.
 *
 * <p>Owned by one thread; allocates nothing after it is made.
 */
final class ShardDispatcher implements FrameConsumer {
    private final FlowSteering steering;
    private final FrameRing[] rings;
    private final FrameBatch[] batches;
    private final PortFrames frames;
    private final CounterBlock counters;

    ShardDispatcher(
            final FlowSteering steering,
            final FrameRing[] rings,
            final int burstSize,
            final PortFrames frames,
            final CounterBlock counters) {
        this.steering = steering;
        this.rings = rings;
        this.frames = frames;
        this.counters = counters;
        batches = new FrameBatch[rings.length];
        for (int i = 0; i < batches.length; i++) {
            batches[i] = new FrameBatch(burstSize);
        }
    }

    @Override
    public void onFrames(final FrameBatch batch) {
        if (rings.length == 1) { // nothing to choose, so no hash is needed
            offer(batch, rings[0]);
            return;
        }
        for (int i = 0; i < batch.size(); i++) {
            final long mbuf = batch.mbuf(i);
            final int meta = batch.meta(i);
            final int hash = batch.hash(i) != 0 ? batch.hash(i) : FrameFlow.hash(steering.toeplitz(), mbuf, meta);
            batches[steering.shardOf(hash)].add(mbuf, hash, meta);
        }
        for (int shard = 0; shard < rings.length; shard++) {
            if (!batches[shard].isEmpty()) {
                offer(batches[shard], rings[shard]);
                batches[shard].clear();
            }
        }
    }

    private void offer(final FrameBatch batch, final FrameRing ring) {
        final int accepted = ring.offer(batch, 0);
        if (accepted < batch.size()) {
            counters.add(Counter.SHARD_RING_DROPS, batch.size() - accepted);
            for (int i = accepted; i < batch.size(); i++) {
                frames.free(batch.mbuf(i));
            }
        }
    }
}
