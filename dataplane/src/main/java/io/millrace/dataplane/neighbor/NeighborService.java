package io.millrace.dataplane.neighbor;

import static io.millrace.dataplane.neighbor.NeighborTable.FREE;
import static io.millrace.dataplane.neighbor.NeighborTable.INCOMPLETE;
import static io.millrace.dataplane.neighbor.NeighborTable.PROBE;
import static io.millrace.dataplane.neighbor.NeighborTable.REACHABLE;
import static io.millrace.dataplane.neighbor.NeighborTable.STALE;

import io.millrace.dataplane.FrameMeta;
import io.millrace.dataplane.FrameSink;
import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.port.FrameAllocator;
import io.millrace.dataplane.wire.ArpPacket;
import io.millrace.dataplane.wire.EthernetHeader;
import io.millrace.dataplane.wire.IpAddress;
import io.millrace.dataplane.wire.IpPrefix;
import io.millrace.dataplane.wire.MacAddress;
import io.millrace.dpdk.Mbuf;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.MessageHandler;

/**
 * Keeps the neighbor table: answers ARP, resolves next hops, sends the frames that waited, verifies and forgets.
 *
 * <p>Owned by one thread, which hands it the ARP frames it receives and calls {@link #poll} in every duty cycle. Allocates
 * everything when it is made. Times are nanoseconds of any monotonic clock.
 *
 * <pre>
 *  INCOMPLETE --answer--&gt; REACHABLE --30 s, used--&gt; PROBE --answer--&gt; REACHABLE
 *      | 3 requests           | 30 s, unused          | 3 requests
 *      v                      v                       v
 *  forgotten                STALE --used--&gt; PROBE   forgotten       STALE --10 min unused--&gt; forgotten
 * </pre>
 */
public final class NeighborService {
    private static final int MESSAGE_LIMIT = 64;
    private static final long SCAN_NANOS = 50_000_000;
    private static final long ANNOUNCE_NANOS = 2_000_000_000L;
    private static final long DEFEND_NANOS = 10_000_000_000L;
    private static final int ANNOUNCEMENTS = 2;

    private final NeighborConfig config;
    private final HostAddresses host;
    private final NeighborTable table;
    private final NeighborResolver resolver;
    private final FrameAllocator allocator;
    private final FrameSink sink;
    private final CounterBlock counters;
    private final ArpResponder responder;
    private final ArpRequester requester;
    private final WaitingFrames waiting;
    private final ArpPacket arp = new ArpPacket();
    private final int[] announced;
    private final MessageHandler handler = this::onMessage;
    private final MessageHandler closer = this::onMessageAtClose;

    private long now;
    private long nextScan;
    private long nextAnnouncement;
    private long nextDefence;
    private int announcements;

    /** Makes the service, whose frames leave by {@code sink}. */
    public NeighborService(
            final NeighborConfig config,
            final HostAddresses host,
            final NeighborTable table,
            final NeighborResolver resolver,
            final FrameAllocator allocator,
            final FrameSink sink,
            final CounterBlock counters) {
        this.config = config;
        this.host = host;
        this.table = table;
        this.resolver = resolver;
        this.allocator = allocator;
        this.sink = sink;
        this.counters = counters;
        responder = new ArpResponder(host);
        requester = new ArpRequester(host, allocator, sink, counters);
        waiting = new WaitingFrames(table.slots(), config.queuedFrames());
        announced = host.addresses().stream()
                .map(IpPrefix::address)
                .filter(ip -> ip.isIpv4())
                .mapToInt(ip -> ip.ipv4())
                .toArray();
    }

    /** Starts the timers, and announces our addresses: now and once more in two seconds. */
    public void start(final long nowNanos) {
        now = nowNanos;
        nextScan = nowNanos;
        nextAnnouncement = nowNanos;
        nextDefence = nowNanos;
    }

    /** Takes the wishes of other threads and does what is due; returns how much there was to do. */
    public int poll(final long nowNanos) {
        now = nowNanos;
        final int taken = resolver.poll(handler, MESSAGE_LIMIT);
        if (nowNanos - nextScan < 0) {
            return taken;
        }
        nextScan = nowNanos + SCAN_NANOS;
        if (announcements < ANNOUNCEMENTS && nowNanos - nextAnnouncement >= 0) {
            announcements++;
            nextAnnouncement = nowNanos + ANNOUNCE_NANOS;
            for (final int own : announced) {
                requester.announce(own);
            }
        }
        return taken + scan();
    }

    /** Takes over a frame of ARP or neighbor discovery that the classifier let through: it is answered in place, or freed. */
    public void onFrame(final long mbuf, final int meta) {
        if (FrameMeta.kind(meta) == FrameMeta.ARP) {
            onArp(mbuf);
        } else {
            counters.increment(Counter.ICMP_UNUSED);
            allocator.free(mbuf);
        }
    }

    private void onArp(final long mbuf) {
        arp.wrap(Mbuf.dataAddress(mbuf) + EthernetHeader.LENGTH);
        if (!responder.isWellFormed(arp)) {
            counters.increment(Counter.ARP_MALFORMED);
            allocator.free(mbuf);
            return;
        }
        final boolean asksForUs = responder.asksForUs(arp);
        final long sender = IpAddress.lowWord(arp.senderIp());
        if (arp.senderIp() != 0 && host.isLocal(0, sender)) {
            defend(arp.senderIp());
        } else if (host.isOnLink(0, sender)) {
            merge(asksForUs);
        }
        if (asksForUs) {
            counters.increment(Counter.ARP_REQUESTS_RECEIVED);
            counters.increment(Counter.ARP_REPLIES_SENT);
            responder.writeReply(mbuf, arp);
            sink.send(mbuf);
        } else {
            allocator.free(mbuf);
        }
    }

    /** RFC 5227 §2.4 (b): someone uses our address; say that it is ours, at most every ten seconds. */
    private void defend(final int own) {
        counters.increment(Counter.ARP_CONFLICTS);
        if (now - nextDefence >= 0) {
            nextDefence = now + DEFEND_NANOS;
            requester.announce(own);
        }
    }

    /** RFC 826 "Packet Reception": what the sender says of itself updates what we know, and is added if we are asked. */
    private void merge(final boolean asksForUs) {
        final boolean answer = arp.operation() == ArpPacket.REPLY;
        if (answer) {
            counters.increment(Counter.ARP_REPLIES_RECEIVED);
        }
        final long sender = IpAddress.lowWord(arp.senderIp());
        final long mac = arp.senderMac();
        final int slot = table.find(0, sender);
        if (slot < 0) {
            if (asksForUs) {
                addStale(0, sender, mac);
            }
        } else if (answer && arp.targetMac() == host.mac()) {
            confirm(slot, mac);
        } else if (table.state(slot) == INCOMPLETE || table.mac(slot) != mac) {
            becomeStale(slot, mac);
        }
    }

    private void onMessage(final int type, final MutableDirectBuffer buffer, final int index, final int length) {
        final long hi = buffer.getLong(index);
        final long lo = buffer.getLong(index + NeighborResolver.LO_OFFSET);
        final long subject = buffer.getLong(index + NeighborResolver.SUBJECT_OFFSET);
        switch (type) {
            case NeighborResolver.RESOLVE -> onResolve(hi, lo, subject);
            case NeighborResolver.LEARN -> onLearn(hi, lo, subject);
            case NeighborResolver.FRAME -> onFrame(subject, (int) hi);
            default -> throw new IllegalStateException("neighbor message of type " + type);
        }
    }

    private void onResolve(final long hi, final long lo, final long mbuf) {
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

    private void onLearn(final long hi, final long lo, final long mac) {
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

    private void addStale(final long hi, final long lo, final long mac) {
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

    private void confirm(final int slot, final long mac) {
        table.state(slot, REACHABLE, now + config.reachableNanos());
        table.mac(slot, mac);
        table.takeUsed(slot);
        sendWaiting(slot, mac);
    }

    private void becomeStale(final int slot, final long mac) {
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

    private int scan() {
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
        if (table.state(slot) == PROBE) {
            requester.unicast(table.mac(slot), (int) table.lo(slot));
        } else {
            requester.broadcast((int) table.lo(slot));
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

    private void drop(final long mbuf) {
        if (mbuf != 0) {
            counters.increment(Counter.NEIGHBOR_QUEUE_DROPS);
            allocator.free(mbuf);
        }
    }

    /** Frees the frames that wait, those still under way in the ring among them. */
    public void close() {
        while (resolver.poll(closer, MESSAGE_LIMIT) > 0) {
            // the handler frees
        }
        for (int slot = 0; slot < table.slots(); slot++) {
            for (int i = 0; i < waiting.count(slot); i++) {
                drop(waiting.get(slot, i));
            }
            waiting.clear(slot);
        }
    }

    private void onMessageAtClose(final int type, final MutableDirectBuffer buffer, final int index, final int length) {
        if (type != NeighborResolver.LEARN) {
            drop(buffer.getLong(index + NeighborResolver.SUBJECT_OFFSET));
        }
    }
}
