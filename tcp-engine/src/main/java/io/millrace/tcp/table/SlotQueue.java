package io.millrace.tcp.table;

/** A FIFO of slots that grows to what it once needed, up to a bound that cannot be exceeded. Owned by one thread. */
public final class SlotQueue {
    private int[] slots;
    private int head;
    private int size;

    /** For at most {@code bound} slots; starts small. */
    public SlotQueue(final int bound) {
        slots = new int[Math.min(Integer.highestOneBit(bound) << 1, 1_024)];
    }

    /** Puts a slot behind the others. */
    public void add(final int slot) {
        if (size == slots.length) {
            grow();
        }
        slots[head + size & slots.length - 1] = slot;
        size++;
    }

    /** The first slot, or {@link RecordSlab#NONE}. */
    public int poll() {
        if (size == 0) {
            return RecordSlab.NONE;
        }
        final int slot = slots[head];
        head = head + 1 & slots.length - 1;
        size--;
        return slot;
    }

    /** Whether there is none. */
    public boolean isEmpty() {
        return size == 0;
    }

    private void grow() {
        final int[] larger = new int[slots.length * 2];
        for (int i = 0; i < size; i++) {
            larger[i] = slots[head + i & slots.length - 1];
        }
        slots = larger;
        head = 0;
    }
}
