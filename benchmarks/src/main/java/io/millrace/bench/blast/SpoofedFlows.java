package io.millrace.bench.blast;

import io.millrace.dataplane.wire.IpAddress;

/**
 * Flows from sources that nobody has, spread at random: over 11.0.0.0 to 126.255.255.255, so that they are unicast and none of
 * them is in 10.0.0.0/8, where those live who mean it; of IPv6 over 2001:db8::/32. The same seed gives the same flows.
 */
public final class SpoofedFlows implements Flows {
    static final int FIRST_PORT = 1024;
    private static final int PORTS = 65_536 - FIRST_PORT;
    private static final int FIRST_NETWORK = 11;
    private static final int NETWORKS = 116;
    private static final long DOCUMENTATION = 0x2001_0db8_0000_0000L;
    private static final long GOLDEN_GAMMA = 0x9e37_79b9_7f4a_7c15L;

    private final boolean ipv6;
    private long state;
    private long hi;
    private long lo;
    private int port;
    private int sequence;

    /** Of one family. */
    public SpoofedFlows(final boolean ipv6, final long seed) {
        this.ipv6 = ipv6;
        state = seed;
    }

    @Override
    public void next() {
        final long random = nextRandom();
        port = FIRST_PORT + ((int) (random & 0xffff) * PORTS >>> 16);
        final long other = nextRandom();
        sequence = (int) other;
        if (ipv6) {
            hi = DOCUMENTATION | random >>> 32;
            lo = other;
        } else {
            final int network = FIRST_NETWORK + ((int) (random >>> 56) * NETWORKS >>> 8);
            lo = IpAddress.lowWord(network << 24 | (int) (random >>> 32) & 0xff_ffff);
        }
    }

    /** SplitMix64. */
    private long nextRandom() {
        state += GOLDEN_GAMMA;
        long mixed = (state ^ state >>> 30) * 0xbf58_476d_1ce4_e5b9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94d0_49bb_1331_11ebL;
        return mixed ^ mixed >>> 31;
    }

    @Override
    public long hi() {
        return hi;
    }

    @Override
    public long lo() {
        return lo;
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
