package io.millrace.tcp.shard;

import io.millrace.dataplane.FrameBatch;
import io.millrace.dataplane.FrameMeta;
import io.millrace.dataplane.wire.IcmpHeader;
import io.millrace.dataplane.wire.IpAddress;
import io.millrace.dpdk.Mbuf;
import io.millrace.memory.Memory;
import io.millrace.tcp.isn.FlowHash;
import io.millrace.tcp.state.IcmpError;
import io.millrace.tcp.state.Segment;
import io.millrace.tcp.table.FlowIndex;
import java.util.Arrays;

/**
 * The first of the two passes over a burst: computes the hash of each frame's flow and reads the line of the index where that
 * begins; and where there are so many connections that their records are cold, finds them and reads their lines. Each step is
 * a loop of its own, so that all its cache misses overlap. Owned by the shard's thread; allocates nothing.
 */
final class Lookahead {
    /** So many records, or fewer, stay in the core's own caches, and need not be fetched in advance. */
    private static final int WARM_RECORDS = 1_024;

    private final ShardTables tables;
    private final FlowHash hash;
    private final int[] hashes;
    private final int[] positions;
    private long read;

    /** For bursts of at most {@code burst} frames, by the hash of {@code tables}' index. */
    Lookahead(final ShardTables tables, final FlowHash hash, final int burst) {
        this.tables = tables;
        this.hash = hash;
        hashes = new int[burst];
        positions = new int[burst];
    }

    /** Looks at what is about to be processed. */
    void begin(final FrameBatch batch) {
        final FlowIndex index = tables.index;
        final int size = batch.size();
        for (int i = 0; i < size; i++) {
            hashes[i] = hashOf(batch.mbuf(i), batch.meta(i));
        }
        long sum = tables.timeWaitIpv4.touchNext(size) + tables.timeWaitIpv6.touchNext(size);
        for (int i = 0; i < size; i++) {
            sum += index.touch(hashes[i]);
        }
        if (tables.connections.allocated() + tables.synQueue.size() > WARM_RECORDS) {
            sum += readRecords(batch, size);
        } else {
            Arrays.fill(positions, 0, size, FlowIndex.NONE);
        }
        read = sum;
    }

    private long readRecords(final FrameBatch batch, final int size) {
        final FlowIndex index = tables.index;
        for (int i = 0; i < size; i++) { // there is seldom anything of a new flow
            positions[i] = Segment.isNewSyn(batch.mbuf(i), batch.meta(i)) ? FlowIndex.NONE : index.find(hashes[i]);
        }
        long sum = 0;
        for (int i = 0; i < size; i++) {
            if (positions[i] != FlowIndex.NONE) {
                sum += tables.touchRecord(index.ref(positions[i]));
            }
        }
        return sum;
    }

    /** Where the index had what may be the flow of frame {@code i}, if it was looked for; or {@link FlowIndex#NONE}. */
    int position(final int i) {
        return positions[i];
    }

    /** The hash of frame {@code i} of the burst. */
    int hash(final int i) {
        return hashes[i];
    }

    /** Whether frame {@code i} and the next seem to be of the same flow. */
    boolean isFollowed(final int i, final int size) {
        return i + 1 < size && hashes[i + 1] == hashes[i];
    }

    /** The sum of what was read; keeps the reads from being optimised away. */
    long read() {
        return read;
    }

    /** Hash of the flow of a validated frame that is not parsed yet. */
    int hashOf(final long mbuf, final int meta) {
        final long frame = Mbuf.dataAddress(mbuf);
        if (FrameMeta.kind(meta) >= FrameMeta.ICMP4_ERROR) {
            return hashOfQuoted(frame + FrameMeta.l4Offset(meta), FrameMeta.kind(meta) == FrameMeta.ICMP6_ERROR);
        }
        final long ip = frame + FrameMeta.l3Offset(meta);
        final int ports = Memory.getIntBE(frame + FrameMeta.l4Offset(meta));
        return FrameMeta.kind(meta) == FrameMeta.TCP6
                ? hashOfIpv6(ip + 8, ip + 24, ports)
                : hashOfIpv4(ip + 12, ip + 16, ports);
    }

    /** Hash of the flow that an ICMP error at {@code icmp} quotes a segment of, in which we are the source. */
    private int hashOfQuoted(final long icmp, final boolean ipv6) {
        final long ip = icmp + IcmpHeader.LENGTH;
        final int ports = Integer.rotateLeft(Memory.getIntBE(IcmpError.quotedTcp(icmp, ipv6)), 16);
        return ipv6 ? hashOfIpv6(ip + 24, ip + 8, ports) : hashOfIpv4(ip + 16, ip + 12, ports);
    }

    /** With where the peer's address and ours stand. */
    private int hashOfIpv6(final long remote, final long local, final int ports) {
        return hash.hash(
                Memory.getLongBE(remote),
                Memory.getLongBE(remote + 8),
                Memory.getLongBE(local),
                Memory.getLongBE(local + 8),
                ports);
    }

    /** With where the peer's address and ours stand. */
    private int hashOfIpv4(final long remote, final long local, final int ports) {
        return hash.hash(
                0, IpAddress.lowWord(Memory.getIntBE(remote)), 0, IpAddress.lowWord(Memory.getIntBE(local)), ports);
    }
}
