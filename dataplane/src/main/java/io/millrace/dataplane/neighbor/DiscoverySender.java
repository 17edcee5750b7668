package io.millrace.dataplane.neighbor;

import io.millrace.dataplane.FrameSink;
import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.port.FrameAllocator;
import io.millrace.dataplane.wire.EtherType;
import io.millrace.dataplane.wire.EthernetHeader;
import io.millrace.dataplane.wire.Icmpv6Header;
import io.millrace.dataplane.wire.IpProtocol;
import io.millrace.dataplane.wire.Ipv6Header;
import io.millrace.dataplane.wire.NeighborMessage;
import io.millrace.dpdk.Mbuf;

/**
 * Sends neighbor solicitations and advertisements (RFC 4861 §7.2). Owned by one thread; allocates frames, nothing on the
 * heap.
 */
final class DiscoverySender {
    static final int HOP_LIMIT = 255;

    /** Flags of a solicitation: none. An advertisement always has one. */
    private static final int SOLICITATION = 0;

    private static final long LINK_GROUPS_HI = 0xff02_0000_0000_0000L;
    private static final long ALL_NODES_LO = 1;
    private static final long SOLICITED_NODE_LO = 0x0000_0001_ff00_0000L;
    private static final long LAST_24 = 0xff_ffffL;
    /** RFC 2464 §7: the group's MAC is 33:33 and the last four bytes of its address. */
    private static final long GROUP_MAC = 0x3333_0000_0000L;

    private final HostAddresses host;
    private final FrameAllocator allocator;
    private final FrameSink sink;
    private final CounterBlock counters;
    private final EthernetHeader ethernet = new EthernetHeader();
    private final Ipv6Header ip = new Ipv6Header();
    private final NeighborMessage message = new NeighborMessage();

    DiscoverySender(
            final HostAddresses host,
            final FrameAllocator allocator,
            final FrameSink sink,
            final CounterBlock counters) {
        this.host = host;
        this.allocator = allocator;
        this.sink = sink;
        this.counters = counters;
    }

    /** Asks who has the address: its group when {@code mac} is 0, else the station that had it whether it still does. */
    void solicit(final long mac, final long targetHi, final long targetLo) {
        final int own = host.sourceFor(targetHi, targetLo);
        if (own == HostAddresses.NONE) {
            return; // every address of ours is still being asked for: the next try may have one
        }
        if (mac == 0) {
            final long group = solicitedNode(targetLo);
            send(groupMac(group), host.hi(own), host.lo(own), LINK_GROUPS_HI, group, SOLICITATION, targetHi, targetLo);
        } else {
            send(mac, host.hi(own), host.lo(own), targetHi, targetLo, SOLICITATION, targetHi, targetLo);
        }
    }

    /** Asks whether anybody has an address we would like to use: from nobody (RFC 4862 §5.4.2). */
    void probe(final int own) {
        final long group = solicitedNode(host.lo(own));
        send(groupMac(group), 0, 0, LINK_GROUPS_HI, group, SOLICITATION, host.hi(own), host.lo(own));
    }

    /** Answers a solicitation, to the asker alone. */
    void answer(final long askerMac, final long askerHi, final long askerLo, final long targetHi, final long targetLo) {
        advertise(askerMac, askerHi, askerLo, NeighborMessage.SOLICITED | NeighborMessage.OVERRIDE, targetHi, targetLo);
    }

    /** Tells everybody that an address is ours (RFC 4861 §7.2.6). */
    void announce(final long targetHi, final long targetLo) {
        advertise(groupMac(ALL_NODES_LO), LINK_GROUPS_HI, ALL_NODES_LO, NeighborMessage.OVERRIDE, targetHi, targetLo);
    }

    private void advertise(
            final long mac,
            final long destinationHi,
            final long destinationLo,
            final int flags,
            final long targetHi,
            final long targetLo) {
        send(mac, targetHi, targetLo, destinationHi, destinationLo, flags, targetHi, targetLo);
    }

    private void send(
            final long mac,
            final long sourceHi,
            final long sourceLo,
            final long destinationHi,
            final long destinationLo,
            final int flags,
            final long targetHi,
            final long targetLo) {
        final long mbuf = allocator.allocate();
        if (mbuf == 0) {
            return;
        }
        final boolean solicits = flags == SOLICITATION;
        // RFC 4861 §4.3: from nobody there must be no address of the source.
        final boolean withOption = !solicits || (sourceHi | sourceLo) != 0;
        final int length = NeighborMessage.LENGTH + (withOption ? NeighborMessage.OPTION_LENGTH : 0);
        final long frame = Mbuf.dataAddress(mbuf);
        ethernet.wrap(frame).destination(mac).source(host.mac()).etherType(EtherType.IPV6);
        ip.wrap(frame + EthernetHeader.LENGTH)
                .initialize(length, IpProtocol.ICMPV6, HOP_LIMIT)
                .source(sourceHi, sourceLo)
                .destination(destinationHi, destinationLo);
        message.wrap(ip.address() + Ipv6Header.LENGTH)
                .initialize(
                        solicits ? Icmpv6Header.NEIGHBOR_SOLICITATION : Icmpv6Header.NEIGHBOR_ADVERTISEMENT,
                        flags,
                        targetHi,
                        targetLo);
        if (withOption) {
            message.option(
                    solicits ? NeighborMessage.SOURCE_LINK_LAYER_ADDRESS : NeighborMessage.TARGET_LINK_LAYER_ADDRESS,
                    host.mac());
        }
        message.icmp().updateChecksum(ip.address(), length);
        Mbuf.length(mbuf, EthernetHeader.LENGTH + Ipv6Header.LENGTH + length);
        counters.increment(solicits ? Counter.ND_SOLICITATIONS_SENT : Counter.ND_ADVERTISEMENTS_SENT);
        sink.send(mbuf);
    }

    private static long solicitedNode(final long targetLo) {
        return SOLICITED_NODE_LO | targetLo & LAST_24;
    }

    private static long groupMac(final long groupLo) {
        return GROUP_MAC | groupLo & 0xffff_ffffL;
    }
}
