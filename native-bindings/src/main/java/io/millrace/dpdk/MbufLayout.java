package io.millrace.dpdk;

/**
 * Where the fields of DPDK's {@code struct rte_mbuf} lie (x86-64 and AArch64; the same in DPDK ABI 23 to 26).
 *
 * <p>The in-memory port's frames have the same header, so that {@link Mbuf} reads both. A start-up check compares these
 * offsets with a live mbuf before DPDK is used, and a test compares them with the installed headers.
 */
public final class MbufLayout {
    /** Bytes in the header: two cache lines. The private area and the packet buffer follow it. */
    public static final int HEADER_LENGTH = 128;

    /** Bytes DPDK leaves free before the packet, for headers to be put in front ({@code RTE_PKTMBUF_HEADROOM}). */
    public static final int HEADROOM = 128;

    /** {@code void *buf_addr}: start of the buffer. */
    public static final int BUFFER_ADDRESS_OFFSET = 0;
    /** {@code rte_iova_t buf_iova}: the buffer as the device sees it. */
    public static final int BUFFER_IOVA_OFFSET = 8;
    /** {@code uint16_t data_off}: first of the 8 bytes of {@code rearm_data}. */
    public static final int DATA_OFFSET_OFFSET = 16;
    /** {@code uint16_t refcnt}. */
    public static final int REFERENCE_COUNT_OFFSET = 18;
    /** {@code uint16_t nb_segs}. */
    public static final int SEGMENTS_OFFSET = 20;
    /** {@code uint16_t port}. */
    public static final int PORT_OFFSET = 22;
    /** {@code uint64_t ol_flags}: see {@link MbufFlags}. */
    public static final int OFFLOAD_FLAGS_OFFSET = 24;
    /** {@code uint32_t packet_type}. */
    public static final int PACKET_TYPE_OFFSET = 32;
    /** {@code uint32_t pkt_len}: bytes in all segments. */
    public static final int PACKET_LENGTH_OFFSET = 36;
    /** {@code uint16_t data_len}: bytes in this segment. */
    public static final int DATA_LENGTH_OFFSET = 40;
    /** {@code uint16_t vlan_tci}. */
    public static final int VLAN_TCI_OFFSET = 42;
    /** {@code uint32_t hash.rss}. */
    public static final int RSS_HASH_OFFSET = 44;
    /** {@code uint16_t buf_len}: bytes in the buffer, headroom included. */
    public static final int BUFFER_LENGTH_OFFSET = 54;
    /** {@code struct rte_mempool *pool}. */
    public static final int POOL_OFFSET = 56;
    /** {@code struct rte_mbuf *next}: next segment, or null. */
    public static final int NEXT_OFFSET = 64;
    /** {@code uint64_t tx_offload}: header lengths for the checksum and segmentation offloads. */
    public static final int TX_OFFLOAD_OFFSET = 72;

    private MbufLayout() {}
}
