package io.millrace.dataplane.nic;

import io.millrace.dataplane.wire.TcpFlags;
import java.util.Arrays;

/**
 * A TCP segment with more text than a frame may carry, and what it has to be cut into. Immutable; sums by arithmetic of its
 * own, not by the code that is tested.
 *
 * @param bytes the frame with all of the text; its checksums are left to the port
 * @param ipv4 whether it is IPv4, else IPv6
 */
record LargeSegment(byte[] bytes, boolean ipv4) {
    private static final int ETHERNET = 14;
    private static final int IPV4_ID = ETHERNET + 4;
    private static final int IPV4_CHECKSUM = ETHERNET + 10;
    private static final int TCP = 6;
    private static final int TCP_HEADER = 20;

    /** Makes one of a frame without text. */
    static LargeSegment of(final byte[] empty, final boolean ipv4, final int text) {
        final int headers = tcpOffset(ipv4) + TCP_HEADER;
        final byte[] bytes = Arrays.copyOf(empty, headers + text);
        for (int i = 0; i < text; i++) {
            bytes[headers + i] = (byte) (i * 31 + i / 251);
        }
        bytes[tcpOffset(ipv4) + 13] = TcpFlags.ACK | TcpFlags.PSH;
        return new LargeSegment(withLength(bytes, ipv4), ipv4);
    }

    int tcpOffset() {
        return tcpOffset(ipv4);
    }

    private static int tcpOffset(final boolean ipv4) {
        return ETHERNET + (ipv4 ? 20 : 40);
    }

    private int headers() {
        return tcpOffset() + TCP_HEADER;
    }

    int pieces(final int text) {
        return (bytes.length - headers() + text - 1) / text;
    }

    /** One of the pieces of {@code text} bytes each: its checksums are zero, as are the identification and PSH. */
    byte[] piece(final int number, final int text) {
        final int from = headers() + number * text;
        final int length = Math.min(text, bytes.length - from);
        final byte[] piece = Arrays.copyOf(bytes, headers() + length);
        System.arraycopy(bytes, from, piece, headers(), length);
        final int seq = get(piece, tcpOffset() + 4) << 16 | get(piece, tcpOffset() + 6);
        put(piece, tcpOffset() + 4, seq + number * text >> 16);
        put(piece, tcpOffset() + 6, seq + number * text);
        return withoutSums(withLength(piece, ipv4));
    }

    /** What has arrived, without padding, as {@link #piece} has it. */
    byte[] comparable(final byte[] arrived, final int length) {
        return withoutSums(Arrays.copyOf(arrived, Math.min(arrived.length, length)));
    }

    private byte[] withoutSums(final byte[] frame) {
        if (ipv4) {
            put(frame, IPV4_ID, 0);
            put(frame, IPV4_CHECKSUM, 0);
        }
        put(frame, tcpOffset() + 16, 0);
        frame[tcpOffset() + 13] &= ~TcpFlags.PSH;
        return frame;
    }

    boolean isPushed(final byte[] piece) {
        return (piece[tcpOffset() + 13] & TcpFlags.PSH) != 0;
    }

    /** Whether the IPv4 header of a piece sums up; there is no such sum in IPv6. */
    boolean hasGoodHeader(final byte[] piece) {
        return !ipv4 || fold(sum(piece, ETHERNET, tcpOffset())) == 0xffff;
    }

    /** Whether the segment of a piece without padding sums up. */
    boolean hasGoodText(final byte[] piece, final int length) {
        final int addresses = ipv4 ? ETHERNET + 12 : ETHERNET + 8;
        final long pseudo = sum(piece, addresses, tcpOffset()) + TCP + length - tcpOffset();
        return fold(pseudo + sum(piece, tcpOffset(), length)) == 0xffff;
    }

    private static long sum(final byte[] frame, final int from, final int to) {
        long sum = 0;
        for (int i = from; i < to; i += 2) {
            sum += get(frame, i) & (i + 1 < to ? 0xffff : 0xff00);
        }
        return sum;
    }

    private static int fold(final long sum) {
        final long once = (sum >>> 16) + (sum & 0xffff);
        return (int) ((once >>> 16) + (once & 0xffff));
    }

    private static byte[] withLength(final byte[] frame, final boolean ipv4) {
        put(frame, ipv4 ? ETHERNET + 2 : ETHERNET + 4, frame.length - (ipv4 ? ETHERNET : tcpOffset(false)));
        return frame;
    }

    private static int get(final byte[] frame, final int at) {
        return (frame[at] & 0xff) << 8 | (at + 1 < frame.length ? frame[at + 1] & 0xff : 0);
    }

    private static void put(final byte[] frame, final int at, final int value) {
        frame[at] = (byte) (value >> 8);
        frame[at + 1] = (byte) value;
    }
}
