package io.millrace.dataplane.host;

import io.millrace.dataplane.wire.IpAddress;
import io.millrace.dataplane.wire.IpPrefix;
import io.millrace.dataplane.wire.MacAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * The addresses of one port: its MAC address, its own addresses each with its network, whole prefixes that are also ours
 * (a load generator speaks from thousands of addresses), and the routes to what is not on the link. Where there is any
 * IPv6 address there is a link-local one too, made from the MAC address if none is given.
 *
 * <p>An address is two longs, as {@link IpAddress} has it. Own addresses have numbers, IPv4 ones first. All is immutable,
 * but for the state of an own address, which the neighbors' owner alone changes; any thread reads. The look-ups allocate
 * nothing.
 */
public final class HostAddresses {
    /** No such address, or no such route. */
    public static final int NONE = -1;

    private static final int ON_LINK = 256;
    private static final int NO_WAY = -1;

    private static final AddressState[] STATES = AddressState.values();
    private static final int USABLE = AddressState.USABLE.ordinal();
    private static final long SOLICITED_NODE_HI = 0xff02_0000_0000_0000L;
    private static final long SOLICITED_NODE_LO = 0x0000_0001_ff00_0000L;
    private static final long LAST_24 = 0xff_ffffL;

    private final MacAddress mac;
    private final List<IpPrefix> addresses;
    private final List<IpPrefix> owned;
    private final List<Route> routes;

    private final long macValue;
    private final long[] ownHi;
    private final long[] ownLo;
    /** A bit for the last six bits of each own address, or all bits where there are whole prefixes. */
    private final long ownLastBits;

    private final AtomicIntegerArray states;
    private final PrefixTable links;
    private final PrefixTable ownedTable;
    private final PrefixTable ways;
    private final int[] wayLength;
    /** The gateway of each of {@link #ways}; 0 for a network on the link. */
    private final long[] gatewayHi;

    private final long[] gatewayLo;
    private final int[] broadcasts;

    private HostAddresses(final Builder builder, final List<IpPrefix> own) {
        mac = builder.mac;
        addresses = List.copyOf(own);
        owned = List.copyOf(builder.owned);
        routes = List.copyOf(builder.routes);
        macValue = mac.value();
        ownHi = addresses.stream().mapToLong(p -> p.address().hi()).toArray();
        ownLo = addresses.stream().mapToLong(p -> p.address().lo()).toArray();
        ownLastBits = owned.isEmpty() ? lastBits(ownLo) : -1;
        states = new AtomicIntegerArray(ownLo.length);
        links = new PrefixTable(addresses);
        ownedTable = new PrefixTable(owned);
        broadcasts = addresses.stream()
                .filter(IpPrefix::hasBroadcast)
                .mapToInt(IpPrefix::broadcastIpv4)
                .toArray();
        final List<Way> sorted = ways();
        ways = new PrefixTable(sorted.stream().map(Way::prefix).toList());
        wayLength = sorted.stream().mapToInt(way -> way.prefix().length()).toArray();
        gatewayHi = sorted.stream().mapToLong(way -> way.gateway.hi()).toArray();
        gatewayLo = sorted.stream().mapToLong(way -> way.gateway.lo()).toArray();
    }

    /** Networks on the link and static routes, the longest prefix first; at the same length the link. */
    private List<Way> ways() {
        final List<Way> all = new ArrayList<>();
        addresses.forEach(prefix -> all.add(new Way(prefix, IpAddress.ANY_IPV6)));
        routes.forEach(route -> all.add(new Way(route.destination(), route.gateway())));
        all.sort(Comparator.comparingInt((Way way) -> way.prefix.length()).reversed());
        return all;
    }

    /** A prefix and the gateway to it; the gateway of what is on the link is {@code ::}. */
    private record Way(IpPrefix prefix, IpAddress gateway) {}

    /** A shift looks at the last six bits of its distance alone. */
    private static long lastBits(final long[] words) {
        long bits = 0;
        for (final long word : words) {
            bits |= 1L << word;
        }
        return bits;
    }

    /** Starts the configuration of a port with this MAC address. */
    public static Builder builder(final MacAddress mac) {
        return new Builder(mac);
    }

    /** Our MAC address, 48 bits. */
    public long mac() {
        return macValue;
    }

    /** Our own addresses, each with the length of its network's prefix, in the order of their numbers. */
    public List<IpPrefix> addresses() {
        return addresses;
    }

    /** Prefixes of which every address is ours. */
    public List<IpPrefix> owned() {
        return owned;
    }

    /** The ways to what is not on the link. */
    public List<Route> routes() {
        return routes;
    }

    /** Number of own addresses. */
    public int count() {
        return ownLo.length;
    }

    /** First word of own address {@code number}. */
    public long hi(final int number) {
        return ownHi[number];
    }

    /** Second word of own address {@code number}. */
    public long lo(final int number) {
        return ownLo[number];
    }

    /** True when own address {@code number} is of IPv4. */
    public boolean isIpv4(final int number) {
        return IpAddress.isIpv4(ownHi[number], ownLo[number]);
    }

    /** The number of an own address, whatever its state, or {@link #NONE}. */
    public int numberOf(final long hi, final long lo) {
        for (int i = 0; i < ownLo.length; i++) {
            if (ownLo[i] == lo && ownHi[i] == hi) {
                return i;
            }
        }
        return NONE;
    }

    /** State of own address {@code number}. */
    public AddressState state(final int number) {
        return STATES[states.getOpaque(number)];
    }

    /** Has every own IPv6 address TENTATIVE if it is to be asked for, else USABLE; the neighbors' owner, or before it runs. */
    public void beginDetection(final boolean asked) {
        for (int own = 0; own < count(); own++) {
            if (!isIpv4(own)) {
                state(own, asked ? AddressState.TENTATIVE : AddressState.USABLE);
            }
        }
    }

    /** Changes the state of own address {@code number}; the neighbors' owner alone. */
    public void state(final int number, final AddressState state) {
        states.setOpaque(number, state.ordinal());
    }

    /** True for one of our own addresses that is usable, and for any address of an owned prefix. */
    public boolean isLocal(final long hi, final long lo) {
        // Asked of each frame's source, which never should be: mostly one test in place of one for each address.
        if ((ownLastBits >>> lo & 1) == 0) {
            return false;
        }
        for (int i = 0; i < ownLo.length; i++) {
            if (ownLo[i] == lo && ownHi[i] == hi) {
                return states.getOpaque(i) == USABLE;
            }
        }
        return ownedTable.find(hi, lo) >= 0;
    }

    /** True for 255.255.255.255 and the directed broadcast address of a network we are in; host order. */
    public boolean isBroadcast(final int ipv4) {
        for (final int broadcast : broadcasts) {
            if (broadcast == ipv4) {
                return true;
            }
        }
        return ipv4 == -1;
    }

    /**
     * True for an IPv6 multicast address that we listen to (RFC 4291 §2.8): all nodes of the link, and the solicited-node
     * address of each of ours.
     */
    public boolean isJoined(final long hi, final long lo) {
        if (hi != SOLICITED_NODE_HI) {
            return false;
        }
        if ((lo & ~LAST_24) != SOLICITED_NODE_LO) {
            return lo == 1;
        }
        for (int i = 0; i < ownLo.length; i++) {
            if (((ownLo[i] ^ lo) & LAST_24) == 0 && !isIpv4(i)) {
                return true;
            }
        }
        return ownedTable.hasLast24(lo & LAST_24);
    }

    /** True when the address is in a network we have an address in. */
    public boolean isOnLink(final long hi, final long lo) {
        return links.find(hi, lo) >= 0;
    }

    /** The number of the way to a destination, the one of the longest prefix, or {@link #NONE}. */
    public int wayTo(final long hi, final long lo) {
        return ways.find(hi, lo);
    }

    /**
     * How well this port leads to a destination, to be compared with others': most where it is on the link, else the length
     * of the prefix that the way is to, in bits; negative where there is no way.
     */
    public int nearness(final long hi, final long lo) {
        if (isOnLink(hi, lo)) {
            return ON_LINK;
        }
        final int way = wayTo(hi, lo);
        return way == NONE ? NO_WAY : wayLength[way];
    }

    /** First word of the neighbor to send to on a way, for a destination with the first word {@code hi}. */
    public long nextHopHi(final int way, final long hi) {
        return gatewayLo[way] == 0 && gatewayHi[way] == 0 ? hi : gatewayHi[way];
    }

    /** Second word of the neighbor to send to on a way, for a destination with the second word {@code lo}. */
    public long nextHopLo(final int way, final long lo) {
        return gatewayLo[way] == 0 && gatewayHi[way] == 0 ? lo : gatewayLo[way];
    }

    /**
     * The number of the own address to speak from to a destination, or {@link #NONE} when no usable one is of its family.
     * IPv4: the one in its next hop's network, else the first. IPv6: RFC 6724 §5, as far as it applies: the destination
     * itself, then an appropriate scope, then the longest common prefix.
     */
    public int sourceFor(final long hi, final long lo) {
        return IpAddress.isIpv4(hi, lo) ? sourceForIpv4(hi, lo) : sourceForIpv6(hi, lo);
    }

    private int sourceForIpv4(final long hi, final long lo) {
        final int way = wayTo(hi, lo);
        final long hopLo = way < 0 ? lo : nextHopLo(way, lo);
        for (int i = 0; i < ownLo.length && isIpv4(i); i++) {
            if (links.contains(i, hi, hopLo)) {
                return i;
            }
        }
        return ownLo.length > 0 && isIpv4(0) ? 0 : NONE;
    }

    private int sourceForIpv6(final long hi, final long lo) {
        final boolean link = isLinkScope(hi);
        int best = NONE;
        int bestRank = -1;
        for (int i = 0; i < ownLo.length; i++) {
            if (!isIpv4(i) && states.getOpaque(i) == USABLE) {
                // Rule 2: a wider scope than needed will do, a narrower one will not, so both come after the right one.
                final boolean sameScope = isLinkScope(ownHi[i]) == link;
                final int rank = ownHi[i] == hi && ownLo[i] == lo
                        ? 1 << 10
                        : (sameScope ? 1 << 9 : link ? 1 << 8 : 0) + commonBits(i, hi, lo);
                if (rank > bestRank) {
                    best = i;
                    bestRank = rank;
                }
            }
        }
        return best;
    }

    /** RFC 6724 §2.2: the common prefix with a source address counts no longer than the source's own prefix. */
    private int commonBits(final int own, final long hi, final long lo) {
        final int common = ownHi[own] == hi
                ? 64 + Long.numberOfLeadingZeros(ownLo[own] ^ lo)
                : Long.numberOfLeadingZeros(ownHi[own] ^ hi);
        return Math.min(common, addresses.get(own).length());
    }

    private static boolean isLinkScope(final long hi) {
        return IpAddress.isLinkLocal(hi) || hi >>> 48 == 0xff02;
    }

    @Override
    public String toString() {
        return mac + " " + addresses + (owned.isEmpty() ? "" : " owning " + owned)
                + (routes.isEmpty() ? "" : " with " + routes);
    }

    /** Gathers and checks a configuration; every mistake is an {@link IllegalArgumentException} that names the value. */
    public static final class Builder {
        private static final int LINK_LOCAL_BITS = 64;

        private final MacAddress mac;
        private final List<IpPrefix> addresses = new ArrayList<>();
        private final List<IpPrefix> owned = new ArrayList<>();
        private final List<Route> routes = new ArrayList<>();

        private Builder(final MacAddress mac) {
            if (mac.value() == 0 || MacAddress.isGroup(mac.value())) {
                throw new IllegalArgumentException("MAC address " + mac + ": a port needs a unicast address");
            }
            this.mac = mac;
        }

        /** Adds an own address with its network, such as {@code 10.0.0.1/24} or {@code fd00::1/64}. */
        public Builder address(final IpPrefix prefix) {
            final IpAddress address = prefix.address();
            if (!address.isUnicast()) {
                throw new IllegalArgumentException("address " + prefix + ": is not a unicast address");
            }
            if (prefix.hasBroadcast()
                    && (address.ipv4() == prefix.broadcastIpv4()
                            || address.ipv4() == (address.ipv4() & prefix.maskIpv4()))) {
                throw new IllegalArgumentException(
                        "address " + prefix + ": is the network's own or its broadcast address; give a host's address");
            }
            if (addresses.stream().anyMatch(p -> p.address().equals(address))) {
                throw new IllegalArgumentException("address " + prefix + ": is given twice");
            }
            addresses.add(prefix);
            return this;
        }

        /** Adds an own address with its network, such as {@code 10.0.0.1/24} or {@code fd00::1/64}. */
        public Builder address(final String cidr) {
            return address(IpPrefix.parse(cidr));
        }

        /** Adds a prefix of which every address is ours, such as {@code 10.64.0.0/12} or {@code fd00:1::/64}. */
        public Builder owned(final IpPrefix prefix) {
            if (!prefix.address().isIpv4() && prefix.address().isMulticast()) {
                throw new IllegalArgumentException("prefix " + prefix + ": is multicast");
            }
            owned.add(prefix);
            return this;
        }

        /** Adds a prefix of which every address is ours, such as {@code 10.64.0.0/12} or {@code fd00:1::/64}. */
        public Builder owned(final String cidr) {
            return owned(IpPrefix.parse(cidr));
        }

        /** Sets the next hop for everything of its family that has no other way; it must be on the link itself. */
        public Builder gateway(final IpAddress address) {
            return route(Route.everywhere(address));
        }

        /** Sets the next hop for everything of its family that has no other way; it must be on the link itself. */
        public Builder gateway(final String address) {
            return gateway(IpAddress.parse(address));
        }

        /** Adds a way; its gateway must be on the link itself. A second way to the same prefix replaces the first. */
        public Builder route(final Route route) {
            routes.removeIf(other -> other.destination().equals(route.destination()));
            routes.add(route);
            return this;
        }

        /** Checks the whole. */
        public HostAddresses build() {
            if (addresses.isEmpty()) {
                throw new IllegalArgumentException("no address: give at least one, such as 10.0.0.1/24 or fd00::1/64");
            }
            final List<IpPrefix> own = ownAddresses();
            routes.forEach(route -> checkGateway(own, route));
            return new HostAddresses(this, own);
        }

        private List<IpPrefix> ownAddresses() {
            final List<IpPrefix> own = new ArrayList<>(addresses);
            final boolean ipv6 = addresses.stream().anyMatch(p -> !p.address().isIpv4())
                    || owned.stream().anyMatch(p -> !p.address().isIpv4());
            if (ipv6
                    && own.stream()
                            .noneMatch(p -> IpAddress.isLinkLocal(p.address().hi()))) {
                own.add(new IpPrefix(IpAddress.linkLocal(mac), LINK_LOCAL_BITS));
            }
            own.sort(Comparator.comparing(p -> !p.address().isIpv4()));
            return own;
        }

        private static void checkGateway(final List<IpPrefix> own, final Route route) {
            final IpAddress address = route.gateway();
            if (own.stream().noneMatch(p -> p.contains(address))) {
                throw new IllegalArgumentException(
                        "gateway " + address + ": is in none of the networks " + own + "; it must be on the link");
            }
            if (own.stream().anyMatch(p -> p.address().equals(address))) {
                throw new IllegalArgumentException("gateway " + address + ": is our own address");
            }
        }
    }
}
