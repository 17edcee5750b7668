package io.millrace.tcp.timer;

import static io.millrace.tcp.timer.TimerWheel.NONE;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.memory.Memory;
import io.millrace.tcp.AllocatedBytes;
import io.millrace.tcp.Seed;
import io.millrace.tcp.table.RecordSlab;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimerWheelTest {
    private static final int RECORD_BYTES = 24;
    private static final TimerLinks LINKS = TimerLinks.at(4);
    private static final int RECORDS = 2_000;

    private final RecordSlab records = new RecordSlab("test", RECORDS, RECORD_BYTES);

    @BeforeEach
    void allocateAll() {
        for (int i = 0; i < RECORDS; i++) {
            final long record = records.address(records.allocate());
            // Whatever is not the timer's must stay as it is.
            Memory.putInt(record, i);
            Memory.putInt(record + 20, ~i);
        }
    }

    @AfterEach
    void closeRecords() {
        for (int i = 0; i < RECORDS; i++) {
            assertThat(Memory.getInt(records.address(i))).isEqualTo(i);
            assertThat(Memory.getInt(records.address(i) + 20)).isEqualTo(~i);
        }
        records.close();
    }

    @Test
    void shouldExpireAtItsDeadlineAndNotBefore() {
        for (final int delay :
                new int[] {1, 31, 32, 33, 1_023, 1_024, 1_025, 32_767, 32_768, 70_000, 1 << 25, (1 << 25) + 1, 1 << 30
                }) {
            final TimerWheel wheel = new TimerWheel(records, LINKS, 1000);
            wheel.schedule(3, 1000 + delay);
            assertThat(wheel.poll(1000 + delay - 1)).isEqualTo(NONE);
            assertThat(wheel.isScheduled(3)).isTrue();
            assertThat(wheel.deadline(3)).isEqualTo(1000 + delay);
            assertThat(wheel.poll(1000 + delay)).isEqualTo(3);
            assertThat(wheel.isScheduled(3)).isFalse();
            assertThat(wheel.poll(1000 + delay)).isEqualTo(NONE);
            assertThat(wheel.size()).isZero();
        }
    }

    @Test
    void shouldExpireAtOnceWhatIsDueAlready() {
        final TimerWheel wheel = new TimerWheel(records, LINKS, 5000);
        wheel.schedule(1, 5000);
        wheel.schedule(2, 10);
        assertThat(Set.of(wheel.poll(5000), wheel.poll(5000))).containsExactlyInAnyOrder(1, 2);
        assertThat(wheel.poll(5000)).isEqualTo(NONE);
    }

    @Test
    void shouldExpireAtItsLastDeadlineWhenMoved() {
        final TimerWheel wheel = new TimerWheel(records, LINKS, 0);
        wheel.schedule(1, 10);
        wheel.schedule(1, 70_000);
        wheel.schedule(1, 300);
        assertThat(wheel.size()).isOne();
        assertThat(wheel.poll(299)).isEqualTo(NONE);
        assertThat(wheel.poll(300)).isEqualTo(1);
        assertThat(wheel.poll(100_000)).isEqualTo(NONE);
    }

    @Test
    void shouldNotExpireWhatWasCancelled() {
        final TimerWheel wheel = new TimerWheel(records, LINKS, 0);
        for (int slot = 0; slot < 5; slot++) {
            wheel.schedule(slot, 42);
        }
        wheel.cancel(0);
        wheel.cancel(2);
        wheel.cancel(4);
        wheel.cancel(4);
        wheel.cancel(9);
        assertThat(wheel.size()).isEqualTo(2);
        assertThat(Set.of(wheel.poll(42), wheel.poll(42))).containsExactlyInAnyOrder(1, 3);
        assertThat(wheel.poll(42)).isEqualTo(NONE);
    }

    @Test
    void shouldTreatAResetRecordAsNotScheduled() {
        final TimerWheel wheel = new TimerWheel(records, LINKS, 0);
        Memory.putInt(records.address(7) + LINKS.bucket(), 99);
        wheel.reset(7);
        assertThat(wheel.isScheduled(7)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 0x7fff_fff0, 0xffff_fff0, 0xff_ffff, 0xfeff_ff00})
    void shouldExpireEachTimerOnTimeUnderRandomUse(final int start) {
        final SplittableRandom random = Seed.random();
        for (final int timers : new int[] {1, 3, 30, RECORDS}) {
            behaveAsATreeMap(random, start, timers);
        }
    }

    private void behaveAsATreeMap(final SplittableRandom random, final int start, final int timers) {
        final TimerWheel wheel = new TimerWheel(records, LINKS, start);
        final TreeMap<Long, Set<Integer>> byDeadline = new TreeMap<>();
        final Map<Integer, Long> deadlines = new HashMap<>();
        long now = 0;
        for (int i = 0; i < 200_000; i++) {
            final int slot = random.nextInt(timers);
            final int choice = random.nextInt(100);
            if (choice < 50) {
                final long deadline = now + randomDelay(random) - 3;
                forget(deadlines, byDeadline, slot);
                byDeadline.computeIfAbsent(deadline, key -> new HashSet<>()).add(slot);
                deadlines.put(slot, deadline);
                wheel.schedule(slot, start + (int) deadline);
            } else if (choice < 70) {
                forget(deadlines, byDeadline, slot);
                wheel.cancel(slot);
            } else {
                now += random.nextInt(50) == 0 ? randomDelay(random) : random.nextInt(20);
                final Set<Integer> expected = new HashSet<>();
                while (!byDeadline.isEmpty() && byDeadline.firstKey() <= now) {
                    expected.addAll(byDeadline.pollFirstEntry().getValue());
                }
                expected.forEach(deadlines::remove);
                if (!expired(wheel, start + (int) now).equals(expected)) {
                    throw new AssertionError("step " + i + ": at " + now + " expected " + expected);
                }
            }
            if (wheel.size() != deadlines.size() || wheel.isScheduled(slot) != deadlines.containsKey(slot)) {
                throw new AssertionError("step " + i + ": slot " + slot + ", " + wheel.size() + " timers");
            }
        }
        deadlines.keySet().forEach(wheel::cancel);
        assertThat(wheel.size()).isZero();
    }

    private static void forget(
            final Map<Integer, Long> deadlines, final TreeMap<Long, Set<Integer>> byDeadline, final int slot) {
        final Long deadline = deadlines.remove(slot);
        if (deadline != null) {
            byDeadline.get(deadline).remove(slot);
        }
    }

    /** Of every order of magnitude, up to just below 2^31. */
    private static long randomDelay(final SplittableRandom random) {
        return random.nextLong(1L << 1 + random.nextInt(30)) + random.nextInt(2) * ((1L << 30) - 10_000);
    }

    private static Set<Integer> expired(final TimerWheel wheel, final int now) {
        final Set<Integer> slots = new HashSet<>();
        do {
            for (int slot = wheel.poll(now); slot != NONE; slot = wheel.poll(now)) {
                assertThat(slots.add(slot)).isTrue();
            }
        } while (wheel.isBehind());
        return slots;
    }

    @Test
    void shouldMoveVeryManyTimersInPortions() {
        final TimerWheel wheel = new TimerWheel(records, LINKS, 0);
        for (int slot = 0; slot < RECORDS; slot++) {
            wheel.schedule(slot, 70_000);
        }
        assertThat(wheel.poll(69_999)).isEqualTo(NONE);
        assertThat(wheel.isBehind()).isTrue();
        // What happens meanwhile must not be lost.
        wheel.cancel(0);
        wheel.cancel(RECORDS - 1);
        wheel.schedule(1, 69_000);
        final Set<Integer> first = expired(wheel, 69_999);
        assertThat(first).containsExactly(1);
        assertThat(wheel.size()).isEqualTo(RECORDS - 3);
        assertThat(expired(wheel, 70_000)).hasSize(RECORDS - 3);
        assertThat(wheel.isBehind()).isFalse();
    }

    /** What moves at once keeps timers from being due: it must stay the share of 64 ms, however many there are. */
    @Test
    void shouldNeverMoveMoreThanTheTimersOf64MillisecondsAtOnce() {
        final int timers = 1 << 22;
        final int spread = 1 << 16;
        try (RecordSlab many = new RecordSlab("many", timers, 24)) {
            final TimerWheel wheel = new TimerWheel(many, TimerLinks.at(0), 0);
            for (int i = 0; i < timers; i++) {
                wheel.reset(many.allocate());
                wheel.schedule(i, 1 + (int) ((long) i * spread / timers));
            }
            int most = 0;
            int expired = 0;
            for (int now = 1; now <= spread; now++) {
                int portions = 0;
                for (int slot = wheel.poll(now); slot != NONE || wheel.isBehind(); slot = wheel.poll(now)) {
                    if (slot == NONE) {
                        portions++;
                    } else {
                        expired++;
                        assertThat(wheel.deadline(slot)).isEqualTo(now);
                    }
                }
                most = Math.max(most, portions);
            }
            assertThat(expired).isEqualTo(timers);
            assertThat(most * 1_024).isLessThanOrEqualTo(timers / (spread / 64) * 5 / 4);
        }
    }

    @Test
    void shouldNotForgetTimersWhenAPortionEndsWithItsBucket() {
        for (int timers = 1020; timers < 1030; timers++) {
            final TimerWheel wheel = new TimerWheel(records, LINKS, 0);
            for (int slot = 0; slot < timers; slot++) {
                wheel.schedule(slot, 512 + slot % 2);
            }
            assertThat(expired(wheel, 513)).hasSize(timers);
        }
    }

    @Test
    void shouldNotBeBehindWhenABucketThatWasMovedFillsAgain() {
        final TimerWheel wheel = new TimerWheel(records, LINKS, 0);
        wheel.schedule(0, 256 + 5);
        assertThat(wheel.poll(300)).isEqualTo(0);
        assertThat(wheel.poll(65_536)).isEqualTo(NONE);
        wheel.schedule(0, 65_536 + 256 + 5);
        assertThat(wheel.isBehind()).isFalse();
        assertThat(wheel.poll(65_536 + 260)).isEqualTo(NONE);
        assertThat(wheel.poll(65_536 + 261)).isEqualTo(0);
    }

    /** A timer set from inside the loop that polls, as a retransmission does. */
    @Test
    void shouldServeTimersSetWhilePolling() {
        final TimerWheel wheel = new TimerWheel(records, LINKS, 0xffff_ff00);
        final List<Integer> at = new ArrayList<>();
        wheel.schedule(0, 0xffff_ff00 + 100);
        final int end = 0xffff_ff00 + 1000;
        for (int slot = wheel.poll(end); slot != NONE; slot = wheel.poll(end)) {
            at.add(wheel.deadline(slot) - 0xffff_ff00);
            wheel.schedule(slot, wheel.deadline(slot) + 300);
        }
        assertThat(at).containsExactly(100, 400, 700, 1000);
        assertThat(wheel.isScheduled(0)).isTrue();
    }

    @Test
    void shouldNotAllocate() {
        final TimerWheel wheel = new TimerWheel(records, LINKS, 0);
        final int[] now = {0};
        assertThat(AllocatedBytes.of(() -> {
                    for (int i = 0; i < 100_000; i++) {
                        wheel.schedule(i % RECORDS, now[0] + i * 31 % 100_000);
                        now[0] += 3;
                        while (wheel.poll(now[0]) != NONE) {
                            // Only to take it off.
                        }
                    }
                }))
                .isZero();
    }
}
