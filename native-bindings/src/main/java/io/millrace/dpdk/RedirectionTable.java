package io.millrace.dpdk;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.millrace.dpdk.layout.DeviceConfigurationLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Writes queue numbers as {@code struct rte_eth_rss_reta_entry64}s, 64 in each. */
final class RedirectionTable {
    private static final int GROUP = 64;

    private RedirectionTable() {}

    static MemorySegment of(final Arena arena, final int[] queues) {
        final int groups = (queues.length + GROUP - 1) / GROUP;
        final MemorySegment entries = arena.allocate((long) groups * DeviceConfigurationLayout.RETA_STRIDE, Long.BYTES);
        for (int i = 0; i < queues.length; i++) {
            final long group = (long) (i / GROUP) * DeviceConfigurationLayout.RETA_STRIDE;
            final long mask = entries.get(JAVA_LONG, group + DeviceConfigurationLayout.RETA_MASK);
            entries.set(JAVA_LONG, group + DeviceConfigurationLayout.RETA_MASK, mask | 1L << i % GROUP);
            entries.set(JAVA_SHORT, group + DeviceConfigurationLayout.RETA_ENTRIES + i % GROUP * 2L, (short) queues[i]);
        }
        return entries;
    }
}
