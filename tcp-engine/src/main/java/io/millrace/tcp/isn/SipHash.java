package io.millrace.tcp.isn;

import java.security.SecureRandom;

/**
 * SipHash-2-4 (Aumasson and Bernstein, 2012) over one to five 64-bit words: the keyed pseudo-random function behind
 * sequence numbers, cookies, timestamp offsets and ports.
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
        return hash(k0, k1, 1, a, 0, 0, 0, 0);
    }

    /** Hash of a 16-byte message. */
    public long hash(final long a, final long b) {
        return hash(k0, k1, 2, a, b, 0, 0, 0);
    }

    /** Hash of a 24-byte message. */
    public long hash(final long a, final long b, final long c) {
        return hash(k0, k1, 3, a, b, c, 0, 0);
    }

    /** Hash of a 32-byte message. */
    public long hash(final long a, final long b, final long c, final long d) {
        return hash(k0, k1, 4, a, b, c, d, 0);
    }

    /** Hash of a 40-byte message. */
    public long hash(final long a, final long b, final long c, final long d, final long e) {
        return hash(k0, k1, 5, a, b, c, d, e);
    }

    /** Hash of a message of {@code words} words under a key of the moment, for callers that change theirs. */
    static long hash(
            final long k0,
            final long k1,
            final int words,
            final long a,
            final long b,
            final long c,
            final long d,
            final long e) {
        long x0 = k0 ^ 0x736f6d6570736575L;
        long x1 = k1 ^ 0x646f72616e646f6dL;
        long x2 = k0 ^ 0x6c7967656e657261L;
        long x3 = k1 ^ 0x7465646279746573L;
        // The message's words, then its length in the top byte of a last word, then twice nothing: the finalization is
        // as
        // long as two words. All take the same two rounds, so that the compiler can lay them out in one piece.
        for (int block = 0; block <= words + FINALIZATION_BLOCKS; block++) {
            final long message;
            if (block < words) {
                message = block == 0 ? a : block == 1 ? b : block == 2 ? c : block == 3 ? d : e;
            } else {
                message = block == words ? (long) words << 59 : 0;
                x2 ^= block == words + 1 ? 0xff : 0;
            }
            x3 ^= message;
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
            x0 ^= message;
        }
        return x0 ^ x1 ^ x2 ^ x3;
    }
}
