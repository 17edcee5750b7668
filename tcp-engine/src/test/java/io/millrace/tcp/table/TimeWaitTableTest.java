package io.millrace.tcp.table;

import static io.millrace.tcp.table.TimeWaitTable.NONE;
import static io.millrace.tcp.table.TimeWaitTable.TIMESTAMPS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.tcp.AllocatedBytes;
import io.millrace.tcp.Seed;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("T4")
class TimeWaitTableTest {
    private static final int TIMEOUT = 60_000;
    private static final int FIRST_SLOT = 77;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldKeepEveryField(final boolean ipv6) {
        final SplittableRandom random = Seed.random();
        try (TimeWaitTable table = table(ipv6, 1000, TIMEOUT)) {
            final Map<Integer, int[]> expected = new HashMap<>();
            for (int i = 0; i < 1000; i++) {
                final int[] f = random.ints(8).toArray();
                final int slot = table.append(
                        hi(ipv6, f), lo(ipv6, f), f[1], f[2], f[3], f[4], f[5], f[6] & TIMESTAMPS, f[7], i);
                expected.put(slot, f);
            }
            assertThat(expected).hasSize(1000);
            expected.forEach((slot, f) -> {
                assertThat(table.remoteHi(slot)).isEqualTo(hi(ipv6, f));
                assertThat(table.remoteLo(slot)).isEqualTo(lo(ipv6, f));
                assertThat(table.ports(slot)).isEqualTo(f[1]);
                assertThat(table.localAddress(slot)).isEqualTo(f[2] & 0xffff);
                assertThat(table.rcvNxt(slot)).isEqualTo(f[3]);
                assertThat(table.sndNxt(slot)).isEqualTo(f[4]);
                assertThat(table.tsRecent(slot)).isEqualTo(f[5]);
                assertThat(table.flags(slot)).isEqualTo(f[6] & TIMESTAMPS);
                assertThat(table.indexPosition(slot)).isEqualTo(f[7]);
                table.tsRecent(slot, 5);
                assertThat(table.tsRecent(slot)).isEqualTo(5);
            });
        }
    }

    private static long hi(final boolean ipv6, final int[] fields) {
        return ipv6 ? fields[0] * 3L : 0;
    }

    private static long lo(final boolean ipv6, final int[] fields) {
        return ipv6 ? fields[0] * 7L : 0xffff_0000_0000L | fields[0] & 0xffff_ffffL;
    }

    @Test
    void shouldBeWalkedBySlotOverWhatTheLogHolds() {
        final SplittableRandom random = Seed.random();
        try (TimeWaitTable table = table(false, 20, TIMEOUT)) {
            final Set<Integer> entries = new TreeSet<>();
            for (int i = 0; i < 5_000; i++) {
                final int slot = random.nextInt(2) == 0 ? append(table, i, 1_000) : NONE;
                if (slot != NONE) {
                    entries.add(slot);
                } else if (!entries.isEmpty()) {
                    final Integer gone = List.copyOf(entries).get(random.nextInt(entries.size()));
                    entries.remove(gone);
                    table.release(gone);
                }
                final List<Integer> walked = new ArrayList<>();
                for (int at = table.nextUsed(0); at != NONE; at = table.nextUsed(at + 1)) {
                    if (table.isUsed(at)) {
                        walked.add(at);
                    }
                }
                assertThat(walked).containsExactlyElementsOf(entries);
            }
        }
    }

    @Test
    @Tag("T1")
    void shouldExpireAfterTwoMslAndNotBefore() {
        try (TimeWaitTable table = table(false, 4, TIMEOUT)) {
            final int slot = append(table, 1, 1000);
            assertThat(firstExpired(table, 1000 + TIMEOUT - 1)).isEqualTo(NONE);
            assertThat(firstExpired(table, 1000 + TIMEOUT)).isEqualTo(slot);
            assertThat(table.age(slot, 1500)).isEqualTo(500);
            table.release(slot);
            assertThat(firstExpired(table, 1000 + TIMEOUT)).isEqualTo(NONE);
            assertThat(table.size()).isZero();
        }
    }

    @Test
    @Tag("T2")
    void shouldStartTwoMslAnewAndKeepTheEntry() {
        try (TimeWaitTable table = table(false, 4, TIMEOUT)) {
            final int before = append(table, 42, 0);
            final int other = append(table, 43, 10);
            final int after = table.restart(before, 5000);
            assertThat(after).isNotEqualTo(before);
            assertThat(table.rcvNxt(after)).isEqualTo(42);
            assertThat(table.size()).isEqualTo(2);
            assertThat(table.peak()).isEqualTo(2);
            assertThat(firstExpired(table, 10 + TIMEOUT)).isEqualTo(other);
            table.release(other);
            assertThat(firstExpired(table, 5000 + TIMEOUT - 1)).isEqualTo(NONE);
            assertThat(firstExpired(table, 5000 + TIMEOUT)).isEqualTo(after);
        }
    }

    @Test
    @Tag("T2")
    void shouldKeepItsSlotWhenRestartedTwiceInOneMillisecondOrWhenFull() {
        try (TimeWaitTable table = table(false, 3, TIMEOUT)) {
            final int slot = append(table, 1, 0);
            final int restarted = table.restart(slot, 10);
            assertThat(table.restart(restarted, 10)).isEqualTo(restarted);
            append(table, 2, 20);
            append(table, 3, 20);
            assertThat(table.restart(restarted, 30)).isEqualTo(restarted);
            assertThat(table.expiry(restarted)).isEqualTo(10 + TIMEOUT);
        }
    }

    @Test
    void shouldRefuseWhenFullUntilTheOldestGoes() {
        try (TimeWaitTable table = table(false, 2, TIMEOUT)) {
            final int first = append(table, 1, 0);
            append(table, 2, 0);
            assertThat(append(table, 3, 0)).isEqualTo(NONE);
            assertThat(table.oldest()).isEqualTo(first);
            table.release(first);
            assertThat(append(table, 3, 0)).isEqualTo(first);
            assertThat(table.size()).isEqualTo(2);
        }
    }

    @Test
    void shouldGiveTheSpaceOfAnEntryThatEndedEarlyBackOnceItIsTheFirst() {
        try (TimeWaitTable table = table(false, 3, TIMEOUT)) {
            final int first = append(table, 1, 0);
            final int second = append(table, 2, 0);
            final int third = append(table, 3, 0);
            table.release(second);
            assertThat(append(table, 4, 0)).isEqualTo(NONE);
            table.release(first);
            assertThat(table.oldest()).isEqualTo(third);
            assertThat(append(table, 4, 0)).isEqualTo(first);
            assertThat(append(table, 5, 0)).isEqualTo(second);
        }
    }

    @Test
    void shouldRejectACapacityThatTheIndexCannotName() {
        assertThatThrownBy(() -> table(false, 0, TIMEOUT)).hasMessageContaining("0 entries");
        assertThatThrownBy(() -> table(false, 1, 0)).hasMessageContaining("0 ms");
    }

    /** What the log should hold, oldest first. */
    private static final class Entry {
        private final int id;
        private final int slot;
        private final long expiry;
        private boolean live = true;

        Entry(final int id, final int slot, final long expiry) {
            this.id = id;
            this.slot = slot;
            this.expiry = expiry;
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 0x7fff_f000, 0xffff_f000})
    void shouldBehaveAsALogUnderRandomUse(final int start) {
        final SplittableRandom random = Seed.random();
        final int timeout = 2_000;
        for (final int capacity : new int[] {1, 2, 7, 500}) {
            final Deque<Entry> log = new ArrayDeque<>();
            final List<Entry> live = new ArrayList<>();
            long now = 0;
            try (TimeWaitTable table = table(capacity == 7, capacity, timeout)) {
                for (int i = 0; i < 100_000; i++) {
                    final int nowMs = start + (int) now;
                    final int choice = random.nextInt(100);
                    if (choice < 50) {
                        final int slot = append(table, i, nowMs);
                        assertThat(slot == NONE).isEqualTo(log.size() == capacity);
                        if (slot != NONE) {
                            log.add(new Entry(i, slot, now + timeout));
                            live.add(log.getLast());
                        }
                    } else if (choice < 60 && !live.isEmpty()) {
                        final Entry entry = live.get(random.nextInt(live.size()));
                        final int slot = table.restart(entry.slot, nowMs);
                        if (slot != entry.slot) {
                            log.add(new Entry(entry.id, slot, now + timeout));
                            live.add(log.getLast());
                            kill(entry, log, live);
                        }
                    } else if (choice < 70 && !live.isEmpty()) {
                        final Entry entry = live.get(random.nextInt(live.size()));
                        table.release(entry.slot);
                        kill(entry, log, live);
                    } else {
                        now += random.nextInt(choice == 99 ? 3 * timeout : 20);
                        expire(table, start + (int) now, now, log, live);
                    }
                    assertThat(table.size()).isEqualTo(live.size());
                    assertThat(table.oldest()).isEqualTo(log.isEmpty() ? NONE : log.getFirst().slot);
                    if (!live.isEmpty()) {
                        final Entry entry = live.get(random.nextInt(live.size()));
                        assertThat(table.rcvNxt(entry.slot)).isEqualTo(entry.id);
                        assertThat(table.expiry(entry.slot)).isEqualTo(start + (int) entry.expiry);
                        assertThat(table.flags(entry.slot)).isEqualTo(TIMESTAMPS);
                    }
                }
            }
        }
    }

    private static void expire(
            final TimeWaitTable table,
            final int nowMs,
            final long now,
            final Deque<Entry> log,
            final List<Entry> live) {
        while (!log.isEmpty() && log.getFirst().expiry <= now) {
            final Entry entry = log.getFirst();
            assertThat(firstExpired(table, nowMs)).isEqualTo(entry.slot);
            table.release(entry.slot);
            kill(entry, log, live);
        }
        assertThat(firstExpired(table, nowMs)).isEqualTo(NONE);
    }

    private static void kill(final Entry entry, final Deque<Entry> log, final List<Entry> live) {
        entry.live = false;
        live.remove(entry);
        while (!log.isEmpty() && !log.getFirst().live) {
            log.removeFirst();
        }
    }

    @Test
    void shouldNotAllocate() {
        try (TimeWaitTable table = table(false, 1000, TIMEOUT)) {
            final int[] now = {0};
            final int[] expired = new int[1000];
            assertThat(AllocatedBytes.of(() -> {
                        for (int i = 0; i < 50_000; i++) {
                            if (append(table, i, now[0]) == NONE) {
                                table.release(table.oldest());
                            }
                            table.restart(table.oldest(), now[0]);
                            now[0] += 60;
                            for (int count = table.expired(now[0], expired); count > 0; count--) {
                                table.release(expired[count - 1]);
                            }
                        }
                    }))
                    .isZero();
        }
    }

    @Test
    @Tag("R4")
    void shouldTakeOneChallengeIn128MillisecondsForEachEntryAndKeepItsOtherFlags() {
        try (TimeWaitTable table = table(false, 4, TIMEOUT)) {
            final int slot = append(table, 1, 0);
            final int other = append(table, 2, 0);
            for (int now = -1_280_000; now < 1_280_000; now += 128) {
                assertThat(table.takeChallenge(slot, now)).isTrue();
                assertThat(table.takeChallenge(slot, now + 127)).isFalse();
            }
            assertThat(table.takeChallenge(other, 1_279_900)).isTrue();
            assertThat(table.flags(slot)).isEqualTo(TIMESTAMPS);
            assertThat(table.size()).isEqualTo(2);
            final int restarted = table.restart(slot, 5_000);
            assertThat(table.flags(restarted)).isEqualTo(TIMESTAMPS);
            assertThat(table.oldest()).isEqualTo(other);
        }
    }

    private static int firstExpired(final TimeWaitTable table, final int nowMs) {
        final int[] first = new int[1];
        return table.expired(nowMs, first) == 0 ? NONE : first[0];
    }

    private static TimeWaitTable table(final boolean ipv6, final int capacity, final int timeout) {
        return ipv6
                ? TimeWaitTable.forIpv6("test", FIRST_SLOT, capacity, timeout)
                : TimeWaitTable.forIpv4("test", FIRST_SLOT, capacity, timeout);
    }

    private static int append(final TimeWaitTable table, final int rcvNxt, final int now) {
        return table.append(0, 0xffff_0a00_0001L, 40_000 << 16 | 80, 0, rcvNxt, ~rcvNxt, 0, TIMESTAMPS, 0, now);
    }
}
