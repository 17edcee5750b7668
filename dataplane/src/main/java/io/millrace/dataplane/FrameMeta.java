package io.millrace.dataplane;

/**
 * What the classifier found in a frame, packed into one {@code int}: the kind of the frame and where its headers start.
 * A meta is never negative; negative values stand for a drop reason.
 *
 * <pre>
 *  bits  0..7   offset of the IP (or ARP) header from the start of the frame, in bytes
 *  bits  8..15  offset of the layer 4 header from the start of the frame, in bytes
 *  bits 16..19  kind, one of the constants of this class
 * </pre>
 *
 * <p>For an IP frame the mbuf's length has been trimmed to the end of the IP packet, so the length of the TCP segment,
 * header and text, is the mbuf's data length less {@link #l4Offset}. Any thread; allocates nothing.
 */
public final class FrameMeta {
    /** A TCP segment over IPv4: lengths, checksums and addresses have been checked. */
    public static final int TCP4 = 1;

    /** A TCP segment over IPv6. */
    public static final int TCP6 = 2;

    /** An ICMP message over IPv4 to one of our addresses; the IP header has been checked, the message has not. */
    public static final int ICMP4 = 3;

    /** An ARP packet for IPv4 over Ethernet; its length has been checked, its content has not. */
    public static final int ARP = 4;

    /** An ICMPv6 message to one of our addresses or groups; the headers before it have been checked, the message has not. */
    public static final int ICMP6 = 5;

    /**
     * An IPv4 fragment to one of our addresses: header and addresses have been checked, its protocol is one we speak;
     * {@link #l4Offset} is where its part of the payload starts.
     */
    public static final int FRAGMENT4 = 6;

    /**
     * An IPv6 packet with a fragment header (RFC 8200 §4.5): addresses and the headers before that one have been checked;
     * {@link #l4Offset} is where the fragment header starts, all 8 bytes of which are there.
     */
    public static final int FRAGMENT6 = 7;

    /**
     * An ICMP error with a right checksum about a TCP segment that one of our addresses sent: the quoted IPv4 header and at
     * least 8 bytes of TCP behind it are there. {@link #l4Offset} is where the ICMP message starts; the quoted packet starts
     * 8 bytes behind that.
     */
    public static final int ICMP4_ERROR = 8;

    /**
     * An ICMPv6 error with a right checksum about a TCP segment that one of our addresses sent: the quoted IPv6 header with
     * its extension headers and at least 8 bytes of TCP are there. Offsets as in {@link #ICMP4_ERROR}.
     */
    public static final int ICMP6_ERROR = 9;

    private static final int L4_SHIFT = 8;
    private static final int KIND_SHIFT = 16;

    private FrameMeta() {}

    /** Packs a meta; offsets in bytes from the start of the frame, 0 to 255. */
    public static int of(final int kind, final int l3Offset, final int l4Offset) {
        return kind << KIND_SHIFT | l4Offset << L4_SHIFT | l3Offset;
    }

    /** Offset of the IP or ARP header from the start of the frame, in bytes. */
    public static int l3Offset(final int meta) {
        return meta & 0xff;
    }

    /** Offset of the TCP, ICMP or fragment header, or of a fragment's payload, from the start of the frame, in bytes. */
    public static int l4Offset(final int meta) {
        return meta >>> L4_SHIFT & 0xff;
    }

    /** The kind: one of the constants of this class. */
    public static int kind(final int meta) {
        return meta >>> KIND_SHIFT & 0xf;
    }
}
