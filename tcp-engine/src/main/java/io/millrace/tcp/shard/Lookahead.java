package io.millrace.tcp.shard;

import io.millrace.dataplane.FrameBatch;
import io.millrace.dataplane.FrameMeta;
import io.millrace.dataplane.wire.IcmpHeader;
import io.millrace.dataplane.wire.IpAddress;
import io.millrace.dataplane.wire.TcpFlags;
import io.millrace.dpdk.Mbuf;
import io.millrace.memory.Memory;
import io.millrace.tcp.isn.FlowHash;
import io.millrace.tcp.state.IcmpError;
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
            positions[i] = isSyn(batch.mbuf(i), batch.meta(i)) ? FlowIndex.NONE : index.find(hashes[i]);
        }
        long sum = 0;
        for (int i = 0; i < size; i++) {
            if (positions[i] != FlowIndex.NONE) {
                sum += tables.touchRecord(index.ref(positions[i]));
            }
        }
        return sum;
    }

    private static boolean isSyn(final long mbuf, final int meta) {
        final long tcp = Mbuf.dataAddress(mbuf) + FrameMeta.l4Offset(meta);
        return FrameMeta.kind(meta) < FrameMeta.ICMP4_ERROR && (Memory.getByte(tcp + 13) & TcpFlags.SYN) != 0;
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
    private int hashOf(final long mbuf, final int meta) {
        final long frame = Mbuf.dataAddress(mbuf);
        if (FrameMeta.kind(meta) >= FrameMeta.ICMP4_ERROR) {
            return hashOfQuoted(frame + FrameMeta.l4Offset(meta), FrameMeta.kind(meta) == FrameMeta.ICMP6_ERROR);
        }
        final long ip = frame + FrameMeta.l3Offset(meta);
        final int ports = Memory.getIntBE(frame + FrameMeta.l4Offset(meta));
        if (FrameMeta.kind(meta) == FrameMeta.TCP6) {
            return hash.hash(
                    Memory.getLongBE(ip + 8),
                    Memory.getLongBE(ip + 16),
                    Memory.getLongBE(ip + 24),
                    Memory.getLongBE(ip + 32),
                    ports);
        }
        return hash.hash(
                0, IpAddress.lowWord(Memory.getIntBE(ip + 12)), 0, IpAddress.lowWord(Memory.getIntBE(ip + 16)), ports);
    }

    /** Hash of the flow that an ICMP error at {@code icmp} quotes a segment of, in which we are the source. */
    private int hashOfQuoted(final long icmp, final boolean ipv6) {
        final long ip = icmp + IcmpHeader.LENGTH;
        final int ports = Integer.rotateLeft(Memory.getIntBE(IcmpError.quotedTcp(icmp, ipv6)), 16);
        if (ipv6) {
            return hash.hash(
                    Memory.getLongBE(ip + 24),
                    Memory.getLongBE(ip + 32),
                    Memory.getLongBE(ip + 8),
                    Memory.getLongBE(ip + 16),
                    ports);
        }
        return hash.hash(
                0, IpAddress.lowWord(Memory.getIntBE(ip + 16)), 0, IpAddress.lowWord(Memory.getIntBE(ip + 12)), ports);
    }
}
