package io.millrace.bench.load;

import io.millrace.dataplane.wire.IpAddress;
import io.millrace.dataplane.wire.IpPrefix;

/**
 * The addresses that a generator opens connections from, in rotation.
 *
 * <p>A 4-tuple must rest for 2 MSL before it is used again, or the server meets its own TIME_WAIT entry. Whether the
 * engine counts ports up for each address or over all of them, the rotation visits every pair of address and port when
 * the number of addresses shares no factor with the number of ports: so it is a prime. 2,039 addresses and 64,512 ports
 * are 131 million tuples: 60 s of 2 MSL at 2.19 million connections a second.
 *
 * <p>One thread; allocates at construction only.
 */
public final class SourceAddresses {
    /** How many addresses there are where none is said: a prime. */
    public static final int DEFAULT_COUNT = 2_039;

    private final IpAddress[] addresses;
    private int next;

    /**
     * Takes {@code count} addresses of an IPv4 prefix, from its second on.
     *
     * @throws IllegalArgumentException if the prefix has not that many.
     */
    public SourceAddresses(final IpPrefix prefix, final int count) {
        final long room = (1L << 32 - prefix.length()) - 2;
        if (count < 1 || count > room) {
            throw new IllegalArgumentException(
                    "source addresses " + count + " of " + prefix + " are out of range: give 1 to " + room);
        }
        final int network = prefix.address().ipv4() & prefix.maskIpv4();
        addresses = new IpAddress[count];
        for (int i = 0; i < count; i++) {
            addresses[i] = IpAddress.ofIpv4(network + 1 + i);
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
