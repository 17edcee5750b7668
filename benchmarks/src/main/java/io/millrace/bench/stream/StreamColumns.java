package io.millrace.bench.stream;

import io.millrace.bench.run.LiveTable;
import io.millrace.bench.run.LiveTable.Column;
import io.millrace.bench.run.Second;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** The columns of the lines of a run, one a second. Stateless. */
public final class StreamColumns {
    private StreamColumns() {}

    /** The table of a run with this traffic. */
    public static LiveTable of(final Traffic traffic) {
        final List<Column> columns = new ArrayList<>();
        columns.add(new Column("time", "s", 6, second -> LiveTable.decimal(second.elapsed(), 0)));
        if (traffic.isBulk()) {
            columns.add(new Column(
                    "text", "Gbit/s", 9, second -> LiveTable.decimal(StreamResult.gigabits(traffic, second), 2)));
            columns.add(count("segments", second -> StreamResult.segmentsPerSecond(traffic, second)));
            columns.add(count("answers", second -> StreamResult.answersPerSecond(traffic, second)));
        } else {
            columns.add(count("requests", StreamResult::exchangesPerSecond));
            columns.add(new Column(
                    "p50",
                    "µs",
                    11,
                    second ->
                            LiveTable.decimal(second.now().generator().recent().p50(), 1)));
            columns.add(new Column(
                    "p99",
                    "µs",
                    11,
                    second ->
                            LiveTable.decimal(second.now().generator().recent().p99(), 1)));
        }
        columns.add(count("retrans", Second::retransmissionsPerSecond));
        columns.add(new Column("server", "busy", 7, second -> busy(StreamResult.busy(second.server()))));
        columns.add(new Column("client", "busy", 7, second -> busy(StreamResult.busy(second.generator()))));
        return new LiveTable(columns, "client", second -> StreamResult.failed(second) > 0);
    }

    private static Column count(final String name, final Function<Second, Double> perSecond) {
        return new Column(name, "/s", 11, second -> LiveTable.count(perSecond.apply(second)));
    }

    /** The kernel does not poll. */
    private static String busy(final double share) {
        return Double.isNaN(share) ? "–" : LiveTable.percent(share);
    }
}
