package io.millrace.cli;

import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import java.io.PrintWriter;
import java.util.List;

/** The counters that are not zero, summed over the polling threads, with what each one counts. */
final class CounterTable {
    private CounterTable() {}

    static void print(final PrintWriter out, final List<CounterBlock> blocks) {
        for (final Counter counter : Counter.values()) {
            final long sum =
                    blocks.stream().mapToLong(block -> block.get(counter)).sum();
            if (sum != 0) {
                out.printf("%-28s %,20d  %s%n", counter.name(), sum, counter.sentence());
            }
        }
        out.flush();
    }
}
