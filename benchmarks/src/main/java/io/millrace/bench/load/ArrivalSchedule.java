package io.millrace.bench.load;

/**
 * When each of a steady stream of arrivals is due: so many a second, evenly spaced, however late they are served. The times
 * are exact: no error adds up.
 *
 * <p>One thread; allocates nothing after construction.
 */
public final class ArrivalSchedule {
    private static final long SECOND = 1_000_000_000L;

    private final long perSecond;
    /** The second that the next arrival is in. */
    private long second;
    /** Its number within that second, less than {@link #perSecond}. */
    private long next;

    /** Arrivals at this rate, 1 to a thousand million a second. */
    public ArrivalSchedule(final long perSecond) {
        if (perSecond < 1 || perSecond > SECOND) {
            throw new IllegalArgumentException("rate " + perSecond + " is out of range: give 1 to " + SECOND);
        }
        this.perSecond = perSecond;
    }

    /** The first arrival is due at {@code now}, ns. */
    public void start(final long now) {
        second = now;
        next = 0;
    }

    /** Arrivals due at {@code now} that were not taken yet. */
    public long due(final long now) {
        final long elapsed = now - second;
        if (elapsed < 0) {
            return 0;
        }
        // arrival n is due at n * SECOND / rate, rounded up: so those due are the n <= elapsed * rate / SECOND
        final long whole = elapsed / SECOND;
        return whole * perSecond + elapsed % SECOND * perSecond / SECOND + 1 - next;
    }

    /** When the next arrival is due, ns. */
    public long next() {
        return second + Math.ceilDiv(next * SECOND, perSecond);
    }

    /** Takes the next arrival. */
    public void take() {
        next++;
        if (next == perSecond) {
            next = 0;
            second += SECOND;
        }
    }

    /** Gives up arrivals that are due since longer than {@code nanos}; how many. */
    public long skipOlderThan(final long now, final long nanos) {
        final long missed = Math.max(due(now - nanos), 0);
        next += missed;
        second += next / perSecond * SECOND;
        next %= perSecond;
        return missed;
    }
}
