package io.millrace.tcp.table;

/**
 * The accept queue of one listener: established connections, by slot, that the application has not taken yet, in the order
 * in which they were established.
 *
 * <p>The bound is the listener's backlog; beyond it {@link #offer} refuses, and the owner leaves the connection half open or
 * resets it. A connection that is reset while it waits stays where it is: the owner keeps its slot allocated until
 * {@link #poll} hands it out, sees its state there, and only then frees it. So a slot in the queue never names another
 * connection than the one that was offered.
 *
 * <p>Owner: the shard's thread. Allocates an int for each place at construction and where the bound grows, on the heap, and
 * nothing otherwise.
 */
public final class AcceptQueue {
    /** The slot of no connection. */
    public static final int NONE = RecordSlab.NONE;

    private int[] slots;
    private int bound;
    private int head;
    private int size;
    private int peak;

    /** For at most {@code bound} connections, 0 or more. */
    public AcceptQueue(final int bound) {
        if (bound < 0) {
            throw new IllegalArgumentException("accept queue: bound " + bound + " is below 0");
        }
        slots = new int[bound];
        this.bound = bound;
    }

    /** Changes the bound, 0 or more; connections that wait beyond it stay. Allocates where it grows. */
    public void bound(final int newBound) {
        if (newBound > slots.length) {
            final int[] larger = new int[newBound];
            for (int i = 0; i < size; i++) {
                final int place = head + i;
                larger[i] = slots[place < slots.length ? place : place - slots.length];
            }
            slots = larger;
            head = 0;
        }
        bound = newBound;
    }

    /** Adds a connection at the end; false when the queue is full. */
    public boolean offer(final int slot) {
        if (isFull()) {
            return false;
        }
        final int tail = head + size;
        slots[tail < slots.length ? tail : tail - slots.length] = slot;
        size++;
        peak = Math.max(peak, size);
        return true;
    }

    /** Takes off the connection that has waited longest, or answers {@link #NONE}. */
    public int poll() {
        if (size == 0) {
            return NONE;
        }
        final int slot = slots[head];
        head = head + 1 == slots.length ? 0 : head + 1;
        size--;
        return slot;
    }

    /** Whether {@link #offer} would refuse. */
    public boolean isFull() {
        return size >= bound;
    }

    /** Number of connections waiting, those reset meanwhile among them. */
    public int size() {
        return size;
    }

    /** The most connections that have waited. */
    public int peak() {
        return peak;
    }

    /** The most connections that can wait. */
    public int bound() {
        return bound;
    }
}
