package io.millrace.dataplane.core;

import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.port.RxQueue;
import io.millrace.dataplane.ring.Doorbell;
import io.millrace.linux.WaitSet;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.NanoClock;

/**
 * Polls on for about as long as a sleep and a wake-up cost, then sleeps until its doorbell is rung, a queue interrupts, or
 * the next tick of the timers. A queue that can do neither is looked at often enough that a frame waits less than 50 µs.
 *
 * <p>Before it sleeps it arms doorbell and interrupts, and lets the agent look at everything once more, so that nothing
 * that came meanwhile is slept over. Owned by the polling thread; allocates nothing after it is made.
 */
final class AdaptiveIdle implements IdleStrategy {
    /** How long it sleeps at most: TCP's timers count milliseconds. */
    static final long TICK_NANOS = 1_000_000;

    private static final long SPIN_NANOS = 10_000;
    private static final long YIELD_NANOS = 50_000;
    /** How long a frame may wait in a queue that can't wake us. */
    private static final long WAIT_GOAL_NANOS = 45_000;

    private static final long SHORTEST_NAP_NANOS = 5_000;
    private static final long LONGEST_NAP_NANOS = 40_000;
    /** A sleep that lasted longer than this too long tells of other threads on the core, not of the timer. */
    private static final long PLAUSIBLE_OVERSHOOT_NANOS = 200_000;
    /** So many interrupts without a frame, and we do without them for a while: a descriptor in error is always ready. */
    private static final int FRUITLESS_WAKES = 8;

    private final NanoClock clock;
    private final CounterBlock counters;
    private final WaitSet waitSet;
    private final Doorbell doorbell;
    private final RxQueue[] interrupting = new RxQueue[Idling.MAX_QUEUES];
    private int interruptingSize;
    /** Queues that can't wake us. */
    private int silentQueues;
    /** Queues that could not promise to wake us this time. */
    private int deafQueues;

    private boolean idle;
    private boolean armed;
    private long idleSince;
    private long nap = LONGEST_NAP_NANOS / 2;
    private long overshoot = WAIT_GOAL_NANOS - nap;
    private int fruitlessWakes;

    AdaptiveIdle(final NanoClock clock, final CounterBlock counters) {
        this.clock = clock;
        this.counters = counters;
        waitSet = new WaitSet(Idling.MAX_QUEUES);
        doorbell = new Doorbell(waitSet);
    }

    Doorbell doorbell() {
        return doorbell;
    }

    void watch(final RxQueue queue) {
        if (queue.ringOnArrival(doorbell)) {
            return;
        }
        if (queue.interruptDescriptor() == RxQueue.NO_INTERRUPT) {
            silentQueues++;
        } else {
            waitSet.add(queue.interruptDescriptor());
            interrupting[interruptingSize++] = queue;
        }
    }

    void unwatch(final RxQueue queue) {
        disarm();
        if (queue.ringOnArrival(Doorbell.SILENT)) {
            return;
        }
        if (queue.interruptDescriptor() == RxQueue.NO_INTERRUPT) {
            silentQueues--;
            return;
        }
        waitSet.remove(queue.interruptDescriptor());
        for (int i = 0; i < interruptingSize; i++) {
            if (interrupting[i] == queue) {
                interrupting[i] = interrupting[--interruptingSize];
                return;
            }
        }
    }

    @Override
    public void idle(final int workCount) {
        if (workCount > 0) {
            reset();
        } else {
            idle();
        }
    }

    @Override
    public void reset() {
        idle = false;
        fruitlessWakes = 0;
        disarm();
    }

    @Override
    public void idle() {
        final long now = clock.nanoTime();
        if (!idle) {
            idle = true;
            idleSince = now;
        } else if (armed) {
            sleep(now);
        } else if (now - idleSince < SPIN_NANOS) {
            Thread.onSpinWait();
        } else if (now - idleSince < YIELD_NANOS) {
            Thread.yield();
        } else {
            arm();
        }
    }

    private void arm() {
        armed = true;
        doorbell.arm();
        deafQueues = 0;
        for (int i = 0; i < interruptingSize; i++) {
            deafQueues += interrupting[i].enableInterrupt() ? 0 : 1; // a vhost port whose peer has not come yet
        }
    }

    private void disarm() {
        if (armed) {
            armed = false;
            doorbell.disarm();
            for (int i = 0; i < interruptingSize; i++) {
                interrupting[i].disableInterrupt();
            }
        }
    }

    private void sleep(final long now) {
        final boolean distrusted = fruitlessWakes >= FRUITLESS_WAKES;
        final long nanos = silentQueues + deafQueues > 0 || distrusted ? nap : TICK_NANOS;
        final boolean woken = distrusted ? waitSet.awaitWake(nanos) : waitSet.await(nanos);
        final long slept = clock.nanoTime() - now;
        counters.increment(Counter.IDLE_SLEEPS);
        counters.add(Counter.DUTY_SLEEP_NANOS, slept);
        if (woken) {
            counters.increment(Counter.IDLE_WAKES);
            fruitlessWakes++;
            disarm();
            arm(); // what fired must be armed again before the agent looks, or the next sleep misses what comes
            // meanwhile
        } else {
            fruitlessWakes = distrusted ? fruitlessWakes : 0;
            measure(slept - nanos);
        }
    }

    /** A timer fires late, by a few µs or by 30 and more in a virtual machine: sleep that much less. */
    private void measure(final long tooLong) {
        overshoot += Math.min(tooLong, PLAUSIBLE_OVERSHOOT_NANOS) - overshoot >> 3;
        nap = Math.clamp(WAIT_GOAL_NANOS - overshoot, SHORTEST_NAP_NANOS, LONGEST_NAP_NANOS);
    }

    void close() {
        disarm();
        waitSet.close();
    }
}
