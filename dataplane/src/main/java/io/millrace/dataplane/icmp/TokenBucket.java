package io.millrace.dataplane.icmp;

/** A rate limit: so many a second on average, so many at once. Owned by one thread; allocates nothing. */
public final class TokenBucket {
    private static final long SECOND = 1_000_000_000L;

    private final long perSecond;
    private final long burstNanos;
    /** Time already paid for: a token moves it on by its share of a second. */
    private long paidUntil;

    private boolean started;

    /** A full bucket, for {@code burst} tokens. */
    public TokenBucket(final long perSecond, final long burst) {
        if (perSecond < 1 || burst < 1 || burst > perSecond * 60) {
            throw new IllegalArgumentException("rate " + perSecond + "/s, burst " + burst
                    + ": both must be at least 1, and the burst at most 60 s of the rate");
        }
        this.perSecond = perSecond;
        burstNanos = burst * SECOND / perSecond;
    }

    /** Takes a token if there is one. */
    public boolean tryTake(final long nowNanos) {
        if (!started || nowNanos - paidUntil > burstNanos) {
            started = true;
            paidUntil = nowNanos - burstNanos;
        }
        final long next = paidUntil + SECOND / perSecond;
        if (next - nowNanos > 0) {
            return false;
        }
        paidUntil = next;
        return true;
    }
}
