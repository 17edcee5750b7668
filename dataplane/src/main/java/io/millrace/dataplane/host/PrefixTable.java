package io.millrace.dataplane.host;

import io.millrace.dataplane.wire.IpPrefix;
import java.util.List;

/**
 * Prefixes as masks, IPv4 ones in their mapped form, to find the first that contains an address. Few are expected: a
 * look-up compares one after the other. Immutable; any thread; a look-up allocates nothing.
 */
final class PrefixTable {
    /** What a look-up answers when no prefix contains the address. */
    static final int NONE = -1;

    private final long[] hiMask;
    private final long[] loMask;
    private final long[] hiNetwork;
    private final long[] loNetwork;
    private final boolean[] ipv4;

    PrefixTable(final List<IpPrefix> prefixes) {
        final int size = prefixes.size();
        hiMask = new long[size];
        loMask = new long[size];
        hiNetwork = new long[size];
        loNetwork = new long[size];
        ipv4 = new boolean[size];
        for (int i = 0; i < size; i++) {
            final IpPrefix prefix = prefixes.get(i);
            hiMask[i] = prefix.hiMask();
            loMask[i] = prefix.loMask();
            hiNetwork[i] = prefix.address().hi() & hiMask[i];
            loNetwork[i] = prefix.address().lo() & loMask[i];
            ipv4[i] = prefix.address().isIpv4();
        }
    }

    /** Index of the first prefix that contains the address, or {@link #NONE}. */
    int find(final long hi, final long lo) {
        for (int i = 0; i < loNetwork.length; i++) {
            if (contains(i, hi, lo)) {
                return i;
            }
        }
        return NONE;
    }

    /** True when prefix {@code i} contains the address; a short IPv6 prefix contains no mapped IPv4 address. */
    boolean contains(final int i, final long hi, final long lo) {
        return (lo & loMask[i]) == loNetwork[i]
                && (hi & hiMask[i]) == hiNetwork[i]
                && ipv4[i] == (hi == 0 && lo >>> 32 == 0xffff);
    }

    /** True when some address of an IPv6 prefix has these as its last 24 bits. */
    boolean hasLast24(final long last24) {
        for (int i = 0; i < loNetwork.length; i++) {
            if (!ipv4[i] && ((last24 ^ loNetwork[i]) & loMask[i] & 0xff_ffff) == 0) {
                return true;
            }
        }
        return false;
    }
}
