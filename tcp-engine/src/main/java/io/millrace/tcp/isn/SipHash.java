package io.millrace.tcp.isn;

import java.security.SecureRandom;

/**
 * SipHash-2-4 (Aumasson and Bernstein, 2012) over one, two, three or five 64-bit words: the keyed pseudo-random function behind
 * sequence numbers, cookies and ports.
 *
 * <p>A word stands for eight bytes in little-endian order, so {@code hash(w)} is the published function of an 8-byte
 * message. The number of words is part of the hash: messages of different length never coincide by padding. Immutable,
 * any thread; allocates nothing.
 */
public final class SipHash {
    private static final int COMPRESSION_ROUNDS = 2;
    private static final int FINALIZATION_BLOCKS = 4 / COMPRESSION_ROUNDS;

    private final long k0;
    private final long k1;

    /** With the 128-bit key whose little-endian halves are {@code k0} and {@code k1}. */
    public SipHash(final long k0, final long k1) {
        this.k0 = k0;
        this.k1 = k1;
    }

    /** With a key drawn from {@code random}. */
    public static SipHash randomlyKeyed(final SecureRandom random) {
        return new SipHash(random.nextLong(), random.nextLong());
    }

    /** Hash of an 8-byte message. */
    public long hash(final long a) {
        return hash(k0, k1, 1, a, length(1), 0, 0, 0, 0);
    }

    /** Hash of a 16-byte message. */
    public long hash(final long a, final long b) {
        return hash(k0, k1, a, b);
    }

    /** Hash of a 24-byte message. */
    public long hash(final long a, final long b, final long c) {
        return hash(k0, k1, 3, a, b, c, length(3), 0, 0);
    }

    /** Hash of a 40-byte message. */
    public long hash(final long a, final long b, final long c, final long d, final long e) {
        return hash(k0, k1, a, b, c, d, e);
    }

    /** Hash of a 16-byte message under a key of the moment, for callers that change theirs. */
    static long hash(final long k0, final long k1, final long a, final long b) {
        return hash(k0, k1, 2, a, b, length(2), 0, 0, 0);
    }

    /** Hash of a 40-byte message under a key of the moment. */
    static long hash(
            final long k0, final long k1, final long a, final long b, final long c, final long d, final long e) {
        return hash(k0, k1, 5, a, b, c, d, e, length(5));
    }

    /** The block that ends a message of so many words: its length in the top byte. */
    private static long length(final int words) {
        return (long) words << 59;
    }

    /**
     * The words, the block with their length, then twice nothing: the finalization is as long as two blocks. The blocks move
     * up one place in each turn, so that no turn has to ask which is its own: a branch here would cost more than a round.
     */
    private static long hash(
            final long k0,
            final long k1,
            final int words,
            final long a,
            final long b,
            final long c,
            final long d,
            final long e,
            final long f) {
        long x0 = k0 ^ 0x736f6d6570736575L;
        long x1 = k1 ^ 0x646f72616e646f6dL;
        long x2 = k0 ^ 0x6c7967656e657261L;
        long x3 = k1 ^ 0x7465646279746573L;
        long block = a;
        long second = b;
        long third = c;
        long fourth = d;
        long fifth = e;
        long sixth = f;
        long finish = 0xffL << Byte.SIZE * (words + 1);
        for (int turn = 0; turn <= words + FINALIZATION_BLOCKS; turn++) {
            x2 ^= finish & 0xff;
            x3 ^= block;
            for (int round = 0; round < COMPRESSION_ROUNDS; round++) {
                x0 += x1;
                x2 += x3;
                x1 = Long.rotateLeft(x1, 13) ^ x0;
                x3 = Long.rotateLeft(x3, 16) ^ x2;
                x0 = Long.rotateLeft(x0, 32);
                x2 += x1;
                x0 += x3;
                x1 = Long.rotateLeft(x1, 17) ^ x2;
                x3 = Long.rotateLeft(x3, 21) ^ x0;
                x2 = Long.rotateLeft(x2, 32);
            }
            x0 ^= block;
            block = second;
            second = third;
            third = fourth;
            fourth = fifth;
            fifth = sixth;
            sixth = 0;
            finish >>>= Byte.SIZE;
        }
        return x0 ^ x1 ^ x2 ^ x3;
    }
}
