package io.millrace.dataplane.neighbor;

/**
 * How neighbors are resolved and forgotten; times in nanoseconds.
 *
 * @param entries most neighbors known at once, at least 8
 * @param retryNanos time between two requests
 * @param maxRequests requests sent before a next hop counts as unreachable
 * @param reachableNanos how long an answer is believed
 * @param staleNanos how long an entry that nobody uses is kept beyond that
 * @param queuedFrames most frames that wait for one next hop; the oldest makes room (RFC 1122 §2.3.2.2)
 * @param duplicateProbes how often each IPv6 address of ours is asked for, {@code retryNanos} apart, before it is used
 *     (RFC 4862 §5.1, DupAddrDetectTransmits); 0 to use it at once
 */
public record NeighborConfig(
        int entries,
        long retryNanos,
        int maxRequests,
        long reachableNanos,
        long staleNanos,
        int queuedFrames,
        int duplicateProbes) {
    private static final long SECOND = 1_000_000_000L;

    /** Checks the values. */
    public NeighborConfig {
        require("entries", entries, 8, 1 << 20);
        require("retryNanos", retryNanos, 1_000_000, 60 * SECOND);
        require("maxRequests", maxRequests, 1, 100);
        require("reachableNanos", reachableNanos, SECOND / 10, 24 * 3600 * SECOND);
        require("staleNanos", staleNanos, SECOND / 10, 24 * 3600 * SECOND);
        require("queuedFrames", queuedFrames, 1, 64);
        require("duplicateProbes", duplicateProbes, 0, 10);
    }

    /** 4096 neighbors, 3 requests one second apart, believed for 30 s, kept unused for 10 min, 3 frames waiting, 1 probe. */
    public static NeighborConfig defaults() {
        return new NeighborConfig(4096, SECOND, 3, 30 * SECOND, 600 * SECOND, 3, 1);
    }

    /** The same with this many probes for each IPv6 address of ours; 0 to use them at once. */
    public NeighborConfig withDuplicateProbes(final int probes) {
        return new NeighborConfig(entries, retryNanos, maxRequests, reachableNanos, staleNanos, queuedFrames, probes);
    }

    private static void require(final String name, final long value, final long least, final long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + " " + value + ": must be " + least + " to " + most);
        }
    }
}
