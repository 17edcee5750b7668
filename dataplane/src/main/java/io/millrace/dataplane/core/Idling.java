package io.millrace.dataplane.core;

import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.port.RxQueue;
import io.millrace.dataplane.ring.Doorbell;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.SystemNanoClock;
import org.agrona.concurrent.YieldingIdleStrategy;

/**
 * How one polling thread idles, and what wakes it: a thread that sleeps must be told by whoever leaves it something, by
 * its {@link #doorbell}, and must know the receive queues it polls. Owned by the polling thread, but for the doorbell.
 * Allocates when it is made.
 */
public final class Idling implements AutoCloseable {
    /** The most queues one thread may sleep over. */
    static final int MAX_QUEUES = 256;

    private final IdleStrategy strategy;
    /** Null where the thread never sleeps. */
    private final AdaptiveIdle adaptive;

    private Idling(final IdleStrategy strategy, final AdaptiveIdle adaptive) {
        this.strategy = strategy;
        this.adaptive = adaptive;
    }

    /** Idling in a mode; {@code counters} are the thread's. */
    public static Idling of(final IdleMode mode, final CounterBlock counters) {
        return switch (mode) {
            case BUSY -> new Idling(new BusySpinIdleStrategy(), null);
            case YIELD -> new Idling(new YieldingIdleStrategy(), null);
            case ADAPTIVE -> {
                final AdaptiveIdle idle = new AdaptiveIdle(SystemNanoClock.INSTANCE, counters);
                yield new Idling(idle, idle);
            }
        };
    }

    /** Whether the thread sleeps at all. */
    boolean sleeps() {
        return adaptive != null;
    }

    IdleStrategy strategy() {
        return strategy;
    }

    /** Wakes the thread; for whoever leaves something where it will look. */
    public Doorbell doorbell() {
        return adaptive == null ? Doorbell.SILENT : adaptive.doorbell();
    }

    /** The thread polls this queue from now on. */
    public void watch(final RxQueue queue) {
        if (adaptive != null) {
            adaptive.watch(queue);
        }
    }

    /** The thread polls this queue no longer; before the port is closed. */
    public void unwatch(final RxQueue queue) {
        if (adaptive != null) {
            adaptive.unwatch(queue);
        }
    }

    /** After the thread has ended. */
    @Override
    public void close() {
        if (adaptive != null) {
            adaptive.close();
        }
    }
}
