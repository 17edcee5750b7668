package io.millrace.tcp.table;

import io.millrace.memory.Memory;
import io.millrace.memory.MemoryRegion;

/**
 * The one hash index of a shard: finds connections, half-open connections and TIME_WAIT entries by the hash of their
 * tuple, and answers a miss for all three at once.
 *
 * <p>A bucket is one cache line with room for twelve entries: a tag of eight bits for each (0 where there is none), then
 * their refs, with three bits more. The tags of a bucket are compared all at once, so that most searches read one line and take no branch that
 * could be guessed wrong. An entry whose home bucket is full goes to the next one with room, and the buckets passed over
 * count it: a search goes on behind a bucket only where that count is not 0. Removal clears a tag and takes the counts back;
 * no entry ever moves, and no tombstone is left.
 *
 * <p>A ref names a kind of record and its slot. The index holds neither tuples nor whole hashes: what it finds is a
 * candidate, whose record the caller compares, and goes on with {@link #findNext} where it is another's. At capacity that
 * happens to one search in 240, as eleven bits of a hash are kept.
 *
 * <pre>
 *  bytes  0..11  tags
 *  bytes 12..15  entries at home here or before, and put behind
 *  bytes 16..63  refs
 * </pre>
 *
 * <p>A <i>position</i> is valid until its entry is removed, so that a record can keep the one that names it, and needs no
 * search to leave. Owner: the shard's thread. Allocates its memory at construction,
 * 7.6 bytes an entry at capacity, and nothing afterwards.
 */
public final class FlowIndex implements AutoCloseable {
    /** Kind of a ref: a slot of the connection table. */
    public static final int CONNECTION = 1;
    /** Kind of a ref: a slot of the SYN queue. */
    public static final int HALF_OPEN = 2;
    /** Kind of a ref: a slot of the TIME_WAIT table. */
    public static final int TIME_WAIT = 3;
    /** The position of what is not there. */
    public static final int NONE = -1;
    /** The greatest slot that a ref can name. */
    public static final int MAXIMUM_SLOT = (1 << 27) - 1;
    /** The most entries there can be, of all kinds. */
    public static final int MAXIMUM_CAPACITY = (1 << 30) - 1;

    private static final int KIND_SHIFT = 30;
    /** What lies between kind and slot in the index: three more bits of the hash. */
    private static final int CHECK_SHIFT = 27;

    private static final int CHECK_MASK = 7 << CHECK_SHIFT;
    private static final int HASH_CHECK_SHIFT = 8;

    private static final int BUCKET_BYTES = 64;
    private static final int BUCKET_ENTRIES = 12;
    private static final int BUCKET_SHIFT = 6;
    private static final int EMPTY = 0;
    private static final int PASSED_OFFSET = 12;
    private static final int REFS_OFFSET = 16;
    private static final int REF_SHIFT = 2;

    /** A position: the entry in bits 0 to 3, the bucket above, and the sign if that is not the home. */
    private static final int ENTRY_BITS = 4;

    private static final int ENTRY_MASK = (1 << ENTRY_BITS) - 1;
    private static final int DISPLACED = 1 << 31;

    private static final long BYTES = 0x0101_0101_0101_0101L;
    private static final long SIGNS_OF_EIGHT = 0x8080_8080_8080_8080L;
    private static final long SIGNS_OF_FOUR = 0x8080_8080L;

    private final MemoryRegion region;
    private final int capacity;
    private final int buckets;
    private final long base;
    private int size;

    /** For at most {@code capacity} entries, at which it is seven tenths full, and a new one in seven finds its home full. */
    public FlowIndex(final String name, final int capacity) {
        if (capacity < 1 || capacity > MAXIMUM_CAPACITY) {
            throw new IllegalArgumentException(
                    name + ": capacity " + capacity + " is outside 1 to " + MAXIMUM_CAPACITY);
        }
        this.capacity = capacity;
        buckets = (int) ((capacity * 10L + BUCKET_ENTRIES * 7 - 1) / (BUCKET_ENTRIES * 7));
        region = MemoryRegion.allocate(name, (long) buckets * BUCKET_BYTES);
        base = region.address();
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
    public int ref(final int position) {
        return Memory.getInt(refAddress(position)) & ~CHECK_MASK;
    }

    /**
     * Reads the bucket in which a search for {@code hash} will begin, so that its cache miss overlaps with others; the value
     * is only returned so that the read is not optimised away.
     */
    public long touch(final int hash) {
        return Memory.getLong(address(home(hash)));
    }

    /** Whether the entry at {@code position}, if there is one, may have this hash. */
    public boolean mayHave(final int position, final int hash) {
        return Memory.getUnsignedByte(address(bucket(position)) + entry(position)) == tag(hash)
                && ((Memory.getInt(refAddress(position)) ^ check(hash)) & CHECK_MASK) == 0;
    }

    /** The first position that may have this hash, or {@link #NONE}. */
    public int find(final int hash) {
        final int home = home(hash);
        final int position = choose(home, matches(address(home), tag(hash)), hash);
        return position == NONE && hasPassed(home) ? findBehind(home, hash) : position;
    }

    /** The next position that may have this hash, after one that {@link #find} or this method returned, or {@link #NONE}. */
    public int findNext(final int position, final int hash) {
        final int bucket = bucket(position);
        final int further = choose(bucket, matches(address(bucket), tag(hash)) & after(entry(position)), hash);
        if (further != NONE) {
            return further | position & DISPLACED;
        }
        return hasPassed(bucket) ? findBehind(bucket, hash) : NONE;
    }

    /** The position of this very entry, or {@link #NONE}. */
    public int positionOf(final int hash, final int ref) {
        int position = find(hash);
        while (position != NONE && ref(position) != ref) {
            position = findNext(position, hash);
        }
        return position;
    }

    /**
     * Adds an entry; its hash, and even the whole entry, may be there already.
     *
     * @return its position, or {@link #NONE} if the index is at capacity
     */
    public int insert(final int hash, final int ref) {
        if (size == capacity) {
            return NONE;
        }
        int bucket = home(hash);
        int displaced = 0;
        long free = matches(address(bucket), EMPTY);
        while (free == 0) {
            pass(bucket, 1);
            displaced = DISPLACED;
            bucket = next(bucket);
            free = matches(address(bucket), EMPTY);
        }
        final int position = first(bucket, free);
        Memory.putByte(address(bucket) + entry(position), tag(hash));
        Memory.putInt(refAddress(position), ref | check(hash));
        size++;
        return position | displaced;
    }

    /** Lets the entry at {@code position} name another record under the same hash. */
    public void replace(final int position, final int ref) {
        final long address = refAddress(position);
        Memory.putInt(address, ref | Memory.getInt(address) & CHECK_MASK);
    }

    /** Whether the entry at {@code position} is not in its home bucket: to {@link #remove} it takes its hash. */
    public static boolean isDisplaced(final int position) {
        return position < 0;
    }

    /** Removes the entry at {@code position}; {@code hash} matters only if that {@link #isDisplaced}. */
    public void remove(final int position, final int hash) {
        final int bucket = bucket(position);
        Memory.putByte(address(bucket) + entry(position), EMPTY);
        if (isDisplaced(position)) {
            for (int at = home(hash); at != bucket; at = next(at)) {
                pass(at, -1);
            }
        }
        size--;
    }

    /** Reads the bucket of an entry that is about to be removed; otherwise as {@link #touch}. */
    public long touchAt(final int position) {
        return Memory.getLong(address(bucket(position)));
    }

    /** How many entries were put behind the bucket in which a search for {@code hash} begins. */
    int passed(final int hash) {
        return Memory.getInt(address(home(hash)) + PASSED_OFFSET);
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

    /** Looks in the buckets behind one that entries have passed over, at the longest until the home bucket comes round. */
    private int findBehind(final int from, final int hash) {
        final int home = home(hash);
        for (int bucket = next(from); bucket != home; bucket = next(bucket)) {
            final int position = choose(bucket, matches(address(bucket), tag(hash)), hash);
            if (position != NONE) {
                return position | DISPLACED;
            }
            if (!hasPassed(bucket)) {
                break;
            }
        }
        return NONE;
    }

    /**
     * The entries of a bucket that have this tag, a bit for each: entries 0 to 7 in bits 0, 8, 16, …, entries 8 to 11 in bits
     * 1, 9, 17, 25. The lowest bit is always right; one above a right one may stand for an entry whose tag differs by one.
     */
    private static long matches(final long bucket, final int tag) {
        final long tags = tag * BYTES;
        final long first = Memory.getLong(bucket) ^ tags;
        final long last = Memory.getLong(bucket + Long.BYTES) ^ tags;
        return (first - BYTES & ~first & SIGNS_OF_EIGHT) >>> 7 | (last - BYTES & ~last & SIGNS_OF_FOUR) >>> 6;
    }

    /** The position of the first of the entries that {@link #matches} has found. */
    private static int first(final int bucket, final long entries) {
        final int bit = Long.numberOfTrailingZeros(entries);
        return bucket << ENTRY_BITS | bit >>> 3 | (bit & 1) << 3;
    }

    /** The first of these entries whose ref has the check bits of {@code hash} as well, or {@link #NONE}. */
    private int choose(final int bucket, final long entries, final int hash) {
        for (long left = entries; left != 0; left &= left - 1) {
            final int position = first(bucket, left);
            if (((Memory.getInt(refAddress(position)) ^ check(hash)) & CHECK_MASK) == 0) {
                return position;
            }
        }
        return NONE;
    }

    /** The bits of {@link #matches} after the one that stands for an entry. */
    private static long after(final int entry) {
        return -2L << ((entry & 7) << 3 | entry >>> 3);
    }

    private static int bucket(final int position) {
        return (position & ~DISPLACED) >>> ENTRY_BITS;
    }

    private static int entry(final int position) {
        return position & ENTRY_MASK;
    }

    private boolean hasPassed(final int bucket) {
        return Memory.getInt(address(bucket) + PASSED_OFFSET) != 0;
    }

    private void pass(final int bucket, final int change) {
        final long passed = address(bucket) + PASSED_OFFSET;
        Memory.putInt(passed, Memory.getInt(passed) + change);
    }

    /** Of the hash's bits above those of the tag. */
    private static int check(final int hash) {
        return (hash >>> HASH_CHECK_SHIFT & 7) << CHECK_SHIFT;
    }

    /** Of the hash's upper bits. */
    private int home(final int hash) {
        return (int) ((hash & 0xffff_ffffL) * buckets >>> 32);
    }

    private int next(final int bucket) {
        return bucket + 1 == buckets ? 0 : bucket + 1;
    }

    private long address(final int bucket) {
        return base + ((long) bucket << BUCKET_SHIFT);
    }

    private long refAddress(final int position) {
        return address(bucket(position)) + REFS_OFFSET + ((long) entry(position) << REF_SHIFT);
    }

    /**
     * Of the hash's lowest bits, which say nothing of its home. 0 means empty, and 1 is left out so that no empty entry can be
     * taken for one that differs by one.
     */
    private static int tag(final int hash) {
        final int low = hash & 0xff;
        return low < 2 ? low + 2 : low;
    }
}
