package io.millrace.bench.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.bench.run.LatencyInterval;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;

/**
 * The latencies of all runs in HdrHistogram's log format: a histogram of nanoseconds for each second, tagged with its run
 * where there are several. Stateless.
 */
final class LatencyLog {
    /** The column of the maximum is in microseconds. */
    private static final double NANOS_IN_A_MICRO = 1e3;

    private LatencyLog() {}

    /** Of runs, of each those of its seconds; {@code what} says what they are, and their unit. */
    static byte[] of(final String what, final List<List<LatencyInterval>> runs) {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (PrintStream out = new PrintStream(bytes, false, UTF_8)) {
            final HistogramLogWriter log = new HistogramLogWriter(out);
            log.outputComment("[" + what + "; the maximum in µs]");
            log.outputLogFormatVersion();
            for (int run = 0; run < runs.size(); run++) {
                write(log, runs.get(run), runs.size() == 1 ? null : "run-" + (run + 1));
            }
        }
        return bytes.toByteArray();
    }

    private static void write(final HistogramLogWriter log, final List<LatencyInterval> intervals, final String tag) {
        for (final LatencyInterval interval : intervals) {
            if (log.getBaseTime() == 0) {
                log.setBaseTime(interval.startMillis());
                log.outputBaseTime(interval.startMillis());
                log.outputStartTime(interval.startMillis());
                log.outputLegend();
            }
            final Histogram nanos = interval.nanos();
            nanos.setTag(tag);
            log.outputIntervalHistogram(
                    (interval.startMillis() - log.getBaseTime()) / 1e3,
                    (interval.endMillis() - log.getBaseTime()) / 1e3,
                    nanos,
                    NANOS_IN_A_MICRO);
        }
    }
}
