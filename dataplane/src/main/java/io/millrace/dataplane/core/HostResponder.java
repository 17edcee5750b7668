package io.millrace.dataplane.core;

import io.millrace.dataplane.FrameMeta;
import io.millrace.dataplane.icmp.EchoResponder;
import io.millrace.dataplane.neighbor.NeighborResolver;
import io.millrace.dataplane.neighbor.NeighborService;
import io.millrace.dataplane.port.FrameAllocator;

/**
 * Takes the frames that are not TCP's: ICMP is answered here, ARP is taken to the thread that owns the neighbors, which
 * may be this one. Owned by one thread; allocates nothing.
 */
abstract sealed class HostResponder {
    private final EchoResponder echo;

    private HostResponder(final EchoResponder echo) {
        this.echo = echo;
    }

    /** Takes over an ARP or ICMP frame. */
    final void onFrame(final long mbuf, final int meta, final long nowNanos) {
        if (FrameMeta.kind(meta) == FrameMeta.ARP) {
            onArp(mbuf);
        } else {
            echo.onIcmp(mbuf, meta, nowNanos);
        }
    }

    abstract void onArp(long mbuf);

    /** On the thread that owns the neighbors. */
    static final class Owner extends HostResponder {
        private final NeighborService neighbors;

        Owner(final EchoResponder echo, final NeighborService neighbors) {
            super(echo);
            this.neighbors = neighbors;
        }

        @Override
        void onArp(final long mbuf) {
            neighbors.onArp(mbuf);
        }
    }

    /** On every other thread. */
    static final class Forwarder extends HostResponder {
        private final NeighborResolver resolver;
        private final FrameAllocator allocator;

        Forwarder(final EchoResponder echo, final NeighborResolver resolver, final FrameAllocator allocator) {
            super(echo);
            this.resolver = resolver;
            this.allocator = allocator;
        }

        @Override
        void onArp(final long mbuf) {
            if (!resolver.handOverArp(mbuf)) {
                allocator.free(mbuf);
            }
        }
    }
}
