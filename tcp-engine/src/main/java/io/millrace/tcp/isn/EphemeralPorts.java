package io.millrace.tcp.isn;

/**
 * Local ports for active opens by RFC 6056 §3.3.4 (algorithm 4, double hash): to each destination ports are tried in
 * order, from a place that a keyed hash of the destination chooses, so that a port is not used again soon and nobody who
 * sees those to one destination can tell those to another.
 *
 * <p>The caller tries one candidate after the other and keeps the first that is free, and whose return traffic comes to its
 * own shard where there are several:
 *
 * <pre>{@code
 * final long sequence = ports.sequence(remoteHi, remoteLo, localHi, localLo, remotePort);
 * for (int attempt = 0; attempt < ports.count(); attempt++) {
 *     final int port = ports.next(sequence);
 *     if (isFree(port) && returnsToThisShard(port)) {
 *         return port;
 *     }
 * }
 * }</pre>
 *
 * <p>Owner: the shard's thread. Allocates 16 KiB on the heap at construction and nothing afterwards.
 */
public final class EphemeralPorts {
    /** RFC 6056 asks for 10 or more; destinations that share an increment learn a little of each other. */
    private static final int TABLE_LENGTH = 1 << 12;

    private final FlowPrf prf;
    private final int first;
    private final int count;
    private final int[] increments = new int[TABLE_LENGTH];

    /** Ports {@code first} to {@code last}, both included. */
    public EphemeralPorts(final FlowPrf prf, final int first, final int last) {
        if (first < 1 || last > 65_535 || first > last) {
            throw new IllegalArgumentException(
                    "ephemeral ports " + first + " to " + last + ": must be a range within 1 to 65535");
        }
        this.prf = prf;
        this.first = first;
        count = last - first + 1;
        for (int i = 0; i < TABLE_LENGTH; i++) {
            // Not zero at start, or the first connections would give their offsets away.
            increments[i] = scale((int) prf.of(0, i, 0, 0, 0), count);
        }
    }

    /** The destination's sequence of ports, for {@link #next}: its offset, and above it which increment it uses. */
    public long sequence(
            final long remoteHi, final long remoteLo, final long localHi, final long localLo, final int remotePort) {
        final long hash = prf.of(remoteHi, remoteLo, localHi, localLo, remotePort << 16);
        // Two independent hashes, F and G of the RFC, are the halves of one.
        return (long) scale((int) (hash >>> 32), TABLE_LENGTH) << 32 | scale((int) hash, count);
    }

    /** The next candidate; {@link #count} calls in a row give each port once. */
    public int next(final long sequence) {
        final int index = (int) (sequence >>> 32);
        final int increment = increments[index];
        increments[index] = increment + 1 == count ? 0 : increment + 1;
        final int sum = (int) sequence + increment;
        return first + (sum < count ? sum : sum - count);
    }

    /** Number of ports in the range. */
    public int count() {
        return count;
    }

    /** A hash scaled to 0 to {@code bound - 1}. */
    private static int scale(final int hash, final int bound) {
        return (int) ((hash & 0xffff_ffffL) * bound >>> 32);
    }
}
