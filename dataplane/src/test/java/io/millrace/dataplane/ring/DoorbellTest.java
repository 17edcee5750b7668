package io.millrace.dataplane.ring;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dataplane.Allocations;
import io.millrace.dataplane.FrameBatch;
import io.millrace.linux.WaitSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class DoorbellTest {
    /** Longer than any test may take: a wake-up that is lost ends in the test's own timeout. */
    private static final long FOR_EVER = TimeUnit.HOURS.toNanos(1);

    private static final int EXCHANGES = 20_000;

    @Test
    void shouldWakeOnlyWhoHasArmedIt() {
        try (WaitSet waitSet = new WaitSet(1)) {
            final Doorbell bell = new Doorbell(waitSet);
            bell.ring();
            assertThat(waitSet.await(1)).as("not armed").isFalse();

            bell.arm();
            bell.ring();
            bell.ring();
            assertThat(waitSet.await(FOR_EVER)).isTrue();
            assertThat(bell.disarm()).isTrue();
            assertThat(waitSet.await(1)).as("disarmed").isFalse();

            bell.arm();
            assertThat(bell.disarm()).as("armed, and not rung").isFalse();
            assertThat(bell.disarm()).as("not armed").isFalse();
        }
    }

    @Test
    void shouldLetASilentOneBeRungByAnyone() {
        Doorbell.SILENT.ring();
        assertThat(Doorbell.SILENT.disarm()).isFalse();
    }

    @Test
    void shouldAllocateNothingWhenItIsRungAndWhenItWakes() {
        try (WaitSet waitSet = new WaitSet(1)) {
            final Doorbell bell = new Doorbell(waitSet);
            assertThat(Allocations.bytesPer50Thousand(() -> {
                        bell.arm();
                        bell.ring();
                        waitSet.await(FOR_EVER);
                        bell.disarm();
                    }))
                    .isZero();
        }
    }

    @Test
    @Timeout(120)
    void shouldLoseNoWakeUpBetweenTwoThreadsThatSleepWithoutEnd() {
        try (WaitSet ours = new WaitSet(1);
                WaitSet theirs = new WaitSet(1);
                FrameRing there = new FrameRing("there", 64);
                FrameRing back = new FrameRing("back", 64)) {
            final Doorbell ourBell = new Doorbell(ours);
            final Doorbell theirBell = new Doorbell(theirs);
            there.wakes(theirBell);
            back.wakes(ourBell);
            final CompletableFuture<Long> sum = CompletableFuture.supplyAsync(() -> {
                long received = 0;
                final FrameBatch batch = new FrameBatch(32);
                for (int i = 0; i < EXCHANGES; i++) {
                    take(there, batch, theirBell, theirs);
                    received += batch.mbuf(0);
                    back.offer(batch, 0);
                    batch.clear();
                }
                return received;
            });
            final FrameBatch batch = new FrameBatch(32);
            for (int i = 0; i < EXCHANGES; i++) {
                batch.add(i, 0, 0);
                there.offer(batch, 0);
                batch.clear();
                take(back, batch, ourBell, ours);
                assertThat(batch.mbuf(0)).isEqualTo(i);
                batch.clear();
            }
            assertThat(sum.join()).isEqualTo((EXCHANGES - 1L) * EXCHANGES / 2);
        }
    }

    /** As a polling thread does: arm, look once more, sleep. */
    private static void take(final FrameRing ring, final FrameBatch into, final Doorbell bell, final WaitSet waitSet) {
        while (ring.drain(into) == 0) {
            bell.arm();
            if (ring.drain(into) == 0) {
                waitSet.await(FOR_EVER);
            }
            bell.disarm();
            if (!into.isEmpty()) {
                return;
            }
        }
    }
}
