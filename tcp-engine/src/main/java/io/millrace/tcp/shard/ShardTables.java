package io.millrace.tcp.shard;

import io.millrace.tcp.ConnectionOptions;
import io.millrace.tcp.TcpConfig;
import io.millrace.tcp.isn.FlowHash;
import io.millrace.tcp.state.Segment;
import io.millrace.tcp.stream.ByteChain;
import io.millrace.tcp.stream.Flight;
import io.millrace.tcp.stream.Reassembly;
import io.millrace.tcp.stream.Recovery;
import io.millrace.tcp.table.BulkRecords;
import io.millrace.tcp.table.FlowIndex;
import io.millrace.tcp.table.LocalAddresses;
import io.millrace.tcp.table.PrefixLimiter;
import io.millrace.tcp.table.RecordSlab;
import io.millrace.tcp.table.Registry;
import io.millrace.tcp.table.ShedSyns;
import io.millrace.tcp.table.SynQueue;
import io.millrace.tcp.table.Tcb;
import io.millrace.tcp.table.TcbLayout;
import io.millrace.tcp.table.TimeWaitTable;
import java.util.HashMap;

/**
 * The tables of one shard, each sized once for its share of the engine's capacity, and the index over three of them: a
 * flow is found in one look-up, whether it is half open, open, or in TIME_WAIT.
 *
 * <p>Owned by the shard's thread; reserves its memory when made and touches it as it is used.
 */
final class ShardTables implements AutoCloseable {
    /** Until the first retransmission of a SYN-ACK, ms; RFC 6298 §2.1. */
    private static final int SYN_ACK_TIMEOUT_MS = 1_000;

    private static final int REASSEMBLY_SEGMENTS = 4_096;
    /** Records of what is in flight for each block of buffers: as many as it has full segments, and some to spare. */
    private static final int RANGES_PER_BLOCK = 4;

    final FlowHash hash;
    final FlowIndex index;
    final RecordSlab connections;
    final SynQueue synQueue;
    final TimeWaitTable timeWaitIpv4;
    final TimeWaitTable timeWaitIpv6;
    final RecordSlab blocks;
    final BulkRecords bulk;
    final RecordSlab reassembly;
    /** What is in flight: only connections with unacknowledged text have any. */
    final RecordSlab ranges;
    /** Flights in disorder. */
    final RecordSlab recoveries;

    final LocalAddresses localAddresses = new LocalAddresses();
    /** Number of the engine's defaults among the options of connections, for ever. */
    static final int DEFAULT_OPTIONS = 0;

    /** What connections have of their own. */
    final Registry<ConnectionOptions> options = new Registry<>("sets of connection options", new HashMap<>());

    /** SYNs that were dropped because the shard could not keep up. */
    final ShedSyns shedSyns;
    /** Null where SYNs are not limited. */
    private final PrefixLimiter syns;

    private final int firstIpv6TimeWait;
    private final Tcb candidate = new Tcb();

    ShardTables(final int shard, final int shards, final TcpConfig config, final FlowHash hash) {
        this.hash = hash;
        options.acquire(ConnectionOptions.defaults(config));
        final int maxConnections = share(config.maxConnections(), shards);
        final int maxHalfOpen = share(config.synQueueCapacity(), shards);
        final int maxTimeWaitIpv4 = share(config.timeWaitCapacity(), shards);
        final int maxTimeWaitIpv6 = share(config.timeWaitIpv6Capacity(), shards);
        final String name = "shard " + shard + " ";
        index = new FlowIndex(
                name + "flow index", indexCapacity(maxConnections, maxHalfOpen, maxTimeWaitIpv4, maxTimeWaitIpv6));
        connections = new RecordSlab(name + "connections", maxConnections, TcbLayout.LENGTH);
        synQueue = new SynQueue(name + "SYN queue", maxHalfOpen, SYN_ACK_TIMEOUT_MS, config.synAckRetries());
        timeWaitIpv4 = TimeWaitTable.forIpv4(name + "TIME_WAIT IPv4", 0, maxTimeWaitIpv4, config.timeWaitMs());
        timeWaitIpv6 =
                TimeWaitTable.forIpv6(name + "TIME_WAIT IPv6", maxTimeWaitIpv4, maxTimeWaitIpv6, config.timeWaitMs());
        firstIpv6TimeWait = maxTimeWaitIpv4;
        final int blockCount = (int) Math.min(1 << 28, config.bufferPoolBytes() / ByteChain.BLOCK_LENGTH / shards);
        blocks = new RecordSlab(name + "buffers", Math.max(1, blockCount), ByteChain.BLOCK_LENGTH);
        bulk = new BulkRecords(name + "bulk state", maxConnections);
        ranges = new RecordSlab(name + "flights", Math.max(1, blockCount) * RANGES_PER_BLOCK, Flight.RECORD_LENGTH);
        recoveries = new RecordSlab(name + "recoveries", Math.max(1, blockCount), Recovery.RECORD_LENGTH);
        reassembly = new RecordSlab(name + "reassembly", REASSEMBLY_SEGMENTS, Reassembly.RECORD_LENGTH);
        shedSyns = new ShedSyns(name + "SYNs shed");
        syns = config.synsPerSecondPerPrefix() == 0
                ? null
                : new PrefixLimiter(name + "SYN limits", hash, share(config.synsPerSecondPerPrefix(), shards));
        if (config.prefault()) {
            prefault();
        }
    }

    /** All but the buffers and the state of bulk, which most connections never have. */
    private void prefault() {
        index.prefault();
        connections.prefault();
        synQueue.prefault();
        timeWaitIpv4.prefault();
        timeWaitIpv6.prefault();
    }

    private static int share(final int total, final int shards) {
        return Math.max(1, (total + shards - 1) / shards);
    }

    private static int indexCapacity(
            final int connections, final int halfOpen, final int timeWaitIpv4, final int timeWaitIpv6) {
        return (int) Math.min(FlowIndex.MAXIMUM_CAPACITY, (long) connections + halfOpen + timeWaitIpv4 + timeWaitIpv6);
    }

    /**
     * Where the index has the segment's flow, or {@link FlowIndex#NONE}.
     *
     * @param hint where it had what may be that flow a moment ago, or {@link FlowIndex#NONE}.
     */
    int find(final Segment segment, final int flowHash, final int hint) {
        if (hint != FlowIndex.NONE && index.mayHave(hint, flowHash) && isFlow(index.ref(hint), segment)) {
            return hint;
        }
        return find(
                flowHash,
                segment.remoteHi(),
                segment.remoteLo(),
                segment.localHi(),
                segment.localLo(),
                segment.ports());
    }

    private boolean isFlow(final int ref, final Segment segment) {
        return isFlow(
                ref, segment.remoteHi(), segment.remoteLo(), segment.localHi(), segment.localLo(), segment.ports());
    }

    /** Reads the lines of an entry's record that a segment to it needs; of a TIME_WAIT entry, which seldom has any, none. */
    long touchRecord(final int ref) {
        final int slot = FlowIndex.slot(ref);
        return switch (FlowIndex.kind(ref)) {
            case FlowIndex.CONNECTION -> Tcb.touch(connections.address(slot));
            case FlowIndex.HALF_OPEN -> synQueue.touch(slot);
            default -> 0;
        };
    }

    /** Where the index has a flow, or {@link FlowIndex#NONE}. */
    int find(
            final int flowHash,
            final long remoteHi,
            final long remoteLo,
            final long localHi,
            final long localLo,
            final int ports) {
        int position = index.find(flowHash);
        while (position != FlowIndex.NONE
                && !isFlow(index.ref(position), remoteHi, remoteLo, localHi, localLo, ports)) {
            position = index.findNext(position, flowHash);
        }
        return position;
    }

    private boolean isFlow(
            final int ref,
            final long remoteHi,
            final long remoteLo,
            final long localHi,
            final long localLo,
            final int ports) {
        final int slot = FlowIndex.slot(ref);
        return switch (FlowIndex.kind(ref)) {
            case FlowIndex.CONNECTION ->
                candidate.wrap(slot, connections.address(slot)).matches(remoteHi, remoteLo, localHi, localLo, ports);
            case FlowIndex.HALF_OPEN ->
                synQueue.ports(slot) == ports
                        && synQueue.remoteLo(slot) == remoteLo
                        && synQueue.remoteHi(slot) == remoteHi
                        && isLocal(synQueue.localAddress(slot), localHi, localLo);
            default -> {
                final TimeWaitTable timeWait = timeWaitOf(slot);
                yield timeWait.ports(slot) == ports
                        && timeWait.remoteLo(slot) == remoteLo
                        && timeWait.remoteHi(slot) == remoteHi
                        && isLocal(timeWait.localAddress(slot), localHi, localLo);
            }
        };
    }

    private boolean isLocal(final int number, final long hi, final long lo) {
        return localAddresses.lo(number) == lo && localAddresses.hi(number) == hi;
    }

    /** Whether one more SYN from the network of this address is within its limit. */
    boolean maySyn(final long remoteHi, final long remoteLo, final int nowMs) {
        return syns == null || syns.tryTake(remoteHi, remoteLo, nowMs);
    }

    /** Takes a half-open entry out of the index and the SYN queue. */
    void removeHalfOpen(final int slot) {
        final int local = synQueue.localAddress(slot);
        final int flowHash = hash.hash(
                synQueue.remoteHi(slot),
                synQueue.remoteLo(slot),
                localAddresses.hi(local),
                localAddresses.lo(local),
                synQueue.ports(slot));
        index.remove(index.positionOf(flowHash, FlowIndex.ref(FlowIndex.HALF_OPEN, slot)), flowHash);
        synQueue.remove(slot);
    }

    /** The table that has the TIME_WAIT entry in {@code slot}. */
    TimeWaitTable timeWaitOf(final int slot) {
        return slot < firstIpv6TimeWait ? timeWaitIpv4 : timeWaitIpv6;
    }

    private int hashOfTimeWait(final int slot) {
        final TimeWaitTable timeWait = timeWaitOf(slot);
        final int local = timeWait.localAddress(slot);
        return hash.hash(
                timeWait.remoteHi(slot),
                timeWait.remoteLo(slot),
                localAddresses.hi(local),
                localAddresses.lo(local),
                timeWait.ports(slot));
    }

    /** Takes a TIME_WAIT entry out of the index and its table. */
    void removeTimeWait(final int slot) {
        final TimeWaitTable timeWait = timeWaitOf(slot);
        final int position = timeWait.indexPosition(slot);
        index.remove(position, FlowIndex.isDisplaced(position) ? hashOfTimeWait(slot) : 0);
        timeWait.release(slot);
    }

    /** Takes a connection out of the index. */
    void unlist(final Tcb tcb) {
        final int position = tcb.indexPosition();
        index.remove(position, FlowIndex.isDisplaced(position) ? hashOf(tcb) : 0);
    }

    private int hashOf(final Tcb tcb) {
        return hash.hash(tcb.remoteHi(), tcb.remoteLo(), tcb.localHi(), tcb.localLo(), tcb.ports());
    }

    /** Off-heap bytes reserved by all tables. */
    long bytes() {
        return index.bytes()
                + connections.bytes()
                + synQueue.bytes()
                + timeWaitIpv4.bytes()
                + timeWaitIpv6.bytes()
                + blocks.bytes()
                + bulk.bytes()
                + reassembly.bytes()
                + ranges.bytes()
                + recoveries.bytes()
                + shedSyns.bytes()
                + (syns == null ? 0 : syns.bytes());
    }

    /** TIME_WAIT entries of both families. */
    int timeWaitEntries() {
        return timeWaitIpv4.size() + timeWaitIpv6.size();
    }

    /** Off-heap bytes that the present connections take, their share of the index included, without buffers. */
    long connectionBytes() {
        final long entries = connections.allocated();
        return entries * TcbLayout.LENGTH + entries * index.bytes() / index.capacity();
    }

    /** Off-heap bytes that the present TIME_WAIT entries take, their share of the index included. */
    long timeWaitBytes() {
        return (long) timeWaitIpv4.size() * timeWaitIpv4.recordBytes()
                + (long) timeWaitIpv6.size() * timeWaitIpv6.recordBytes()
                + timeWaitEntries() * index.bytes() / index.capacity();
    }

    @Override
    public void close() {
        index.close();
        connections.close();
        synQueue.close();
        timeWaitIpv4.close();
        timeWaitIpv6.close();
        blocks.close();
        bulk.close();
        reassembly.close();
        ranges.close();
        recoveries.close();
        shedSyns.close();
        if (syns != null) {
            syns.close();
        }
    }
}
