package io.millrace.dpdk;

/** Bits of {@link Mbuf#offloadFlags}: DPDK's {@code RTE_MBUF_F_RX_*} and {@code RTE_MBUF_F_TX_*}. */
public final class MbufFlags {
    /** The tag was in the frame; {@link Mbuf#vlanTci} holds it. */
    public static final long RX_VLAN = 1L << 0;
    /** {@link Mbuf#rssHash} holds the NIC's hash. */
    public static final long RX_RSS_HASH = 1L << 1;
    /** The NIC took the VLAN tag out of the frame. */
    public static final long RX_VLAN_STRIPPED = 1L << 6;

    /** Two bits that make one value: compare {@code flags & mask} with the four values below, never bit by bit. */
    public static final long RX_IP_CHECKSUM_MASK = 1L << 4 | 1L << 7;
    /** The NIC says nothing about the IPv4 header checksum. */
    public static final long RX_IP_CHECKSUM_UNKNOWN = 0;
    /** The IPv4 header checksum is wrong. */
    public static final long RX_IP_CHECKSUM_BAD = 1L << 4;
    /** The IPv4 header checksum is right. */
    public static final long RX_IP_CHECKSUM_GOOD = 1L << 7;
    /** The header is intact, its checksum not filled in (a virtual device). */
    public static final long RX_IP_CHECKSUM_NONE = 1L << 4 | 1L << 7;

    /** Two bits that make one value: compare {@code flags & mask} with the four values below, never bit by bit. */
    public static final long RX_L4_CHECKSUM_MASK = 1L << 3 | 1L << 8;
    /** The NIC says nothing about the TCP checksum. */
    public static final long RX_L4_CHECKSUM_UNKNOWN = 0;
    /** The TCP checksum is wrong. */
    public static final long RX_L4_CHECKSUM_BAD = 1L << 3;
    /** The TCP checksum is right. */
    public static final long RX_L4_CHECKSUM_GOOD = 1L << 8;
    /** The segment is intact, its checksum not filled in (a virtual device). */
    public static final long RX_L4_CHECKSUM_NONE = 1L << 3 | 1L << 8;

    /** The NIC cuts the segment into pieces of the MSS given by {@link Mbuf#txOffload(long, int, int, int, int)}. */
    public static final long TX_TCP_SEGMENTATION = 1L << 50;
    /** The NIC fills in the TCP checksum; the field holds the pseudo-header's sum. */
    public static final long TX_TCP_CHECKSUM = 1L << 52;
    /** The NIC fills in the IPv4 header checksum; the field holds 0. */
    public static final long TX_IP_CHECKSUM = 1L << 54;
    /** The packet is IPv4: needed with the checksum flags. */
    public static final long TX_IPV4 = 1L << 55;
    /** The packet is IPv6: needed with the checksum flags. */
    public static final long TX_IPV6 = 1L << 56;
    /** The NIC puts the VLAN tag of {@link Mbuf#vlanTci(long, int)} into the frame. */
    public static final long TX_VLAN = 1L << 57;

    private MbufFlags() {}
}
