package io.millrace.bench.run;

import io.millrace.bench.run.NodeReport.Load;
import io.millrace.dataplane.counters.Counter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * The fixed-column lines of a run, one a second: the columns of every run, and those of what is offered besides. Immutable;
 * allocates.
 */
public final class LiveTable {
    private final List<Column> columns;
    private final String other;
    private final Predicate<Second> bad;

    /** A column of so many characters, the blank before it left out. */
    public record Column(String name, String unit, int width, Function<Second, String> text) {
        String cell(final String content) {
            return String.format(Locale.ROOT, "%" + width + "s", content);
        }
    }

    /**
     * A table of one's own.
     *
     * @param other what the node is called that is not the server.
     * @param bad whether a second had what must not be.
     */
    public LiveTable(final List<Column> columns, final String other, final Predicate<Second> bad) {
        this.columns = List.copyOf(columns);
        this.other = other;
        this.bad = bad;
    }

    /** What the node is called that is not the server. */
    String other() {
        return other;
    }

    /** The table of a run in which this is offered. */
    public static LiveTable of(final Offer offer) {
        final List<Column> columns = new ArrayList<>();
        columns.add(new Column("time", "s", 6, second -> decimal(second.elapsed(), 0)));
        columns.add(ofLoad("opened", 11, Load::allOpened));
        columns.add(ofLoad("closed", 11, Load::allClosed));
        columns.add(ofLoad("failed", 9, Load::allFailed));
        columns.add(new Column(
                "p50", "µs", 9, s -> decimal(s.now().generator().recent().p50(), 1)));
        columns.add(new Column(
                "p99", "µs", 9, s -> decimal(s.now().generator().recent().p99(), 1)));
        if (offer.syns().isPresent()) {
            columns.add(ofLoad("SYNs", 11, LiveTable::syns));
            columns.add(ofServer("cookies", 11, Counter.SYNCOOKIES_SENT));
            columns.add(ofServer("shed", 11, Counter.SYNS_SHED));
        }
        columns.add(new Column("retrans", "/s", 9, s -> count(s.retransmissionsPerSecond())));
        columns.add(gauge("SYN queue", 10, Counter.SYN_QUEUE_ENTRIES));
        if (offer.held() > 0) {
            columns.add(gauge("open", 11, Counter.CONNECTIONS));
        }
        columns.add(gauge("TIME_WAIT", 12, Counter.TIME_WAIT_ENTRIES));
        columns.add(packets("rx", Counter.FRAMES_RECEIVED));
        columns.add(packets("tx", Counter.FRAMES_TRANSMITTED));
        columns.add(new Column("server", "busy", 7, s -> percent(s.server().busy())));
        columns.add(new Column("gen.", "busy", 7, s -> percent(s.generator().busy())));
        return new LiveTable(columns, "generator", second -> second.generator().delta(Load::allFailed) > 0);
    }

    private static Column ofLoad(final String name, final int width, final ToLongFunction<Load> what) {
        return new Column(name, "/s", width, s -> count(s.generator().perSecond(what)));
    }

    private static Column ofServer(final String name, final int width, final Counter counter) {
        return new Column(name, "/s", width, s -> count(s.server().perSecond(counter)));
    }

    private static Column gauge(final String name, final int width, final Counter gauge) {
        return new Column(name, "entries", width, s -> count(s.atServer(gauge)));
    }

    private static Column packets(final String name, final Counter counter) {
        return new Column(name, "Mpps", 8, s -> decimal(s.server().perSecond(counter) / 1e6, 2));
    }

    /** The two head lines: names and units. */
    String head() {
        return line(Column::name) + "\n" + line(Column::unit);
    }

    /** The line of the time between two moments; what must not be goes through {@code ink}. */
    String row(final double elapsedSeconds, final Moment before, final Moment now, final UnaryOperator<String> ink) {
        final Second second = new Second(elapsedSeconds, before, now);
        final String row = line(column -> column.text.apply(second));
        return bad.test(second) ? ink.apply(row) : row;
    }

    private String line(final Function<Column, String> content) {
        return columns.stream()
                .map(column -> column.cell(content.apply(column)))
                .collect(Collectors.joining(" "));
    }

    /** Those that no engine sends; a reference, which is measured in turn, has none. */
    private static long syns(final Load load) {
        return load.blast() == null ? 0 : load.blast().sent();
    }

    /** A whole number with thousands separators. */
    public static String count(final double value) {
        return String.format(Locale.ROOT, "%,d", Math.round(value));
    }

    /** A number with {@code digits} after the point. */
    public static String decimal(final double value, final int digits) {
        return String.format(Locale.ROOT, "%,." + digits + "f", value);
    }

    /** A share as percent. */
    public static String percent(final double share) {
        return String.format(Locale.ROOT, "%.1f%%", share * 100);
    }
}
