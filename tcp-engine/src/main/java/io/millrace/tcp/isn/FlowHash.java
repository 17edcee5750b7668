package io.millrace.tcp.isn;

import java.security.SecureRandom;

/**
 * The keyed hash of a connection's tuple, for the flow index: two rounds of 64 x 64 → 128-bit multiplication, each folded
 * to 64 bits. Much faster than SipHash, and enough for a table: that output is never seen outside, so nobody can learn
 * which tuples share a bucket. What must not be guessed though much of it is seen (sequence numbers, cookies) uses
 * {@link SipHash}.
 *
 * <p> Immutable, any thread; allocates nothing.
 */
public final class FlowHash {
    private final long k0;
    private final long k1;
    private final long k2;
    private final long k3;
    private final long multiplier;

    /** With a 128-bit key; a random one in service, a fixed one in tests. */
    public FlowHash(final long k0, final long k1) {
        final SipHash expansion = new SipHash(k0, k1);
        this.k0 = k0;
        this.k1 = k1;
        this.k2 = expansion.hash(2);
        this.k3 = expansion.hash(3);
        this.multiplier = expansion.hash(4) | 1;
    }

    /** With a key drawn from {@code random}. */
    public static FlowHash randomlyKeyed(final SecureRandom random) {
        return new FlowHash(random.nextLong(), random.nextLong());
    }

    /**
     * The hash of one tuple.
     *
     * @param ports {@code remotePort << 16 | localPort}
     */
    public int hash(final long remoteHi, final long remoteLo, final long localHi, final long localLo, final int ports) {
        // Neither half of the first round waits for the other. The ports are multiplied so that no choice of ports
        // can cancel the difference between two local addresses.
        final long remote = fold(remoteLo ^ k0, remoteHi ^ k1);
        final long local = fold(localLo ^ k2, localHi ^ k3 ^ (ports & 0xffff_ffffL) * multiplier);
        final long both = fold(remote ^ k2, local ^ k0);
        return (int) (both ^ both >>> 32);
    }

    private static long fold(final long a, final long b) {
        return a * b ^ Math.unsignedMultiplyHigh(a, b);
    }
}
