package io.millrace.tcp.timer;

import org.agrona.concurrent.NanoClock;

/**
 * The shard's time: read from the clock once a burst, the same for every segment of it. In ns as a long; in ms and µs as
 * ints that wrap, for records and for comparison by difference. Owned by the shard's thread; allocates nothing.
 */
public final class BurstClock {
    private final NanoClock clock;
    private long nanos;
    private int micros;
    private int millis;

    /** Follows {@code clock}. */
    public BurstClock(final NanoClock clock) {
        this.clock = clock;
        tick();
    }

    /** Reads the clock. */
    public void tick() {
        nanos = clock.nanoTime();
        final long us = nanos / 1_000;
        micros = (int) us;
        millis = (int) (us / 1_000);
    }

    /** The time, ns. */
    public long nanos() {
        return nanos;
    }

    /** The time, µs; wraps every 71 minutes. */
    public int micros() {
        return micros;
    }

    /** The time, ms; wraps every 49 days. */
    public int millis() {
        return millis;
    }
}
