package io.millrace.linux.peer;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Counters by their names: those that {@code serve} printed at its end, which leaves out zeros, or the kernel's. */
record Counters(Map<String, Long> values) {
    private static final Pattern LINE = Pattern.compile("([A-Z][A-Z0-9_]+) +([0-9,]+)  .*");
    private static final Pattern KERNEL_LINE = Pattern.compile("([A-Za-z0-9]+) +([0-9]+) +[0-9.]+");

    static Counters in(final String output) {
        return read(LINE, output);
    }

    /** What {@code nstat -asz} printed. */
    static Counters ofKernel(final String output) {
        return read(KERNEL_LINE, output);
    }

    private static Counters read(final Pattern pattern, final String output) {
        final Map<String, Long> values = new HashMap<>();
        output.lines()
                .map(pattern::matcher)
                .filter(Matcher::matches)
                .forEach(line ->
                        values.put(line.group(1), Long.parseLong(line.group(2).replace(",", ""))));
        return new Counters(values);
    }

    /** Those of the named counters that are not zero. */
    Map<String, Long> notZero(final Collection<String> names) {
        final Map<String, Long> found = new TreeMap<>(values);
        found.keySet().retainAll(names);
        found.values().removeIf(value -> value == 0);
        return found;
    }

    long of(final String name) {
        return values.getOrDefault(name, 0L);
    }
}
