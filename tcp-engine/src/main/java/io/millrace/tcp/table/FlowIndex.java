package io.millrace.tcp.table;

import io.millrace.memory.Memory;
import io.millrace.memory.MemoryRegion;

/**
 * The one hash index of a shard: finds connections, half-open connections and TIME_WAIT entries by the hash of their
 * tuple, and answers a miss for all three at once.
 *
 * <p>Open addressing over 8-byte words, {@code hash << 32 | ref}; 0 is an empty word. A ref names a kind of record and its
 * slot. The index holds no tuples: the caller compares the record's, and goes on with {@link #findNext} where two tuples
 * share a hash. The home of a hash is {@code hash * words / 2^32}, so the number of words need not be a power of two.
 * Words stand in the order of their homes (a word displaced farther goes first), so that a search ends where its hash
 * would have stood instead of at the next gap; removal shifts the words behind it back and leaves no tombstone.
 *
 * <p>A <i>position</i> is valid until the next {@link #insert} or {@link #remove}. Owner: the shard's thread. Allocates its
 * memory at construction, 10.7 bytes an entry at capacity, and nothing afterwards.
 */
public final class FlowIndex implements AutoCloseable {
    /** Kind of a ref: a slot of the connection table. */
    public static final int CONNECTION = 1;
    /** Kind of a ref: a slot of the SYN queue. */
    public static final int HALF_OPEN = 2;
    /** Kind of a ref: a slot of the TIME_WAIT table. */
    public static final int TIME_WAIT = 3;
    /** The position of what is not there. */
    public static final long NONE = -1;
    /** The greatest slot that a ref can name. */
    public static final int MAXIMUM_SLOT = (1 << 30) - 1;

    private static final int KIND_SHIFT = 30;
    private static final int WORD_BYTES = Long.BYTES;

    private final MemoryRegion region;
    private final int capacity;
    private final long words;
    private final long bytes;
    private final long base;
    private final long end;
    private int size;

    /** For at most {@code capacity} entries, at which it is three quarters full. */
    public FlowIndex(final String name, final int capacity) {
        if (capacity < 1 || capacity > MAXIMUM_SLOT) {
            throw new IllegalArgumentException(name + ": capacity " + capacity + " is outside 1 to " + MAXIMUM_SLOT);
        }
        this.capacity = capacity;
        // At least one word stays empty: there every search ends.
        words = (capacity * 4L + 2) / 3 + 1;
        bytes = words * WORD_BYTES;
        region = MemoryRegion.allocate(name, bytes);
        base = region.address();
        end = base + bytes;
    }

    /** The ref of a slot; {@code kind} is one of the three constants. */
    public static int ref(final int kind, final int slot) {
        return kind << KIND_SHIFT | slot;
    }

    /** The kind of a ref. */
    public static int kind(final int ref) {
        return ref >>> KIND_SHIFT;
    }

    /** The slot of a ref. */
    public static int slot(final int ref) {
        return ref & MAXIMUM_SLOT;
    }

    /** The ref at a position. */
    public int ref(final long position) {
        return (int) Memory.getLong(position);
    }

    /**
     * Reads the word at which a search for {@code hash} will begin, so that its cache miss overlaps with others; the value
     * is only returned so that the read is not optimised away.
     */
    public long touch(final int hash) {
        return Memory.getLong(home(hash));
    }

    /** The first position with this hash, or {@link #NONE}. */
    public long find(final int hash) {
        return search(home(hash), 0, hash);
    }

    /** The next position with this hash after one that {@link #find} or this method returned, or {@link #NONE}. */
    public long findNext(final long position, final int hash) {
        return search(next(position), displacement(position, hash) + WORD_BYTES, hash);
    }

    /** The position of this very entry, or {@link #NONE}. */
    public long positionOf(final int hash, final int ref) {
        long position = find(hash);
        while (position != NONE && ref(position) != ref) {
            position = findNext(position, hash);
        }
        return position;
    }

    /** Adds an entry; its hash, and even the whole entry, may be there already. False if the index is at capacity. */
    public boolean insert(final int hash, final int ref) {
        if (size == capacity) {
            return false;
        }
        long at = home(hash);
        long displacement = 0;
        long other = Memory.getLong(at);
        while (other != 0 && displacement(at, hashOf(other)) >= displacement) {
            at = next(at);
            displacement += WORD_BYTES;
            other = Memory.getLong(at);
        }
        Memory.putLong(at, word(hash, ref));
        while (other != 0) {
            at = next(at);
            final long following = Memory.getLong(at);
            Memory.putLong(at, other);
            other = following;
        }
        size++;
        return true;
    }

    /** Lets the entry at {@code position} name another record under the same hash. Positions stay valid. */
    public void replace(final long position, final int ref) {
        Memory.putLong(position, word(hashOf(Memory.getLong(position)), ref));
    }

    /** Removes the entry at {@code position}. */
    public void remove(final long position) {
        long hole = position;
        while (true) {
            final long at = next(hole);
            final long word = Memory.getLong(at);
            if (word == 0 || home(hashOf(word)) == at) {
                break;
            }
            Memory.putLong(hole, word);
            hole = at;
        }
        Memory.putLong(hole, 0);
        size--;
    }

    /** Number of entries. */
    public int size() {
        return size;
    }

    /** Number of entries at which {@link #insert} refuses. */
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

    private long search(final long from, final long displacementThere, final int hash) {
        long at = from;
        long displacement = displacementThere;
        for (long word = Memory.getLong(at); word != 0; word = Memory.getLong(at)) {
            if (hashOf(word) == hash) {
                return at;
            }
            if (displacement(at, hashOf(word)) < displacement) {
                return NONE;
            }
            at = next(at);
            displacement += WORD_BYTES;
        }
        return NONE;
    }

    private long home(final int hash) {
        return base + (((hash & 0xffff_ffffL) * words >>> 32) << 3);
    }

    /** How far behind the home of {@code hash} a position is, in bytes, around the end of the table. */
    private long displacement(final long at, final int hash) {
        final long distance = at - home(hash);
        return distance < 0 ? distance + bytes : distance;
    }

    private long next(final long at) {
        final long following = at + WORD_BYTES;
        return following == end ? base : following;
    }

    private static long word(final int hash, final int ref) {
        return (long) hash << 32 | ref & 0xffff_ffffL;
    }

    private static int hashOf(final long word) {
        return (int) (word >>> 32);
    }
}
