package io.millrace.dataplane.port;

import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dpdk.Mbuf;
import io.millrace.dpdk.MbufLayout;
import io.millrace.memory.MemoryRegion;
import java.util.ArrayList;
import java.util.List;

/**
 * A pool of frames without DPDK: each an {@code rte_mbuf}-shaped header, the usual headroom, and room for data.
 *
 * <p>Any thread may make an allocator; each allocator belongs to one thread and keeps up to {@value #STASH} free frames,
 * so that the lock is taken once for many frames. Frames are handed out in a fixed order when one thread uses the pool.
 * Allocates everything when it is made.
 */
public final class MemoryFramePool implements FramePool, AutoCloseable {
    private static final int STASH = 64;
    private static final int BULK = STASH / 2;
    private static final int CACHE_LINE = 64;

    private final MemoryRegion memory;
    private final int dataRoom;
    private final long[] free;
    private final List<Allocator> allocators = new ArrayList<>();
    private int freeCount;

    /** Makes a pool of {@code frames} frames, each with room for {@code dataRoom} bytes after the headroom. */
    public MemoryFramePool(final String name, final int frames, final int dataRoom) {
        if (frames < 1 || dataRoom < 64 || dataRoom > 65_000) {
            throw new IllegalArgumentException("pool " + name + " of " + frames + " frames of " + dataRoom
                    + " bytes: needs at least 1 frame, of 64 to 65000 bytes");
        }
        this.dataRoom = dataRoom;
        final int bufferLength = MbufLayout.HEADROOM + dataRoom;
        final long stride = ((long) MbufLayout.HEADER_LENGTH + bufferLength + CACHE_LINE - 1) & -CACHE_LINE;
        memory = MemoryRegion.allocate(name, stride * frames);
        free = new long[frames];
        for (int i = 0; i < frames; i++) {
            final long mbuf = memory.address() + i * stride;
            Mbuf.bufferAddress(mbuf, mbuf + MbufLayout.HEADER_LENGTH);
            Mbuf.bufferLength(mbuf, bufferLength);
            Mbuf.pool(mbuf, memory.address());
            free[frames - 1 - i] = mbuf;
        }
        freeCount = frames;
    }

    @Override
    public synchronized FrameAllocator newAllocator(final CounterBlock counters) {
        final Allocator allocator = new Allocator(counters);
        allocators.add(allocator);
        return allocator;
    }

    @Override
    public synchronized int available() {
        return freeCount
                + allocators.stream().mapToInt(allocator -> allocator.count).sum();
    }

    @Override
    public int capacity() {
        return free.length;
    }

    @Override
    public int dataRoom() {
        return dataRoom;
    }

    private synchronized int take(final long[] into) {
        final int count = Math.min(BULK, freeCount);
        freeCount -= count;
        System.arraycopy(free, freeCount, into, 0, count);
        return count;
    }

    private synchronized void giveBack(final long[] from, final int first) {
        System.arraycopy(from, first, free, freeCount, BULK);
        freeCount += BULK;
    }

    /** Gives up the frames' memory; nobody may hold a frame. */
    @Override
    public void close() {
        memory.close();
    }

    /** One thread's view of the pool. */
    private final class Allocator implements FrameAllocator {
        private final long[] stash = new long[STASH];
        private final CounterBlock counters;
        private volatile int count;

        private Allocator(final CounterBlock counters) {
            this.counters = counters;
        }

        @Override
        public long allocate() {
            int held = count;
            if (held == 0) {
                held = take(stash);
                if (held == 0) {
                    counters.increment(Counter.FRAMES_EXHAUSTED);
                    return 0;
                }
            }
            final long mbuf = stash[held - 1];
            count = held - 1;
            Mbuf.reset(mbuf);
            return mbuf;
        }

        @Override
        public void free(final long mbuf) {
            for (long segment = mbuf; segment != 0; ) {
                final long next = Mbuf.segments(mbuf) == 1 ? 0 : Mbuf.next(segment);
                freeSegment(segment);
                segment = next;
            }
        }

        private void freeSegment(final long mbuf) {
            if (Mbuf.refCount(mbuf) != 1 || Mbuf.pool(mbuf) != memory.address()) {
                throw new IllegalStateException("frame 0x" + Long.toHexString(mbuf) + " of pool " + memory.name()
                        + " freed twice, or of another pool");
            }
            Mbuf.refCount(mbuf, 0);
            int held = count;
            if (held == STASH) {
                held = STASH - BULK;
                giveBack(stash, held);
            }
            stash[held] = mbuf;
            count = held + 1;
        }
    }
}
