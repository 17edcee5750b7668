package io.millrace.dataplane.core;

import io.millrace.dataplane.FrameMeta;
import io.millrace.dataplane.flow.FlowSteering;

/**
 * Which TCP segments a receiving thread may hand on. A device steers a whole segment by its ports, but fragments without
 * them, so that one put together again may belong to another shard. Any thread; allocates nothing.
 */
abstract sealed class OwnFlows {
    /** Whether this thread may hand the frame on. */
    abstract boolean contains(long mbuf, int meta);

    /** An IO core hands on everything: it steers by the ports itself. */
    static final class Every extends OwnFlows {
        @Override
        boolean contains(final long mbuf, final int meta) {
            return true;
        }
    }

    /** A shard that polls its own queue hands on what the steering gives to it. */
    static final class OfShard extends OwnFlows {
        private final FlowSteering steering;
        private final int shard;

        OfShard(final FlowSteering steering, final int shard) {
            this.steering = steering;
            this.shard = shard;
        }

        @Override
        boolean contains(final long mbuf, final int meta) {
            final int kind = FrameMeta.kind(meta);
            return kind != FrameMeta.TCP4 && kind != FrameMeta.TCP6
                    || steering.shardOf(FrameFlow.hash(steering.toeplitz(), mbuf, meta)) == shard;
        }
    }
}
