package io.millrace.dataplane.wire;

import io.millrace.memory.Memory;
import java.util.regex.Pattern;

/**
 * An Ethernet address: 48 bits in the low bits of a long, the first byte on the wire the most significant. The record is
 * for configuration and messages; the packet path uses the bare long and the static methods, which allocate nothing.
 *
 * @param value the 48 bits
 */
public record MacAddress(long value) {
    /** Length on the wire, in bytes. */
    public static final int LENGTH = 6;
    /** ff:ff:ff:ff:ff:ff. */
    public static final long BROADCAST = 0xffff_ffff_ffffL;

    private static final long GROUP_BIT = 1L << 40;
    private static final Pattern FORMAT = Pattern.compile("(?i)[0-9a-f]{2}([:-][0-9a-f]{2}){5}");

    /** Checks that there are no bits beyond the 48. */
    public MacAddress {
        if ((value & ~BROADCAST) != 0) {
            throw new IllegalArgumentException("MAC address 0x" + Long.toHexString(value) + ": has more than 48 bits");
        }
    }

    /** Reads {@code 02:00:00:00:00:01} (or with dashes). */
    public static MacAddress parse(final String text) {
        if (!FORMAT.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "MAC address '" + text + "': write six hexadecimal bytes, such as 02:00:00:00:00:01");
        }
        return new MacAddress(Long.parseLong(text.replaceAll("[:-]", ""), 16));
    }

    /** Reads the six bytes at {@code address}. */
    public static long read(final long address) {
        return (long) Memory.getIntBE(address) << 16 & 0xffff_ffff_0000L | Memory.getShortBE(address + 4);
    }

    /** Writes the six bytes of {@code mac} at {@code address}. */
    public static void write(final long address, final long mac) {
        Memory.putIntBE(address, (int) (mac >>> 16));
        Memory.putShortBE(address + 4, (int) mac);
    }

    /** True for group addresses: multicast, and broadcast among them. */
    public static boolean isGroup(final long mac) {
        return (mac & GROUP_BIT) != 0;
    }

    /** The usual form of the bare long, {@code 02:00:00:00:00:01}; allocates. */
    public static String toString(final long mac) {
        return new MacAddress(mac).toString();
    }

    @Override
    public String toString() {
        final StringBuilder text = new StringBuilder(17);
        for (int shift = 40; shift >= 0; shift -= 8) {
            text.append(Character.forDigit((int) (value >>> shift + 4) & 0xf, 16))
                    .append(Character.forDigit((int) (value >>> shift) & 0xf, 16))
                    .append(shift == 0 ? "" : ":");
        }
        return text.toString();
    }
}
