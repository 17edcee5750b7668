package io.millrace.dataplane.neighbor;

import static io.millrace.dataplane.neighbor.NeighborTable.FREE;
import static io.millrace.dataplane.neighbor.NeighborTable.INCOMPLETE;
import static io.millrace.dataplane.neighbor.NeighborTable.PROBE;
import static io.millrace.dataplane.neighbor.NeighborTable.REACHABLE;
import static io.millrace.dataplane.neighbor.NeighborTable.STALE;

import io.millrace.dataplane.FrameSink;
import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.port.FrameAllocator;
import io.millrace.dataplane.wire.IpAddress;
import io.millrace.dataplane.wire.MacAddress;
import io.millrace.dpdk.Mbuf;

/**
 * The states of the neighbors, of both families alike: asks for them, sends the frames that waited, verifies and forgets.
 * What the answers mean is for {@link ArpHandler} and {@link DiscoveryHandler}.
 *
 * <p>Owned by one thread. Allocates everything when it is made.
 *
 * <pre>
 *  INCOMPLETE --answer--&gt; REACHABLE --30 s, used--&gt; PROBE --answer--&gt; REACHABLE
 *      | 3 requests           | 30 s, unused          | 3 requests
 *      v                      v                       v
 *  forgotten                STALE --used--&gt; PROBE   forgotten       STALE --10 min unused--&gt; forgotten
 * </pre>
 *
 * <p>These are the states of RFC 4861 §7.3.2 but for DELAY, which gives TCP time to confirm a neighbor: TCP is not asked
 * here, so that a stale neighbor in use is probed at once.
 */
final class NeighborCache {
    private final NeighborConfig config;
    private final HostAddresses host;
    private final NeighborTable table;
    private final FrameAllocator allocator;
    private final FrameSink sink;
    private final CounterBlock counters;
    private final ArpRequester arp;
    private final DiscoverySender discovery;
    private final WaitingFrames waiting;
    private long now;

    NeighborCache(
            final NeighborConfig config,
            final HostAddresses host,
            final NeighborTable table,
            final FrameAllocator allocator,
            final FrameSink sink,
            final CounterBlock counters,
            final ArpRequester arp,
            final DiscoverySender discovery) {
        this.config = config;
        this.host = host;
        this.table = table;
        this.allocator = allocator;
        this.sink = sink;
        this.counters = counters;
        this.arp = arp;
        this.discovery = discovery;
        waiting = new WaitingFrames(table.slots(), config.queuedFrames());
    }

    /** Sets the time of what follows. */
    void now(final long nowNanos) {
        now = nowNanos;
    }

    /** The slot of a neighbor, or -1. */
    int find(final long hi, final long lo) {
        return table.find(hi, lo);
    }

    /** State of a neighbor. */
    byte state(final int slot) {
        return table.state(slot);
    }

    /** MAC address of a neighbor, 0 when not known. */
    long mac(final int slot) {
        return table.mac(slot);
    }

    /** Sends a frame to a neighbor, or has it wait while the neighbor is asked for; 0 for no frame. */
    void resolve(final long hi, final long lo, final long mbuf) {
        int slot = table.find(hi, lo);
        if (slot < 0) {
            slot = occupy(hi, lo);
            if (slot < 0) {
                drop(mbuf);
                return;
            }
            table.state(slot, INCOMPLETE, now);
            request(slot);
        }
        if (mbuf == 0) {
            return;
        }
        if (table.mac(slot) == 0) {
            drop(waiting.add(slot, mbuf));
        } else {
            send(mbuf, table.mac(slot));
        }
    }

    /** Takes note of a MAC address seen in accepted traffic, if nothing is known. */
    void learn(final long hi, final long lo, final long mac) {
        final int slot = table.find(hi, lo);
        if (!host.isOnLink(hi, lo) || host.isLocal(hi, lo) || mac == 0 || MacAddress.isGroup(mac)) {
            return;
        }
        if (slot < 0) {
            addStale(hi, lo, mac);
        } else if (table.state(slot) == INCOMPLETE) {
            becomeStale(slot, mac);
        }
    }

    /** Adds a neighbor that told its MAC address unasked. */
    void addStale(final long hi, final long lo, final long mac) {
        final int slot = occupy(hi, lo);
        if (slot >= 0) {
            becomeStale(slot, mac);
        }
    }

    /** A slot for a new neighbor, if need be another's; -1 when there is none. */
    private int occupy(final long hi, final long lo) {
        final int slot = table.victimFor(hi, lo);
        if (slot < 0) {
            counters.increment(Counter.NEIGHBOR_TABLE_OVERFLOWS);
            return -1;
        }
        if (table.state(slot) != FREE) {
            counters.increment(Counter.NEIGHBOR_TABLE_OVERFLOWS);
            table.remove(slot);
        }
        table.insert(slot, hi, lo);
        return slot;
    }

    /** The neighbor has answered. */
    void confirm(final int slot, final long mac) {
        table.state(slot, REACHABLE, now + config.reachableNanos());
        table.mac(slot, mac);
        table.takeUsed(slot);
        sendWaiting(slot, mac);
    }

    /** The neighbor has told its MAC address unasked. */
    void becomeStale(final int slot, final long mac) {
        final boolean wanted = waiting.count(slot) > 0;
        table.state(slot, STALE, now + config.staleNanos());
        table.mac(slot, mac);
        sendWaiting(slot, mac);
        if (wanted) {
            probe(slot);
        }
    }

    private void probe(final int slot) {
        table.state(slot, PROBE, now);
        request(slot);
    }

    /** Does what is due; returns how much. */
    int scan() {
        int due = 0;
        for (int slot = 0; slot < table.slots(); slot++) {
            final byte state = table.state(slot);
            if (state != FREE && (state == STALE || now - table.deadline(slot) >= 0)) {
                due += onTimer(slot, state);
            }
        }
        return due;
    }

    /** A state's time is over, or a stale entry may have been used; returns 1 when something was done. */
    private int onTimer(final int slot, final byte state) {
        switch (state) {
            case INCOMPLETE, PROBE -> retry(slot, state);
            case REACHABLE -> {
                if (table.takeUsed(slot)) {
                    probe(slot);
                } else {
                    table.state(slot, STALE, now + config.staleNanos());
                }
            }
            default -> {
                if (table.takeUsed(slot)) {
                    probe(slot);
                } else if (now - table.deadline(slot) >= 0) {
                    table.remove(slot);
                } else {
                    return 0;
                }
            }
        }
        return 1;
    }

    private void retry(final int slot, final byte state) {
        if (table.requests(slot) < config.maxRequests()) {
            request(slot);
            return;
        }
        if (state == INCOMPLETE) {
            counters.increment(Counter.NEIGHBORS_UNREACHABLE);
            for (int i = 0; i < waiting.count(slot); i++) {
                drop(waiting.get(slot, i));
            }
            waiting.clear(slot);
        }
        table.remove(slot);
    }

    private void request(final int slot) {
        table.countRequest(slot, now + config.retryNanos());
        final boolean probe = table.state(slot) == PROBE;
        final long hi = table.hi(slot);
        final long lo = table.lo(slot);
        if (!IpAddress.isIpv4(hi, lo)) {
            discovery.solicit(probe ? table.mac(slot) : 0, hi, lo);
        } else if (probe) {
            arp.unicast(table.mac(slot), (int) lo);
        } else {
            arp.broadcast((int) lo);
        }
    }

    private void sendWaiting(final int slot, final long mac) {
        for (int i = 0; i < waiting.count(slot); i++) {
            send(waiting.get(slot, i), mac);
        }
        waiting.clear(slot);
    }

    private void send(final long mbuf, final long mac) {
        MacAddress.write(Mbuf.dataAddress(mbuf), mac);
        sink.send(mbuf);
    }

    /** Frees and counts a frame that can't be sent; 0 for none. */
    void drop(final long mbuf) {
        if (mbuf != 0) {
            counters.increment(Counter.NEIGHBOR_QUEUE_DROPS);
            allocator.free(mbuf);
        }
    }

    /** Frees the frames that wait. */
    void close() {
        for (int slot = 0; slot < table.slots(); slot++) {
            for (int i = 0; i < waiting.count(slot); i++) {
                drop(waiting.get(slot, i));
            }
            waiting.clear(slot);
        }
    }
}
