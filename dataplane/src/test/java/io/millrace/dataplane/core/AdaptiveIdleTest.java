package io.millrace.dataplane.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dataplane.Allocations;
import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.port.FrameBurst;
import io.millrace.dataplane.port.RxQueue;
import io.millrace.linux.EventDescriptor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** On a virtual clock; only where nothing wakes it does it sleep, for a tick. */
class AdaptiveIdleTest {
    private static final long LONG_ENOUGH = TimeUnit.MICROSECONDS.toNanos(100);

    private long now;
    private final CounterBlock counters = CounterBlock.allocate("test");
    private final AdaptiveIdle idle = new AdaptiveIdle(() -> now, counters);
    private final InterruptingQueue queue = new InterruptingQueue();

    @AfterEach
    void close() {
        idle.close();
        queue.descriptor.close();
    }

    @Test
    void shouldPollOnForAWhileAndThenLookOnceMoreBeforeItSleeps() {
        idle.watch(queue);
        idle.idle(0);
        now += 5_000;
        idle.idle(0);
        now += 20_000;
        idle.idle(0);
        assertThat(queue.calls).as("still polling").isEmpty();

        now += LONG_ENOUGH;
        idle.idle(0);
        assertThat(queue.calls).containsExactly("enable");
        assertThat(sleeps()).as("the agent looks once more first").isZero();
        idle.idle(0);
        assertThat(sleeps()).isEqualTo(1);
    }

    @Test
    void shouldNotSleepWhenTheLastLookFindsSomething() {
        idle.watch(queue);
        getReadyToSleep();
        idle.idle(1);

        assertThat(sleeps()).isZero();
        assertThat(queue.calls).containsExactly("enable", "disable");
    }

    @Test
    void shouldStartPollingAnewAfterWork() {
        getReadyToSleep();
        idle.idle(1);
        now += LONG_ENOUGH;
        idle.idle(0);
        idle.idle(0);

        assertThat(sleeps()).isZero();
    }

    @Test
    void shouldSleepOnAfterATickWithoutPollingInBetween() {
        idle.watch(queue);
        getReadyToSleep();
        idle.idle(0);
        idle.idle(0);
        idle.idle(0);

        assertThat(sleeps()).isEqualTo(3);
        assertThat(counters.get(Counter.IDLE_WAKES)).isZero();
        assertThat(queue.calls).containsExactly("enable");
    }

    @Test
    void shouldBeWokenByItsDoorbellAndArmItAnew() {
        getReadyToSleep();
        for (int i = 1; i <= 3; i++) {
            idle.doorbell().ring();
            idle.idle(0);
            assertThat(counters.get(Counter.IDLE_WAKES)).isEqualTo(i);
        }
        idle.idle(1);
        idle.doorbell().ring(); // for nobody: it is awake
        getReadyToSleep();
        idle.idle(0);
        assertThat(counters.get(Counter.IDLE_WAKES)).isEqualTo(3);
    }

    @Test
    void shouldBeWokenByAnInterruptAndEnableItAnewBeforeTheAgentLooks() {
        idle.watch(queue);
        getReadyToSleep();
        queue.descriptor.signal();
        idle.idle(0);

        assertThat(counters.get(Counter.IDLE_WAKES)).isEqualTo(1);
        assertThat(queue.calls).containsExactly("enable", "disable", "enable");
    }

    @Test
    void shouldNotSpinOnADescriptorThatIsReadyForNothing() {
        queue.stuck = true;
        queue.descriptor.signal();
        idle.watch(queue);
        getReadyToSleep();
        for (int i = 0; i < 20; i++) {
            idle.idle(0);
        }
        assertThat(sleeps()).isEqualTo(20);
        assertThat(counters.get(Counter.IDLE_WAKES)).as("then by time alone").isEqualTo(8);

        idle.idle(1); // a frame: it is trusted again
        getReadyToSleep();
        idle.idle(0);
        assertThat(counters.get(Counter.IDLE_WAKES)).isEqualTo(9);
    }

    @Test
    void shouldForgetAQueueItPollsNoLonger() {
        idle.watch(queue);
        getReadyToSleep();
        idle.unwatch(queue);
        queue.descriptor.signal();
        getReadyToSleep();
        idle.idle(0);

        assertThat(counters.get(Counter.IDLE_WAKES)).isZero();
        assertThat(queue.calls).containsExactly("enable", "disable");
    }

    @Test
    void shouldAllocateNothing() {
        idle.watch(queue);
        assertThat(Allocations.bytesPer50Thousand(() -> {
                    getReadyToSleep();
                    idle.doorbell().ring();
                    idle.idle(0);
                    idle.idle(1);
                    queue.calls.clear();
                }))
                .isZero();
        assertThat(counters.get(Counter.IDLE_WAKES)).isGreaterThanOrEqualTo(50_000);
    }

    private void getReadyToSleep() {
        idle.idle(0);
        now += LONG_ENOUGH;
        idle.idle(0);
    }

    private long sleeps() {
        return counters.get(Counter.IDLE_SLEEPS);
    }

    /** Its descriptor is readable from {@code descriptor.signal()} until the interrupt is disabled, or always. */
    private static final class InterruptingQueue implements RxQueue {
        private final EventDescriptor descriptor = new EventDescriptor();
        private final List<String> calls = new ArrayList<>();
        private boolean stuck;

        @Override
        public int receive(final FrameBurst burst) {
            return 0;
        }

        @Override
        public int interruptDescriptor() {
            return descriptor.number();
        }

        @Override
        public boolean enableInterrupt() {
            calls.add("enable");
            return true;
        }

        @Override
        public void disableInterrupt() {
            calls.add("disable");
            if (!stuck) {
                descriptor.clear();
            }
        }
    }
}
