package io.millrace.dataplane.neighbor;

import io.millrace.dataplane.FrameMeta;
import io.millrace.dataplane.FrameSink;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.port.FrameAllocator;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.MessageHandler;

/**
 * Keeps the neighbors of one port: answers ARP and neighbor discovery, takes the wishes of other threads, and runs the
 * timers.
 *
 * <p>Owned by one thread, which hands it the frames of both protocols and calls {@link #poll} in every duty cycle.
 * Allocates everything when it is made. Times are nanoseconds of any monotonic clock.
 */
public final class NeighborService {
    private static final int MESSAGE_LIMIT = 64;
    private static final long SCAN_NANOS = 50_000_000;
    private static final long ANNOUNCE_NANOS = 2_000_000_000L;
    private static final int ANNOUNCEMENTS = 2;

    private final NeighborResolver resolver;
    private final FrameAllocator allocator;
    private final NeighborCache cache;
    private final ArpHandler arp;
    private final DiscoveryHandler discovery;
    private final MessageHandler handler = this::onMessage;
    private final MessageHandler closer = this::onMessageAtClose;

    private long now;
    private long nextScan;
    private final Announcements announcements4 = new Announcements();
    private final Announcements announcements6 = new Announcements();

    /** When our addresses of a family are announced. */
    private static final class Announcements {
        private int left;
        private long next;

        void start(final long nowNanos) {
            left = ANNOUNCEMENTS;
            next = nowNanos;
        }

        boolean isDue(final long nowNanos) {
            if (left == 0 || nowNanos - next < 0) {
                return false;
            }
            left--;
            next = nowNanos + ANNOUNCE_NANOS;
            return true;
        }
    }

    /** Makes the service, whose frames leave by {@code sink}. */
    public NeighborService(
            final NeighborConfig config,
            final HostAddresses host,
            final NeighborTable table,
            final NeighborResolver resolver,
            final FrameAllocator allocator,
            final FrameSink sink,
            final CounterBlock counters) {
        this.resolver = resolver;
        this.allocator = allocator;
        final ArpRequester requester = new ArpRequester(host, allocator, sink, counters);
        final DiscoverySender sender = new DiscoverySender(host, allocator, sink, counters);
        cache = new NeighborCache(config, host, table, allocator, sink, counters, requester, sender);
        arp = new ArpHandler(host, cache, requester, allocator, sink, counters);
        discovery = new DiscoveryHandler(config, host, cache, sender, counters);
    }

    /**
     * Starts the timers. IPv4 addresses are announced now and once more in two seconds; IPv6 addresses are asked for first,
     * and announced when nobody else has them.
     */
    public void start(final long nowNanos) {
        now = nowNanos;
        cache.now(nowNanos);
        nextScan = nowNanos;
        announcements4.start(nowNanos);
        discovery.start(nowNanos);
        if (!discovery.isProbing()) {
            announcements6.start(nowNanos);
        }
    }

    /** Takes the wishes of other threads and does what is due; returns how much there was to do. */
    public int poll(final long nowNanos) {
        now = nowNanos;
        cache.now(nowNanos);
        final int taken = resolver.poll(handler, MESSAGE_LIMIT);
        if (nowNanos - nextScan < 0) {
            return taken;
        }
        nextScan = nowNanos + SCAN_NANOS;
        if (announcements4.isDue(nowNanos)) {
            arp.announce();
        }
        if (discovery.probe(nowNanos)) {
            announcements6.start(nowNanos);
        }
        if (announcements6.isDue(nowNanos)) {
            discovery.announce();
        }
        return taken + cache.scan();
    }

    /** Takes over a frame of ARP or neighbor discovery that the classifier let through. */
    public void onFrame(final long mbuf, final int meta) {
        if (FrameMeta.kind(meta) == FrameMeta.ARP) {
            arp.onArp(mbuf, now);
        } else {
            discovery.onDiscovery(mbuf, meta, now);
            allocator.free(mbuf);
        }
    }

    private void onMessage(final int type, final MutableDirectBuffer buffer, final int index, final int length) {
        final long hi = buffer.getLong(index);
        final long lo = buffer.getLong(index + NeighborResolver.LO_OFFSET);
        final long subject = buffer.getLong(index + NeighborResolver.SUBJECT_OFFSET);
        switch (type) {
            case NeighborResolver.RESOLVE -> cache.resolve(hi, lo, subject);
            case NeighborResolver.LEARN -> cache.learn(hi, lo, subject);
            case NeighborResolver.FRAME -> onFrame(subject, (int) hi);
            default -> throw new IllegalStateException("neighbor message of type " + type);
        }
    }

    /** Frees the frames that wait, those still under way in the ring among them. */
    public void close() {
        while (resolver.poll(closer, MESSAGE_LIMIT) > 0) {
            // the handler frees
        }
        cache.close();
    }

    private void onMessageAtClose(final int type, final MutableDirectBuffer buffer, final int index, final int length) {
        if (type != NeighborResolver.LEARN) {
            cache.drop(buffer.getLong(index + NeighborResolver.SUBJECT_OFFSET));
        }
    }
}
