package io.millrace.tcp.isn;

import io.millrace.dataplane.wire.IpAddress;
import java.security.SecureRandom;

/**
 * The pseudo-random function of a connection's tuple: {@link SipHash} over addresses and ports. An IPv4 tuple is hashed in
 * 16 bytes, any other in 40; the length is part of the hash, so the two never meet.
 *
 * <p>Immutable, any thread; allocates nothing.
 */
public final class FlowPrf {
    private final long k0;
    private final long k1;

    /** With a 128-bit key. */
    public FlowPrf(final long k0, final long k1) {
        this.k0 = k0;
        this.k1 = k1;
    }

    /** With a key drawn from {@code random}. */
    public static FlowPrf randomlyKeyed(final SecureRandom random) {
        return new FlowPrf(random.nextLong(), random.nextLong());
    }

    /**
     * The function's value for one tuple.
     *
     * @param ports {@code remotePort << 16 | localPort}
     */
    public long of(final long remoteHi, final long remoteLo, final long localHi, final long localLo, final int ports) {
        return of(k0, k1, remoteHi, remoteLo, localHi, localLo, ports & 0xffff_ffffL);
    }

    /** The value for a pair of addresses and eight bytes more, under a key of the moment. */
    static long of(
            final long k0,
            final long k1,
            final long remoteHi,
            final long remoteLo,
            final long localHi,
            final long localLo,
            final long rest) {
        if ((remoteHi | localHi) == 0 && isIpv4(remoteLo) && isIpv4(localLo)) {
            return SipHash.hash(k0, k1, remoteLo << 32 | localLo & 0xffff_ffffL, rest);
        }
        return SipHash.hash(k0, k1, remoteHi, remoteLo, localHi, localLo, rest);
    }

    private static boolean isIpv4(final long lo) {
        return (lo & ~0xffff_ffffL) == IpAddress.IPV4_MAPPED;
    }
}
