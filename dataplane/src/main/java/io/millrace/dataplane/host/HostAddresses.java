package io.millrace.dataplane.host;

import io.millrace.dataplane.wire.IpAddress;
import io.millrace.dataplane.wire.IpPrefix;
import io.millrace.dataplane.wire.MacAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The addresses of one port: its MAC address, its own addresses each with its network, whole prefixes that are also ours
 * (a load generator speaks from thousands of addresses), and the gateway to everything that is not on the link.
 *
 * <p>IPv4 only, so far. Immutable; any thread. The look-ups take IPv4 addresses in host order and allocate nothing.
 */
public final class HostAddresses {
    private final MacAddress mac;
    private final List<IpPrefix> addresses;
    private final List<IpPrefix> owned;
    private final Optional<IpAddress> gateway;

    private final long macValue;
    private final int[] localIpv4;
    private final int[] linkMask;
    private final int[] linkNetwork;
    private final int[] linkBroadcast;
    private final int[] ownedMask;
    private final int[] ownedNetwork;
    private final int gatewayIpv4;

    private HostAddresses(final Builder builder) {
        mac = builder.mac;
        addresses = List.copyOf(builder.addresses);
        owned = List.copyOf(builder.owned);
        gateway = builder.gateway;
        macValue = mac.value();
        localIpv4 = addresses.stream().mapToInt(p -> p.address().ipv4()).toArray();
        linkMask = addresses.stream().mapToInt(IpPrefix::maskIpv4).toArray();
        linkNetwork = addresses.stream()
                .mapToInt(p -> p.address().ipv4() & p.maskIpv4())
                .toArray();
        linkBroadcast = addresses.stream()
                .filter(IpPrefix::hasBroadcast)
                .mapToInt(IpPrefix::broadcastIpv4)
                .toArray();
        ownedMask = owned.stream().mapToInt(IpPrefix::maskIpv4).toArray();
        ownedNetwork =
                owned.stream().mapToInt(p -> p.address().ipv4() & p.maskIpv4()).toArray();
        gatewayIpv4 = gateway.map(IpAddress::ipv4).orElse(0);
    }

    /** Starts the configuration of a port with this MAC address. */
    public static Builder builder(final MacAddress mac) {
        return new Builder(mac);
    }

    /** Our MAC address, 48 bits. */
    public long mac() {
        return macValue;
    }

    /** The first of our own addresses, host order. */
    public int primaryIpv4() {
        return localIpv4[0];
    }

    /** Our own addresses, each with the length of its network's prefix. */
    public List<IpPrefix> addresses() {
        return addresses;
    }

    /** Prefixes of which every address is ours. */
    public List<IpPrefix> owned() {
        return owned;
    }

    /** The next hop for everything that is not on the link. */
    public Optional<IpAddress> gateway() {
        return gateway;
    }

    /** True for one of our own addresses and for any address of an owned prefix. */
    public boolean isLocal(final int ipv4) {
        for (final int local : localIpv4) {
            if (local == ipv4) {
                return true;
            }
        }
        for (int i = 0; i < ownedNetwork.length; i++) {
            if ((ipv4 & ownedMask[i]) == ownedNetwork[i]) {
                return true;
            }
        }
        return false;
    }

    /** True for 255.255.255.255 and the directed broadcast address of a network we are in. */
    public boolean isBroadcast(final int ipv4) {
        for (final int broadcast : linkBroadcast) {
            if (broadcast == ipv4) {
                return true;
            }
        }
        return ipv4 == -1;
    }

    /** True when the address is in a network we have an address in. */
    public boolean isOnLink(final int ipv4) {
        for (int i = 0; i < linkNetwork.length; i++) {
            if ((ipv4 & linkMask[i]) == linkNetwork[i]) {
                return true;
            }
        }
        return false;
    }

    /** The neighbor to send to for a destination: itself when on the link, else the gateway; 0 when there is no way. */
    public int nextHop(final int destinationIpv4) {
        return isOnLink(destinationIpv4) ? destinationIpv4 : gatewayIpv4;
    }

    /** The own address to speak from to a destination: the one in its next hop's network, else the first. */
    public int sourceFor(final int destinationIpv4) {
        final int hop = nextHop(destinationIpv4);
        for (int i = 0; i < localIpv4.length; i++) {
            if ((hop & linkMask[i]) == linkNetwork[i]) {
                return localIpv4[i];
            }
        }
        return primaryIpv4();
    }

    @Override
    public String toString() {
        return mac + " " + addresses + (owned.isEmpty() ? "" : " owning " + owned)
                + gateway.map(ip -> " via " + ip).orElse("");
    }

    /** Gathers and checks a configuration; every mistake is an {@link IllegalArgumentException} that names the value. */
    public static final class Builder {
        private final MacAddress mac;
        private final List<IpPrefix> addresses = new ArrayList<>();
        private final List<IpPrefix> owned = new ArrayList<>();
        private Optional<IpAddress> gateway = Optional.empty();

        private Builder(final MacAddress mac) {
            if (mac.value() == 0 || MacAddress.isGroup(mac.value())) {
                throw new IllegalArgumentException("MAC address " + mac + ": a port needs a unicast address");
            }
            this.mac = mac;
        }

        /** Adds an own address with its network, such as {@code 10.0.0.1/24}. */
        public Builder address(final IpPrefix prefix) {
            final IpAddress address = requireIpv4(prefix.address());
            if (!isUnicast(address.ipv4())) {
                throw new IllegalArgumentException("address " + prefix + ": is not a unicast address");
            }
            if (prefix.hasBroadcast()
                    && (address.ipv4() == prefix.broadcastIpv4()
                            || address.ipv4() == (address.ipv4() & prefix.maskIpv4()))) {
                throw new IllegalArgumentException(
                        "address " + prefix + ": is the network's own or its broadcast address; give a host's address");
            }
            addresses.add(prefix);
            return this;
        }

        /** Adds an own address with its network, such as {@code 10.0.0.1/24}. */
        public Builder address(final String cidr) {
            return address(IpPrefix.parse(cidr));
        }

        /** Adds a prefix of which every address is ours, such as {@code 10.64.0.0/12}. */
        public Builder owned(final IpPrefix prefix) {
            requireIpv4(prefix.address());
            owned.add(prefix);
            return this;
        }

        /** Adds a prefix of which every address is ours, such as {@code 10.64.0.0/12}. */
        public Builder owned(final String cidr) {
            return owned(IpPrefix.parse(cidr));
        }

        /** Sets the next hop for everything that is not on the link; it must be on the link itself. */
        public Builder gateway(final IpAddress address) {
            gateway = Optional.of(requireIpv4(address));
            return this;
        }

        /** Sets the next hop for everything that is not on the link; it must be on the link itself. */
        public Builder gateway(final String address) {
            return gateway(IpAddress.parse(address));
        }

        /** Checks the whole. */
        public HostAddresses build() {
            if (addresses.isEmpty()) {
                throw new IllegalArgumentException("no address: give at least one, such as 10.0.0.1/24");
            }
            gateway.ifPresent(this::checkGateway);
            return new HostAddresses(this);
        }

        private void checkGateway(final IpAddress address) {
            if (addresses.stream().noneMatch(p -> p.contains(address))) {
                throw new IllegalArgumentException("gateway " + address + ": is in none of the networks " + addresses
                        + "; it must be on the link");
            }
            if (addresses.stream().anyMatch(p -> p.address().equals(address))) {
                throw new IllegalArgumentException("gateway " + address + ": is our own address");
            }
        }

        private static IpAddress requireIpv4(final IpAddress address) {
            if (!address.isIpv4()) {
                throw new IllegalArgumentException("address " + address + ": IPv6 is not spoken yet; give an IPv4 one");
            }
            return address;
        }

        private static boolean isUnicast(final int ipv4) {
            final int first = ipv4 >>> 24;
            return first != 0 && first != 127 && first < 224;
        }
    }
}
