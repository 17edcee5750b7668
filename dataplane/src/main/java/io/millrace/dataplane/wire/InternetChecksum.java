package io.millrace.dataplane.wire;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.millrace.memory.Memory;
import java.nio.ByteOrder;

/**
 * The Internet checksum (RFC 1071), eight bytes at a step, and its incremental update (RFC 1624).
 *
 * <p>A <em>sum</em> here is a long of not yet folded 16-bit words in the machine's byte order (RFC 1071 §2 (B): the sum
 * is independent of byte order); sums of parts are added with {@code +}, provided that every part but the last has an
 * even length. {@link #checksum} makes the value of the header field of it. Any thread; allocates nothing.
 */
public final class InternetChecksum {
    private static final long LOW = 0xffff_ffffL;
    /** {@code INVERSE_OF_ONES * 0xffff == 1} in 64 bits. */
    private static final long INVERSE_OF_ONES = 0xfffe_fffe_fffe_ffffL;
    /** The largest number that 0xffff can be multiplied by in 64 bits. */
    private static final long LARGEST_QUOTIENT = 0x0001_0001_0001_0001L;

    private static final boolean SWAP = ByteOrder.nativeOrder() == LITTLE_ENDIAN;

    private InternetChecksum() {}

    /** Sum of {@code length} bytes at {@code address}; an odd last byte counts as if a zero byte followed. */
    public static long sum(final long address, final int length) {
        long sum = 0;
        long at = address;
        final long end = address + length;
        for (; at + 32 <= end; at += 32) {
            final long a = Memory.getLong(at);
            final long b = Memory.getLong(at + 8);
            final long c = Memory.getLong(at + 16);
            final long d = Memory.getLong(at + 24);
            sum += (a & LOW) + (a >>> 32) + (b & LOW) + (b >>> 32) + (c & LOW) + (c >>> 32) + (d & LOW) + (d >>> 32);
        }
        for (; at + 8 <= end; at += 8) {
            final long word = Memory.getLong(at);
            sum += (word & LOW) + (word >>> 32);
        }
        if ((length & 4) != 0) {
            sum += Memory.getInt(at) & LOW;
            at += 4;
        }
        if ((length & 2) != 0) {
            sum += Memory.getUnsignedShort(at);
            at += 2;
        }
        if ((length & 1) != 0) {
            final int last = Memory.getUnsignedByte(at);
            sum += SWAP ? last : last << 8;
        }
        return sum;
    }

    /**
     * Sum of a header that was written a moment ago, {@code length} a multiple of 4: four bytes at a step, as headers are
     * written, so that every load finds its bytes in one store that has not left the core yet. Eight at a step would have
     * to wait until two of them have.
     */
    public static long sumOfHeader(final long address, final int length) {
        long sum = 0;
        for (int i = 0; i < length; i += 4) {
            sum += Memory.getInt(address + i) & LOW;
        }
        return sum;
    }

    /** Sum of the IPv4 pseudo header (RFC 9293 §3.1); addresses in host order, {@code length} of header and text. */
    public static long pseudoHeader(final int source, final int destination, final int protocol, final int length) {
        final long words = (source & LOW) + (destination & LOW) + protocol + length;
        // A machine-order word is 256 times the network-order word, modulo 2^16 - 1.
        return SWAP ? words << 8 : words;
    }

    /** Sum of the IPv6 pseudo header (RFC 8200 §8.1), from an IPv6 header's addresses, 32 bytes at {@code addresses}. */
    public static long pseudoHeaderIpv6(final long addresses, final int protocol, final int length) {
        final long words = (long) protocol + length;
        return sum(addresses, 32) + (SWAP ? words << 8 : words);
    }

    /**
     * Sum of the IPv6 header's addresses, 32 bytes in two words each, and of protocol and length, as {@link
     * #pseudoHeaderIpv6(long, int, int)}, for who has loaded them in host order already.
     */
    public static long pseudoHeaderIpv6(
            final long sourceHi,
            final long sourceLo,
            final long destinationHi,
            final long destinationLo,
            final int protocol,
            final int length) {
        final long words = (sourceHi >>> 32)
                + (sourceHi & LOW)
                + (sourceLo >>> 32)
                + (sourceLo & LOW)
                + (destinationHi >>> 32)
                + (destinationHi & LOW)
                + (destinationLo >>> 32)
                + (destinationLo & LOW)
                + protocol
                + length;
        return SWAP ? words << 8 : words;
    }

    /** Folds a sum to 16 bits, machine order. */
    public static int fold(final long sum) {
        long folded = (sum & LOW) + (sum >>> 32);
        folded = (folded & 0xffff) + (folded >>> 16 & 0xffff) + (folded >>> 32);
        folded = (folded & 0xffff) + (folded >>> 16);
        folded = (folded & 0xffff) + (folded >>> 16);
        return (int) folded;
    }

    /** The checksum field's value for data whose sum, with the field as 0, is {@code sum}. */
    public static int checksum(final long sum) {
        final int complement = ~fold(sum) & 0xffff;
        return SWAP ? Short.reverseBytes((short) complement) & 0xffff : complement;
    }

    /**
     * The field's value for a card that completes the checksum: the folded sum, not complemented, of the pseudo header.
     */
    public static int uncomplemented(final long sum) {
        return ~checksum(sum) & 0xffff;
    }

    /** True when data that includes its checksum field sums up to what it should. */
    public static boolean isValid(final long sum) {
        // Folded to ones: a multiple of 2^16 - 1, and not 0. An odd number's multiples, times its inverse modulo 2^64,
        // are
        // those numbers not above 2^64 / 65,535: a multiplication in place of a chain of additions.
        return sum != 0 && Long.compareUnsigned(sum * INVERSE_OF_ONES, LARGEST_QUOTIENT) <= 0;
    }

    /** RFC 1624 equation 3: the field's value after one 16-bit word of the data changes. */
    public static int update(final int checksum, final int oldWord, final int newWord) {
        int sum = (~checksum & 0xffff) + (~oldWord & 0xffff) + (newWord & 0xffff);
        sum = (sum & 0xffff) + (sum >>> 16);
        sum = (sum & 0xffff) + (sum >>> 16);
        return ~sum & 0xffff;
    }
}
