package io.millrace.dataplane.reassembly;

import io.millrace.dataplane.FrameSink;
import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.port.FrameAllocator;
import io.millrace.dataplane.wire.EtherType;
import io.millrace.dataplane.wire.EthernetHeader;
import io.millrace.dataplane.wire.IpProtocol;
import io.millrace.dataplane.wire.Ipv4Header;
import io.millrace.dataplane.wire.Ipv6Header;
import io.millrace.dpdk.Mbuf;
import io.millrace.memory.Memory;

/**
 * Sends frames on, those longer than the port's MTU in fragments (RFC 791 §3.2, RFC 8200 §4.5): an echo of a datagram that
 * came in fragments has to leave in fragments (RFC 1122 §3.2.2.6). TCP needs none of this: its segments fit.
 *
 * <p>Takes frames with an IP header without options or extension headers, as we write them. Owned by one thread; allocates
 * nothing.
 */
public final class Fragmenter implements FrameSink {
    private static final int L3_OFFSET = EthernetHeader.LENGTH;
    private static final int ETHER_TYPE_OFFSET = 12;
    private static final int IPV6_MORE_FRAGMENTS = 1;

    private final FrameSink sink;
    private final FrameAllocator allocator;
    private final CounterBlock counters;
    private final int mtu;
    private final Ipv4Header ipv4 = new Ipv4Header();
    private final Ipv6Header ipv6 = new Ipv6Header();
    private int identification;

    /**
     * Makes a fragmenter in front of {@code sink}.
     *
     * @param mtu most bytes of an IP packet
     * @param identification of the first datagram that is cut; drawn at random, so that others can't guess those in use
     *     (RFC 7739)
     */
    public Fragmenter(
            final FrameSink sink,
            final FrameAllocator allocator,
            final CounterBlock counters,
            final int mtu,
            final int identification) {
        this.sink = sink;
        this.allocator = allocator;
        this.counters = counters;
        this.mtu = mtu;
        this.identification = identification;
    }

    @Override
    public void send(final long mbuf) {
        if (Mbuf.dataLength(mbuf) <= L3_OFFSET + mtu) {
            sink.send(mbuf);
            return;
        }
        identification++;
        if (Memory.getShortBE(Mbuf.dataAddress(mbuf) + ETHER_TYPE_OFFSET) == EtherType.IPV6) {
            cut(mbuf, L3_OFFSET + Ipv6Header.LENGTH, Fragment.IPV6_HEADER_LENGTH);
        } else {
            cut(mbuf, L3_OFFSET + Ipv4Header.MIN_LENGTH, 0);
        }
        allocator.free(mbuf);
    }

    /** {@code header} bytes are in every fragment, followed by {@code fragmentHeader} bytes of its own. */
    private void cut(final long whole, final int header, final int fragmentHeader) {
        final int end = Mbuf.dataLength(whole);
        final int most = L3_OFFSET + mtu - header - fragmentHeader & ~7;
        for (int from = header; from < end; from += most) {
            final long mbuf = allocator.allocate();
            if (mbuf == 0) { // what has left already is of no use to the peer, who forgets it in time
                return;
            }
            final int length = Math.min(most, end - from);
            final boolean more = from + length < end;
            final long frame = Mbuf.dataAddress(mbuf);
            Memory.copy(Mbuf.dataAddress(whole), frame, header);
            Memory.copy(Mbuf.dataAddress(whole) + from, frame + header + fragmentHeader, length);
            Mbuf.length(mbuf, header + fragmentHeader + length);
            if (fragmentHeader == 0) {
                markIpv4(frame + L3_OFFSET, length, from - header, more);
            } else {
                markIpv6(frame + L3_OFFSET, length, from - header, more);
            }
            counters.increment(Counter.FRAGMENTS_CREATED);
            sink.send(mbuf);
        }
    }

    private void markIpv4(final long ip, final int length, final int offset, final boolean more) {
        ipv4.wrap(ip)
                .totalLength(Ipv4Header.MIN_LENGTH + length)
                .identification(identification & 0xffff)
                .fragment(offset >>> 3 | (more ? Ipv4Header.MORE_FRAGMENTS : 0))
                .updateChecksum();
    }

    private void markIpv6(final long ip, final int length, final int offset, final boolean more) {
        final long fragment = ip + Ipv6Header.LENGTH;
        ipv6.wrap(ip);
        Memory.putByte(fragment, ipv6.nextHeader());
        Memory.putByte(fragment + 1, 0);
        Memory.putShortBE(fragment + 2, offset | (more ? IPV6_MORE_FRAGMENTS : 0));
        Memory.putIntBE(fragment + 4, identification);
        ipv6.nextHeader(IpProtocol.FRAGMENT).payloadLength(Fragment.IPV6_HEADER_LENGTH + length);
    }

    @Override
    public void flush() {
        sink.flush();
    }
}
