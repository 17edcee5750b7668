package io.millrace.dpdk;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.millrace.dpdk.ffm.DpdkFunctions;
import io.millrace.dpdk.layout.ExtendedStatsLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Reads a port's counters by name ({@code rte_eth_xstats_get}). */
final class ExtendedStats {
    private ExtendedStats() {}

    static List<ExtendedStat> read(final DpdkFunctions functions, final int port, final String device) {
        try (Arena arena = Arena.ofConfined()) {
            final int size = checked(functions, device, functions.ethdev().xstatsNames(port, MemorySegment.NULL, 0));
            if (size == 0) {
                return List.of();
            }
            final MemorySegment names = arena.allocate((long) size * ExtendedStatsLayout.NAME_STRIDE, Long.BYTES);
            final MemorySegment values = arena.allocate((long) size * ExtendedStatsLayout.STRIDE, Long.BYTES);
            final int named = checked(functions, device, functions.ethdev().xstatsNames(port, names, size));
            final int valued = checked(functions, device, functions.ethdev().xstatsGet(port, values, size));
            final List<ExtendedStat> stats = new ArrayList<>();
            for (int i = 0; i < Math.min(valued, size); i++) {
                final long at = (long) i * ExtendedStatsLayout.STRIDE;
                final long id = values.get(JAVA_LONG, at + ExtendedStatsLayout.ID);
                if (id >= 0 && id < Math.min(named, size)) { // else a counter that has come up since
                    stats.add(new ExtendedStat(
                            names.getString(id * ExtendedStatsLayout.NAME_STRIDE),
                            values.get(JAVA_LONG, at + ExtendedStatsLayout.VALUE)));
                }
            }
            return List.copyOf(stats);
        }
    }

    private static int checked(final DpdkFunctions functions, final String device, final int result) {
        Failure.check(functions, "rte_eth_xstats_get " + device, result, "the port may have been closed");
        return result;
    }
}
