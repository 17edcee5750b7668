package io.millrace.dataplane.port;

import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dpdk.MbufCache;
import io.millrace.dpdk.MbufLayout;
import io.millrace.dpdk.Mempool;
import java.util.ArrayList;
import java.util.List;

/** Frames from a DPDK mempool. Any thread; each allocator belongs to one. Allocates an allocator's stash when it is made. */
final class DpdkFramePool implements FramePool, AutoCloseable {
    private final Mempool mempool;
    private final List<MbufCache> caches = new ArrayList<>();

    DpdkFramePool(final Mempool mempool) {
        this.mempool = mempool;
    }

    @Override
    public synchronized FrameAllocator newAllocator(final CounterBlock counters) {
        final MbufCache cache = mempool.newCache();
        caches.add(cache);
        return new CachedAllocator(cache, counters);
    }

    @Override
    public synchronized int available() {
        return mempool.available() + caches.stream().mapToInt(MbufCache::size).sum();
    }

    @Override
    public int capacity() {
        return mempool.count();
    }

    @Override
    public int dataRoom() {
        return mempool.dataRoom() - MbufLayout.HEADROOM;
    }

    /** Frees one mbuf that no allocator is at hand for. */
    void freeOne(final long arrayOfOne) {
        mempool.freeBulk(arrayOfOne, 1);
    }

    /** Gives up stashes and pool, when no thread uses either any more. */
    @Override
    public synchronized void close() {
        caches.forEach(MbufCache::close);
        caches.clear();
        mempool.close();
    }

    /** One thread's view of the pool. */
    private record CachedAllocator(MbufCache cache, CounterBlock counters) implements FrameAllocator {
        @Override
        public long allocate() {
            final long mbuf = cache.alloc();
            if (mbuf == 0) {
                counters.increment(Counter.FRAMES_EXHAUSTED);
            }
            return mbuf;
        }

        @Override
        public void free(final long mbuf) {
            cache.free(mbuf);
        }
    }
}
