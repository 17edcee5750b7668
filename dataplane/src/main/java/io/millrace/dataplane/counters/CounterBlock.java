package io.millrace.dataplane.counters;

import io.millrace.memory.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * One long for each {@link Counter}, off-heap. Written by one thread, read by any: a reader sees each counter whole, but
 * not all of them at one instant. Counting allocates nothing.
 */
public final class CounterBlock {
    /** Bytes of a block; a multiple of two cache lines, so that neighbours in a file don't share one. */
    public static final int LENGTH = (Counter.COUNT * Long.BYTES + 127) & ~127;

    private final String name;
    /** Held so that the memory lives as long as this. */
    @SuppressWarnings("unused")
    private final MemorySegment memory;

    private final long address;

    /** A block over zeroed memory that lives as long as {@code memory} does. */
    CounterBlock(final String name, final MemorySegment memory) {
        this.name = name;
        this.memory = memory;
        this.address = memory.address();
    }

    /** Makes a block in memory of its own, freed with it; {@code name} tells whose counters these are. */
    public static CounterBlock allocate(final String name) {
        return new CounterBlock(name, Arena.ofAuto().allocate(LENGTH, 128));
    }

    /** Whose counters these are, such as {@code shard-0}. */
    public String name() {
        return name;
    }

    /** Adds one. */
    public void increment(final Counter counter) {
        add(counter, 1);
    }

    /** Adds {@code amount}, which may be negative for a gauge. */
    public void add(final Counter counter, final long amount) {
        final long at = address + (long) counter.ordinal() * Long.BYTES;
        Memory.putLongRelease(at, Memory.getLong(at) + amount);
    }

    /** Sets a gauge. */
    public void set(final Counter counter, final long value) {
        Memory.putLongRelease(address + (long) counter.ordinal() * Long.BYTES, value);
    }

    /** The value now; any thread. */
    public long get(final Counter counter) {
        return Memory.getLongVolatile(address + (long) counter.ordinal() * Long.BYTES);
    }
}
