package io.millrace.dataplane.counters;

import io.millrace.memory.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * One long for each {@link ListenerCounter} of one listener on one thread, off-heap. Written by that thread, read by any: a
 * reader sees each counter whole, but not all of them at one instant. Counting allocates nothing.
 */
public final class ListenerBlock {
    static final int LENGTH = ListenerCounter.COUNT * Long.BYTES;

    /** Held so that the memory lives as long as this. */
    @SuppressWarnings("unused")
    private final MemorySegment memory;

    private final long address;

    /** A block over zeroed memory that lives as long as {@code memory} does. */
    ListenerBlock(final MemorySegment memory) {
        this.memory = memory;
        address = memory.address();
    }

    /** Makes a block in memory of its own, freed with it. */
    static ListenerBlock allocate() {
        return new ListenerBlock(Arena.ofAuto().allocate(LENGTH, Long.BYTES));
    }

    /** Adds one. */
    public void increment(final ListenerCounter counter) {
        final long at = address + (long) counter.ordinal() * Long.BYTES;
        Memory.putLongRelease(at, Memory.getLong(at) + 1);
    }

    /** Sets a gauge. */
    public void set(final ListenerCounter counter, final long value) {
        Memory.putLongRelease(address + (long) counter.ordinal() * Long.BYTES, value);
    }

    /** The value now; any thread. */
    public long get(final ListenerCounter counter) {
        return Memory.getLongVolatile(address + (long) counter.ordinal() * Long.BYTES);
    }
}
