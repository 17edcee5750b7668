package io.millrace.dataplane.flow;

import java.util.HexFormat;

/**
 * The Toeplitz hash of receive-side scaling over a TCP 4-tuple, as NICs compute it: one table of 256 values for each byte
 * of input.
 *
 * <p>Addresses and ports in host order, source first, as seen by the receiver. Immutable: any thread; allocates its
 * tables (36 KiB) when it is made, nothing later.
 */
public final class Toeplitz {
    /** Bytes of a key: enough for the 36 bytes of an IPv6 4-tuple. */
    public static final int KEY_LENGTH = 40;

    private static final String STANDARD_KEY =
            "6d5a56da255b0ec24167253d43a38fb0d0ca2bcbae7b30b477cb2da38030f20c" + "6a42b73bbeac01fa";
    private static final int IPV6_BYTES = 36;

    private final byte[] key;
    private final int[] table = new int[IPV6_BYTES * 256];

    /** Makes the hash for a key of {@link #KEY_LENGTH} bytes. */
    public Toeplitz(final byte[] key) {
        if (key.length != KEY_LENGTH) {
            throw new IllegalArgumentException("RSS key of " + key.length + " bytes: must have " + KEY_LENGTH);
        }
        this.key = key.clone();
        for (int position = 0; position < IPV6_BYTES; position++) {
            for (int value = 0; value < 256; value++) {
                table[position << 8 | value] = hashByte(position, value);
            }
        }
    }

    /** The hash with the key that Microsoft publishes, which most NICs come with. */
    public static Toeplitz standard() {
        return new Toeplitz(HexFormat.of().parseHex(STANDARD_KEY));
    }

    /** A copy of the key, to configure a NIC with. */
    public byte[] key() {
        return key.clone();
    }

    /** Hash of an IPv4 TCP flow. */
    public int hashIpv4(final int source, final int destination, final int sourcePort, final int destinationPort) {
        return hashInt(0, source) ^ hashInt(4, destination) ^ hashInt(8, sourcePort << 16 | destinationPort & 0xffff);
    }

    /** Hash of an IPv6 TCP flow; each address as two words. */
    public int hashIpv6(
            final long sourceHi,
            final long sourceLo,
            final long destinationHi,
            final long destinationLo,
            final int sourcePort,
            final int destinationPort) {
        return hashLong(0, sourceHi)
                ^ hashLong(8, sourceLo)
                ^ hashLong(16, destinationHi)
                ^ hashLong(24, destinationLo)
                ^ hashInt(32, sourcePort << 16 | destinationPort & 0xffff);
    }

    private int hashLong(final int position, final long word) {
        return hashInt(position, (int) (word >>> 32)) ^ hashInt(position + 4, (int) word);
    }

    private int hashInt(final int position, final int word) {
        final int base = position << 8;
        return table[base | word >>> 24]
                ^ table[base + 256 | word >>> 16 & 0xff]
                ^ table[base + 512 | word >>> 8 & 0xff]
                ^ table[base + 768 | word & 0xff];
    }

    /** The definition: for each set bit of the input, the 32 key bits that start at the bit's place. */
    private int hashByte(final int position, final int value) {
        int hash = 0;
        for (int bit = 0; bit < 8; bit++) {
            if ((value & 0x80 >>> bit) != 0) {
                hash ^= keyBits(position * 8 + bit);
            }
        }
        return hash;
    }

    private int keyBits(final int firstBit) {
        long window = 0;
        for (int i = 0; i < 5; i++) {
            final int at = firstBit / 8 + i;
            window = window << 8 | (at < KEY_LENGTH ? key[at] & 0xff : 0);
        }
        return (int) (window >>> 8 - firstBit % 8);
    }
}
