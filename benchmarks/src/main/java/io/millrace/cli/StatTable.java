package io.millrace.cli;

import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CountersDirectory;
import io.millrace.dataplane.counters.CountersReader;
import io.millrace.dataplane.counters.CountersReader.Figure;
import io.millrace.dataplane.counters.CountersReader.Named;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Counters for people: a line each in fixed columns, summed over the threads; from the second print on with what was added
 * since the one before, and how much of it a second. One thread; allocates.
 */
final class StatTable {
    private static final String FIRST = "%-34s %20s%s%n";
    private static final String LATER = "%-34s %20s %16s %16s%s%n";
    private static final double NANOS = 1e9;

    private final CountersReader reader;
    private final boolean zeros;
    private final boolean explain;
    private final Map<String, Long> before = new HashMap<>();
    private long beforeNanos;
    private boolean later;

    StatTable(final CountersReader reader, final boolean zeros, final boolean explain) {
        this.reader = reader;
        this.zeros = zeros;
        this.explain = explain;
    }

    void print(final PrintWriter out, final long nowNanos) {
        final Duration age = Duration.ofMillis(System.currentTimeMillis() - reader.startMillis());
        out.printf("#millrace %d, up %d s, threads %s%n", reader.processId(), age.toSeconds(), reader.blockNames());
        final double seconds = (nowNanos - beforeNanos) / NANOS;
        final List<Named> counters = reader.counters();
        for (int i = 0; i < counters.size(); i++) {
            final Named counter = counters.get(i);
            line(out, counter.name(), reader.sum(i), counter.isGauge(), seconds, explain ? explanation(counter) : "");
        }
        for (final Figure figure : reader.figures()) {
            line(out, figure.owner() + " " + figure.name(), figure.value(), false, seconds, "");
        }
        beforeNanos = nowNanos;
        later = true;
    }

    private void line(
            final PrintWriter out,
            final String name,
            final long value,
            final boolean gauge,
            final double seconds,
            final String explanation) {
        final Long last = before.put(name, value);
        if (value == 0 && (last == null || last == 0) && !zeros) {
            return;
        }
        if (!later) {
            out.printf(FIRST, name, "%,d".formatted(value), explanation);
            return;
        }
        final long added = value - (last == null ? 0 : last);
        final String rate = gauge ? "" : "%,.1f/s".formatted(added / seconds);
        out.printf(LATER, name, "%,d".formatted(value), "%+,d".formatted(added), rate, explanation);
    }

    private static String explanation(final Named counter) {
        return "  " + counter.sentence() + (counter.linuxName().isEmpty() ? "" : " (" + counter.linuxName() + ")");
    }

    /** Every counter there is, with its sentence and Linux's name. */
    static void printNames(final PrintWriter out) {
        for (final Counter counter : Counter.values()) {
            out.printf(
                    "%-34s %s%s%n",
                    counter.name(),
                    counter.sentence(),
                    counter.linuxName().map(name -> " (" + name + ")").orElse(""));
        }
    }

    /** The processes that have counters, and those that have left some behind. */
    static void printProcesses(final PrintWriter out, final List<CountersDirectory.Entry> entries) {
        out.printf("%-10s %-9s %10s  %s%n", "PID", "STATE", "SECONDS", "FILE");
        for (final CountersDirectory.Entry entry : entries) {
            out.printf(
                    "%-10d %-9s %10d  %s%n",
                    entry.processId(),
                    entry.running() ? "running" : "gone",
                    (System.currentTimeMillis() - entry.startMillis()) / 1000,
                    entry.file());
        }
    }
}
