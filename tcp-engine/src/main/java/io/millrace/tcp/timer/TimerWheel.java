package io.millrace.tcp.timer;

import io.millrace.memory.Memory;
import io.millrace.tcp.table.RecordSlab;
import java.util.Arrays;

/**
 * A hierarchical timer wheel (Varghese and Lauck, 1987) over the records of a slab: one timer a record, its links inside
 * the record. Scheduling, cancelling and expiring are O(1).
 *
 * <p>Time is an int of ticks that wraps; Millrace's tick is one millisecond. Nine levels have 1024 buckets each; those of
 * a level are 8 times as wide as those of the level below: 1 ms, 8 ms, 64 ms, half a second and so on. A timer waits at the
 * lowest level that reaches as far as its deadline, and moves down when the time comes to its bucket. As the levels overlap,
 * one move brings it to the lowest, and a bucket is never wider than a 127th of the time its timers have waited, which bounds
 * how many move at once, and so how late others become: of 60 million with a minute to go, those of 64 ms. A bitmap of the
 * occupied buckets of each level lets the time jump from one of them to the next, so that idle periods cost little, however
 * long. Timers of one tick expire in no particular order, and never early.
 *
 * <p>A deadline lies less than 2^31 ticks (24 days) ahead, and {@link #poll} is called at least that often. Owner: the
 * shard's thread. Allocates 37 KiB on the heap at construction and nothing afterwards.
 */
public final class TimerWheel {
    /** The slot of no record. */
    public static final int NONE = RecordSlab.NONE;

    private static final int LEVELS = 9;
    private static final int BUCKETS_SHIFT = 10;
    private static final int LEVEL_BUCKETS = 1 << BUCKETS_SHIFT;
    private static final int BUCKET_MASK = LEVEL_BUCKETS - 1;
    /** The buckets of a level are wider than those of the level below by this shift. */
    private static final int WIDTH_SHIFT = 3;

    /** So many timers move down in one poll: some 50 µs, less than a NIC's queue takes to fill. */
    private static final int MOVES_PER_POLL = 1024;

    private final RecordSlab records;
    private final TimerLinks links;
    private final int[] heads = new int[LEVELS * LEVEL_BUCKETS];
    private final long[] occupied = new long[LEVELS * LEVEL_BUCKETS / Long.SIZE];
    /** The level whose bucket has come and whose timers are moving down; 0 when no more have to. */
    private int draining;

    private int now;
    private int size;

    /** For the records of {@code records}, which keep their timers at {@code links}; {@code now} is the current tick. */
    public TimerWheel(final RecordSlab records, final TimerLinks links, final int now) {
        this.records = records;
        this.links = links;
        this.now = now;
        Arrays.fill(heads, NONE);
    }

    /** Makes a freshly allocated record one that is not scheduled; for records that were not zeroed. */
    public void reset(final int slot) {
        Memory.putInt(records.address(slot) + links.bucket(), 0);
    }

    /** Whether the record's timer is running. */
    public boolean isScheduled(final int slot) {
        return Memory.getInt(records.address(slot) + links.bucket()) != 0;
    }

    /** The tick at which the record's timer expires; meaningful while it is scheduled. */
    public int deadline(final int slot) {
        return Memory.getInt(records.address(slot) + links.deadline());
    }

    /** Starts the record's timer, or moves it; a deadline that has passed expires at the next {@link #poll}. */
    public void schedule(final int slot, final int deadline) {
        final long record = records.address(slot);
        final int bucket = bucketOf(deadline);
        final int present = Memory.getInt(record + links.bucket()) - 1;
        Memory.putInt(record + links.deadline(), deadline);
        if (present == bucket) {
            return;
        }
        if (present >= 0) {
            unlink(record, present);
        } else {
            size++;
        }
        link(slot, record, bucket);
    }

    /** Stops the record's timer; does nothing when it is not running. */
    public void cancel(final int slot) {
        final long record = records.address(slot);
        final int bucket = Memory.getInt(record + links.bucket()) - 1;
        if (bucket >= 0) {
            unlink(record, bucket);
            Memory.putInt(record + links.bucket(), 0);
            size--;
        }
    }

    /**
     * Brings the wheel towards {@code nowTicks} and takes off one timer that has expired by then. When very many timers
     * have to move to a lower level at once, the wheel stops its clock and moves them in portions, one in each poll,
     * rather than keep the caller from its packets; while {@link #isBehind} he comes back without pausing.
     *
     * @return its slot, no longer scheduled; {@link #NONE} when there is no more for now
     */
    public int poll(final int nowTicks) {
        int moves = MOVES_PER_POLL;
        while (true) {
            final int slot = heads[now & BUCKET_MASK];
            if (slot != NONE) {
                cancel(slot);
                return slot;
            }
            if (isBehind()) {
                if (moves == 0) {
                    return NONE;
                }
                moves = drain(moves);
            } else if (!advance(nowTicks)) {
                return NONE;
            }
        }
    }

    /** Whether the last poll left timers to be moved, so that polling again at the same time may find expired ones. */
    public boolean isBehind() {
        while (draining > 0 && heads[present(draining)] == NONE) {
            draining--;
        }
        return draining > 0;
    }

    /** Number of timers running. */
    public int size() {
        return size;
    }

    /**
     * Moves the time to where the next occupied bucket of any level begins, or to {@code target} if that comes first.
     *
     * @return whether timers may be due now
     */
    private boolean advance(final int target) {
        int distance = target - now;
        if (distance <= 0) {
            return false;
        }
        boolean found = false;
        for (int level = 0; size > 0 && level < LEVELS; level++) {
            final int shift = level * WIDTH_SHIFT;
            final int ahead = nextOccupied(level, now >>> shift & BUCKET_MASK);
            if (ahead > 0) {
                final int start = (now >>> shift) + ahead << shift;
                if (start - now <= distance) {
                    distance = start - now;
                    found = true;
                }
            }
        }
        now += distance;
        // Wherever a bucket begins that is wider than a tick, its timers move down.
        draining = found ? Math.min(Integer.numberOfTrailingZeros(now) / WIDTH_SHIFT, LEVELS - 1) : 0;
        return found;
    }

    /** The bucket of a level that the time is in. */
    private int present(final int level) {
        return level << BUCKETS_SHIFT | now >>> level * WIDTH_SHIFT & BUCKET_MASK;
    }

    /** How many buckets after {@code index}, around the end, the next occupied one of a level is; 0 if there is none. */
    private int nextOccupied(final int level, final int index) {
        final int words = LEVEL_BUCKETS / Long.SIZE;
        final int first = index + 1;
        for (int i = 0; i <= words; i++) {
            final int word = (first / Long.SIZE + i) % words;
            // The word in which the search begins is read twice: from `first` on, and at the end up to it.
            final long mask = i == 0 ? -1L << first : i == words ? ~(-1L << first) : -1L;
            final long bits = occupied[level * words + word] & mask;
            if (bits != 0) {
                return (word * Long.SIZE + Long.numberOfTrailingZeros(bits) - index) & BUCKET_MASK;
            }
        }
        return 0;
    }

    /**
     * Moves timers from the bucket whose time has come to lower levels.
     *
     * @return how many of {@code moves} are left
     */
    private int drain(final int moves) {
        final int bucket = present(draining);
        int left = moves;
        int slot = heads[bucket];
        for (; slot != NONE && left > 0; left--) {
            final long record = records.address(slot);
            final int next = Memory.getInt(record + links.next());
            unlink(record, bucket);
            link(slot, record, bucketOf(Memory.getInt(record + links.deadline())));
            slot = next;
        }
        return left;
    }

    private int bucketOf(final int deadline) {
        if (deadline - now <= 0) {
            return now & BUCKET_MASK;
        }
        int level = 0;
        while (ahead(deadline, level) >= LEVEL_BUCKETS) {
            level++;
        }
        return level << BUCKETS_SHIFT | deadline >>> level * WIDTH_SHIFT & BUCKET_MASK;
    }

    /** How many buckets of a level a deadline lies ahead; both are numbered as wide as the time is. */
    private int ahead(final int deadline, final int level) {
        final int shift = level * WIDTH_SHIFT;
        return (deadline >>> shift) - (now >>> shift) & -1 >>> shift;
    }

    private void link(final int slot, final long record, final int bucket) {
        final int next = heads[bucket];
        heads[bucket] = slot;
        if (next == NONE) {
            occupied[bucket / Long.SIZE] |= 1L << bucket;
        } else {
            Memory.putInt(records.address(next) + links.previous(), slot);
        }
        Memory.putInt(record + links.previous(), NONE);
        Memory.putInt(record + links.next(), next);
        Memory.putInt(record + links.bucket(), bucket + 1);
    }

    private void unlink(final long record, final int bucket) {
        final int previous = Memory.getInt(record + links.previous());
        final int next = Memory.getInt(record + links.next());
        if (next != NONE) {
            Memory.putInt(records.address(next) + links.previous(), previous);
        }
        if (previous != NONE) {
            Memory.putInt(records.address(previous) + links.next(), next);
        } else {
            heads[bucket] = next;
            if (next == NONE) {
                markEmpty(bucket);
            }
        }
    }

    private void markEmpty(final int bucket) {
        occupied[bucket / Long.SIZE] &= ~(1L << bucket);
    }
}
