package io.millrace.tcp;

import org.agrona.concurrent.NanoClock;

/** Time that passes only when a test says so. */
public final class VirtualClock implements NanoClock {
    private long nanos = 1_000_000_000L;

    @Override
    public long nanoTime() {
        return nanos;
    }

    /** Lets time pass, ms. */
    public void advanceMillis(final long millis) {
        nanos += millis * 1_000_000L;
    }

    /** Lets time pass, µs. */
    public void advanceMicros(final long micros) {
        nanos += micros * 1_000L;
    }
}
