package io.millrace.dataplane.neighbor;

import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.wire.ArpPacket;
import io.millrace.dataplane.wire.EthernetHeader;
import io.millrace.dataplane.wire.IpAddress;
import io.millrace.dataplane.wire.MacAddress;
import io.millrace.dpdk.Mbuf;

/** Judges ARP packets and writes the answer to a request over the request. Owned by one thread; allocates nothing. */
final class ArpResponder {
    private static final int PACKET_OFFSET = EthernetHeader.LENGTH;

    private final HostAddresses host;
    private final EthernetHeader ethernet = new EthernetHeader();

    ArpResponder(final HostAddresses host) {
        this.host = host;
    }

    /**
     * True when the packet makes sense: IPv4 over Ethernet, a request or a reply, from a unicast MAC address and a unicast
     * IP address; a request may come from 0.0.0.0 (a probe, RFC 5227 §2.1.1).
     */
    boolean isWellFormed(final ArpPacket arp) {
        final int operation = arp.operation();
        final int sender = arp.senderIp();
        final int first = sender >>> 24;
        return arp.isEthernetIpv4()
                && (operation == ArpPacket.REQUEST || operation == ArpPacket.REPLY)
                && arp.senderMac() != 0
                && !MacAddress.isGroup(arp.senderMac())
                && (sender == 0 ? operation == ArpPacket.REQUEST : first != 0 && first != 127 && first < 224)
                && !host.isBroadcast(sender);
    }

    /** True for a request that asks for one of our addresses. */
    boolean asksForUs(final ArpPacket arp) {
        return arp.operation() == ArpPacket.REQUEST && host.isLocal(0, IpAddress.lowWord(arp.targetIp()));
    }

    /** Turns the frame of a request into that of the reply, to the asker alone. */
    void writeReply(final long mbuf, final ArpPacket arp) {
        final long asker = arp.senderMac();
        final int askerIp = arp.senderIp();
        final int ourIp = arp.targetIp();
        arp.initialize(ArpPacket.REPLY, host.mac(), ourIp, asker, askerIp);
        ethernet.wrap(Mbuf.dataAddress(mbuf)).destination(asker).source(host.mac());
        Mbuf.resetForTransmit(mbuf);
        Mbuf.length(mbuf, PACKET_OFFSET + ArpPacket.LENGTH);
    }
}
