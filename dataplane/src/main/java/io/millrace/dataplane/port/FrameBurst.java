package io.millrace.dataplane.port;

import io.millrace.memory.Memory;
import java.lang.foreign.Arena;

/**
 * An off-heap array of mbuf addresses, as drivers take it. Owned by one thread. Allocates its array once, when it is
 * made. Indices are not checked.
 */
public final class FrameBurst implements AutoCloseable {
    private final Arena arena = Arena.ofShared();
    private final long address;
    private final int capacity;
    private int size;

    /** Makes an empty burst for up to {@code capacity} frames. */
    public FrameBurst(final int capacity) {
        if (capacity <= 0) {
            throw new IllegalArgumentException("burst capacity " + capacity + ": must be at least 1");
        }
        this.capacity = capacity;
        address = arena.allocate((long) capacity * Long.BYTES, 64).address();
    }

    /** Address of the first entry; entries are 8 bytes. */
    public long address() {
        return address;
    }

    /** The most frames it can hold. */
    public int capacity() {
        return capacity;
    }

    /** Number of frames in it. */
    public int size() {
        return size;
    }

    /** Sets the number of frames, after a driver has written them at {@link #address()}. */
    public void size(final int frames) {
        size = frames;
    }

    /** True when there is nothing in it. */
    public boolean isEmpty() {
        return size == 0;
    }

    /** True when nothing more fits. */
    public boolean isFull() {
        return size == capacity;
    }

    /** Address of mbuf {@code i}. */
    public long get(final int i) {
        return Memory.getLong(address + (long) i * Long.BYTES);
    }

    /** Appends a frame; the burst must not be full. */
    public void add(final long mbuf) {
        Memory.putLong(address + (long) size * Long.BYTES, mbuf);
        size++;
    }

    /** Takes the first {@code count} frames away and moves the others to the front. */
    public void removeFirst(final int count) {
        size -= count;
        if (size > 0 && count > 0) {
            Memory.copy(address + (long) count * Long.BYTES, address, (long) size * Long.BYTES);
        }
    }

    /** Forgets all frames; it does not free them. */
    public void clear() {
        size = 0;
    }

    /** Gives up the array; any use after it crashes. */
    @Override
    public void close() {
        arena.close();
    }
}
