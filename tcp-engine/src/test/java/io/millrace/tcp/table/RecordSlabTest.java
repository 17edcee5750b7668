package io.millrace.tcp.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.memory.Memory;
import io.millrace.tcp.AllocatedBytes;
import io.millrace.tcp.Seed;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RecordSlabTest {
    @Test
    void shouldGiveOutTheSlotFreedLast() {
        try (RecordSlab slab = new RecordSlab("test", 10, 16)) {
            final int a = slab.allocate();
            final int b = slab.allocate();
            slab.free(a);
            slab.free(b);
            assertThat(slab.allocate()).isEqualTo(b);
            assertThat(slab.allocate()).isEqualTo(a);
        }
    }

    @Test
    void shouldGiveOutZeroedRecordsThatWereNeverUsed() {
        try (RecordSlab slab = new RecordSlab("test", 4, 8)) {
            for (int i = 0; i < 4; i++) {
                assertThat(Memory.getLong(slab.address(slab.allocate()))).isZero();
            }
        }
    }

    @Test
    void shouldRefuseWhenFullAndServeAgainAfterAFree() {
        try (RecordSlab slab = new RecordSlab("test", 2, 4)) {
            final int first = slab.allocate();
            slab.allocate();
            assertThat(slab.allocate()).isEqualTo(RecordSlab.NONE);
            slab.free(first);
            assertThat(slab.allocate()).isEqualTo(first);
            assertThat(slab.allocated()).isEqualTo(2);
        }
    }

    @Test
    void shouldRejectRecordsTooSmallForTheFreeList() {
        assertThatThrownBy(() -> new RecordSlab("tiny", 2, 3)).hasMessageContaining("tiny: 2 records of 3 bytes");
    }

    @Test
    void shouldKeepRecordsApartUnderRandomUse() {
        final SplittableRandom random = Seed.random();
        final int recordBytes = 20;
        final Map<Integer, Integer> contents = new HashMap<>();
        final List<Integer> slots = new ArrayList<>();
        try (RecordSlab slab = new RecordSlab("test", 500, recordBytes)) {
            for (int i = 0; i < 200_000; i++) {
                if (random.nextInt(1000) < (i / 2000 % 2 == 0 ? 700 : 300)) {
                    final int slot = slab.allocate();
                    assertThat(slot == RecordSlab.NONE).isEqualTo(slots.size() == 500);
                    if (slot != RecordSlab.NONE) {
                        assertThat(contents.put(slot, i)).isNull();
                        slots.add(slot);
                        for (int field = 0; field < recordBytes; field += 4) {
                            Memory.putInt(slab.address(slot) + field, i);
                        }
                    }
                } else if (!slots.isEmpty()) {
                    final int slot = slots.remove(random.nextInt(slots.size()));
                    final int expected = contents.remove(slot);
                    for (int field = 0; field < recordBytes; field += 4) {
                        assertThat(Memory.getInt(slab.address(slot) + field)).isEqualTo(expected);
                    }
                    slab.free(slot);
                }
                assertThat(slab.allocated()).isEqualTo(slots.size());
            }
        }
    }

    @Test
    void shouldNotAllocateHeap() {
        try (RecordSlab slab = new RecordSlab("test", 100, 8)) {
            assertThat(AllocatedBytes.of(() -> {
                        for (int i = 0; i < 10_000; i++) {
                            slab.free(slab.allocate());
                        }
                    }))
                    .isZero();
        }
    }
}
