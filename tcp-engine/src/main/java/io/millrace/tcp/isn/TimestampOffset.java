package io.millrace.tcp.isn;

import java.security.SecureRandom;

/**
 * What is added to the clock to make a connection's TSvals (RFC 7323 §5.4): a keyed hash of its tuple. It hides how long the
 * machine has been up, and as it is the same whenever the tuple is the same, TSvals grow from one connection to the next.
 *
 * <p>A {@link FlowHash} with a key of its own is enough: whoever solves for the key learns the up time, and nothing about
 * sequence numbers. Immutable, any thread; allocates nothing.
 */
public final class TimestampOffset {
    private final FlowHash hash;

    /** With a 128-bit key. */
    public TimestampOffset(final long k0, final long k1) {
        hash = new FlowHash(k0, k1);
    }

    /** With a key drawn from {@code random}. */
    public static TimestampOffset randomlyKeyed(final SecureRandom random) {
        return new TimestampOffset(random.nextLong(), random.nextLong());
    }

    /**
     * The offset, in ticks of the timestamp clock, for one tuple.
     *
     * @param ports {@code remotePort << 16 | localPort}
     */
    public int of(final long remoteHi, final long remoteLo, final long localHi, final long localLo, final int ports) {
        return hash.hash(remoteHi, remoteLo, localHi, localLo, ports);
    }
}
