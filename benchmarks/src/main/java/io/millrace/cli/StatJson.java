package io.millrace.cli;

import com.fasterxml.jackson.jr.ob.JSON;
import io.millrace.dataplane.counters.CountersReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Counters for machines: one JSON object a line. Any thread; allocates. */
final class StatJson {
    private StatJson() {}

    static void print(final PrintWriter out, final CountersReader reader) throws IOException {
        final Map<String, Object> json = new LinkedHashMap<>();
        json.put("process", reader.processId());
        json.put("started_ms", reader.startMillis());
        json.put("time_ms", System.currentTimeMillis());
        final Map<String, Object> threads = new LinkedHashMap<>();
        final List<String> blocks = reader.blockNames();
        for (int block = 0; block < blocks.size(); block++) {
            threads.put(blocks.get(block), block(reader, block));
        }
        json.put("threads", threads);
        json.put(
                "listeners",
                reader.listeners().stream()
                        .map(listener -> listener(reader, listener))
                        .toList());
        final Map<String, Map<String, Long>> figures = new LinkedHashMap<>();
        for (final CountersReader.Figure figure : reader.figures()) {
            figures.computeIfAbsent(figure.owner(), owner -> new LinkedHashMap<>())
                    .put(figure.name(), figure.value());
        }
        json.put("ports", figures);
        out.println(JSON.std.asString(json));
    }

    private static Map<String, Object> listener(final CountersReader reader, final CountersReader.Listener listener) {
        final Map<String, Object> values = new LinkedHashMap<>();
        values.put("local", listener.local());
        values.put("thread", listener.thread());
        for (int i = 0; i < reader.listenerCounters().size(); i++) {
            values.put(
                    reader.listenerCounters().get(i).name(), listener.values().get(i));
        }
        return values;
    }

    private static Map<String, Long> block(final CountersReader reader, final int block) {
        final Map<String, Long> values = new LinkedHashMap<>();
        for (int i = 0; i < reader.counters().size(); i++) {
            values.put(reader.counters().get(i).name(), reader.value(block, i));
        }
        return values;
    }
}
