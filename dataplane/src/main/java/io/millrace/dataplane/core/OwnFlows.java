package io.millrace.dataplane.core;

import io.millrace.dataplane.FrameMeta;
import io.millrace.dataplane.flow.FlowSteering;
import io.millrace.dataplane.wire.Ipv4Header;
import io.millrace.dpdk.Mbuf;
import io.millrace.memory.Memory;

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
        private static final int IPV6_SOURCE_OFFSET = 8;

        private final FlowSteering steering;
        private final int shard;

        OfShard(final FlowSteering steering, final int shard) {
            this.steering = steering;
            this.shard = shard;
        }

        @Override
        boolean contains(final long mbuf, final int meta) {
            final long frame = Mbuf.dataAddress(mbuf);
            final long ports = frame + FrameMeta.l4Offset(meta);
            return switch (FrameMeta.kind(meta)) {
                case FrameMeta.TCP4 -> isOwn4(frame + FrameMeta.l3Offset(meta) + Ipv4Header.SOURCE_OFFSET, ports);
                case FrameMeta.TCP6 -> isOwn6(frame + FrameMeta.l3Offset(meta) + IPV6_SOURCE_OFFSET, ports);
                default -> true;
            };
        }

        private boolean isOwn6(final long addresses, final long ports) {
            return steering.shardOfIpv6(
                            Memory.getLongBE(addresses),
                            Memory.getLongBE(addresses + 8),
                            Memory.getLongBE(addresses + 16),
                            Memory.getLongBE(addresses + 24),
                            Memory.getShortBE(ports),
                            Memory.getShortBE(ports + Short.BYTES))
                    == shard;
        }

        private boolean isOwn4(final long addresses, final long ports) {
            return steering.shardOfIpv4(
                            Memory.getIntBE(addresses),
                            Memory.getIntBE(addresses + Integer.BYTES),
                            Memory.getShortBE(ports),
                            Memory.getShortBE(ports + Short.BYTES))
                    == shard;
        }
    }
}
