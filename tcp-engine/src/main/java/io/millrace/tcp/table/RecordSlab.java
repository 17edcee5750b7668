package io.millrace.tcp.table;

import io.millrace.memory.Memory;
import io.millrace.memory.MemoryRegion;

/**
 * Fixed-size records in one off-heap region, named by their slot.
 *
 * <p>The slot freed last is given out first, because its memory is the warmest; a slot that was never used is taken only
 * when none is free, so that memory costs nothing before it is needed. The free list runs through the first four bytes of
 * the free records. A record's contents are zero the first time it is given out and undefined later: whoever allocates it
 * writes every field. When full, {@link #allocate} answers {@link #NONE}.
 *
 * <p>Owner: the shard's thread. Allocates its memory at construction, and nothing afterwards.
 */
public final class RecordSlab implements AutoCloseable {
    /** The slot of no record. */
    public static final int NONE = -1;

    private final MemoryRegion region;
    private final long base;
    private final int recordBytes;
    private final int capacity;
    private int neverUsed;
    private int firstFree = NONE;
    private int allocated;

    /** For {@code capacity} records of {@code recordBytes} (at least 4) each. */
    public RecordSlab(final String name, final int capacity, final int recordBytes) {
        if (capacity < 1 || recordBytes < Integer.BYTES) {
            throw new IllegalArgumentException(
                    name + ": " + capacity + " records of " + recordBytes + " bytes; at least 1 record of 4 bytes");
        }
        this.capacity = capacity;
        this.recordBytes = recordBytes;
        region = MemoryRegion.allocate(name, (long) capacity * recordBytes);
        base = region.address();
    }

    /** A free record's slot, or {@link #NONE} when all are in use. */
    public int allocate() {
        final int slot;
        if (firstFree != NONE) {
            slot = firstFree;
            firstFree = Memory.getInt(address(slot));
        } else if (neverUsed < capacity) {
            slot = neverUsed++;
        } else {
            return NONE;
        }
        allocated++;
        return slot;
    }

    /** Gives a record back; its slot must be allocated. */
    public void free(final int slot) {
        assert slot >= 0 && slot < neverUsed : slot;
        Memory.putInt(address(slot), firstFree);
        firstFree = slot;
        allocated--;
    }

    /** Where the record is. */
    public long address(final int slot) {
        return base + (long) slot * recordBytes;
    }

    /** Number of records in use. */
    public int allocated() {
        return allocated;
    }

    /** Every slot that is or was in use is below this. */
    public int used() {
        return neverUsed;
    }

    /** Number of records there are. */
    public int capacity() {
        return capacity;
    }

    /** Bytes of memory reserved. */
    public long bytes() {
        return region.size();
    }

    /** Takes real memory for all of it now, instead of when it is first touched. */
    public void prefault() {
        region.prefault();
    }

    @Override
    public void close() {
        region.close();
    }
}
