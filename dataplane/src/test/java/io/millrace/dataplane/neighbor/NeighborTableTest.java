package io.millrace.dataplane.neighbor;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dataplane.Allocations;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NeighborTableTest {
    private final NeighborTable table = new NeighborTable(8);

    @AfterEach
    void closeTable() {
        table.close();
    }

    @Test
    void shouldNeverGiveAReaderTheAddressOfAnotherNeighbor() throws InterruptedException {
        final AtomicBoolean done = new AtomicBoolean();
        final AtomicLong wrong = new AtomicLong();
        final AtomicLong found = new AtomicLong();
        final Thread reader = new Thread(() -> {
            while (!done.get()) {
                for (int ip = 1; ip < 64; ip++) {
                    final long mac = table.macOf(ip * 3L, ip);
                    if (mac != 0) {
                        found.incrementAndGet();
                        if (mac >>> 8 != ip) {
                            wrong.incrementAndGet();
                        }
                    }
                }
            }
        });
        reader.start();
        for (int round = 0; round < 300_000 || found.get() == 0; round++) {
            final int ip = 1 + round % 63;
            final int known = table.find(ip * 3L, ip);
            final int slot = known >= 0 ? known : table.victimFor(ip * 3L, ip);
            if (known < 0) {
                table.remove(slot);
                table.insert(slot, ip * 3L, ip);
                table.state(slot, NeighborTable.STALE, round);
            }
            table.mac(slot, (long) ip << 8 | round & 0xff);
        }
        done.set(true);
        reader.join();
        assertThat(wrong.get()).isZero();
    }

    @Test
    void shouldAllocateNothingOnALookUp() {
        table.insert(table.victimFor(6, 7), 6, 7);
        table.mac(table.find(6, 7), 99);

        assertThat(Allocations.bytesPer50Thousand(() -> table.macOf(6, 7))).isZero();
    }
}
