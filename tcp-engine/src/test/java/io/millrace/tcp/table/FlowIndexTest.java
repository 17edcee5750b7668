package io.millrace.tcp.table;

import static io.millrace.tcp.table.FlowIndex.CONNECTION;
import static io.millrace.tcp.table.FlowIndex.HALF_OPEN;
import static io.millrace.tcp.table.FlowIndex.MAXIMUM_SLOT;
import static io.millrace.tcp.table.FlowIndex.NONE;
import static io.millrace.tcp.table.FlowIndex.TIME_WAIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.tcp.AllocatedBytes;
import io.millrace.tcp.Seed;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;

class FlowIndexTest {
    private final SplittableRandom random = Seed.random();

    @Test
    void shouldPackKindAndSlotIntoARef() {
        for (final int kind : new int[] {CONNECTION, HALF_OPEN, TIME_WAIT}) {
            for (final int slot : new int[] {0, 1, 12345, MAXIMUM_SLOT}) {
                final int ref = FlowIndex.ref(kind, slot);
                assertThat(ref).isNotZero();
                assertThat(FlowIndex.kind(ref)).isEqualTo(kind);
                assertThat(FlowIndex.slot(ref)).isEqualTo(slot);
            }
        }
    }

    @Test
    void shouldFindNothingInAnEmptyIndex() {
        try (FlowIndex index = new FlowIndex("test", 4)) {
            assertThat(index.find(0)).isEqualTo(NONE);
            assertThat(index.find(-1)).isEqualTo(NONE);
            assertThat(index.touch(-1)).isZero();
        }
    }

    @Test
    void shouldFindBothOfTwoTuplesWithTheSameHash() {
        try (FlowIndex index = new FlowIndex("test", 4)) {
            index.insert(77, FlowIndex.ref(CONNECTION, 1));
            index.insert(77, FlowIndex.ref(TIME_WAIT, 2));
            final int first = index.find(77);
            final int second = index.findNext(first, 77);
            assertThat(List.of(index.ref(first), index.ref(second)))
                    .containsExactlyInAnyOrder(FlowIndex.ref(CONNECTION, 1), FlowIndex.ref(TIME_WAIT, 2));
            assertThat(index.findNext(second, 77)).isEqualTo(NONE);
        }
    }

    @Test
    void shouldReplaceARefInPlace() {
        try (FlowIndex index = new FlowIndex("test", 4)) {
            index.insert(5, FlowIndex.ref(HALF_OPEN, 9));
            index.replace(index.find(5), FlowIndex.ref(CONNECTION, 3));
            assertThat(index.ref(index.find(5))).isEqualTo(FlowIndex.ref(CONNECTION, 3));
            assertThat(index.positionOf(5, FlowIndex.ref(HALF_OPEN, 9))).isEqualTo(NONE);
            assertThat(index.size()).isOne();
        }
    }

    @Test
    void shouldRefuseBeyondItsCapacityAndTakeAgainAfterARemoval() {
        try (FlowIndex index = new FlowIndex("test", 3)) {
            for (int i = 0; i < 3; i++) {
                assertThat(index.insert(i << 28, FlowIndex.ref(CONNECTION, i))).isNotEqualTo(NONE);
            }
            assertThat(index.insert(9, FlowIndex.ref(CONNECTION, 9))).isEqualTo(NONE);
            index.remove(index.positionOf(1 << 28, FlowIndex.ref(CONNECTION, 1)), 1 << 28);
            assertThat(index.insert(9, FlowIndex.ref(CONNECTION, 9))).isNotEqualTo(NONE);
            assertThat(index.size()).isEqualTo(3);
        }
    }

    @Test
    void shouldRejectACapacityThatARefCannotName() {
        assertThatThrownBy(() -> new FlowIndex("flows", 0)).hasMessageContaining("flows: capacity 0");
    }

    @Test
    void shouldBehaveAsAMapWhenTinyAndWrappingAround() {
        for (int capacity = 1; capacity <= 24; capacity++) {
            final int bound = capacity;
            behaveAsAMap(capacity, 4_000, () -> random.nextInt());
            // Few hashes, so that clusters are long and hashes are shared.
            behaveAsAMap(capacity, 4_000, () -> random.nextInt(2 * bound) * 0x1000_0000);
            // All at home in the last words: every cluster runs around the end.
            behaveAsAMap(capacity, 4_000, () -> -1 - random.nextInt(1 << 30));
            behaveAsAMap(capacity, 4_000, () -> -1 - random.nextInt(3));
        }
    }

    @Test
    void shouldBehaveAsAMapWhenLarge() {
        behaveAsAMap(50_000, 1_000_000, () -> random.nextInt());
        behaveAsAMap(50_000, 1_000_000, () -> random.nextInt(40_000) * 107_374);
    }

    private void behaveAsAMap(final int capacity, final int operations, final IntSupplier hashes) {
        final Map<Integer, List<Integer>> oracle = new HashMap<>();
        final List<int[]> entries = new ArrayList<>();
        try (FlowIndex index = new FlowIndex("test", capacity)) {
            int nextSlot = 0;
            for (int i = 0; i < operations; i++) {
                // Fill and empty in turns.
                final boolean filling = i / (2 * capacity) % 2 == 0;
                if (random.nextInt(100) < (filling ? 70 : 30)) {
                    final int hash = hashes.getAsInt();
                    final int ref = FlowIndex.ref(1 + random.nextInt(3), nextSlot++);
                    final int inserted = index.insert(hash, ref);
                    assertThat(inserted != NONE).isEqualTo(entries.size() < capacity);
                    if (inserted != NONE) {
                        entries.add(new int[] {hash, ref, inserted});
                        oracle.computeIfAbsent(hash, key -> new ArrayList<>()).add(ref);
                    }
                } else if (!entries.isEmpty()) {
                    final int victim = random.nextInt(entries.size());
                    final int[] entry = entries.get(victim);
                    final int position = index.positionOf(entry[0], entry[1]);
                    assertThat(index.ref(position)).isEqualTo(entry[1]);
                    assertThat(position).as("as it was when inserted").isEqualTo(entry[2]);
                    oracle.get(entry[0]).remove((Integer) entry[1]);
                    if (random.nextInt(4) == 0) {
                        entry[1] = FlowIndex.ref(1 + random.nextInt(3), nextSlot++);
                        index.replace(position, entry[1]);
                        oracle.get(entry[0]).add(entry[1]);
                    } else {
                        index.remove(position, FlowIndex.isDisplaced(position) ? entry[0] : random.nextInt());
                        entries.set(victim, entries.getLast());
                        entries.removeLast();
                    }
                }
                assertAgreesOn(hashes.getAsInt(), index, oracle);
                assertThat(index.size()).isEqualTo(entries.size());
            }
            oracle.keySet().forEach(hash -> assertAgreesOn(hash, index, oracle));
        }
    }

    /** Everything with this hash is found, once; whatever else is found is a candidate that its record would rule out. */
    private static void assertAgreesOn(
            final int hash, final FlowIndex index, final Map<Integer, List<Integer>> oracle) {
        final List<Integer> missing = new ArrayList<>(oracle.getOrDefault(hash, List.of()));
        for (int at = index.find(hash); at != NONE; at = index.findNext(at, hash)) {
            final Integer ref = index.ref(at);
            if (!missing.remove(ref) && oracle.getOrDefault(hash, List.of()).contains(ref)) {
                throw new AssertionError("hash " + hash + " finds ref " + ref + " twice");
            }
        }
        if (!missing.isEmpty()) {
            throw new AssertionError("hash " + hash + " does not find " + missing);
        }
    }

    @Test
    void shouldSeldomFindWhatHasAnotherHash() {
        final int capacity = 1 << 16;
        try (FlowIndex index = new FlowIndex("test", capacity)) {
            for (int i = 0; i < capacity; i++) {
                index.insert(random.nextInt(), FlowIndex.ref(CONNECTION, i));
            }
            int candidates = 0;
            for (int i = 0; i < capacity; i++) {
                final int hash = random.nextInt();
                for (int at = index.find(hash); at != NONE; at = index.findNext(at, hash)) {
                    candidates++;
                }
            }
            assertThat(candidates).as("of %d misses", capacity).isLessThan(capacity / 150);
        }
    }

    @Test
    void shouldLeaveNoTombstoneBehind() {
        final int capacity = 2_000;
        try (FlowIndex index = new FlowIndex("test", capacity)) {
            final int[] hashes = new int[capacity];
            for (int i = 0; i < 500_000; i++) {
                final int at = i % capacity;
                if (i >= capacity) {
                    index.remove(index.positionOf(hashes[at], FlowIndex.ref(CONNECTION, at)), hashes[at]);
                }
                hashes[at] = random.nextInt();
                index.insert(hashes[at], FlowIndex.ref(CONNECTION, at));
            }
            for (int at = 0; at < capacity; at++) {
                index.remove(index.positionOf(hashes[at], FlowIndex.ref(CONNECTION, at)), hashes[at]);
            }
            for (int i = 0; i < 20_000; i++) { // every bucket is as it was at first: no tag, and nothing put behind
                final int hash = random.nextInt();
                assertThat(index.touch(hash)).isZero();
                assertThat(index.find(hash)).isEqualTo(NONE);
                assertThat(index.passed(hash)).isZero();
            }
        }
    }

    @Test
    void shouldNotAllocate() {
        try (FlowIndex index = new FlowIndex("test", 10_000)) {
            assertThat(AllocatedBytes.of(() -> {
                        for (int i = 0; i < 10_000; i++) {
                            index.insert(i * 0x9e3779b9, FlowIndex.ref(CONNECTION, i));
                        }
                        for (int i = 0; i < 10_000; i++) {
                            final int hash = i * 0x9e3779b9;
                            index.remove(index.positionOf(hash, FlowIndex.ref(CONNECTION, i)), hash);
                        }
                    }))
                    .isZero();
        }
    }
}
