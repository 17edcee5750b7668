package io.millrace.dataplane.wire;

/**
 * An address with a prefix length: a network, or an interface's own address in its network ({@code 10.0.0.1/24}). For
 * configuration; immutable.
 *
 * @param address the address; host bits are kept
 * @param length number of network bits: 0 to 32 for IPv4, 0 to 128 for IPv6
 */
public record IpPrefix(IpAddress address, int length) {
    /** Checks the length against the address family. */
    public IpPrefix {
        final int longest = address.isIpv4() ? 32 : 128;
        if (length < 0 || length > longest) {
            throw new IllegalArgumentException("the prefix length must be 0 to " + longest + ", not " + length);
        }
    }

    /** Reads {@code 10.0.0.1/24} or {@code fd00::1/64}; an address alone is a prefix of full length. */
    public static IpPrefix parse(final String text) {
        final int slash = text.indexOf('/');
        try {
            final IpAddress address = IpAddress.parse(slash < 0 ? text : text.substring(0, slash));
            final int length = slash < 0 ? address.isIpv4() ? 32 : 128 : parseLength(text.substring(slash + 1));
            return new IpPrefix(address, length);
        } catch (final NumberFormatException e) {
            throw new IllegalArgumentException(
                    "CIDR '" + text
                            + "': write an address, a slash and the number of network bits, such as 10.0.0.1/24",
                    e);
        } catch (final IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "CIDR '" + text + "': " + e.getMessage() + "; a CIDR looks like 10.0.0.1/24", e);
        }
    }

    /** True when {@code other} lies in this network. */
    public boolean contains(final IpAddress other) {
        if (address.isIpv4()) {
            return other.isIpv4() && containsIpv4(other.ipv4());
        }
        return !other.isIpv4()
                && ((address.hi() ^ other.hi()) & hiMask()) == 0
                && ((address.lo() ^ other.lo()) & loMask()) == 0;
    }

    /** True when this is an IPv4 network and the host-order address lies in it. */
    public boolean containsIpv4(final int ipv4) {
        return address.isIpv4() && ((address.ipv4() ^ ipv4) & maskIpv4()) == 0;
    }

    /** First word of the network mask; for IPv4 that of the mapped form. */
    public long hiMask() {
        return mask64(Math.min(mappedLength(), 64));
    }

    /** Second word of the network mask; for IPv4 that of the mapped form. */
    public long loMask() {
        return mask64(Math.max(mappedLength() - 64, 0));
    }

    private int mappedLength() {
        return address.isIpv4() ? 96 + length : length;
    }

    /** Network mask of an IPv4 prefix, host order. */
    public int maskIpv4() {
        return length == 0 ? 0 : -1 << 32 - length;
    }

    /** True where the network has a directed broadcast address: IPv4 and shorter than /31 (RFC 3021). */
    public boolean hasBroadcast() {
        return address.isIpv4() && length < 31;
    }

    /** The directed broadcast address of an IPv4 prefix, host order. */
    public int broadcastIpv4() {
        return address.ipv4() | ~maskIpv4();
    }

    @Override
    public String toString() {
        return address + "/" + length;
    }

    private static long mask64(final int bits) {
        return bits == 0 ? 0 : -1L << 64 - bits;
    }

    private static int parseLength(final String text) {
        if (text.isEmpty() || text.length() > 3 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new NumberFormatException(text);
        }
        return Integer.parseInt(text);
    }
}
