package io.millrace.dpdk;

import static io.millrace.dpdk.MbufLayout.BUFFER_ADDRESS_OFFSET;
import static io.millrace.dpdk.MbufLayout.BUFFER_IOVA_OFFSET;
import static io.millrace.dpdk.MbufLayout.BUFFER_LENGTH_OFFSET;
import static io.millrace.dpdk.MbufLayout.DATA_LENGTH_OFFSET;
import static io.millrace.dpdk.MbufLayout.DATA_OFFSET_OFFSET;
import static io.millrace.dpdk.MbufLayout.HEADROOM;
import static io.millrace.dpdk.MbufLayout.NEXT_OFFSET;
import static io.millrace.dpdk.MbufLayout.OFFLOAD_FLAGS_OFFSET;
import static io.millrace.dpdk.MbufLayout.PACKET_LENGTH_OFFSET;
import static io.millrace.dpdk.MbufLayout.PACKET_TYPE_OFFSET;
import static io.millrace.dpdk.MbufLayout.POOL_OFFSET;
import static io.millrace.dpdk.MbufLayout.PORT_OFFSET;
import static io.millrace.dpdk.MbufLayout.REFERENCE_COUNT_OFFSET;
import static io.millrace.dpdk.MbufLayout.RSS_HASH_OFFSET;
import static io.millrace.dpdk.MbufLayout.SEGMENTS_OFFSET;
import static io.millrace.dpdk.MbufLayout.TX_OFFLOAD_OFFSET;
import static io.millrace.dpdk.MbufLayout.VLAN_TCI_OFFSET;

import io.millrace.memory.Memory;

/**
 * A packet buffer by its address: DPDK's {@code rte_mbuf} and the in-memory port's frames alike.
 *
 * <p>Belongs to whoever holds the address: one thread at a time. Nothing is checked and nothing is allocated. Lengths
 * are bytes; a getter has the field's name, a setter has the same name and the new value.
 */
public final class Mbuf {
    /** Port of an mbuf that came from no port ({@code RTE_MBUF_PORT_INVALID}). */
    public static final int NO_PORT = 0xffff;

    /** {@code rearm_data} of a fresh mbuf, written in one store: data_off 128, refcnt 1, nb_segs 1, no port. */
    private static final long FRESH = HEADROOM | 1L << 16 | 1L << 32 | (long) NO_PORT << 48;

    /** {@code RTE_MBUF_F_EXTERNAL | RTE_MBUF_F_INDIRECT}: the buffer is not the mbuf's own. */
    private static final long ATTACHED = 1L << 61 | 1L << 62;

    private Mbuf() {}

    /** Address of the first byte of the packet ({@code rte_pktmbuf_mtod}). */
    public static long dataAddress(final long mbuf) {
        return Memory.getLong(mbuf + BUFFER_ADDRESS_OFFSET) + Memory.getUnsignedShort(mbuf + DATA_OFFSET_OFFSET);
    }

    /** Address of the buffer: the packet begins {@link #dataOffset(long)} bytes later. */
    public static long bufferAddress(final long mbuf) {
        return Memory.getLong(mbuf + BUFFER_ADDRESS_OFFSET);
    }

    /** Sets the address of the buffer: for pools that make frames themselves. */
    public static void bufferAddress(final long mbuf, final long address) {
        Memory.putLong(mbuf + BUFFER_ADDRESS_OFFSET, address);
    }

    /** The buffer's address as the device sees it. */
    public static long bufferIova(final long mbuf) {
        return Memory.getLong(mbuf + BUFFER_IOVA_OFFSET);
    }

    /** Bytes in the buffer, headroom included. */
    public static int bufferLength(final long mbuf) {
        return Memory.getUnsignedShort(mbuf + BUFFER_LENGTH_OFFSET);
    }

    /** Sets the length of the buffer: for pools that make frames themselves. */
    public static void bufferLength(final long mbuf, final int length) {
        Memory.putShort(mbuf + BUFFER_LENGTH_OFFSET, length);
    }

    /** Bytes from the start of the buffer to the packet. */
    public static int dataOffset(final long mbuf) {
        return Memory.getUnsignedShort(mbuf + DATA_OFFSET_OFFSET);
    }

    /** Moves the start of the packet; the lengths stay as they are. */
    public static void dataOffset(final long mbuf, final int offset) {
        Memory.putShort(mbuf + DATA_OFFSET_OFFSET, offset);
    }

    /** Bytes of the packet in this segment. */
    public static int dataLength(final long mbuf) {
        return Memory.getUnsignedShort(mbuf + DATA_LENGTH_OFFSET);
    }

    /** Bytes of the packet in all its segments. */
    public static int packetLength(final long mbuf) {
        return Memory.getInt(mbuf + PACKET_LENGTH_OFFSET);
    }

    /** Sets both lengths of a packet of one segment. */
    public static void length(final long mbuf, final int length) {
        Memory.putInt(mbuf + PACKET_LENGTH_OFFSET, length);
        Memory.putShort(mbuf + DATA_LENGTH_OFFSET, length);
    }

    /** Sets the bytes of the packet in all its segments, for one that has several. */
    public static void packetLength(final long mbuf, final int length) {
        Memory.putInt(mbuf + PACKET_LENGTH_OFFSET, length);
    }

    /** Sets the bytes of the packet in this segment, for one that has several. */
    public static void dataLength(final long mbuf, final int length) {
        Memory.putShort(mbuf + DATA_LENGTH_OFFSET, length);
    }

    /** Bytes that may still be put behind the packet in this segment. */
    public static int tailroom(final long mbuf) {
        return bufferLength(mbuf) - dataOffset(mbuf) - dataLength(mbuf);
    }

    /** How many owners share the buffer; 1 for a frame that only its holder knows. */
    public static int refCount(final long mbuf) {
        return Memory.getUnsignedShort(mbuf + REFERENCE_COUNT_OFFSET);
    }

    /** Sets the number of owners; not atomic. */
    public static void refCount(final long mbuf, final int count) {
        Memory.putShort(mbuf + REFERENCE_COUNT_OFFSET, count);
    }

    /** Number of segments in the chain that starts here. */
    public static int segments(final long mbuf) {
        return Memory.getUnsignedShort(mbuf + SEGMENTS_OFFSET);
    }

    /** Sets the number of segments in the chain that starts here. */
    public static void segments(final long mbuf, final int count) {
        Memory.putShort(mbuf + SEGMENTS_OFFSET, count);
    }

    /** The port the packet came in by, or {@link #NO_PORT}. */
    public static int port(final long mbuf) {
        return Memory.getUnsignedShort(mbuf + PORT_OFFSET);
    }

    /** Sets the port the packet came in by. */
    public static void port(final long mbuf, final int port) {
        Memory.putShort(mbuf + PORT_OFFSET, port);
    }

    /** What the NIC found out, or is asked to do: bits of {@link MbufFlags} ({@code ol_flags}). */
    public static long offloadFlags(final long mbuf) {
        return Memory.getLong(mbuf + OFFLOAD_FLAGS_OFFSET);
    }

    /** Sets what the NIC is asked to do ({@code ol_flags}). */
    public static void offloadFlags(final long mbuf, final long flags) {
        Memory.putLong(mbuf + OFFLOAD_FLAGS_OFFSET, flags);
    }

    /** The NIC's RSS hash; only when {@link MbufFlags#RX_RSS_HASH} is set. */
    public static int rssHash(final long mbuf) {
        return Memory.getInt(mbuf + RSS_HASH_OFFSET);
    }

    /** Sets the RSS hash. */
    public static void rssHash(final long mbuf, final int hash) {
        Memory.putInt(mbuf + RSS_HASH_OFFSET, hash);
    }

    /** The VLAN tag the NIC took out; only when {@link MbufFlags#RX_VLAN_STRIPPED} is set. */
    public static int vlanTci(final long mbuf) {
        return Memory.getUnsignedShort(mbuf + VLAN_TCI_OFFSET);
    }

    /** Sets the VLAN tag the NIC shall put in; only when {@link MbufFlags#TX_VLAN} is set. */
    public static void vlanTci(final long mbuf, final int tci) {
        Memory.putShort(mbuf + VLAN_TCI_OFFSET, tci);
    }

    /** The pool the mbuf came from: an {@code rte_mempool} address, or what the pool of an in-memory port put there. */
    public static long pool(final long mbuf) {
        return Memory.getLong(mbuf + POOL_OFFSET);
    }

    /** Sets the pool: for pools that make frames themselves. */
    public static void pool(final long mbuf, final long pool) {
        Memory.putLong(mbuf + POOL_OFFSET, pool);
    }

    /** The next segment, or 0. */
    public static long next(final long mbuf) {
        return Memory.getLong(mbuf + NEXT_OFFSET);
    }

    /** Sets the next segment; 0 for none. */
    public static void next(final long mbuf, final long next) {
        Memory.putLong(mbuf + NEXT_OFFSET, next);
    }

    /** The header lengths the transmit offloads need, packed ({@code tx_offload}). */
    public static long txOffload(final long mbuf) {
        return Memory.getLong(mbuf + TX_OFFLOAD_OFFSET);
    }

    /**
     * Sets the header lengths the transmit offloads need.
     *
     * @param l2 bytes before the IP header (to 127)
     * @param l3 bytes of the IP header and its extensions (to 511)
     * @param l4 bytes of the TCP header (to 255; only for segmentation)
     * @param mss bytes of payload in each piece, 0 without segmentation
     */
    public static void txOffload(final long mbuf, final int l2, final int l3, final int l4, final int mss) {
        Memory.putLong(mbuf + TX_OFFLOAD_OFFSET, l2 | (long) l3 << 7 | (long) l4 << 16 | (long) mss << 24);
    }

    /** Bytes before the IP header, as {@link #txOffload(long, int, int, int, int)} was told. */
    public static int layer2Length(final long mbuf) {
        return (int) txOffload(mbuf) & 0x7f;
    }

    /** Bytes of the IP header and its extensions, as {@link #txOffload(long, int, int, int, int)} was told. */
    public static int layer3Length(final long mbuf) {
        return (int) txOffload(mbuf) >>> 7 & 0x1ff;
    }

    /** Bytes of the TCP header, as {@link #txOffload(long, int, int, int, int)} was told. */
    public static int layer4Length(final long mbuf) {
        return (int) txOffload(mbuf) >>> 16 & 0xff;
    }

    /** Bytes of payload in each piece, as {@link #txOffload(long, int, int, int, int)} was told. */
    public static int pieceLength(final long mbuf) {
        return (int) (txOffload(mbuf) >>> 24) & 0xffff;
    }

    /** Tells the offloads that the headers before the IP header have become so many bytes longer. */
    public static void lengthenLayer2(final long mbuf, final int bytes) {
        Memory.putLong(mbuf + TX_OFFLOAD_OFFSET, txOffload(mbuf) + bytes);
    }

    /** Whether it is one unshared segment, which can go back to its pool without more ado. */
    public static boolean isSimple(final long mbuf) {
        final long rearm = Memory.getLong(mbuf + DATA_OFFSET_OFFSET);
        return (rearm & 0x0000_ffff_ffff_0000L) == 0x0000_0001_0001_0000L && (offloadFlags(mbuf) & ATTACHED) == 0;
    }

    /**
     * Makes it as fresh from a pool ({@code rte_pktmbuf_reset}): empty, one segment, one owner, 128 bytes of headroom,
     * no flags.
     */
    public static void reset(final long mbuf) {
        Memory.putLong(mbuf + DATA_OFFSET_OFFSET, FRESH);
        Memory.putLong(mbuf + OFFLOAD_FLAGS_OFFSET, 0);
        Memory.putLong(mbuf + PACKET_TYPE_OFFSET, 0); // packet_type and pkt_len
        Memory.putInt(mbuf + DATA_LENGTH_OFFSET, 0); // data_len and vlan_tci
        Memory.putLong(mbuf + NEXT_OFFSET, 0);
        Memory.putLong(mbuf + TX_OFFLOAD_OFFSET, 0);
    }

    /**
     * Makes an mbuf just taken from its pool empty, as {@link #reset} does but without touching its second cache line:
     * in a pool {@code next} is null, and without flags nobody reads {@code tx_offload}.
     */
    public static void rearm(final long mbuf) {
        Memory.putLong(mbuf + DATA_OFFSET_OFFSET, FRESH);
        Memory.putLong(mbuf + OFFLOAD_FLAGS_OFFSET, 0);
        Memory.putLong(mbuf + PACKET_TYPE_OFFSET, 0); // packet_type and pkt_len
        Memory.putInt(mbuf + DATA_LENGTH_OFFSET, 0); // data_len and vlan_tci
    }

    /** Hands on what the NIC found out about a frame, when another mbuf takes its place: port, flags, tag and hash. */
    public static void copyReceiveFields(final long from, final long to) {
        port(to, port(from));
        offloadFlags(to, offloadFlags(from) & ~ATTACHED);
        Memory.putInt(to + PACKET_TYPE_OFFSET, Memory.getInt(from + PACKET_TYPE_OFFSET));
        vlanTci(to, vlanTci(from));
        rssHash(to, rssHash(from));
    }

    /** Makes a received one-segment frame ready to carry a reply: receive flags and tags cleared, data kept. */
    public static void resetForTransmit(final long mbuf) {
        Memory.putLong(mbuf + OFFLOAD_FLAGS_OFFSET, 0);
        Memory.putShort(mbuf + VLAN_TCI_OFFSET, 0);
        Memory.putLong(mbuf + TX_OFFLOAD_OFFSET, 0);
    }
}
