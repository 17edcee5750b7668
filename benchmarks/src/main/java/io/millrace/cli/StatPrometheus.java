package io.millrace.cli;

import io.millrace.dataplane.counters.CountersReader;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Counters in Prometheus' text format: a metric for each counter, with the process and the thread as labels, one for each of
 * the listeners' counters with the listener as a label besides, and one for the figures of the devices. Any thread; allocates.
 */
final class StatPrometheus {
    private StatPrometheus() {}

    static void print(final PrintWriter out, final CountersReader reader) throws IOException {
        final MetricSnapshots.Builder metrics = MetricSnapshots.builder();
        for (int i = 0; i < reader.counters().size(); i++) {
            metrics.metricSnapshot(metric(reader, i));
        }
        final List<CountersReader.Listener> listeners = reader.listeners();
        for (int i = 0; i < reader.listenerCounters().size(); i++) {
            metrics.metricSnapshot(listenerMetric(reader, listeners, i));
        }
        metrics.metricSnapshot(figures(reader));
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrometheusTextFormatWriter.create().write(bytes, metrics.build());
        out.print(bytes.toString(StandardCharsets.UTF_8));
    }

    private static MetricSnapshot metric(final CountersReader reader, final int counter) {
        final List<String> blocks = reader.blockNames();
        final List<Point> points = new ArrayList<>();
        for (int block = 0; block < blocks.size(); block++) {
            points.add(new Point(labels(reader, "thread", blocks.get(block)), reader.value(block, counter)));
        }
        return metric("millrace_", reader.counters().get(counter), points);
    }

    private static MetricSnapshot listenerMetric(
            final CountersReader reader, final List<CountersReader.Listener> listeners, final int counter) {
        final List<Point> points = listeners.stream()
                .map(listener -> new Point(
                        labels(reader, "thread", listener.thread()).merge(Labels.of("local", listener.local())),
                        listener.values().get(counter)))
                .toList();
        return metric("millrace_listener_", reader.listenerCounters().get(counter), points);
    }

    private record Point(Labels labels, long value) {}

    private static MetricSnapshot metric(
            final String prefix, final CountersReader.Named named, final List<Point> points) {
        final String name = prefix + named.name().toLowerCase(Locale.ROOT);
        if (named.isGauge()) {
            final GaugeSnapshot.Builder gauge =
                    GaugeSnapshot.builder().name(name).help(named.sentence());
            points.forEach(point -> gauge.dataPoint(GaugeDataPointSnapshot.builder()
                    .labels(point.labels)
                    .value(point.value)
                    .build()));
            return gauge.build();
        }
        final CounterSnapshot.Builder count =
                CounterSnapshot.builder().name(name).help(named.sentence());
        points.forEach(point -> count.dataPoint(CounterDataPointSnapshot.builder()
                .labels(point.labels)
                .value(Math.max(0, point.value))
                .build()));
        return count.build();
    }

    private static MetricSnapshot figures(final CountersReader reader) {
        final GaugeSnapshot.Builder gauge =
                GaugeSnapshot.builder().name("millrace_device_figure").help("What devices count themselves");
        for (final CountersReader.Figure figure : reader.figures()) {
            gauge.dataPoint(GaugeDataPointSnapshot.builder()
                    .labels(labels(reader, "port", figure.owner()).merge(Labels.of("figure", figure.name())))
                    .value(figure.value())
                    .build());
        }
        return gauge.build();
    }

    private static Labels labels(final CountersReader reader, final String name, final String value) {
        return Labels.of("process", String.valueOf(reader.processId()), name, value);
    }
}
