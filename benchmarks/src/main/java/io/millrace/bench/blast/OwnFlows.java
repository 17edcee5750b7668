package io.millrace.bench.blast;

import io.millrace.dataplane.wire.IpPrefix;

/**
 * Every pair of an address of a prefix and a port, the addresses in rotation: two thousand million flows of 32,749 addresses
 * before the first comes again, which is long after its 2 MSL.
 */
public final class OwnFlows implements Flows {
    private static final int FIRST_PORT = 1024;
    private static final int LAST_PORT = 65_535;
    /** So that neighbors in time are no neighbors in sequence space. */
    private static final int SEQUENCE_STEP = 0x9e37_79b9;

    private final IpPrefix prefix;
    private final int addresses;
    private int address = -1;
    private int port = FIRST_PORT;
    private int sequence;

    /**
     * Over the first addresses of a prefix.
     *
     * @param addresses how many, after the network's own.
     */
    public OwnFlows(final IpPrefix prefix, final int addresses) {
        this.prefix = prefix;
        this.addresses = addresses;
    }

    @Override
    public void next() {
        address++;
        if (address == addresses) {
            address = 0;
            port = port == LAST_PORT ? FIRST_PORT : port + 1;
        }
        sequence += SEQUENCE_STEP;
    }

    /** Whether an address is of this prefix. */
    boolean has(final long hi, final long lo) {
        return hi == prefix.address().hi()
                && (lo & prefix.loMask()) == (prefix.address().lo() & prefix.loMask());
    }

    @Override
    public long hi() {
        return prefix.address().hi();
    }

    @Override
    public long lo() {
        return (prefix.address().lo() & prefix.loMask()) + 1 + address;
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public int sequence() {
        return sequence;
    }
}
