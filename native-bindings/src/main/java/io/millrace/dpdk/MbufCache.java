package io.millrace.dpdk;

import io.millrace.memory.Memory;
import io.millrace.memory.MemoryRegion;

/**
 * One thread's stash of a pool's mbufs, so that most allocations and frees are a few memory accesses in Java. Owned by
 * that thread; allocates its 4 KB off the heap when made, nothing later. Close it on the same thread, before the pool.
 */
public final class MbufCache implements AutoCloseable {
    private static final int BULK = 128;
    private static final int CAPACITY = 512;

    private final Mempool pool;
    private final long poolAddress;
    private final MemoryRegion region;
    private final long stash;
    private final long single;
    private int size;

    MbufCache(final Mempool pool) {
        this.pool = pool;
        this.poolAddress = pool.address();
        this.region = MemoryRegion.allocate("a cache of " + pool.name(), (CAPACITY + 1) * 8L);
        this.stash = region.address();
        this.single = stash + CAPACITY * 8L;
    }

    /** An empty mbuf: one segment, one owner, 128 bytes of headroom, no flags. 0 when the pool has none. */
    public long alloc() {
        if (size == 0 && !refill()) {
            return 0;
        }
        final long mbuf = Memory.getLong(stash + --size * 8L);
        Mbuf.rearm(mbuf);
        return mbuf;
    }

    /** Takes back an mbuf of any kind, with all its segments, also one of another pool. 0 is not allowed. */
    public void free(final long mbuf) {
        if (!Mbuf.isSimple(mbuf) || Mbuf.pool(mbuf) != poolAddress) {
            Memory.putLong(single, mbuf);
            pool.freeBulk(single, 1);
            return;
        }
        if (size == CAPACITY) {
            spill();
        }
        Memory.putLong(stash + size++ * 8L, mbuf);
    }

    /** Mbufs in the stash. */
    public int size() {
        return size;
    }

    private boolean refill() {
        if (pool.getBulk(stash, BULK)) {
            size = BULK;
        } else if (pool.getBulk(stash, 1)) { // nearly empty: the last ones singly
            size = 1;
        }
        return size != 0;
    }

    /** Gives half back: the older half, so that what was used last, and is in the CPU's cache, is used next. */
    private void spill() {
        final int half = CAPACITY / 2;
        pool.putBulk(stash, half);
        Memory.copy(stash + half * 8L, stash, half * 8L);
        size = half;
    }

    /** Gives all back. */
    @Override
    public void close() {
        if (size > 0) {
            pool.putBulk(stash, size);
            size = 0;
        }
        region.close();
    }
}
