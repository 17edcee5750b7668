package io.millrace.dataplane.neighbor;

import io.millrace.memory.Memory;
import io.millrace.memory.MemoryRegion;
import java.security.SecureRandom;

/**
 * The neighbors by address: an off-heap table in which each address has eight places it may be in, so that nothing is ever
 * moved and a look-up ends after eight slots. Which ones is a secret, so that nobody on the link can aim at one set.
 *
 * <p>One thread writes (the methods that take a slot, and {@link #insert}); any thread reads by {@link #macOf}, without
 * a lock. Allocates everything when it is made.
 *
 * <pre>
 *  slot, a cache line: address, 16 bytes (0 free) | MAC address (0 not known) | used (set by readers) | version
 * </pre>
 *
 * <p>The version is odd while the address in a slot changes, and never comes back to an old value: a reader that finds it
 * even and unchanged has read one neighbor's address and MAC.
 */
public final class NeighborTable implements AutoCloseable {
    /** State of a free slot. */
    static final byte FREE = 0;
    /** Asked for; the MAC address is not known. */
    static final byte INCOMPLETE = 1;
    /** Lately confirmed. */
    static final byte REACHABLE = 2;
    /** Not confirmed; used until verified. */
    static final byte STALE = 3;
    /** Used while it is being verified. */
    static final byte PROBE = 4;

    private static final int WAYS = 8;
    private static final int SLOT_LENGTH = 64;
    private static final int HI_OFFSET = 0;
    private static final int LO_OFFSET = 8;
    private static final int MAC_OFFSET = 16;
    private static final int USED_OFFSET = 24;
    private static final int VERSION_OFFSET = 32;

    private final MemoryRegion memory;
    private final long base;
    private final int slots;
    private final int shift;
    private final long hiFactor;
    private final long loFactor;
    private final byte[] states;
    private final byte[] requests;
    private final long[] deadlines;

    /** Makes an empty table for about {@code entries} neighbors. */
    public NeighborTable(final int entries) {
        final int bits = Math.max(3, 32 - Integer.numberOfLeadingZeros(2 * entries - 1));
        slots = 1 << bits;
        shift = 64 - bits;
        final SecureRandom random = new SecureRandom();
        hiFactor = random.nextLong() | 1;
        loFactor = random.nextLong() | 1;
        memory = MemoryRegion.allocate("neighbor table", (long) slots * SLOT_LENGTH);
        base = memory.address();
        states = new byte[slots];
        requests = new byte[slots];
        deadlines = new long[slots];
    }

    /** The MAC address of a neighbor; 0 when it is not known. Any thread. */
    public long macOf(final long hi, final long lo) {
        final int home = home(hi, lo);
        for (int i = 0; i < WAYS; i++) {
            final long slot = address(home + i & slots - 1);
            if (Memory.getLong(slot + LO_OFFSET) == lo && Memory.getLong(slot + HI_OFFSET) == hi) {
                return readMac(slot, hi, lo);
            }
        }
        return 0;
    }

    private static long readMac(final long slot, final long hi, final long lo) {
        final long version = Memory.getLongVolatile(slot + VERSION_OFFSET);
        final boolean same =
                Memory.getLongVolatile(slot + LO_OFFSET) == lo && Memory.getLongVolatile(slot + HI_OFFSET) == hi;
        final long mac = Memory.getLongVolatile(slot + MAC_OFFSET);
        if (!same || (version & 1) != 0 || Memory.getLongVolatile(slot + VERSION_OFFSET) != version) {
            return 0;
        }
        if (Memory.getLong(slot + USED_OFFSET) == 0) {
            Memory.putLong(slot + USED_OFFSET, 1);
        }
        return mac;
    }

    /** Number of slots; slot indices are below it. */
    int slots() {
        return slots;
    }

    /** The slot of an address, or -1. */
    int find(final long hi, final long lo) {
        final int home = home(hi, lo);
        for (int i = 0; i < WAYS; i++) {
            final int slot = home + i & slots - 1;
            if (lo(slot) == lo && hi(slot) == hi) {
                return slot;
            }
        }
        return -1;
    }

    /** A free slot for an address not in the table, or the one it should replace, or -1 when all are being resolved. */
    int victimFor(final long hi, final long lo) {
        final int home = home(hi, lo);
        int victim = -1;
        for (int i = 0; i < WAYS; i++) {
            final int slot = home + i & slots - 1;
            if (states[slot] == FREE) {
                return slot;
            }
            if (states[slot] != INCOMPLETE && (victim < 0 || isWorse(slot, victim))) {
                victim = slot;
            }
        }
        return victim;
    }

    private boolean isWorse(final int slot, final int than) {
        final boolean stale = states[slot] == STALE;
        return stale == (states[than] == STALE) ? deadlines[slot] - deadlines[than] < 0 : stale;
    }

    /** Puts an address into a slot that was freed before; its MAC address is not known yet. */
    void insert(final int slot, final long hi, final long lo) {
        Memory.putLong(address(slot) + USED_OFFSET, 0);
        write(slot, hi, lo);
    }

    /** Empties a slot. */
    void remove(final int slot) {
        states[slot] = FREE;
        write(slot, 0, 0);
    }

    private void write(final int slot, final long hi, final long lo) {
        final long at = address(slot);
        final long version = Memory.getLong(at + VERSION_OFFSET);
        Memory.putLongRelease(at + VERSION_OFFSET, version + 1);
        // Each store is a release, so that none is seen before the odd version is.
        Memory.putLongRelease(at + MAC_OFFSET, 0);
        Memory.putLongRelease(at + HI_OFFSET, hi);
        Memory.putLongRelease(at + LO_OFFSET, lo);
        Memory.putLongRelease(at + VERSION_OFFSET, version + 2);
    }

    /** First word of the address in a slot. */
    long hi(final int slot) {
        return Memory.getLong(address(slot) + HI_OFFSET);
    }

    /** Second word of the address in a slot. */
    long lo(final int slot) {
        return Memory.getLong(address(slot) + LO_OFFSET);
    }

    /** MAC address in the slot, 0 when not known. */
    long mac(final int slot) {
        return Memory.getLong(address(slot) + MAC_OFFSET);
    }

    /** Sets the MAC address in the slot. */
    void mac(final int slot, final long mac) {
        Memory.putLongRelease(address(slot) + MAC_OFFSET, mac);
    }

    /** True when a reader has asked for it since the last call. */
    boolean takeUsed(final int slot) {
        final boolean used = Memory.getLongVolatile(address(slot) + USED_OFFSET) != 0;
        if (used) {
            Memory.putLong(address(slot) + USED_OFFSET, 0);
        }
        return used;
    }

    /** State of the slot. */
    byte state(final int slot) {
        return states[slot];
    }

    /** Changes the state, which lasts until {@code deadline}, nanoseconds; the count of requests starts anew. */
    void state(final int slot, final byte state, final long deadline) {
        states[slot] = state;
        requests[slot] = 0;
        deadlines[slot] = deadline;
    }

    /** When the state ends, nanoseconds. */
    long deadline(final int slot) {
        return deadlines[slot];
    }

    /** Counts a request sent in this state, and waits for its answer until {@code deadline}. */
    void countRequest(final int slot, final long deadline) {
        requests[slot]++;
        deadlines[slot] = deadline;
    }

    /** Requests sent in this state. */
    int requests(final int slot) {
        return requests[slot];
    }

    /** Gives up the memory; no thread may look anything up any more. */
    @Override
    public void close() {
        memory.close();
    }

    private long address(final int slot) {
        return base + (long) slot * SLOT_LENGTH;
    }

    private int home(final long hi, final long lo) {
        return (int) ((hi * hiFactor + lo) * loFactor >>> shift);
    }
}
