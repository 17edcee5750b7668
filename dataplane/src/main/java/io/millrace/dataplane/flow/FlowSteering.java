package io.millrace.dataplane.flow;

/**
 * From a flow's hash to the shard that owns it, through a redirection table of 128 entries, as a NIC does it: entry
 * {@code i} is shard {@code i mod shards}.
 *
 * <p>Immutable: any thread; allocates nothing after it is made.
 */
public final class FlowSteering {
    /** Entries of the redirection table. */
    public static final int TABLE_LENGTH = 128;

    /** Upper half of the lower word of an IPv4-mapped address. */
    private static final int MAPPED_IPV4 = 0xffff;

    private final Toeplitz toeplitz;
    private final int shards;
    private final byte[] table = new byte[TABLE_LENGTH];

    /** Makes the steering of flows to {@code shards} shards, 1 to 128. */
    public FlowSteering(final Toeplitz toeplitz, final int shards) {
        if (shards < 1 || shards > TABLE_LENGTH) {
            throw new IllegalArgumentException("shards " + shards + ": must be 1 to " + TABLE_LENGTH);
        }
        this.toeplitz = toeplitz;
        this.shards = shards;
        for (int i = 0; i < TABLE_LENGTH; i++) {
            table[i] = (byte) (i % shards);
        }
    }

    /** Number of shards. */
    public int shards() {
        return shards;
    }

    /** The hash in use. */
    public Toeplitz toeplitz() {
        return toeplitz;
    }

    /** The shard of a flow with this hash. */
    public int shardOf(final int hash) {
        return table[hash & TABLE_LENGTH - 1];
    }

    /** The shard that receives an IPv4 flow; source is the peer, destination is us. */
    public int shardOfIpv4(final int source, final int destination, final int sourcePort, final int destinationPort) {
        return shardOf(toeplitz.hashIpv4(source, destination, sourcePort, destinationPort));
    }

    /** The shard that receives an IPv6 flow; source is the peer, destination is us, each address as two words. */
    public int shardOfIpv6(
            final long sourceHi,
            final long sourceLo,
            final long destinationHi,
            final long destinationLo,
            final int sourcePort,
            final int destinationPort) {
        return shardOf(
                toeplitz.hashIpv6(sourceHi, sourceLo, destinationHi, destinationLo, sourcePort, destinationPort));
    }

    /**
     * The shard that receives a flow of either family; source is the peer, destination is us. An IPv4 address is its
     * mapped form ::ffff:a.b.c.d (RFC 4291 §2.5.5.2), and is hashed as the 4 bytes a NIC sees.
     */
    public int shardOf(
            final long sourceHi,
            final long sourceLo,
            final long destinationHi,
            final long destinationLo,
            final int sourcePort,
            final int destinationPort) {
        return destinationHi == 0 && destinationLo >>> 32 == MAPPED_IPV4
                ? shardOfIpv4((int) sourceLo, (int) destinationLo, sourcePort, destinationPort)
                : shardOfIpv6(sourceHi, sourceLo, destinationHi, destinationLo, sourcePort, destinationPort);
    }
}
