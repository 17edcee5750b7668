package io.millrace.tcp.table;

import io.millrace.memory.Memory;
import io.millrace.memory.MemoryRegion;

/**
 * Which SYNs were shed lately, so that one that comes again can be told from one of a flood, whose senders do not wait for an
 * answer. A client repeats its SYN after a second (RFC 6298 §2.1); that long and half as long again each is remembered, by a
 * bit of its flow's hash in the newer of two tables, of which the older is forgotten when it has served its time. The hash is
 * keyed, so that nobody can have the SYNs of others remembered. At a million shed a second one in eleven others is taken
 * for one that has come before.
 *
 * <p>Times are ms that wrap. Owner: the shard's thread. Reserves 8 MB off the heap at construction, of which the kernel gives
 * what is used, and allocates nothing afterwards.
 */
public final class ShedSyns implements AutoCloseable {
    static final int GENERATION_MS = 1_500;
    private static final int HASH_SHIFT = 32 - 25;
    private static final int TABLE_BYTES = 1 << 25 - 3;

    private final MemoryRegion region;
    private long newer;
    private long older;
    private boolean newerUsed;
    private boolean olderUsed;
    private int since;

    /** Remembers none yet; {@code name} is the memory's. */
    public ShedSyns(final String name) {
        region = MemoryRegion.allocate(name, 2L * TABLE_BYTES);
        newer = region.address();
        older = newer + TABLE_BYTES;
    }

    /** To be told the time before others are asked for. */
    public void age(final int nowMs) {
        final int elapsed = nowMs - since;
        if (elapsed >= 0 && elapsed < GENERATION_MS) {
            return;
        }
        // nobody was told the time for so long that the newer table has served its time too
        final boolean bothOld = elapsed < 0 || elapsed >= 2 * GENERATION_MS;
        final long served = older;
        if (olderUsed) {
            Memory.fill(served, TABLE_BYTES, 0);
        }
        if (bothOld && newerUsed) {
            Memory.fill(newer, TABLE_BYTES, 0);
        }
        olderUsed = newerUsed && !bothOld;
        older = newer;
        newer = served;
        newerUsed = false;
        since = nowMs;
    }

    /** Remembers that the SYN of the flow with this hash was shed. */
    public void remember(final int hash) {
        final long at = newer + byteOf(hash);
        Memory.putByte(at, Memory.getByte(at) | bitOf(hash));
        newerUsed = true;
    }

    /** Whether one was, up to one and a half seconds ago for certain, up to three at most. */
    public boolean has(final int hash) {
        // what is empty is not read: each table is a miss of the cache
        return newerUsed && isSet(newer, hash) || olderUsed && isSet(older, hash);
    }

    private static boolean isSet(final long table, final int hash) {
        return (Memory.getByte(table + byteOf(hash)) & bitOf(hash)) != 0;
    }

    private static long byteOf(final int hash) {
        return hash >>> HASH_SHIFT + 3;
    }

    private static int bitOf(final int hash) {
        return 1 << (hash >>> HASH_SHIFT & 7);
    }

    /** Bytes of memory reserved. */
    public long bytes() {
        return region.size();
    }

    @Override
    public void close() {
        region.close();
    }
}
