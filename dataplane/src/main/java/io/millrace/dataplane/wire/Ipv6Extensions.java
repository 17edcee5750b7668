package io.millrace.dataplane.wire;

import io.millrace.memory.Memory;

/**
 * The walk over IPv6 extension headers (RFC 8200 §4), within a bound: hop-by-hop options, destination options and routing
 * headers are read over; what comes then is for the caller, a fragment header among it.
 *
 * <p>A walk ends in one long:
 *
 * <pre>
 *  bits  0..15  offset of the header reached, from the start of the IPv6 header
 *  bits 16..23  its number, of {@link IpProtocol}
 *  bits 24..39  offset of the byte at fault, or of the next-header field that names the header reached
 *  bits 40..47  outcome, one of the constants
 * </pre>
 *
 * <p>Any thread; allocates nothing.
 */
public final class Ipv6Extensions {
    /** A header that is none of the three was reached. */
    public static final int REACHED = 0;
    /** A header goes past the end of the packet. */
    public static final int TRUNCATED = 1;
    /** There are more headers than {@link #MAX_HEADERS}, or longer ones than {@link #MAX_LENGTH} in all. */
    public static final int TOO_LONG = 2;
    /** A routing header has segments left, which only the router it names may follow. */
    public static final int SEGMENTS_LEFT = 3;
    /** An unknown option asks for the packet to be dropped. */
    public static final int DROPPING_OPTION = 4;
    /** An unknown option asks for the packet to be dropped and reported. */
    public static final int REPORTED_OPTION = 5;
    /** An unknown option asks for the packet to be dropped, and reported if its destination is no multicast address. */
    public static final int UNICAST_REPORTED_OPTION = 6;
    /** Hop-by-hop options that do not follow the IPv6 header itself. */
    public static final int MISPLACED = 7;

    /** The most extension headers that are read over. */
    public static final int MAX_HEADERS = 8;
    /** The most bytes of them. */
    public static final int MAX_LENGTH = 192;

    private static final int UNIT = 8;
    private static final int SEGMENTS_LEFT_OFFSET = 3;
    private static final int ROUTING_TYPE_OFFSET = 2;
    private static final int PAD_1 = 0;
    private static final int PAD_N = 1;

    private Ipv6Extensions() {}

    /** Walks over the extension headers of a packet of {@code length} bytes, at least 40, whose IPv6 header is at {@code ip}. */
    public static long walk(final long ip, final int length) {
        int pointer = Ipv6Header.NEXT_HEADER_OFFSET;
        int offset = Ipv6Header.LENGTH;
        for (int headers = 0; ; headers++) {
            final int number = Memory.getUnsignedByte(ip + pointer);
            if (number != IpProtocol.HOP_BY_HOP
                    && number != IpProtocol.DESTINATION_OPTIONS
                    && number != IpProtocol.ROUTING) {
                return walked(REACHED, pointer, number, offset);
            }
            if (number == IpProtocol.HOP_BY_HOP && headers > 0) {
                return walked(MISPLACED, pointer, number, offset);
            }
            if (offset + UNIT > length) {
                return walked(TRUNCATED, pointer, number, offset);
            }
            final int end = offset + (Memory.getUnsignedByte(ip + offset + 1) + 1) * UNIT;
            if (end > length) {
                return walked(TRUNCATED, pointer, number, offset);
            }
            if (headers == MAX_HEADERS || end - Ipv6Header.LENGTH > MAX_LENGTH) {
                return walked(TOO_LONG, pointer, number, offset);
            }
            if (number != IpProtocol.ROUTING) {
                final long fault = options(ip, offset + 2, end);
                if (fault != 0) {
                    return fault;
                }
            } else if (Memory.getUnsignedByte(ip + offset + SEGMENTS_LEFT_OFFSET) != 0) {
                return walked(SEGMENTS_LEFT, offset + ROUTING_TYPE_OFFSET, number, offset);
            }
            pointer = offset;
            offset = end;
        }
    }

    /** 0 when every option may be skipped, else how the walk ends. */
    private static long options(final long ip, final int start, final int end) {
        int at = start;
        while (at < end) {
            final int type = Memory.getUnsignedByte(ip + at);
            if (type == PAD_1) {
                at++;
                continue;
            }
            if (at + 2 > end || at + 2 + Memory.getUnsignedByte(ip + at + 1) > end) {
                return walked(TRUNCATED, at, 0, at);
            }
            // RFC 8200 §4.2: the two highest bits say what becomes of a packet with an option one does not know.
            if (type != PAD_N && type >>> 6 != 0) {
                return walked(DROPPING_OPTION - 1 + (type >>> 6), at, 0, at);
            }
            at += 2 + Memory.getUnsignedByte(ip + at + 1);
        }
        return 0;
    }

    private static long walked(final int outcome, final int pointer, final int number, final int offset) {
        return (long) outcome << 40 | (long) pointer << 24 | (long) number << 16 | offset;
    }

    /** How the walk ended. */
    public static int outcome(final long walk) {
        return (int) (walk >>> 40);
    }

    /** Offset of the byte at fault, or of the next-header field that names the header reached. */
    public static int pointer(final long walk) {
        return (int) (walk >>> 24) & 0xffff;
    }

    /** Number of the header reached. */
    public static int protocol(final long walk) {
        return (int) (walk >>> 16) & 0xff;
    }

    /** Offset of the header reached, from the start of the IPv6 header. */
    public static int offset(final long walk) {
        return (int) walk & 0xffff;
    }
}
