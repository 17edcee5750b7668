package io.millrace.tcp.stream;

import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.port.PortFrames;
import io.millrace.dpdk.Mbuf;

/**
 * Frames that applications keep because the text in them is of use to them for longer than a callback lasts. Each has a
 * handle, which is void once the frame was given back: it names a place and how often that was used.
 *
 * <p>Bounded twice: by {@link #CAPACITY}, and by what the frame's port lets anybody keep ({@link PortFrames#keep}). Owned by
 * the shard's thread; allocates when it is made, and nothing afterwards.
 */
public final class RetainedFrames {
    /** Most frames that the applications of a shard may keep at a time. */
    public static final int CAPACITY = 4_096;

    private static final int NONE = -1;

    private final PortFrames frames;
    private final CounterBlock counters;
    private final long[] mbufs = new long[CAPACITY];
    private final int[] uses = new int[CAPACITY];
    private final int[] free = new int[CAPACITY];
    private int freeCount = CAPACITY;
    /** The frame whose text the application looks at now; 0 for none. */
    private long offered;

    /** Whether that frame is kept already, by whoever offers it. */
    private boolean held;
    /** The place it was given, if the application wants it. */
    private int wanted = NONE;

    /** For frames that go back to {@code frames}. */
    public RetainedFrames(final PortFrames frames, final CounterBlock counters) {
        this.frames = frames;
        this.counters = counters;
        for (int i = 0; i < CAPACITY; i++) {
            free[i] = CAPACITY - 1 - i;
        }
    }

    /**
     * An application is about to be shown text.
     *
     * @param mbuf the frame that it is in; 0 if it is in none.
     * @param isKept whether that counts as kept already.
     */
    void offer(final long mbuf, final boolean isKept) {
        offered = mbuf;
        held = isKept;
    }

    /**
     * The application has seen the text.
     *
     * @return whether it keeps the frame, which is no longer the caller's then.
     */
    boolean conclude() {
        final boolean retained = wanted != NONE;
        wanted = NONE;
        offered = 0;
        return retained;
    }

    /** The place that the frame offered was given; negative if nobody wants it yet. */
    public int wanted() {
        return wanted;
    }

    /**
     * Offers nothing while there are callbacks within a callback.
     *
     * @return the frame that was offered, its complement if it counts as kept already; for {@link #resume}.
     */
    public long suspend() {
        final long suspended = held ? ~offered : offered;
        offered = 0;
        held = false;
        wanted = NONE;
        return suspended;
    }

    /** The outer callback goes on: offers what it was offered, with the place that was given it. */
    public void resume(final long suspended, final int place) {
        held = suspended < 0;
        offered = held ? ~suspended : suspended;
        wanted = place;
    }

    /** The application wants the frame of the text that it is shown: its handle, or 0 if it can't have it, which is counted. */
    public long retain() {
        if (wanted == NONE) {
            if (offered == 0 || freeCount == 0 || !held && !frames.keep(offered)) {
                counters.increment(Counter.FRAMES_NOT_RETAINED);
                return 0;
            }
            wanted = free[--freeCount];
            mbufs[wanted] = offered;
            uses[wanted]++;
            counters.increment(Counter.FRAMES_RETAINED);
        }
        return (long) uses[wanted] << 32 | wanted;
    }

    /** The application that was shown text has failed: what it wanted of it is void. */
    public void forgo() {
        if (wanted != NONE) {
            giveUp(wanted);
        }
    }

    /**
     * Gives a frame back.
     *
     * @return false if the handle is none, or void.
     */
    public boolean release(final long handle) {
        final int slot = (int) handle;
        if (slot < 0 || slot >= CAPACITY || mbufs[slot] == 0 || uses[slot] != (int) (handle >>> 32)) {
            return false;
        }
        if (slot == wanted) {
            giveUp(slot); // its text is still being looked at: it stays with whoever offers it
        } else {
            frames.freeKept(take(slot));
        }
        return true;
    }

    private void giveUp(final int slot) {
        wanted = NONE;
        final long mbuf = take(slot);
        if (!held) {
            frames.unkeep(mbuf);
        }
    }

    private long take(final int slot) {
        final long mbuf = mbufs[slot];
        mbufs[slot] = 0;
        free[freeCount++] = slot;
        return mbuf;
    }

    /** Whether a frame of a port is out. */
    public boolean holds(final int port) {
        for (final long mbuf : mbufs) {
            if (mbuf != 0 && Mbuf.port(mbuf) == port) {
                return true;
            }
        }
        return false;
    }

    /** Gives back all of them: every handle is void. */
    public void releaseAll() {
        for (int slot = 0; slot < CAPACITY; slot++) {
            if (mbufs[slot] != 0) {
                frames.freeKept(take(slot));
            }
        }
    }
}
