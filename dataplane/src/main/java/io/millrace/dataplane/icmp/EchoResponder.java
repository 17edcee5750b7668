package io.millrace.dataplane.icmp;

import io.millrace.dataplane.FrameMeta;
import io.millrace.dataplane.FrameSink;
import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.port.FrameAllocator;
import io.millrace.dataplane.wire.EtherType;
import io.millrace.dataplane.wire.EthernetHeader;
import io.millrace.dataplane.wire.IcmpHeader;
import io.millrace.dataplane.wire.Icmpv6Header;
import io.millrace.dataplane.wire.InternetChecksum;
import io.millrace.dataplane.wire.IpAddress;
import io.millrace.dataplane.wire.IpProtocol;
import io.millrace.dataplane.wire.Ipv4Header;
import io.millrace.dataplane.wire.Ipv6Header;
import io.millrace.dpdk.Mbuf;

/**
 * Answers echo requests of ICMP (RFC 1122 §3.2.2.6) and ICMPv6 (RFC 4443 §4.2) in the frame that brought them, within a rate
 * limit. The classifier has let through only what is for one of our unicast addresses, or for an IPv6 group we listen to.
 *
 * <p>Owned by one thread; allocates nothing.
 */
public final class EchoResponder {
    private static final int L3_OFFSET = EthernetHeader.LENGTH;
    private static final int TIME_TO_LIVE = 64;
    private static final int REQUEST_WORD = IcmpHeader.ECHO_REQUEST << 8;
    private static final int REPLY_WORD = IcmpHeader.ECHO_REPLY << 8;

    private final HostAddresses host;
    private final FrameAllocator allocator;
    private final FrameSink sink;
    private final CounterBlock counters;
    private final TokenBucket limit;
    private final EthernetHeader ethernet = new EthernetHeader();
    private final Ipv4Header ip = new Ipv4Header();
    private final IcmpHeader icmp = new IcmpHeader();
    private final Ipv6Header ip6 = new Ipv6Header();
    private final Icmpv6Header icmp6 = new Icmpv6Header();

    /** Makes a responder whose replies leave by {@code sink}, at most {@code perSecond}, {@code burst} at once. */
    public EchoResponder(
            final HostAddresses host,
            final FrameAllocator allocator,
            final FrameSink sink,
            final CounterBlock counters,
            final int perSecond,
            final int burst) {
        this.host = host;
        this.allocator = allocator;
        this.sink = sink;
        this.counters = counters;
        limit = new TokenBucket(perSecond, burst);
    }

    /** Takes over an ICMP frame: answers an echo request, drops and counts everything else. */
    public void onIcmp(final long mbuf, final int meta, final long nowNanos) {
        final int l4Offset = FrameMeta.l4Offset(meta);
        final int length = Mbuf.dataLength(mbuf) - l4Offset;
        icmp.wrap(Mbuf.dataAddress(mbuf) + l4Offset);
        if (!InternetChecksum.isValid(InternetChecksum.sum(icmp.address(), length))) {
            drop(mbuf, Counter.ICMP_MALFORMED);
        } else if (icmp.type() != IcmpHeader.ECHO_REQUEST || icmp.code() != 0) {
            drop(mbuf, Counter.ICMP_UNUSED);
        } else {
            counters.increment(Counter.ICMP_ECHOS);
            if (limit.tryTake(nowNanos)) {
                reply(mbuf, l4Offset, length);
            } else {
                drop(mbuf, Counter.ICMP_RATE_LIMITED);
            }
        }
    }

    private void reply(final long mbuf, final int l4Offset, final int length) {
        icmp.checksum(InternetChecksum.update(icmp.checksum(), REQUEST_WORD, REPLY_WORD))
                .type(IcmpHeader.ECHO_REPLY);
        final long frame = Mbuf.dataAddress(mbuf);
        final long asker = ethernet.wrap(frame).source();
        final long us = ethernet.destination();
        ip.wrap(frame + L3_OFFSET);
        final int askerIp = ip.source();
        final int ourIp = ip.destination();
        final int typeOfService = ip.typeOfService();
        // The request's IP options are left out: the headers move up to the message.
        final int options = l4Offset - L3_OFFSET - Ipv4Header.MIN_LENGTH;
        Mbuf.dataOffset(mbuf, Mbuf.dataOffset(mbuf) + options);
        Mbuf.length(mbuf, L3_OFFSET + Ipv4Header.MIN_LENGTH + length);
        Mbuf.resetForTransmit(mbuf);
        ethernet.wrap(frame + options).destination(asker).source(us).etherType(EtherType.IPV4);
        ip.wrap(frame + options + L3_OFFSET)
                .initialize(Ipv4Header.MIN_LENGTH + length, IpProtocol.ICMP, TIME_TO_LIVE, ourIp, askerIp);
        if (typeOfService != 0) { // RFC 1122 §3.2.1.6: the reply carries the type of service of the request
            ip.typeOfService(typeOfService).updateChecksum();
        }
        counters.increment(Counter.ICMP_ECHO_REPLIES);
        sink.send(mbuf);
    }

    /** Takes over an ICMPv6 frame: answers an echo request, drops and counts everything else. */
    public void onIcmp6(final long mbuf, final int meta, final long nowNanos) {
        final int l4Offset = FrameMeta.l4Offset(meta);
        final int length = Mbuf.dataLength(mbuf) - l4Offset;
        final long frame = Mbuf.dataAddress(mbuf);
        ip6.wrap(frame + L3_OFFSET);
        icmp6.wrap(frame + l4Offset);
        if (!icmp6.isChecksumValid(ip6.address(), length)) {
            drop(mbuf, Counter.ICMP_MALFORMED);
        } else if (icmp6.type() != Icmpv6Header.ECHO_REQUEST || icmp6.code() != 0) {
            drop(mbuf, Counter.ICMP_UNUSED);
        } else {
            counters.increment(Counter.ICMP_ECHOS);
            if (!limit.tryTake(nowNanos)) {
                drop(mbuf, Counter.ICMP_RATE_LIMITED);
            } else {
                answer6(mbuf, l4Offset, length);
            }
        }
    }

    private void answer6(final long mbuf, final int l4Offset, final int length) {
        final long askerHi = ip6.sourceHi();
        final long askerLo = ip6.sourceLo();
        long ourHi = ip6.destinationHi();
        long ourLo = ip6.destinationLo();
        if (IpAddress.isMulticast(ourHi)) { // RFC 4443 §4.2: then the answer comes from a unicast address of ours
            final int own = host.sourceFor(askerHi, askerLo);
            if (own == HostAddresses.NONE) {
                drop(mbuf, Counter.ICMP_UNUSED);
                return;
            }
            ourHi = host.hi(own);
            ourLo = host.lo(own);
        }
        if ((askerHi | askerLo) == 0 || host.isLocal(askerHi, askerLo)) {
            drop(mbuf, Counter.ICMP_UNUSED);
            return;
        }
        final long asker = ethernet.wrap(Mbuf.dataAddress(mbuf)).source();
        final int trafficClass = ip6.trafficClass();
        // The request's extension headers are left out: the headers move up to the message.
        final int extensions = l4Offset - L3_OFFSET - Ipv6Header.LENGTH;
        Mbuf.dataOffset(mbuf, Mbuf.dataOffset(mbuf) + extensions);
        Mbuf.length(mbuf, L3_OFFSET + Ipv6Header.LENGTH + length);
        Mbuf.resetForTransmit(mbuf);
        final long frame = Mbuf.dataAddress(mbuf);
        ethernet.wrap(frame).destination(asker).source(host.mac()).etherType(EtherType.IPV6);
        ip6.wrap(frame + L3_OFFSET)
                .initialize(length, IpProtocol.ICMPV6, TIME_TO_LIVE)
                .flow(trafficClass, 0)
                .source(ourHi, ourLo)
                .destination(askerHi, askerLo);
        icmp6.type(Icmpv6Header.ECHO_REPLY).updateChecksum(ip6.address(), length);
        counters.increment(Counter.ICMP_ECHO_REPLIES);
        sink.send(mbuf);
    }

    private void drop(final long mbuf, final Counter reason) {
        counters.increment(reason);
        allocator.free(mbuf);
    }
}
