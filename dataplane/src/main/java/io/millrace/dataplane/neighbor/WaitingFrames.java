package io.millrace.dataplane.neighbor;

/**
 * For each slot of the neighbor table a short queue of frames that wait for its MAC address. Owned by the neighbors'
 * owner; allocates its arrays when it is made.
 */
final class WaitingFrames {
    private final long[] frames;
    private final byte[] counts;
    private final int limit;

    WaitingFrames(final int slots, final int limit) {
        this.limit = limit;
        frames = new long[slots * limit];
        counts = new byte[slots];
    }

    /** Appends a frame; when the queue is full the oldest leaves and is returned, else 0. */
    long add(final int slot, final long mbuf) {
        final int first = slot * limit;
        final int count = counts[slot];
        if (count < limit) {
            frames[first + count] = mbuf;
            counts[slot]++;
            return 0;
        }
        final long oldest = frames[first];
        System.arraycopy(frames, first + 1, frames, first, limit - 1);
        frames[first + limit - 1] = mbuf;
        return oldest;
    }

    int count(final int slot) {
        return counts[slot];
    }

    /** Frame {@code i} of the slot's queue, the oldest first. */
    long get(final int slot, final int i) {
        return frames[slot * limit + i];
    }

    void clear(final int slot) {
        counts[slot] = 0;
    }
}
