package io.millrace.dataplane.host;

import io.millrace.dataplane.wire.IpAddress;
import io.millrace.dataplane.wire.IpPrefix;

/**
 * A static route. For configuration; immutable.
 *
 * @param destination where to; {@code 0.0.0.0/0} or {@code ::/0} for everywhere
 * @param gateway the next hop, on the link
 */
public record Route(IpPrefix destination, IpAddress gateway) {
    private static final String VIA = " via ";

    /** Checks that both are of one family. */
    public Route {
        if (destination.address().isIpv4() != gateway.isIpv4()) {
            throw new IllegalArgumentException(
                    "route " + destination + VIA + gateway + ": one is IPv4, the other IPv6; both must be the same");
        }
    }

    /** The route to everywhere by this gateway. */
    public static Route everywhere(final IpAddress gateway) {
        return new Route(new IpPrefix(gateway.isIpv4() ? IpAddress.ANY_IPV4 : IpAddress.ANY_IPV6, 0), gateway);
    }

    /** Reads {@code 10.8.0.0/16 via 10.0.0.254}. */
    public static Route parse(final String text) {
        final int via = text.indexOf(VIA);
        if (via < 0) {
            throw new IllegalArgumentException(
                    "route '" + text + "': write PREFIX via GATEWAY, such as 10.8.0.0/16 via 10.0.0.254");
        }
        return new Route(
                IpPrefix.parse(text.substring(0, via).strip()),
                IpAddress.parse(text.substring(via + VIA.length()).strip()));
    }

    @Override
    public String toString() {
        return destination + VIA + gateway;
    }
}
