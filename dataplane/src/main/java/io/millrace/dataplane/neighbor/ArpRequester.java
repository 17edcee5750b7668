package io.millrace.dataplane.neighbor;

import io.millrace.dataplane.FrameSink;
import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.port.FrameAllocator;
import io.millrace.dataplane.wire.ArpPacket;
import io.millrace.dataplane.wire.EtherType;
import io.millrace.dataplane.wire.EthernetHeader;
import io.millrace.dataplane.wire.IpAddress;
import io.millrace.dataplane.wire.MacAddress;
import io.millrace.dpdk.Mbuf;

/** Sends ARP requests and announcements. Owned by one thread; allocates frames, nothing on the heap. */
final class ArpRequester {
    private final HostAddresses host;
    private final FrameAllocator allocator;
    private final FrameSink sink;
    private final CounterBlock counters;
    private final EthernetHeader ethernet = new EthernetHeader();
    private final ArpPacket arp = new ArpPacket();

    ArpRequester(
            final HostAddresses host,
            final FrameAllocator allocator,
            final FrameSink sink,
            final CounterBlock counters) {
        this.host = host;
        this.allocator = allocator;
        this.sink = sink;
        this.counters = counters;
    }

    /** Asks everyone on the link who has the address. */
    void broadcast(final int target) {
        send(MacAddress.BROADCAST, sourceFor(target), target);
    }

    /** Asks the station that had the address whether it still does (RFC 1122 §2.3.2.1). */
    void unicast(final long mac, final int target) {
        send(mac, sourceFor(target), target);
    }

    /** Announces one of our addresses to everyone on the link (RFC 5227 §2.3). */
    void announce(final int own) {
        send(MacAddress.BROADCAST, own, own);
    }

    private int sourceFor(final int target) {
        return (int) host.lo(host.sourceFor(0, IpAddress.lowWord(target)));
    }

    private void send(final long destinationMac, final int source, final int target) {
        final long mbuf = allocator.allocate();
        if (mbuf == 0) {
            return;
        }
        final long frame = Mbuf.dataAddress(mbuf);
        ethernet.wrap(frame).destination(destinationMac).source(host.mac()).etherType(EtherType.ARP);
        arp.wrap(frame + EthernetHeader.LENGTH).initialize(ArpPacket.REQUEST, host.mac(), source, 0, target);
        Mbuf.length(mbuf, EthernetHeader.LENGTH + ArpPacket.LENGTH);
        counters.increment(Counter.ARP_REQUESTS_SENT);
        sink.send(mbuf);
    }
}
