package io.millrace.tcp.table;

import io.millrace.memory.Memory;
import io.millrace.memory.MemoryRegion;

/**
 * The one hash index of a shard: finds connections, half-open connections and TIME_WAIT entries by the hash of their
 * tuple, and answers a miss for all three at once.
 *
 * <p>A bucket is one cache line with room for twelve entries: a tag of eight bits for each (0 where there is none), then
 * their refs. The tags of a bucket are compared all at once, so that most searches read one line and take no branch that
 * could be guessed wrong. An entry whose home bucket is full goes to the next one with room, and the buckets passed over
 * count it: a search goes on behind a bucket only where that count is not 0. Removal clears a tag and takes the counts back;
 * no entry ever moves, and no tombstone is left.
 *
 * <p>A ref names a kind of record and its slot. The index holds neither tuples nor whole hashes: what it finds is a
 * candidate, whose record the caller compares, and goes on with {@link #findNext} where it is another's. At capacity that
 * happens to one search in 26.
 *
 * <pre>
 *  bytes  0..11  tags
 *  bytes 12..15  entries at home here or before, and put behind
 *  bytes 16..63  refs
 * </pre>
 *
 * <p>A <i>position</i> is valid until its entry is removed. Owner: the shard's thread. Allocates its memory at construction,
 * 6.7 bytes an entry at capacity, and nothing afterwards.
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

    private static final int BUCKET_BYTES = 64;
    private static final int BUCKET_ENTRIES = 12;
    private static final int BUCKET_SHIFT = 6;
    private static final int PASSED_OFFSET = 12;
    private static final int REFS_OFFSET = 16;
    private static final int REF_SHIFT = 2;

    private static final int ENTRIES_MASK = (1 << BUCKET_ENTRIES) - 1;
    private static final long BYTES = 0x0101_0101_0101_0101L;
    private static final long LOW_BITS = 0x7f7f_7f7f_7f7f_7f7fL;
    /** Multiplied by this, the lowest bits of eight bytes become one byte, the top one. */
    private static final long GATHER = 0x0102_0408_1020_4080L;

    private final MemoryRegion region;
    private final int capacity;
    private final long buckets;
    private final long base;
    private final long end;
    private int size;

    /** For at most {@code capacity} entries, at which it is four fifths full. */
    public FlowIndex(final String name, final int capacity) {
        if (capacity < 1 || capacity > MAXIMUM_SLOT) {
            throw new IllegalArgumentException(name + ": capacity " + capacity + " is outside 1 to " + MAXIMUM_SLOT);
        }
        this.capacity = capacity;
        buckets = (capacity * 5L + BUCKET_ENTRIES * 4 - 1) / (BUCKET_ENTRIES * 4);
        region = MemoryRegion.allocate(name, buckets * BUCKET_BYTES);
        base = region.address();
        end = base + buckets * BUCKET_BYTES;
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
        return Memory.getInt(position);
    }

    /**
     * Reads the bucket in which a search for {@code hash} will begin, so that its cache miss overlaps with others; the value
     * is only returned so that the read is not optimised away.
     */
    public long touch(final int hash) {
        return Memory.getLong(home(hash));
    }

    /** The first position that may have this hash, or {@link #NONE}. */
    public long find(final int hash) {
        final long bucket = home(hash);
        final int candidates = matches(bucket, tag(hash));
        if (candidates != 0) {
            return first(bucket, candidates);
        }
        return hasPassed(bucket) ? findBehind(bucket, hash) : NONE;
    }

    /** The next position that may have this hash, after one that {@link #find} or this method returned, or {@link #NONE}. */
    public long findNext(final long position, final int hash) {
        final long bucket = bucketOf(position);
        final int candidates = matches(bucket, tag(hash)) & -2 << entryOf(bucket, position);
        if (candidates != 0) {
            return first(bucket, candidates);
        }
        return hasPassed(bucket) ? findBehind(bucket, hash) : NONE;
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
        long bucket = home(hash);
        int free = matches(bucket, 0);
        while (free == 0) {
            pass(bucket, 1);
            bucket = next(bucket);
            free = matches(bucket, 0);
        }
        final int entry = Integer.numberOfTrailingZeros(free);
        Memory.putByte(bucket + entry, tag(hash));
        Memory.putInt(bucket + REFS_OFFSET + ((long) entry << REF_SHIFT), ref);
        size++;
        return true;
    }

    /** Lets the entry at {@code position} name another record under the same hash. */
    public void replace(final long position, final int ref) {
        Memory.putInt(position, ref);
    }

    /** Removes the entry at {@code position}, which was inserted with {@code hash}. */
    public void remove(final long position, final int hash) {
        final long bucket = bucketOf(position);
        Memory.putByte(bucket + entryOf(bucket, position), 0);
        for (long at = home(hash); at != bucket; at = next(at)) {
            pass(at, -1);
        }
        size--;
    }

    /** How many entries were put behind the bucket in which a search for {@code hash} begins. */
    int passed(final int hash) {
        return Memory.getInt(home(hash) + PASSED_OFFSET);
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
    private long findBehind(final long from, final int hash) {
        final long home = home(hash);
        for (long bucket = next(from); bucket != home; bucket = next(bucket)) {
            final int candidates = matches(bucket, tag(hash));
            if (candidates != 0) {
                return first(bucket, candidates);
            }
            if (!hasPassed(bucket)) {
                break;
            }
        }
        return NONE;
    }

    /** The entries of a bucket that have this tag, a bit for each. */
    private static int matches(final long bucket, final int tag) {
        final long tags = tag * BYTES;
        return (zeroBytes(Memory.getLong(bucket) ^ tags) | zeroBytes(Memory.getLong(bucket + Long.BYTES) ^ tags) << 8)
                & ENTRIES_MASK;
    }

    /** A bit for each byte that is 0; the lowest byte's is the lowest. */
    private static int zeroBytes(final long word) {
        final long zeros = ~((word & LOW_BITS) + LOW_BITS | word | LOW_BITS);
        return (int) ((zeros >>> 7) * GATHER >>> 56);
    }

    private static long first(final long bucket, final int candidates) {
        return bucket + REFS_OFFSET + ((long) Integer.numberOfTrailingZeros(candidates) << REF_SHIFT);
    }

    private static long bucketOf(final long position) {
        return position & -BUCKET_BYTES;
    }

    private static int entryOf(final long bucket, final long position) {
        return (int) (position - bucket) - REFS_OFFSET >>> REF_SHIFT;
    }

    private static boolean hasPassed(final long bucket) {
        return Memory.getInt(bucket + PASSED_OFFSET) != 0;
    }

    private static void pass(final long bucket, final int change) {
        Memory.putInt(bucket + PASSED_OFFSET, Memory.getInt(bucket + PASSED_OFFSET) + change);
    }

    /** Of the hash's upper bits. */
    private long home(final int hash) {
        return base + (((hash & 0xffff_ffffL) * buckets >>> 32) << BUCKET_SHIFT);
    }

    private long next(final long bucket) {
        final long following = bucket + BUCKET_BYTES;
        return following == end ? base : following;
    }

    /** Of the hash's lowest bits, which say nothing of its home; 0 means empty. */
    private static int tag(final int hash) {
        final int low = hash & 0xff;
        return low + (low - 1 >>> 31);
    }
}
