package io.millrace.dataplane.reassembly;

import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.ingress.DropReason;
import io.millrace.dataplane.port.FrameAllocator;
import io.millrace.dpdk.Mbuf;
import io.millrace.memory.Memory;

/**
 * Puts fragments together again (RFC 791 §3.2, RFC 815, RFC 8200 §4.5). Each payload is copied to its place in one frame of
 * the datagram's own, and the fragment's frame is freed at once; so a peer that never sends the rest holds one frame of
 * the pool for each of a bounded number of datagrams, for a bounded time. When all places are taken the oldest datagram
 * goes: honest ones are whole within milliseconds.
 *
 * <p>A fragment that overlaps another costs the datagram (RFC 5722 §4, and the same for IPv4), which is remembered until
 * its time is over, so that nothing grows from its remains; an exact duplicate is dropped alone (RFC 8200 §4.5). Places are
 * searched one after the other: there is no bucket to aim at.
 *
 * <p>Owned by one thread; allocates nothing after it is made.
 */
public final class Reassembler implements AutoCloseable {
    private static final int NOT_ECT = 1;
    private static final int CE = 1 << 3;

    private final FrameAllocator allocator;
    private final CounterBlock counters;
    private final ExpiredDatagrams expired;
    private final long ipv4AgeNanos;
    private final long ipv6AgeNanos;
    private final Fragment fragment = new Fragment();
    private final Headers headers = new Headers();
    /** The first {@code used} are in use, in no order; the last one takes the place of one that goes. */
    private final Datagram[] datagrams;

    private int used;
    private long nextDeadline;

    /** Makes a reassembler that takes its frames from {@code allocator}. */
    public Reassembler(
            final ReassemblyConfig config,
            final FrameAllocator allocator,
            final CounterBlock counters,
            final ExpiredDatagrams expired) {
        this.allocator = allocator;
        this.counters = counters;
        this.expired = expired;
        ipv4AgeNanos = config.ipv4Age().toNanos();
        ipv6AgeNanos = config.ipv6Age().toNanos();
        datagrams = new Datagram[config.datagrams()];
        for (int i = 0; i < datagrams.length; i++) {
            datagrams[i] = new Datagram(config.fragments());
        }
    }

    /**
     * Takes a fragment.
     *
     * @param meta its meta, of kind {@code FRAGMENT4} or {@code FRAGMENT6}
     * @return the frame of a whole datagram, to be classified like one that came whole; 0 when more must come; or the
     *     negative code of a {@link DropReason}, and the fragment's frame remains the caller's
     */
    public long take(final long mbuf, final int meta, final long nowNanos) {
        final int reason = fragment.read(mbuf, meta);
        if (reason < 0) {
            return reason;
        }
        if (fragment.isAtomic()) {
            Headers.finishIpv6(mbuf, fragment.headerLength - Fragment.IPV6_HEADER_LENGTH, false);
            Mbuf.offloadFlags(mbuf, 0); // what the device said of checksums was said of a fragment
            counters.increment(Counter.IP6_ATOMIC_FRAGMENTS);
            return mbuf;
        }
        counters.increment(fragment.ipv6 ? Counter.IP6_REASSEMBLY_REQUIRED : Counter.IP_REASSEMBLY_REQUIRED);
        int place = find();
        if (place < 0) {
            place = open(nowNanos);
            if (place < 0) {
                return DropReason.FRAGMENT_NO_FRAME.code();
            }
        }
        final int refusal = absorb(place, mbuf, meta);
        if (refusal < 0) {
            return refusal;
        }
        allocator.free(mbuf);
        return datagrams[place].isWhole() ? finish(place) : 0;
    }

    private int find() {
        for (int i = 0; i < used; i++) {
            if (fragment.belongsTo(datagrams[i])) {
                return i;
            }
        }
        return -1;
    }

    private int open(final long nowNanos) {
        if (used == datagrams.length) {
            counters.increment(Counter.REASSEMBLY_EVICTIONS);
            final int oldest = oldest();
            if (datagrams[oldest].frame != 0) {
                giveUp(datagrams[oldest]);
            }
            remove(oldest);
        }
        final long frame = allocator.allocate();
        if (frame == 0) {
            return -1;
        }
        final Datagram datagram = datagrams[used];
        final long deadline = nowNanos + (fragment.ipv6 ? ipv6AgeNanos : ipv4AgeNanos);
        datagram.begin(frame, deadline);
        fragment.identify(datagram);
        if (used == 0 || deadline - nextDeadline < 0) {
            nextDeadline = deadline;
        }
        return used++;
    }

    /** The one that would expire first. */
    private int oldest() {
        int oldest = 0;
        for (int i = 1; i < used; i++) {
            if (datagrams[i].deadlineNanos - datagrams[oldest].deadlineNanos < 0) {
                oldest = i;
            }
        }
        return oldest;
    }

    /** Copies the fragment to its place; 0, or the code of the reason why not. */
    private int absorb(final int place, final long mbuf, final int meta) {
        final Datagram datagram = datagrams[place];
        if (datagram.frame == 0) {
            return DropReason.FRAGMENT_OF_DISCARDED.code();
        }
        final boolean first = fragment.start == 0;
        if (fragment.stop > Headers.room(datagram.frame, fragment.ipv6)
                || first && fragment.headerLength > Headers.payloadOffset(fragment.ipv6)) {
            discard(datagram);
            return DropReason.FRAGMENT_TOO_LARGE.code();
        }
        switch (datagram.add(fragment.start, fragment.stop, fragment.last)) {
            case DUPLICATE -> {
                return DropReason.FRAGMENT_DUPLICATE.code();
            }
            case OVERLAP -> {
                discard(datagram);
                return DropReason.FRAGMENT_OVERLAP.code();
            }
            case TOO_MANY -> {
                discard(datagram);
                return DropReason.FRAGMENT_TOO_MANY.code();
            }
            case NEW -> {
                // taken below
            }
        }
        counters.increment(Counter.FRAGMENTS_ABSORBED);
        counters.increment(Counter.FRAGMENTS_HELD);
        final long payload = Mbuf.bufferAddress(datagram.frame) + Headers.payloadOffset(fragment.ipv6);
        Memory.copy(fragment.payload, payload + fragment.start, fragment.stop - fragment.start);
        datagram.ecnSeen |= 1 << fragment.ecn;
        if (first) {
            Memory.copy(
                    fragment.payload - fragment.headerLength, payload - fragment.headerLength, fragment.headerLength);
            datagram.headerLength = fragment.headerLength;
            datagram.firstMeta = meta;
            Mbuf.port(datagram.frame, Mbuf.port(mbuf));
        }
        return 0;
    }

    /** The frame of a datagram of which nothing misses; its place is free again. */
    private long finish(final int place) {
        final Datagram datagram = datagrams[place];
        final int seen = datagram.ecnSeen;
        // RFC 3168 §5.3: congestion met by one fragment was met by the packet; capable and not capable don't mix.
        if ((seen & NOT_ECT) != 0 && seen != NOT_ECT) {
            discard(datagram);
            return 0;
        }
        final boolean congested = (seen & CE) != 0;
        final long frame = datagram.frame;
        Headers.delimit(frame, datagram.ipv6, datagram.headerLength, datagram.length());
        if (datagram.ipv6) {
            Headers.finishIpv6(frame, datagram.headerLength - Fragment.IPV6_HEADER_LENGTH, congested);
            counters.increment(Counter.IP6_REASSEMBLED);
        } else {
            headers.finishIpv4(frame, congested);
            counters.increment(Counter.IP_REASSEMBLED);
        }
        counters.add(Counter.FRAGMENTS_HELD, -datagram.fragments());
        counters.add(Counter.FRAGMENTS_REASSEMBLED, datagram.fragments());
        remove(place);
        return frame;
    }

    /** Drops what is there and remembers the datagram, so that its remains find it so. */
    private void discard(final Datagram datagram) {
        giveUp(datagram);
        datagram.frame = 0;
    }

    private void giveUp(final Datagram datagram) {
        countFailure(datagram);
        allocator.free(datagram.frame);
    }

    private void countFailure(final Datagram datagram) {
        counters.increment(datagram.ipv6 ? Counter.IP6_REASSEMBLY_FAILS : Counter.IP_REASSEMBLY_FAILS);
        counters.add(Counter.FRAGMENTS_HELD, -datagram.fragments());
        counters.add(Counter.FRAGMENTS_DISCARDED, datagram.fragments());
    }

    private void remove(final int place) {
        used--;
        final Datagram gone = datagrams[place];
        datagrams[place] = datagrams[used];
        datagrams[used] = gone;
    }

    /** Ends the datagrams whose time is over; cheap when there are none. */
    public int expire(final long nowNanos) {
        if (used == 0 || nowNanos - nextDeadline < 0) {
            return 0;
        }
        int ended = 0;
        for (int i = used - 1; i >= 0; i--) {
            final Datagram datagram = datagrams[i];
            if (nowNanos - datagram.deadlineNanos >= 0) {
                if (datagram.frame != 0) {
                    end(datagram, nowNanos);
                }
                remove(i);
                ended++;
            }
        }
        if (used > 0) {
            nextDeadline = datagrams[oldest()].deadlineNanos;
        }
        return ended;
    }

    private void end(final Datagram datagram, final long nowNanos) {
        counters.increment(datagram.ipv6 ? Counter.IP6_REASSEMBLY_TIMEOUTS : Counter.IP_REASSEMBLY_TIMEOUTS);
        if (datagram.headerLength == 0) { // RFC 1122 §3.3.2: without the first fragment nobody is told
            giveUp(datagram);
            return;
        }
        countFailure(datagram);
        Headers.delimit(datagram.frame, datagram.ipv6, datagram.headerLength, datagram.firstEnd());
        expired.onExpired(datagram.frame, datagram.firstMeta, nowNanos);
    }

    /** Datagrams under way, those that were discarded and are only remembered among them. */
    public int size() {
        return used;
    }

    /** Frees what is under way. */
    @Override
    public void close() {
        while (used > 0) {
            if (datagrams[0].frame != 0) {
                giveUp(datagrams[0]);
            }
            remove(0);
        }
    }
}
