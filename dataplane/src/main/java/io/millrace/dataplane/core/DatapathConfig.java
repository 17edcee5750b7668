package io.millrace.dataplane.core;

import io.millrace.dataplane.neighbor.NeighborConfig;
import io.millrace.dataplane.reassembly.ReassemblyConfig;

/**
 * How a {@link Datapath} is built.
 *
 * @param burstSize most frames received at once, 1 to 512
 * @param ringFrames frames that each ring between the IO core and a shard holds at least
 * @param neighbors how neighbors are resolved
 * @param echoRepliesPerSecond most ICMP echo replies a second, for each polling thread
 * @param echoReplyBurst most ICMP echo replies at once
 * @param reassembly bounds of the reassembly of fragments
 */
public record DatapathConfig(
        int burstSize,
        int ringFrames,
        NeighborConfig neighbors,
        int echoRepliesPerSecond,
        int echoReplyBurst,
        ReassemblyConfig reassembly) {
    /** Checks the values. */
    public DatapathConfig {
        if (burstSize < 1 || burstSize > 512) {
            throw new IllegalArgumentException("burstSize " + burstSize + ": must be 1 to 512");
        }
        if (ringFrames < 64 || ringFrames > 1 << 20) {
            throw new IllegalArgumentException("ringFrames " + ringFrames + ": must be 64 to " + (1 << 20));
        }
    }

    /** Bursts of 32, rings of 2048 frames, 10,000 echo replies a second, 1,000 at once. */
    public static DatapathConfig defaults() {
        return new DatapathConfig(32, 2048, NeighborConfig.defaults(), 10_000, 1_000, ReassemblyConfig.defaults());
    }

    /** The same with neighbors resolved like this. */
    public DatapathConfig withNeighbors(final NeighborConfig value) {
        return new DatapathConfig(burstSize, ringFrames, value, echoRepliesPerSecond, echoReplyBurst, reassembly);
    }
}
