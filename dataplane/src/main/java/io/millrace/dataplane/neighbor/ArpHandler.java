package io.millrace.dataplane.neighbor;

import io.millrace.dataplane.FrameSink;
import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.port.FrameAllocator;
import io.millrace.dataplane.wire.ArpPacket;
import io.millrace.dataplane.wire.EthernetHeader;
import io.millrace.dataplane.wire.IpAddress;
import io.millrace.dataplane.wire.MacAddress;
import io.millrace.dpdk.Mbuf;

/**
 * Answers ARP, learns from it, announces our IPv4 addresses, and notices who else uses them. Owned by one thread; allocates
 * nothing, but for the line it logs about a conflict.
 */
final class ArpHandler {
    private static final System.Logger LOGGER = System.getLogger(ArpHandler.class.getName());
    /** RFC 5227 §2.4 (c): DEFEND_INTERVAL. */
    private static final long DEFEND_NANOS = 10_000_000_000L;

    private final HostAddresses host;
    private final NeighborCache cache;
    private final ArpRequester requester;
    private final ArpResponder responder;
    private final FrameAllocator allocator;
    private final FrameSink sink;
    private final CounterBlock counters;
    private final ArpPacket arp = new ArpPacket();
    private long nextDefence;
    private boolean defended;

    ArpHandler(
            final HostAddresses host,
            final NeighborCache cache,
            final ArpRequester requester,
            final FrameAllocator allocator,
            final FrameSink sink,
            final CounterBlock counters) {
        this.host = host;
        this.cache = cache;
        this.requester = requester;
        this.allocator = allocator;
        this.sink = sink;
        this.counters = counters;
        responder = new ArpResponder(host);
    }

    /** Tells everybody that our addresses are ours (RFC 5227 §2.3). */
    void announce() {
        for (int own = 0; own < host.count() && host.isIpv4(own); own++) {
            requester.announce((int) host.lo(own));
        }
    }

    /** Takes over an ARP frame that the classifier let through: it is answered in place, or freed. */
    void onArp(final long mbuf, final long nowNanos) {
        arp.wrap(Mbuf.dataAddress(mbuf) + EthernetHeader.LENGTH);
        if (!responder.isWellFormed(arp)) {
            counters.increment(Counter.ARP_MALFORMED);
            allocator.free(mbuf);
            return;
        }
        final boolean asksForUs = responder.asksForUs(arp);
        final long sender = IpAddress.lowWord(arp.senderIp());
        if (arp.senderIp() != 0 && host.isLocal(0, sender)) {
            defend(arp.senderIp(), nowNanos);
        } else if (host.isOnLink(0, sender)) {
            merge(asksForUs);
        }
        if (asksForUs) {
            counters.increment(Counter.ARP_REQUESTS_RECEIVED);
            counters.increment(Counter.ARP_REPLIES_SENT);
            responder.writeReply(mbuf, arp);
            sink.send(mbuf);
        } else {
            allocator.free(mbuf);
        }
    }

    /** RFC 5227 §2.4 (b): someone uses our address; say that it is ours, at most every ten seconds. */
    private void defend(final int own, final long nowNanos) {
        counters.increment(Counter.ARP_CONFLICTS);
        if (!defended || nowNanos - nextDefence >= 0) {
            defended = true;
            nextDefence = nowNanos + DEFEND_NANOS;
            requester.announce(own);
            LOGGER.log(
                    System.Logger.Level.WARNING,
                    "address " + IpAddress.toString(own) + " is also used by " + MacAddress.toString(arp.senderMac())
                            + ": give one of the two another address");
        }
    }

    /** RFC 826 "Packet Reception": what the sender says of itself updates what we know, and is added if we are asked. */
    private void merge(final boolean asksForUs) {
        final boolean answer = arp.operation() == ArpPacket.REPLY;
        if (answer) {
            counters.increment(Counter.ARP_REPLIES_RECEIVED);
        }
        final long sender = IpAddress.lowWord(arp.senderIp());
        final long mac = arp.senderMac();
        final int slot = cache.find(0, sender);
        if (slot < 0) {
            if (asksForUs) {
                cache.addStale(0, sender, mac);
            }
        } else if (answer && arp.targetMac() == host.mac()) {
            cache.confirm(slot, mac);
        } else if (cache.mac(slot) != mac) {
            cache.becomeStale(slot, mac);
        }
    }
}
