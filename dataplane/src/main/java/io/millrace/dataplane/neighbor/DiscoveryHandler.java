package io.millrace.dataplane.neighbor;

import io.millrace.dataplane.FrameMeta;
import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.host.AddressState;
import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.wire.EthernetHeader;
import io.millrace.dataplane.wire.Icmpv6Header;
import io.millrace.dataplane.wire.IpAddress;
import io.millrace.dataplane.wire.Ipv6Header;
import io.millrace.dataplane.wire.MacAddress;
import io.millrace.dataplane.wire.NeighborMessage;
import io.millrace.dpdk.Mbuf;

/**
 * Answers neighbor solicitations, learns from advertisements (RFC 4861 §7.2), and asks for our IPv6 addresses before they
 * are used (RFC 4862 §5.4). Routers are configured, so router messages and redirects are left alone.
 *
 * <p>An address that another station has is unusable from then on, and is not asked for again. Owned by one thread;
 * allocates nothing, but for the line it logs about a duplicate.
 */
final class DiscoveryHandler {
    private static final System.Logger LOGGER = System.getLogger(DiscoveryHandler.class.getName());
    private static final long WARN_NANOS = 10_000_000_000L;

    private final NeighborConfig config;
    private final HostAddresses host;
    private final NeighborCache cache;
    private final DiscoverySender sender;
    private final CounterBlock counters;
    private final EthernetHeader ethernet = new EthernetHeader();
    private final Ipv6Header ip = new Ipv6Header();
    private final NeighborMessage message = new NeighborMessage();
    private long nextProbe;
    private int probes;
    private boolean probing;
    private boolean warned;
    private long nextWarning;

    DiscoveryHandler(
            final NeighborConfig config,
            final HostAddresses host,
            final NeighborCache cache,
            final DiscoverySender sender,
            final CounterBlock counters) {
        this.config = config;
        this.host = host;
        this.cache = cache;
        this.sender = sender;
        this.counters = counters;
    }

    /** Begins to ask for our addresses; without probes they are usable at once. */
    void start(final long nowNanos) {
        probing = config.duplicateProbes() > 0;
        probes = 0;
        nextProbe = nowNanos;
        host.beginDetection(probing);
    }

    /** True while our addresses are being asked for. */
    boolean isProbing() {
        return probing;
    }

    /** Asks for our addresses, or ends asking; returns true when it has just ended. */
    boolean probe(final long nowNanos) {
        if (!probing || nowNanos - nextProbe < 0) {
            return false;
        }
        nextProbe = nowNanos + config.retryNanos();
        probing = probes < config.duplicateProbes();
        probes++;
        for (int own = 0; own < host.count(); own++) {
            if (host.state(own) == AddressState.TENTATIVE) {
                if (probing) {
                    sender.probe(own);
                } else {
                    host.state(own, AddressState.USABLE);
                }
            }
        }
        return !probing;
    }

    /** Tells everybody that our addresses are ours. */
    void announce() {
        for (int own = 0; own < host.count(); own++) {
            if (!host.isIpv4(own) && host.state(own) == AddressState.USABLE) {
                sender.announce(host.hi(own), host.lo(own));
            }
        }
    }

    /** Reads a frame of neighbor discovery, which remains the caller's. */
    void onDiscovery(final long mbuf, final int meta, final long nowNanos) {
        final long frame = Mbuf.dataAddress(mbuf);
        final int length = Mbuf.dataLength(mbuf) - FrameMeta.l4Offset(meta);
        ethernet.wrap(frame);
        ip.wrap(frame + FrameMeta.l3Offset(meta));
        message.wrap(frame + FrameMeta.l4Offset(meta));
        final int type = message.icmp().type();
        if (type != Icmpv6Header.NEIGHBOR_SOLICITATION && type != Icmpv6Header.NEIGHBOR_ADVERTISEMENT) {
            counters.increment(Counter.ICMP_UNUSED);
        } else if (!isWellFormed(length)) {
            counters.increment(Counter.ND_MALFORMED);
        } else if (type == Icmpv6Header.NEIGHBOR_SOLICITATION) {
            onSolicitation(length, nowNanos);
        } else {
            onAdvertisement(length, nowNanos);
        }
    }

    /** RFC 4861 §7.1.1 and §7.1.2, what both have in common. A hop limit below 255 has passed a router. */
    private boolean isWellFormed(final int length) {
        return length >= NeighborMessage.LENGTH
                && ip.hopLimit() == DiscoverySender.HOP_LIMIT
                && message.icmp().code() == 0
                && !IpAddress.isMulticast(message.targetHi())
                && !IpAddress.isIpv4(message.targetHi(), message.targetLo())
                && message.icmp().isChecksumValid(ip.address(), length);
    }

    private void onSolicitation(final int length, final long nowNanos) {
        final long option = message.linkLayerAddress(NeighborMessage.SOURCE_LINK_LAYER_ADDRESS, length);
        final boolean fromNobody = (ip.sourceHi() | ip.sourceLo()) == 0;
        final boolean toGroup = IpAddress.isMulticast(ip.destinationHi());
        if (option == NeighborMessage.MALFORMED || fromNobody && (option != 0 || !toGroup || ip.destinationLo() == 1)) {
            counters.increment(Counter.ND_MALFORMED);
            return;
        }
        final long targetHi = message.targetHi();
        final long targetLo = message.targetLo();
        final int own = host.numberOf(targetHi, targetLo);
        if (own != HostAddresses.NONE && host.state(own) == AddressState.TENTATIVE) {
            if (fromNobody) { // RFC 4862 §5.4.3: another station asks for the same address at the same time
                duplicate(own);
            }
            return;
        }
        if (!host.isLocal(targetHi, targetLo)) {
            return;
        }
        counters.increment(Counter.ND_SOLICITATIONS_RECEIVED);
        if (fromNobody) {
            sender.announce(targetHi, targetLo);
        } else if (host.isLocal(ip.sourceHi(), ip.sourceLo())) { // one that we gave up is theirs
            warn(ip.sourceHi(), ip.sourceLo(), nowNanos);
        } else {
            final long askerMac = option != 0 && !MacAddress.isGroup(option) ? option : ethernet.source();
            learnAsker(option);
            sender.answer(askerMac, ip.sourceHi(), ip.sourceLo(), targetHi, targetLo);
        }
    }

    /** RFC 4861 §7.2.3: what the asker says of itself. */
    private void learnAsker(final long mac) {
        if (mac == 0 || MacAddress.isGroup(mac) || !host.isOnLink(ip.sourceHi(), ip.sourceLo())) {
            return;
        }
        final int slot = cache.find(ip.sourceHi(), ip.sourceLo());
        if (slot < 0) {
            cache.addStale(ip.sourceHi(), ip.sourceLo(), mac);
        } else if (cache.mac(slot) != mac) {
            cache.becomeStale(slot, mac);
        }
    }

    private void onAdvertisement(final int length, final long nowNanos) {
        final long option = message.linkLayerAddress(NeighborMessage.TARGET_LINK_LAYER_ADDRESS, length);
        final boolean solicited = (message.flags() & NeighborMessage.SOLICITED) != 0;
        if (option == NeighborMessage.MALFORMED || solicited && IpAddress.isMulticast(ip.destinationHi())) {
            counters.increment(Counter.ND_MALFORMED);
            return;
        }
        final int own = host.numberOf(message.targetHi(), message.targetLo());
        if (own != HostAddresses.NONE) {
            switch (host.state(own)) {
                case TENTATIVE -> duplicate(own);
                case USABLE -> warn(host.hi(own), host.lo(own), nowNanos);
                default -> {
                    // known to be another's
                }
            }
            return;
        }
        counters.increment(Counter.ND_ADVERTISEMENTS_RECEIVED);
        final int slot = cache.find(message.targetHi(), message.targetLo());
        if (slot >= 0 && !MacAddress.isGroup(option)) {
            update(slot, option, solicited, (message.flags() & NeighborMessage.OVERRIDE) != 0);
        }
    }

    /** RFC 4861 §7.2.5, in its order. */
    private void update(final int slot, final long mac, final boolean solicited, final boolean override) {
        final long known = cache.mac(slot);
        if (cache.state(slot) == NeighborTable.INCOMPLETE) {
            if (mac != 0 && solicited) {
                cache.confirm(slot, mac);
            } else if (mac != 0) {
                cache.becomeStale(slot, mac);
            }
        } else if (mac != 0 && mac != known && !override) {
            if (cache.state(slot) == NeighborTable.REACHABLE) {
                cache.becomeStale(slot, known);
            }
        } else if (solicited) {
            cache.confirm(slot, mac != 0 ? mac : known);
        } else if (mac != 0 && mac != known) {
            cache.becomeStale(slot, mac);
        }
    }

    private void duplicate(final int own) {
        host.state(own, AddressState.DUPLICATE);
        counters.increment(Counter.ND_DUPLICATES);
        LOGGER.log(
                System.Logger.Level.ERROR,
                "address " + IpAddress.toString(host.hi(own), host.lo(own)) + " is not used: "
                        + MacAddress.toString(ethernet.source())
                        + " has it already; give one of the two another address");
    }

    private void warn(final long hi, final long lo, final long nowNanos) {
        counters.increment(Counter.ND_CONFLICTS);
        if (!warned || nowNanos - nextWarning >= 0) {
            warned = true;
            nextWarning = nowNanos + WARN_NANOS;
            LOGGER.log(
                    System.Logger.Level.WARNING,
                    "address " + IpAddress.toString(hi, lo) + " is also used by "
                            + MacAddress.toString(ethernet.source()) + ": give one of the two another address");
        }
    }
}
