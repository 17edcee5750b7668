package io.millrace.dataplane.icmp;

import io.millrace.dataplane.FrameMeta;
import io.millrace.dataplane.FrameSink;
import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.ingress.DropReason;
import io.millrace.dataplane.port.FrameAllocator;
import io.millrace.dataplane.wire.EtherType;
import io.millrace.dataplane.wire.EthernetHeader;
import io.millrace.dataplane.wire.IcmpHeader;
import io.millrace.dataplane.wire.Icmpv6Header;
import io.millrace.dataplane.wire.IpAddress;
import io.millrace.dataplane.wire.IpProtocol;
import io.millrace.dataplane.wire.Ipv4Header;
import io.millrace.dataplane.wire.Ipv6Extensions;
import io.millrace.dataplane.wire.Ipv6Header;
import io.millrace.dpdk.Mbuf;
import io.millrace.memory.Memory;

/**
 * Takes over dropped frames: for the few reasons a sender must hear of (RFC 1122 §3.2.2.1, RFC 4443 §3.1, §3.4, RFC 8200
 * §4) it sends an ICMP error, in the frame itself and within a rate limit; all others it frees.
 *
 * <p>What RFC 1122 §3.2.2 and RFC 4443 §2.4 (e) forbid can't happen: the classifier has other reasons for frames to or from
 * group addresses, no reason answered here is one for an ICMP message, and a fragment is reported only when it is the first. Owned by one thread;
 * allocates nothing.
 */
public final class ErrorReporter {
    /** As Linux: 1,000 a second in all, 50 at once. */
    private static final int PER_SECOND = 1_000;

    private static final int BURST = 50;
    private static final int L3_OFFSET = EthernetHeader.LENGTH;
    private static final int IPV4_HEADERS = Ipv4Header.MIN_LENGTH + IcmpHeader.LENGTH;
    private static final int IPV6_HEADERS = Ipv6Header.LENGTH + Icmpv6Header.LENGTH;
    /** RFC 1812 §4.3.2.3: as much of the packet as keeps the error within 576 bytes. */
    private static final int IPV4_LIMIT = 576;
    /** RFC 4443 §2.4 (c): as much as keeps the error within the smallest MTU. */
    private static final int IPV6_LIMIT = 1280;

    private static final int HOP_LIMIT = 64;
    /** Code of both time exceeded messages: fragment reassembly time exceeded. */
    private static final int REASSEMBLY = 1;

    private static final int FRAGMENT_HEADER = 8;
    private static final int FRAGMENT_OFFSET_OFFSET = 2;
    /** The word of a parameter problem: the pointer that the walk over the packet's headers ended with. */
    private static final int AS_WALKED = -1;

    private final HostAddresses host;
    private final FrameAllocator allocator;
    private final FrameSink sink;
    private final CounterBlock counters;
    private final TokenBucket limit = new TokenBucket(PER_SECOND, BURST);
    private final EthernetHeader ethernet = new EthernetHeader();
    private final Ipv4Header ip4 = new Ipv4Header();
    private final Ipv6Header ip6 = new Ipv6Header();
    private final IcmpHeader icmp4 = new IcmpHeader();
    private final Icmpv6Header icmp6 = new Icmpv6Header();

    /** Makes a reporter whose errors leave by {@code sink}. */
    public ErrorReporter(
            final HostAddresses host,
            final FrameAllocator allocator,
            final FrameSink sink,
            final CounterBlock counters) {
        this.host = host;
        this.allocator = allocator;
        this.sink = sink;
        this.counters = counters;
    }

    /** Takes over a frame that was dropped for a reason. */
    public void onDropped(final long mbuf, final DropReason reason, final long nowNanos) {
        if (!reason.isReported()) {
            allocator.free(mbuf);
        } else if (ethernet.wrap(Mbuf.dataAddress(mbuf)).etherType() == EtherType.IPV4) {
            final int code = reason == DropReason.UDP ? IcmpHeader.PORT_UNREACHABLE : IcmpHeader.PROTOCOL_UNREACHABLE;
            reportIpv4(mbuf, IcmpHeader.DESTINATION_UNREACHABLE, code, nowNanos);
        } else if (reason == DropReason.UDP) {
            reportIpv6(mbuf, Icmpv6Header.DESTINATION_UNREACHABLE, Icmpv6Header.PORT_UNREACHABLE, 0, nowNanos);
        } else {
            reportIpv6(mbuf, Icmpv6Header.PARAMETER_PROBLEM, codeOf(reason), AS_WALKED, nowNanos);
        }
    }

    /**
     * Takes over a fragment that makes no sense by itself. RFC 8200 §4.5: the sender of one that ends off the eights is shown
     * its payload length, of one past the longest packet its offset. What may be an ICMP error is not reported, nor is IPv4.
     */
    public void onMalformedFragment(final long mbuf, final int meta, final long nowNanos) {
        final int offset = FrameMeta.l4Offset(meta);
        final long header = Mbuf.dataAddress(mbuf) + offset;
        final int length = Mbuf.dataLength(mbuf) - offset - FRAGMENT_HEADER;
        if (FrameMeta.kind(meta) != FrameMeta.FRAGMENT6
                || Memory.getUnsignedByte(header) != IpProtocol.TCP
                || length == 0) {
            allocator.free(mbuf);
            return;
        }
        final boolean more = (Memory.getShortBE(header + FRAGMENT_OFFSET_OFFSET) & 1) != 0;
        final int fault = more && (length & 7) != 0
                ? Ipv6Header.PAYLOAD_LENGTH_OFFSET
                : offset - L3_OFFSET + FRAGMENT_OFFSET_OFFSET;
        reportIpv6(mbuf, Icmpv6Header.PARAMETER_PROBLEM, Icmpv6Header.ERRONEOUS_FIELD, fault, nowNanos);
    }

    /**
     * Takes over the first fragment of a datagram that did not become whole in time, and tells its sender (RFC 1122 §3.3.2,
     * RFC 8200 §4.5) if it began a segment or an echo request: of an ICMP error, which it may have been, nobody is told.
     */
    public void onReassemblyTimeout(final long mbuf, final int meta, final long nowNanos) {
        final long header = Mbuf.dataAddress(mbuf) + FrameMeta.l4Offset(meta);
        if (FrameMeta.kind(meta) == FrameMeta.FRAGMENT4) {
            final int protocol = ip4.wrap(Mbuf.dataAddress(mbuf) + L3_OFFSET).protocol();
            if (protocol == IpProtocol.TCP || Memory.getUnsignedByte(header) == IcmpHeader.ECHO_REQUEST) {
                reportIpv4(mbuf, IcmpHeader.TIME_EXCEEDED, REASSEMBLY, nowNanos);
                return;
            }
        } else {
            final int next = Memory.getUnsignedByte(header);
            if (next == IpProtocol.TCP
                    || next == IpProtocol.ICMPV6
                            && Memory.getUnsignedByte(header + FRAGMENT_HEADER) == Icmpv6Header.ECHO_REQUEST) {
                reportIpv6(mbuf, Icmpv6Header.TIME_EXCEEDED, REASSEMBLY, 0, nowNanos);
                return;
            }
        }
        allocator.free(mbuf);
    }

    private void reportIpv4(final long mbuf, final int type, final int code, final long nowNanos) {
        ip4.wrap(Mbuf.dataAddress(mbuf) + L3_OFFSET);
        if ((ip4.fragment() & Ipv4Header.FRAGMENT_OFFSET_MASK) != 0) {
            allocator.free(mbuf);
            return;
        }
        if (!mayReport(mbuf, IPV4_HEADERS, nowNanos)) {
            return;
        }
        final int asker = ip4.source();
        final int us = ip4.destination();
        final int quoted = Math.min(ip4.totalLength(), IPV4_LIMIT - IPV4_HEADERS);
        final long frame = makeRoom(mbuf, IPV4_HEADERS, quoted, EtherType.IPV4);
        icmp4.wrap(frame + L3_OFFSET + Ipv4Header.MIN_LENGTH)
                .type(type)
                .code(code)
                .identifier(0)
                .sequence(0)
                .updateChecksum(IcmpHeader.LENGTH + quoted);
        ip4.wrap(frame + L3_OFFSET).initialize(IPV4_HEADERS + quoted, IpProtocol.ICMP, HOP_LIMIT, us, asker);
        sink.send(mbuf);
    }

    private void reportIpv6(final long mbuf, final int type, final int code, final int word, final long nowNanos) {
        ip6.wrap(Mbuf.dataAddress(mbuf) + L3_OFFSET);
        final int length = Ipv6Header.LENGTH + ip6.payloadLength();
        final long askerHi = ip6.sourceHi();
        final long askerLo = ip6.sourceLo();
        long usHi = ip6.destinationHi();
        long usLo = ip6.destinationLo();
        final boolean multicast = IpAddress.isMulticast(usHi);
        final long walk = Ipv6Extensions.walk(ip6.address(), length);
        final int outcome = Ipv6Extensions.outcome(walk);
        // RFC 4443 §2.4 (e.3): of what was sent to a group only an option that asks for it is reported; and never to
        // nobody.
        if (outcome == Ipv6Extensions.DROPPING_OPTION
                || multicast && outcome != Ipv6Extensions.REPORTED_OPTION
                || (askerHi | askerLo) == 0) {
            allocator.free(mbuf);
            return;
        }
        if (multicast) {
            final int own = host.sourceFor(askerHi, askerLo);
            if (own == HostAddresses.NONE) {
                allocator.free(mbuf);
                return;
            }
            usHi = host.hi(own);
            usLo = host.lo(own);
        }
        if (!mayReport(mbuf, IPV6_HEADERS, nowNanos)) {
            return;
        }
        final int quoted = Math.min(length, IPV6_LIMIT - IPV6_HEADERS);
        final long ip = makeRoom(mbuf, IPV6_HEADERS, quoted, EtherType.IPV6) + L3_OFFSET;
        ip6.wrap(ip)
                .initialize(Icmpv6Header.LENGTH + quoted, IpProtocol.ICMPV6, HOP_LIMIT)
                .source(usHi, usLo)
                .destination(askerHi, askerLo);
        icmp6.wrap(ip + Ipv6Header.LENGTH)
                .type(type)
                .code(code)
                .word(word == AS_WALKED ? Ipv6Extensions.pointer(walk) : word);
        icmp6.updateChecksum(ip, Icmpv6Header.LENGTH + quoted);
        sink.send(mbuf);
    }

    private static int codeOf(final DropReason reason) {
        return switch (reason) {
            case IPV6_ROUTING_HEADER -> Icmpv6Header.ERRONEOUS_FIELD;
            case IPV6_OPTION -> Icmpv6Header.UNKNOWN_OPTION;
            default -> Icmpv6Header.UNKNOWN_NEXT_HEADER;
        };
    }

    /** Whether the rate limit allows an error, and the headers fit before the packet; frees the frame if not. */
    private boolean mayReport(final long mbuf, final int headers, final long nowNanos) {
        if (Mbuf.dataOffset(mbuf) < headers || !limit.tryTake(nowNanos)) {
            counters.increment(Counter.ICMP_ERRORS_HELD_BACK);
            allocator.free(mbuf);
            return false;
        }
        counters.increment(Counter.ICMP_ERRORS_SENT);
        return true;
    }

    /** Moves the start of the frame back, so that the packet stands behind the headers; answers the new start. */
    private long makeRoom(final long mbuf, final int headers, final int quoted, final int etherType) {
        ethernet.wrap(Mbuf.dataAddress(mbuf));
        final long asker = ethernet.source();
        Mbuf.resetForTransmit(mbuf);
        Mbuf.dataOffset(mbuf, Mbuf.dataOffset(mbuf) - headers);
        Mbuf.length(mbuf, L3_OFFSET + headers + quoted);
        final long frame = Mbuf.dataAddress(mbuf);
        Memory.fill(frame, (long) L3_OFFSET + headers, 0);
        ethernet.wrap(frame).destination(asker).source(host.mac()).etherType(etherType);
        return frame;
    }
}
