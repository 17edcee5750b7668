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
import java.util.List;
import java.util.Locale;

/**
 * Counters in Prometheus' text format: a metric for each counter, with the process and the thread as labels, and one for
 * the figures of the devices. Any thread; allocates.
 */
final class StatPrometheus {
    private StatPrometheus() {}

    static void print(final PrintWriter out, final CountersReader reader) throws IOException {
        final MetricSnapshots.Builder metrics = MetricSnapshots.builder();
        for (int i = 0; i < reader.counters().size(); i++) {
            metrics.metricSnapshot(metric(reader, i));
        }
        metrics.metricSnapshot(figures(reader));
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrometheusTextFormatWriter.create().write(bytes, metrics.build());
        out.print(bytes.toString(StandardCharsets.UTF_8));
    }

    private static MetricSnapshot metric(final CountersReader reader, final int counter) {
        final CountersReader.Named named = reader.counters().get(counter);
        final String name = "millrace_" + named.name().toLowerCase(Locale.ROOT);
        final List<String> blocks = reader.blockNames();
        if (named.isGauge()) {
            final GaugeSnapshot.Builder gauge =
                    GaugeSnapshot.builder().name(name).help(named.sentence());
            for (int block = 0; block < blocks.size(); block++) {
                gauge.dataPoint(GaugeDataPointSnapshot.builder()
                        .labels(labels(reader, "thread", blocks.get(block)))
                        .value(reader.value(block, counter))
                        .build());
            }
            return gauge.build();
        }
        final CounterSnapshot.Builder count =
                CounterSnapshot.builder().name(name).help(named.sentence());
        for (int block = 0; block < blocks.size(); block++) {
            count.dataPoint(CounterDataPointSnapshot.builder()
                    .labels(labels(reader, "thread", blocks.get(block)))
                    .value(Math.max(0, reader.value(block, counter)))
                    .build());
        }
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
