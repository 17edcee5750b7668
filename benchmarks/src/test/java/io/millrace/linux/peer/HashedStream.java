package io.millrace.linux.peer;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Random bytes of a known number, and behind them their SHA-256: who reads it can tell that it is right. */
final class HashedStream {
    private static final int DIGEST_BYTES = 32;

    private HashedStream() {}

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (final NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The end that makes it up. */
    static final class Source {
        private final MessageDigest digest = sha256();
        private final SplittableRandom random;
        private long left;
        private boolean ended;

        Source(final long seed, final long bytes) {
            random = new SplittableRandom(seed);
            left = bytes;
        }

        /** The next bytes of the stream; how many, 0 at its end. {@code chunk} has room for 32 at least. */
        int next(final byte[] chunk) {
            if (left == 0) {
                if (ended) {
                    return 0;
                }
                ended = true;
                System.arraycopy(digest.digest(), 0, chunk, 0, DIGEST_BYTES);
                return DIGEST_BYTES;
            }
            random.nextBytes(chunk);
            final int length = (int) Math.min(left, chunk.length);
            digest.update(chunk, 0, length);
            left -= length;
            return length;
        }
    }

    /** The end that reads it. */
    static final class Sink {
        private final MessageDigest digest = sha256();
        private final byte[] trailer = new byte[DIGEST_BYTES];
        private long left;
        private int trailed;
        private boolean tooLong;

        Sink(final long bytes) {
            left = bytes;
        }

        void take(final byte[] bytes, final int length) {
            final int body = (int) Math.min(left, length);
            digest.update(bytes, 0, body);
            left -= body;
            final int more = length - body;
            tooLong |= more > DIGEST_BYTES - trailed;
            if (!tooLong) {
                System.arraycopy(bytes, body, trailer, trailed, more);
                trailed += more;
            }
        }

        /** Whether the whole stream has come, and nothing else. */
        boolean isRight() {
            return left == 0 && !tooLong && trailed == DIGEST_BYTES && Arrays.equals(digest.digest(), trailer);
        }
    }
}
