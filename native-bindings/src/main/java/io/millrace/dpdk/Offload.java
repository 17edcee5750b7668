package io.millrace.dpdk;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/** Work a NIC can take over: DPDK's {@code RTE_ETH_RX_OFFLOAD_*} and {@code RTE_ETH_TX_OFFLOAD_*}. */
public enum Offload {
    /** Takes VLAN tags out of frames. */
    RX_VLAN_STRIP(true, 0),
    /** Checks IPv4 header checksums. */
    RX_IPV4_CHECKSUM(true, 1),
    /** Checks TCP checksums. */
    RX_TCP_CHECKSUM(true, 3),
    /** Takes frames of those VLANs only that it is told of. */
    RX_VLAN_FILTER(true, 9),
    /** Receives a frame in several mbufs when it does not fit one. */
    RX_SCATTER(true, 13),
    /** Puts the RSS hash into the mbuf. */
    RX_RSS_HASH(true, 19),
    /** Puts VLAN tags into frames. */
    TX_VLAN_INSERT(false, 0),
    /** Fills in IPv4 header checksums. */
    TX_IPV4_CHECKSUM(false, 1),
    /** Fills in TCP checksums. */
    TX_TCP_CHECKSUM(false, 3),
    /** Cuts large TCP segments. */
    TX_TCP_SEGMENTATION(false, 5),
    /** Sends frames that lie in several mbufs. */
    TX_MULTI_SEGMENTS(false, 15),
    /** Frees sent mbufs faster; all must be simple, unshared and from one pool. */
    TX_FAST_FREE(false, 16);

    private final boolean receive;
    private final long bit;

    Offload(final boolean receive, final int bit) {
        this.receive = receive;
        this.bit = 1L << bit;
    }

    /** The offloads in DPDK's two words. */
    static Set<Offload> fromBits(final long rxBits, final long txBits) {
        final EnumSet<Offload> offloads = EnumSet.noneOf(Offload.class);
        for (final Offload offload : values()) {
            if (((offload.receive ? rxBits : txBits) & offload.bit) != 0) {
                offloads.add(offload);
            }
        }
        return Collections.unmodifiableSet(offloads);
    }

    /** DPDK's receive word for a set. */
    static long rxBits(final Set<Offload> offloads) {
        return bits(offloads, true);
    }

    /** DPDK's transmit word for a set. */
    static long txBits(final Set<Offload> offloads) {
        return bits(offloads, false);
    }

    private static long bits(final Set<Offload> offloads, final boolean receive) {
        long bits = 0;
        for (final Offload offload : offloads) {
            bits |= offload.receive == receive ? offload.bit : 0;
        }
        return bits;
    }
}
