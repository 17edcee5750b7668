package io.millrace.tcp.table;

import static io.millrace.tcp.table.SynQueue.NONE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.tcp.AllocatedBytes;
import io.millrace.tcp.Seed;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("H5")
class SynQueueTest {
    @Test
    void shouldKeepEveryField() {
        final SplittableRandom random = Seed.random();
        try (SynQueue queue = new SynQueue("test", 1000, 1000, 5)) {
            final Map<Integer, int[]> expected = new HashMap<>();
            for (int i = 0; i < 1000; i++) {
                final int[] f = random.ints(11).toArray();
                final int slot = queue.add(f[0], f[1] * 5L, f[2], f[3], f[4], f[5], f[6], f[7], f[8], f[9], f[10], i);
                expected.put(slot, f);
            }
            assertThat(expected).hasSize(1000);
            expected.forEach((slot, f) -> {
                assertThat(queue.remoteHi(slot)).isEqualTo(f[0]);
                assertThat(queue.remoteLo(slot)).isEqualTo(f[1] * 5L);
                assertThat(queue.ports(slot)).isEqualTo(f[2]);
                assertThat(queue.localAddress(slot)).isEqualTo(f[3] & 0xffff);
                assertThat(queue.listener(slot)).isEqualTo(f[4] & 0xffff);
                assertThat(queue.irs(slot)).isEqualTo(f[5]);
                assertThat(queue.iss(slot)).isEqualTo(f[6]);
                assertThat(queue.tsRecent(slot)).isEqualTo(f[7]);
                assertThat(queue.tsOffset(slot)).isEqualTo(f[8]);
                assertThat(queue.peerMss(slot)).isEqualTo(f[9] & 0xffff);
                assertThat(queue.options(slot)).isEqualTo(f[10] & 0xff);
                assertThat(queue.retransmissions(slot)).isZero();
                queue.tsRecent(slot, 77);
                assertThat(queue.tsRecent(slot)).isEqualTo(77);
            });
        }
    }

    @Test
    void shouldRetransmitAfter1And2And4SecondsAndGiveUpAfter63() {
        try (SynQueue queue = new SynQueue("test", 10, 1000, 5)) {
            final int slot = add(queue, 1, 0);
            final List<Integer> retransmittedAt = new ArrayList<>();
            int now = 0;
            while (queue.size() > 0) {
                now++;
                if (queue.nextExpired(now) == NONE) {
                    continue;
                }
                assertThat(queue.nextExpired(now)).isEqualTo(slot);
                if (queue.advance(slot, now)) {
                    retransmittedAt.add(now);
                    assertThat(queue.retransmissions(slot)).isEqualTo(retransmittedAt.size());
                } else {
                    queue.remove(slot);
                }
            }
            assertThat(retransmittedAt).containsExactly(1_000, 3_000, 7_000, 15_000, 31_000);
            assertThat(now).isEqualTo(63_000);
        }
    }

    @Test
    void shouldGiveUpAtTheFirstTimeoutWhenConfiguredWithoutRetransmissions() {
        try (SynQueue queue = new SynQueue("test", 10, 1000, 0)) {
            final int slot = add(queue, 1, 0);
            assertThat(queue.nextExpired(999)).isEqualTo(NONE);
            assertThat(queue.nextExpired(1000)).isEqualTo(slot);
            assertThat(queue.advance(slot, 1000)).isFalse();
        }
    }

    @Test
    void shouldRefuseWhenFullAndCountThePeak() {
        try (SynQueue queue = new SynQueue("test", 2, 1000, 5)) {
            add(queue, 1, 0);
            final int second = add(queue, 2, 0);
            assertThat(add(queue, 3, 0)).isEqualTo(NONE);
            queue.remove(second);
            assertThat(queue.size()).isOne();
            assertThat(queue.peak()).isEqualTo(2);
            assertThat(add(queue, 3, 0)).isEqualTo(second);
        }
    }

    @Test
    void shouldRejectTimeoutsThatDoNotFitTheClock() {
        assertThatThrownBy(() -> new SynQueue("syn", 1, 1 << 20, 12)).hasMessageContaining("doubled 12 times");
        assertThatThrownBy(() -> new SynQueue("syn", 1, 1000, 13)).hasMessageContaining("13 retransmissions");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 0x7fff_ff00, 0xffff_ff00})
    void shouldExpireOnTimeAndKnowTheOldestUnderRandomUse(final int start) {
        final SplittableRandom random = Seed.random();
        final int capacity = 300;
        final int retransmissions = 4;
        // Per slot: sequence of arrival, retransmissions, deadline.
        final Map<Integer, long[]> oracle = new HashMap<>();
        long now = 0;
        try (SynQueue queue = new SynQueue("test", capacity, 100, retransmissions)) {
            for (int i = 0; i < 200_000; i++) {
                final int choice = random.nextInt(100);
                if (choice < 50) {
                    final int slot = add(queue, i, start + (int) now);
                    assertThat(slot == NONE).isEqualTo(oracle.size() == capacity);
                    if (slot != NONE) {
                        assertThat(oracle.put(slot, new long[] {i, 0, now + 100}))
                                .isNull();
                    }
                } else if (choice < 70) {
                    final int slot = random.nextInt(capacity);
                    if (oracle.remove(slot) != null) {
                        queue.remove(slot);
                    }
                } else if (choice < 72) {
                    final int oldest = queue.oldest();
                    assertThat(oldest == NONE).isEqualTo(oracle.isEmpty());
                    if (oldest != NONE) {
                        final long first = oracle.values().stream()
                                .mapToLong(e -> e[0])
                                .min()
                                .orElseThrow();
                        assertThat(oracle.get(oldest)[0]).isEqualTo(first);
                        assertThat(queue.irs(oldest)).isEqualTo((int) first);
                        queue.remove(oldest);
                        oracle.remove(oldest);
                    }
                } else {
                    now += random.nextInt(choice == 99 ? 200 : 8);
                    expire(queue, oracle, start, now, retransmissions);
                }
                assertThat(queue.size()).isEqualTo(oracle.size());
            }
        }
    }

    private static void expire(
            final SynQueue queue,
            final Map<Integer, long[]> oracle,
            final int start,
            final long now,
            final int retransmissions) {
        final int nowMs = start + (int) now;
        for (int slot = queue.nextExpired(nowMs); slot != NONE; slot = queue.nextExpired(nowMs)) {
            final long[] entry = oracle.get(slot);
            assertThat(entry[2]).isLessThanOrEqualTo(now);
            assertThat(queue.retransmissions(slot)).isEqualTo((int) entry[1]);
            assertThat(queue.deadline(slot)).isEqualTo(start + (int) entry[2]);
            final boolean advanced = queue.advance(slot, nowMs);
            assertThat(advanced).isEqualTo(entry[1] < retransmissions);
            if (advanced) {
                entry[1]++;
                entry[2] = now + (100L << entry[1]);
            } else {
                queue.remove(slot);
                oracle.remove(slot);
            }
        }
        for (final long[] entry : oracle.values()) {
            if (entry[2] <= now) {
                throw new AssertionError("an entry due at " + entry[2] + " has not expired at " + now);
            }
        }
    }

    @Test
    void shouldNotAllocate() {
        try (SynQueue queue = new SynQueue("test", 1000, 1000, 5)) {
            final int[] now = {0};
            assertThat(AllocatedBytes.of(() -> {
                        for (int i = 0; i < 50_000; i++) {
                            if (add(queue, i, now[0]) == NONE) {
                                queue.remove(queue.oldest());
                            }
                            now[0] += 7;
                            for (int slot = queue.nextExpired(now[0]); slot != NONE; ) {
                                if (!queue.advance(slot, now[0])) {
                                    queue.remove(slot);
                                }
                                slot = queue.nextExpired(now[0]);
                            }
                        }
                    }))
                    .isZero();
        }
    }

    private static int add(final SynQueue queue, final int irs, final int now) {
        return queue.add(0, 0xffff_0a00_0001L, 40_000 << 16 | 80, 0, 0, irs, ~irs, 0, 0, 1460, 0, now);
    }

    @Test
    @Tag("R4")
    void shouldTakeOneChallengeIn256MillisecondsForEachEntryAndKeepItsRetransmissions() {
        try (SynQueue queue = new SynQueue("test", 2, 1000, 12)) {
            final int slot = queue.add(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0);
            final int other = queue.add(0, 2, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0);
            for (int i = 0; i < 12; i++) {
                assertThat(queue.advance(slot, 0)).isTrue();
            }
            for (int now = 0; now < 2_560_000; now += 256) {
                assertThat(queue.takeChallenge(slot, now)).isTrue();
                assertThat(queue.takeChallenge(slot, now + 255)).isFalse();
            }
            assertThat(queue.takeChallenge(other, 2_559_800)).isTrue();
            assertThat(queue.retransmissions(slot)).isEqualTo(12);
            assertThat(queue.advance(slot, 0)).isFalse();
            queue.remove(slot);
            queue.remove(other);
            assertThat(queue.oldest()).isEqualTo(NONE);
        }
    }
}
