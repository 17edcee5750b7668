package io.millrace.linux.peer;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The counters that {@code serve} printed at its end; those that are zero it leaves out. */
record Counters(Map<String, Long> values) {
    private static final Pattern LINE = Pattern.compile("([A-Z][A-Z0-9_]+) +([0-9,]+)  .*");

    static Counters in(final String output) {
        final Map<String, Long> values = new HashMap<>();
        output.lines()
                .map(LINE::matcher)
                .filter(Matcher::matches)
                .forEach(line ->
                        values.put(line.group(1), Long.parseLong(line.group(2).replace(",", ""))));
        return new Counters(values);
    }

    long of(final String name) {
        return values.getOrDefault(name, 0L);
    }
}
