package io.millrace.tcp.timer;

import io.millrace.memory.Memory;
import io.millrace.tcp.table.RecordSlab;
import java.util.Arrays;

/**
 * A hierarchical timer wheel (Varghese and Lauck, 1987) over the records of a slab: one timer a record, its links inside
 * the record. Scheduling, cancelling and expiring are O(1).
 *
 * <p>Time is an int of ticks that wraps; Millrace's tick is one millisecond. Four levels of 256 buckets stand for the four
 * bytes of the time. A timer waits at the level of the highest byte in which its deadline differs from the current time,
 * in the bucket of that byte of its deadline, and moves down when the time reaches that bucket: at most three moves in its
 * life. A bitmap of the occupied buckets of each level lets the time jump from one of them to the next, so that idle
 * periods cost nothing, however long. Timers of one tick expire in no particular order, and never early.
 *
 * <p>A deadline lies less than 2^31 ticks (24 days) ahead, and {@link #poll} is called at least that often. Owner: the
 * shard's thread. Allocates 4 KiB on the heap at construction and nothing afterwards.
 */
public final class TimerWheel {
    /** The slot of no record. */
    public static final int NONE = RecordSlab.NONE;

    private static final int LEVELS = Integer.BYTES;
    private static final int LEVEL_SHIFT = 8;
    private static final int LEVEL_BUCKETS = 1 << LEVEL_SHIFT;
    private static final int BUCKET_MASK = LEVEL_BUCKETS - 1;

    /** So many timers move down in one poll: some 50 µs, less than a NIC's queue takes to fill. */
    private static final int MOVES_PER_POLL = 1024;

    private final RecordSlab records;
    private final TimerLinks links;
    private final int[] heads = new int[LEVELS * LEVEL_BUCKETS];
    private final long[] occupied = new long[LEVELS * LEVEL_BUCKETS / Long.SIZE];
    /** The bucket whose time has come and whose timers are moving down; 0, which never has to, when there is none. */
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
        return draining != 0 && heads[draining] != NONE;
    }

    /** Number of timers running. */
    public int size() {
        return size;
    }

    /**
     * Moves the time to the next occupied bucket, or to {@code target} if that comes first. The buckets of a level stand
     * for times before those of the level above, so the first one found on the way up is the next.
     *
     * @return whether timers may be due now
     */
    private boolean advance(final int target) {
        draining = 0;
        final int distance = target - now;
        if (distance <= 0) {
            return false;
        }
        for (int level = 0; size > 0 && level < LEVELS; level++) {
            final int shift = level * LEVEL_SHIFT;
            final int index = now >>> shift & BUCKET_MASK;
            final int ahead = nextOccupied(level, index);
            if (ahead > 0) {
                // Where that bucket begins; the top level's addition wraps as the time does.
                final int start = (now >>> shift) + ahead << shift;
                if (start - now > distance) {
                    break;
                }
                now = start;
                // A bucket of level 0 is due as it is; another one's timers move down.
                if (level > 0) {
                    draining = level * LEVEL_BUCKETS + (index + ahead & BUCKET_MASK);
                }
                return true;
            }
        }
        now = target;
        return false;
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
        int left = moves;
        int slot = heads[draining];
        for (; slot != NONE && left > 0; left--) {
            final long record = records.address(slot);
            final int next = Memory.getInt(record + links.next());
            unlink(record, draining);
            link(slot, record, bucketOf(Memory.getInt(record + links.deadline())));
            slot = next;
        }
        return left;
    }

    private int bucketOf(final int deadline) {
        if (deadline - now <= 0) {
            return now & BUCKET_MASK;
        }
        final int level = (Integer.SIZE - 1 - Integer.numberOfLeadingZeros(deadline ^ now)) / LEVEL_SHIFT;
        return level * LEVEL_BUCKETS + (deadline >>> level * LEVEL_SHIFT & BUCKET_MASK);
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
