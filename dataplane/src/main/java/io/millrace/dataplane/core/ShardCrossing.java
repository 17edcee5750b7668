package io.millrace.dataplane.core;

import io.millrace.dataplane.FrameBatch;
import io.millrace.dataplane.FrameConsumer;
import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.flow.FlowSteering;
import io.millrace.dataplane.port.PortFrames;
import io.millrace.dataplane.ring.Doorbell;
import io.millrace.dataplane.ring.FrameRing;

/**
 * Run to completion with several shards: between a shard's queues and the shard. A frame whose hash names another shard
 * goes there by a ring, and those shards' frames come by theirs: frames put together from fragments, ICMP errors, and all
 * frames of a port whose own steering is not trusted. A frame without a hash has come by the right queue.
 *
 * <p>Owned by the shard's thread; allocates nothing after it is made.
 */
final class ShardCrossing implements FrameConsumer {
    private final int shard;
    private final FlowSteering steering;
    /** By the shard at the other end; null for this one. */
    private final FrameRing[] outward;

    private final FrameRing[] inward;
    private final PortFrames frames;
    private final CounterBlock counters;
    private final FrameBatch[] sorted;
    private final FrameBatch drained;
    private FrameConsumer consumer = batch -> {};

    /**
     * Makes the crossing of one shard.
     *
     * @param outward rings to the other shards, by their number; null at its own
     * @param inward rings from the other shards, by their number; null at its own
     * @param frames gives frames back that a full ring does not take
     */
    ShardCrossing(
            final int shard,
            final FlowSteering steering,
            final FrameRing[] outward,
            final FrameRing[] inward,
            final PortFrames frames,
            final CounterBlock counters,
            final int burstSize) {
        this.shard = shard;
        this.steering = steering;
        this.outward = outward;
        this.inward = inward;
        this.frames = frames;
        this.counters = counters;
        sorted = new FrameBatch[outward.length];
        for (int i = 0; i < sorted.length; i++) {
            sorted[i] = new FrameBatch(burstSize);
        }
        drained = new FrameBatch(Math.max(burstSize, FrameRing.MESSAGE_FRAMES));
    }

    /** Has a doorbell rung when others hand over: the shard's own. */
    void wakes(final Doorbell doorbell) {
        for (final FrameRing ring : inward) {
            if (ring != null) {
                ring.wakes(doorbell);
            }
        }
    }

    /** The way for frames from the queues to {@code shardItself}. */
    FrameConsumer towards(final FrameConsumer shardItself) {
        consumer = shardItself;
        return this;
    }

    @Override
    public void onFrames(final FrameBatch batch) {
        final int size = batch.size();
        int own = 0;
        while (own < size && shardOf(batch.hash(own)) == shard) {
            own++;
        }
        if (own == size) { // as always where the device steers
            consumer.onFrames(batch);
            return;
        }
        for (int i = 0; i < size; i++) {
            final int hash = batch.hash(i);
            sorted[shardOf(hash)].add(batch.mbuf(i), hash, batch.meta(i));
        }
        for (int to = 0; to < sorted.length; to++) {
            if (!sorted[to].isEmpty()) {
                deliver(sorted[to], to);
                sorted[to].clear();
            }
        }
    }

    private int shardOf(final int hash) {
        return hash == 0 ? shard : steering.shardOf(hash);
    }

    private void deliver(final FrameBatch batch, final int to) {
        if (to == shard) {
            consumer.onFrames(batch);
            return;
        }
        final int accepted = outward[to].offer(batch, 0);
        counters.add(Counter.FRAMES_HANDED_OVER, accepted);
        if (accepted < batch.size()) {
            counters.add(Counter.SHARD_RING_DROPS, batch.size() - accepted);
            for (int i = accepted; i < batch.size(); i++) {
                frames.free(batch.mbuf(i));
            }
        }
    }

    /** Gives the shard what others have handed over, at most one batch from each; how many frames. */
    int drain(final FrameConsumer shardItself) {
        int count = 0;
        for (final FrameRing ring : inward) {
            if (ring != null && ring.drain(drained) > 0) {
                count += drained.size();
                shardItself.onFrames(drained);
                drained.clear();
            }
        }
        return count;
    }
}
