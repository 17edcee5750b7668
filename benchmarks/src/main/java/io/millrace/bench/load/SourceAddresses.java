package io.millrace.bench.load;

import io.millrace.dataplane.wire.IpAddress;
import io.millrace.dataplane.wire.IpPrefix;

/**
 * The addresses that a generator opens connections from, in rotation.
 *
 * <p>A 4-tuple must rest for 2 MSL before it is used again, or the server meets its own TIME_WAIT entry. The engine counts
 * ports up for each pair of addresses, but pairs whose hashes meet in its table of 4,096 counters share one (RFC 6056
 * §3.3.4), and then each sees every k-th port only. 32,749 addresses and 64,512 ports are two thousand million tuples; with
 * k as large as 22, which is as bad as it gets, a tuple still rests for 64 s at 1.5 million connections a second. The
 * number is a prime, so that the rotation keeps step with no counter.
 *
 * <p>One thread; allocates at construction only.
 */
public final class SourceAddresses {
    /** How many addresses there are where none is said: a prime. */
    public static final int DEFAULT_COUNT = 32_749;

    private final IpAddress[] addresses;
    private int next;

    /**
     * Takes {@code count} addresses of a prefix, from its second on.
     *
     * @throws IllegalArgumentException if the prefix has not that many.
     */
    public SourceAddresses(final IpPrefix prefix, final int count) {
        final int bits = (prefix.address().isIpv4() ? 32 : 128) - prefix.length();
        final long room = (1L << Math.min(bits, 32)) - 2;
        if (count < 1 || count > room) {
            throw new IllegalArgumentException(
                    "source addresses " + count + " of " + prefix + " are out of range: give 1 to " + room);
        }
        final long network = prefix.address().lo() & prefix.loMask();
        addresses = new IpAddress[count];
        for (int i = 0; i < count; i++) {
            addresses[i] = new IpAddress(prefix.address().hi(), network + 1 + i);
        }
    }

    /** The next address in rotation. */
    public IpAddress next() {
        final IpAddress address = addresses[next];
        next = next + 1 == addresses.length ? 0 : next + 1;
        return address;
    }

    /** How many pairs of address and port there are. */
    public long tuples(final int ports) {
        return (long) addresses.length * ports;
    }
}
