package io.millrace.dataplane.core;

import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.YieldingIdleStrategy;

/** What a polling thread does when there is nothing to do. */
public enum IdleMode {
    /** Polls on: the shortest latency, a whole core. */
    BUSY,
    /** Lets other threads of the core run: for more threads than cores. */
    YIELD,
    /** Sleeps longer the longer nothing comes, up to 100 µs: for a machine that does other things too. */
    BACKOFF;

    private static final long SPINS = 200;
    private static final long YIELDS = 50;

    /** A strategy for one thread. */
    public IdleStrategy newStrategy() {
        return switch (this) {
            case BUSY -> new BusySpinIdleStrategy();
            case YIELD -> new YieldingIdleStrategy();
            case BACKOFF ->
                new BackoffIdleStrategy(
                        SPINS, YIELDS, TimeUnit.MICROSECONDS.toNanos(1), TimeUnit.MICROSECONDS.toNanos(100));
        };
    }
}
