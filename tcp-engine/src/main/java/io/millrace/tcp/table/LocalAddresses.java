package io.millrace.tcp.table;

import java.util.Arrays;

/**
 * Our addresses by a number of 16 bits, so that small records need not hold them. An address gets its number when a record
 * first needs it, and keeps it.
 *
 * <p>Owned by the shard's thread. Allocates everything when it is made, 1.5 MiB.
 */
public final class LocalAddresses {
    /** The number of an address for which there is no room. */
    public static final int NONE = -1;

    private static final int CAPACITY = 1 << 16;
    private static final int SLOTS = CAPACITY * 2;

    private final long[] hi = new long[CAPACITY];
    private final long[] lo = new long[CAPACITY];
    private final int[] slots = new int[SLOTS];
    private int size;
    private int last;

    /** Knows none. */
    public LocalAddresses() {
        Arrays.fill(slots, NONE);
    }

    /** The number of an address, a new one if it has none; {@link #NONE} when 65,536 are taken. */
    public int numberOf(final long addressHi, final long addressLo) {
        if (size > 0 && lo[last] == addressLo && hi[last] == addressHi) {
            return last;
        }
        int slot = home(addressHi, addressLo);
        while (slots[slot] != NONE) {
            final int number = slots[slot];
            if (lo[number] == addressLo && hi[number] == addressHi) {
                last = number;
                return number;
            }
            slot = slot + 1 & SLOTS - 1;
        }
        if (size == CAPACITY) {
            return NONE;
        }
        hi[size] = addressHi;
        lo[size] = addressLo;
        slots[slot] = size;
        last = size;
        return size++;
    }

    /** High word of an address. */
    public long hi(final int number) {
        return hi[number];
    }

    /** Low word of an address. */
    public long lo(final int number) {
        return lo[number];
    }

    private static int home(final long hi, final long lo) {
        final long mixed = (hi * 31 + lo) * 0x9e37_79b9_7f4a_7c15L;
        return (int) (mixed >>> 40) & SLOTS - 1;
    }
}
