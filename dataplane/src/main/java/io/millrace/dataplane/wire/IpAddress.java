package io.millrace.dataplane.wire;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.regex.Pattern;

/**
 * An IPv4 or IPv6 address as two longs, most significant first; an IPv4 address is in its mapped form {@code
 * ::ffff:a.b.c.d}. The record is for configuration, the API and messages; the packet path uses the bare words.
 *
 * @param hi the first eight bytes on the wire; 0 for IPv4
 * @param lo the last eight bytes on the wire; {@code 0xffff} and the four bytes for IPv4
 */
public record IpAddress(long hi, long lo) {
    /** {@code lo} of an IPv4 address without its low 32 bits. */
    public static final long IPV4_MAPPED = 0xffffL << 32;

    private static final Pattern DOTTED_QUAD = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");

    /** 0.0.0.0, any of our addresses. */
    public static final IpAddress ANY_IPV4 = ofIpv4(0);

    /** ::, no address, or any of ours. */
    public static final IpAddress ANY_IPV6 = new IpAddress(0, 0);

    /** Wraps an IPv4 address given in host order ({@code 0x0a000001} is 10.0.0.1). */
    public static IpAddress ofIpv4(final int ipv4) {
        return new IpAddress(0, lowWord(ipv4));
    }

    /** The {@code lo} word of the IPv4 address. */
    public static long lowWord(final int ipv4) {
        return IPV4_MAPPED | ipv4 & 0xffff_ffffL;
    }

    /** Whether the two words are an IPv4 address in its mapped form. */
    public static boolean isIpv4(final long hi, final long lo) {
        return hi == 0 && lo >>> 32 == 0xffff;
    }

    /** Converts a JDK address. */
    public static IpAddress of(final InetAddress address) {
        final byte[] bytes = address.getAddress();
        return bytes.length == 4
                ? ofIpv4((int) word(bytes, 0, 4))
                : new IpAddress(word(bytes, 0, 8), word(bytes, 8, 8));
    }

    /** Reads a literal such as {@code 10.0.0.1} or {@code fd00::1}; never asks a name service. */
    public static IpAddress parse(final String text) {
        try {
            if (text.indexOf(':') >= 0) {
                return of(Inet6Address.ofLiteral(text));
            }
            if (!DOTTED_QUAD.matcher(text).matches()) { // the JDK would take 10.1 for 10.0.0.1
                throw new IllegalArgumentException("not four numbers");
            }
            return of(Inet4Address.ofLiteral(text));
        } catch (final IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "IP address '" + text + "': write a literal such as 10.0.0.1 or fd00::1", e);
        }
    }

    /** The address of these words as usual text; allocates. */
    public static String toString(final long hi, final long lo) {
        return new IpAddress(hi, lo).toString();
    }

    /** The IPv4 address as usual text, from its host-order value; allocates. */
    public static String toString(final int ipv4) {
        return (ipv4 >>> 24) + "." + (ipv4 >>> 16 & 0xff) + "." + (ipv4 >>> 8 & 0xff) + "." + (ipv4 & 0xff);
    }

    /** True for an IPv4 address. */
    public boolean isIpv4() {
        return isIpv4(hi, lo);
    }

    /** True for the first word of an IPv6 link-local unicast address, fe80::/10. */
    public static boolean isLinkLocal(final long hi) {
        return hi >>> 54 == 0xfe80 >>> 6;
    }

    /** True for the first word of an IPv6 multicast address, ff00::/8. */
    public static boolean isMulticast(final long hi) {
        return hi >>> 56 == 0xff;
    }

    /** The link-local address of a station, its modified EUI-64 behind fe80::/64 (RFC 4291 appendix A). */
    public static IpAddress linkLocal(final MacAddress mac) {
        final long value = mac.value() ^ 0x0200_0000_0000L;
        return new IpAddress(
                0xfe80_0000_0000_0000L, (value & 0xffff_ff00_0000L) << 16 | 0xff_fe00_0000L | value & 0xff_ffffL);
    }

    /** True for a multicast address. */
    public boolean isMulticast() {
        return isIpv4() ? ipv4() >>> 28 == 0xe : isMulticast(hi);
    }

    /** True for an address a host can have on a link: not unspecified, loopback, multicast or reserved. */
    public boolean isUnicast() {
        if (isIpv4()) {
            final int first = ipv4() >>> 24;
            return first != 0 && first != 127 && first < 224;
        }
        return !isMulticast(hi) && (hi != 0 || lo >>> 1 != 0);
    }

    /** The IPv4 address in host order; meaningless when it is not one. */
    public int ipv4() {
        return (int) lo;
    }

    @Override
    public String toString() {
        if (isIpv4()) {
            return toString(ipv4());
        }
        final StringBuilder text = new StringBuilder(39);
        final int zeros = longestZeroRun();
        for (int i = 0; i < 8; i++) {
            if (i == zeros >>> 4) {
                text.append("::");
                i += (zeros & 0xf) - 1;
            } else {
                text.append(text.isEmpty() || text.charAt(text.length() - 1) == ':' ? "" : ":")
                        .append(Integer.toHexString(group(i)));
            }
        }
        return text.toString();
    }

    /** RFC 5952 §4.2: the first of the longest runs of at least two zero groups; index in bits 4.., length in 0..3. */
    private int longestZeroRun() {
        int best = 8 << 4;
        int length = 1;
        for (int i = 0, run = 0; i < 8; i++) {
            run = group(i) == 0 ? run + 1 : 0;
            if (run > length) {
                length = run;
                best = i - run + 1 << 4 | run;
            }
        }
        return best;
    }

    private int group(final int i) {
        return (int) ((i < 4 ? hi : lo) >>> 48 - 16 * (i & 3)) & 0xffff;
    }

    private static long word(final byte[] bytes, final int from, final int count) {
        long word = 0;
        for (int i = from; i < from + count; i++) {
            word = word << 8 | bytes[i] & 0xff;
        }
        return word;
    }
}
