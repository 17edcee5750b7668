package io.millrace.dataplane;

/**
 * A batch of classified frames on their way to TCP: three parallel arrays of mbuf address, flow hash and {@link
 * FrameMeta}.
 *
 * <p>Owned by one thread. Allocates its arrays once, when it is made. Indices are not checked against {@link #size()},
 * only against the capacity.
 */
public final class FrameBatch {
    private final long[] mbufs;
    private final int[] hashes;
    private final int[] metas;
    private int size;
    private boolean more;

    /** Makes an empty batch for up to {@code capacity} frames. */
    public FrameBatch(final int capacity) {
        if (capacity <= 0) {
            throw new IllegalArgumentException("batch capacity " + capacity + ": must be at least 1");
        }
        mbufs = new long[capacity];
        hashes = new int[capacity];
        metas = new int[capacity];
    }

    /** The most frames it can hold. */
    public int capacity() {
        return mbufs.length;
    }

    /** Number of frames in it. */
    public int size() {
        return size;
    }

    /** True when more frames waited where these came from. */
    public boolean hasMore() {
        return more;
    }

    /** Says whether more frames wait where these came from; until {@link #clear}. */
    public void more(final boolean waiting) {
        more = waiting;
    }

    /** True when there is nothing in it. */
    public boolean isEmpty() {
        return size == 0;
    }

    /** True when nothing more fits. */
    public boolean isFull() {
        return size == mbufs.length;
    }

    /** Address of the mbuf of frame {@code i}. */
    public long mbuf(final int i) {
        return mbufs[i];
    }

    /** Toeplitz hash of the flow of frame {@code i}, or 0 where nobody has computed it. */
    public int hash(final int i) {
        return hashes[i];
    }

    /** {@link FrameMeta} of frame {@code i}. */
    public int meta(final int i) {
        return metas[i];
    }

    /** Appends a frame; the batch must not be full. */
    public void add(final long mbuf, final int hash, final int meta) {
        final int i = size;
        mbufs[i] = mbuf;
        hashes[i] = hash;
        metas[i] = meta;
        size = i + 1;
    }

    /** Takes the first {@code count} frames away and moves the others to the front. */
    public void removeFirst(final int count) {
        size -= count;
        System.arraycopy(mbufs, count, mbufs, 0, size);
        System.arraycopy(hashes, count, hashes, 0, size);
        System.arraycopy(metas, count, metas, 0, size);
    }

    /** Forgets all frames; it does not free them. */
    public void clear() {
        size = 0;
        more = false;
    }
}
