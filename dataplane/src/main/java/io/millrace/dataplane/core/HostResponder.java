package io.millrace.dataplane.core;

import io.millrace.dataplane.FrameMeta;
import io.millrace.dataplane.FrameSink;
import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.icmp.EchoResponder;
import io.millrace.dataplane.icmp.ErrorReporter;
import io.millrace.dataplane.ingress.DropReason;
import io.millrace.dataplane.neighbor.NeighborResolver;
import io.millrace.dataplane.neighbor.NeighborService;
import io.millrace.dataplane.port.FrameAllocator;
import io.millrace.dataplane.reassembly.Fragmenter;
import io.millrace.dataplane.wire.Icmpv6Header;
import io.millrace.dpdk.Mbuf;
import io.millrace.memory.Memory;
import java.security.SecureRandom;

/**
 * Takes the frames that are not TCP's: echo requests are answered here, dropped frames reported where that is due; ARP and
 * neighbor discovery are taken to the thread that owns the neighbors, which may be this one. Owned by one thread;
 * allocates nothing.
 */
abstract sealed class HostResponder {
    private final EchoResponder echo;
    private final ErrorReporter errors;
    private final FrameAllocator allocator;
    private final CounterBlock counters;

    private HostResponder(
            final HostAddresses host,
            final DatapathConfig config,
            final FrameAllocator allocator,
            final FrameSink sink,
            final int mtu,
            final CounterBlock counters) {
        this.allocator = allocator;
        this.counters = counters;
        echo = new EchoResponder(
                host,
                allocator,
                new Fragmenter(sink, allocator, counters, mtu, new SecureRandom().nextInt()),
                counters,
                config.echoRepliesPerSecond(),
                config.echoReplyBurst());
        errors = new ErrorReporter(host, allocator, sink, counters);
    }

    /** Takes over an ARP, ICMP or ICMPv6 frame. */
    final void onFrame(final long mbuf, final int meta, final long nowNanos) {
        switch (FrameMeta.kind(meta)) {
            case FrameMeta.ARP -> onNeighborFrame(mbuf, meta);
            case FrameMeta.ICMP4 -> echo.onIcmp(mbuf, meta, nowNanos);
            case FrameMeta.ICMP6 -> {
                if (Icmpv6Header.isNeighborDiscovery(
                        Memory.getUnsignedByte(Mbuf.dataAddress(mbuf) + FrameMeta.l4Offset(meta)))) {
                    onNeighborFrame(mbuf, meta);
                } else {
                    echo.onIcmp6(mbuf, meta, nowNanos);
                }
            }
            default -> {
                counters.increment(Counter.ICMP_UNUSED);
                allocator.free(mbuf);
            }
        }
    }

    /** Takes over a frame that is dropped, for a reason that has been counted. */
    final void onDropped(final long mbuf, final DropReason reason, final long nowNanos) {
        errors.onDropped(mbuf, reason, nowNanos);
    }

    /** Takes over a fragment that makes no sense by itself. */
    final void onMalformedFragment(final long mbuf, final int meta, final long nowNanos) {
        errors.onMalformedFragment(mbuf, meta, nowNanos);
    }

    /** Takes over the first fragment of a datagram that did not become whole in time. */
    final void onReassemblyTimeout(final long mbuf, final int meta, final long nowNanos) {
        errors.onReassemblyTimeout(mbuf, meta, nowNanos);
    }

    abstract void onNeighborFrame(long mbuf, int meta);

    /** On the thread that owns the neighbors. */
    static final class Owner extends HostResponder {
        private final NeighborService neighbors;

        Owner(
                final HostAddresses host,
                final DatapathConfig config,
                final FrameAllocator allocator,
                final FrameSink sink,
                final int mtu,
                final CounterBlock counters,
                final NeighborService neighbors) {
            super(host, config, allocator, sink, mtu, counters);
            this.neighbors = neighbors;
        }

        @Override
        void onNeighborFrame(final long mbuf, final int meta) {
            neighbors.onFrame(mbuf, meta);
        }
    }

    /** On every other thread. */
    static final class Forwarder extends HostResponder {
        private final NeighborResolver resolver;
        private final FrameAllocator allocator;

        Forwarder(
                final HostAddresses host,
                final DatapathConfig config,
                final FrameAllocator allocator,
                final FrameSink sink,
                final int mtu,
                final CounterBlock counters,
                final NeighborResolver resolver) {
            super(host, config, allocator, sink, mtu, counters);
            this.resolver = resolver;
            this.allocator = allocator;
        }

        @Override
        void onNeighborFrame(final long mbuf, final int meta) {
            if (!resolver.handOver(mbuf, meta)) {
                allocator.free(mbuf);
            }
        }
    }
}
