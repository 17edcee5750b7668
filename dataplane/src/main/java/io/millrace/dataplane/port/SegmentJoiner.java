package io.millrace.dataplane.port;

import io.millrace.dpdk.Mbuf;
import io.millrace.memory.Memory;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes frames that arrived in several segments contiguous, so that nobody behind the port needs to know. Owned by the
 * thread that polls the queue; allocates nothing on the heap. Copies only frames of several segments.
 */
final class SegmentJoiner {
    private final FrameAllocator frames;
    private final AtomicLong oversize;
    private final AtomicLong exhausted;

    /**
     * Takes fresh mbufs from an allocator that belongs to the queue.
     *
     * @param oversize counts frames dropped because they fit no frame of the pool
     * @param exhausted counts frames dropped because the pool was empty
     */
    SegmentJoiner(final FrameAllocator frames, final AtomicLong oversize, final AtomicLong exhausted) {
        this.frames = frames;
        this.oversize = oversize;
        this.exhausted = exhausted;
    }

    /** Joins what needs it; drops and counts what fits no frame, or finds none. The burst keeps its order. */
    void join(final FrameBurst burst) {
        final int size = burst.size();
        int most = 1;
        for (int i = 0; i < size; i++) {
            most |= Mbuf.segments(burst.get(i)); // loads that do not wait for each other, and no branch
        }
        if (most != 1) {
            joinEach(burst, size);
        }
    }

    private void joinEach(final FrameBurst burst, final int size) {
        burst.clear();
        for (int i = 0; i < size; i++) {
            final long mbuf = burst.get(i);
            final long joined = Mbuf.segments(mbuf) == 1 ? mbuf : joined(mbuf);
            if (joined != 0) {
                burst.add(joined); // never ahead of i
            }
        }
    }

    private long joined(final long chain) {
        final int length = Mbuf.packetLength(chain);
        final long whole = frames.allocate();
        if (whole == 0) {
            exhausted.incrementAndGet();
        } else if (length > Mbuf.tailroom(whole)) {
            oversize.incrementAndGet();
            frames.free(whole);
        } else {
            copy(chain, whole, length);
            frames.free(chain);
            return whole;
        }
        frames.free(chain);
        return 0;
    }

    private static void copy(final long chain, final long whole, final int length) {
        final long to = Mbuf.dataAddress(whole);
        int at = 0;
        for (long segment = chain; segment != 0 && at < length; segment = Mbuf.next(segment)) {
            final int bytes = Math.min(Mbuf.dataLength(segment), length - at);
            Memory.copy(Mbuf.dataAddress(segment), to + at, bytes);
            at += bytes;
        }
        Mbuf.length(whole, at);
        Mbuf.copyReceiveFields(chain, whole);
    }
}
