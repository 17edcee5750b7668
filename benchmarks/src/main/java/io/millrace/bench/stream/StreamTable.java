package io.millrace.bench.stream;

import io.millrace.bench.run.Interval;
import io.millrace.bench.run.LiveTable;
import io.millrace.bench.run.NodeReport.Latency;
import io.millrace.bench.run.Spread;
import io.millrace.bench.run.Summary;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The runs for people: what is measured, then a line for each pairing and what is to be said of all. Stateless. */
public final class StreamTable {
    private static final String BULK = "%-21s %-18s %8s %16s %12s %12s %8s %15s %15s";
    private static final String EXCHANGE = "%-21s %-18s %11s %22s %9s %9s %9s %9s %8s %15s %15s";

    private StreamTable() {}

    /** What is measured. */
    public static String heading(final StreamPlan plan) {
        return String.format(
                Locale.ROOT,
                "stream: %s, %sMTU %d, %.1f s after %.1f s of warm-up, and up to %.1f s more until it has settled",
                plan.traffic().describe(),
                plan.addressing().version() == 6 ? "IPv6, " : "",
                plan.mtu(),
                plan.duration().toMillis() / 1e3,
                plan.warmUp().toMillis() / 1e3,
                plan.settle().toMillis() / 1e3);
    }

    /** A line for each pairing, its figure the median of its runs, the rest of the run in the middle; then what is of note. */
    public static List<String> summary(final StreamStudy study) {
        final List<String> lines = new ArrayList<>();
        lines.add("");
        lines.add(head(study.plan().traffic()));
        study.pairings().forEach(pairing -> lines.add(row(study, pairing)));
        ratios(study).ifPresent(lines::add);
        study.pairings().forEach(pairing -> lines.addAll(notes(study, pairing)));
        study.profile().ifPresent(profile -> lines.addAll(Summary.profile(profile)));
        return lines;
    }

    private static String head(final Traffic traffic) {
        return traffic.isBulk()
                ? BULK.formatted(
                        "", "link", "Gbit/s", "runs", "segments/s", "answers/s", "retrans", "CPU server", "CPU client")
                : EXCHANGE.formatted(
                        "",
                        "link",
                        "requests/s",
                        "runs",
                        "p50 µs",
                        "p99 µs",
                        "p99.9 µs",
                        "max µs",
                        "retrans",
                        "CPU server",
                        "CPU client");
    }

    private static String row(final StreamStudy study, final Pairing pairing) {
        final StreamResult middle = study.middle(pairing);
        final Spread figure = study.figure(pairing);
        final String link = study.plan().link(pairing);
        if (study.plan().traffic().isBulk()) {
            return BULK.formatted(
                    pairing.label(),
                    link,
                    study.format(figure.median()),
                    runs(study, pairing),
                    LiveTable.count(middle.segmentsPerSecond()),
                    LiveTable.count(middle.answersPerSecond()),
                    LiveTable.count(middle.retransmissions()),
                    cpu(middle.server()),
                    cpu(middle.client()));
        }
        final Latency latency = middle.latency();
        return EXCHANGE.formatted(
                pairing.label(),
                link,
                study.format(figure.median()),
                runs(study, pairing),
                LiveTable.decimal(latency.p50(), 1),
                LiveTable.decimal(latency.p99(), 1),
                LiveTable.decimal(latency.p999(), 1),
                LiveTable.decimal(latency.max(), 1),
                LiveTable.count(middle.retransmissions()),
                cpu(middle.server()),
                cpu(middle.client()));
    }

    /** The least and the most of several runs. */
    private static String runs(final StreamStudy study, final Pairing pairing) {
        final Spread figure = study.figure(pairing);
        return study.counting(pairing).size() == 1
                ? "one"
                : study.format(figure.min()) + " to " + study.format(figure.max());
    }

    /** How much each carried beside Linux alone, by the medians; nothing where that was not measured. */
    static Optional<String> ratios(final StreamStudy study) {
        final Pairing linux = Pairing.KERNEL_KERNEL;
        final String beside = study.pairings().stream()
                .filter(pairing -> pairing != linux)
                .flatMap(pairing -> study.ratioToLinux(pairing).stream()
                        .map(ratio -> "%s over %s %s times"
                                .formatted(pairing.label(), study.plan().link(pairing), LiveTable.decimal(ratio, 2))))
                .collect(Collectors.joining(", "));
        return beside.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        "beside " + linux.label() + " over " + study.plan().link(linux) + ": " + beside);
    }

    private static List<String> notes(final StreamStudy study, final Pairing pairing) {
        final StreamResult middle = study.middle(pairing);
        final List<String> notes = new ArrayList<>();
        final Spread figure = study.figure(pairing);
        if (study.wanted() > 1) {
            notes.add(note(
                    "repeats",
                    "%d of %d runs: median %s %s, %s to %s, %s apart"
                            .formatted(
                                    study.counting(pairing).size(),
                                    study.wanted(),
                                    study.format(figure.median()),
                                    study.unit(),
                                    study.format(figure.min()),
                                    study.format(figure.max()),
                                    LiveTable.percent(figure.relative()))));
        }
        notes.add(note(
                "pauses",
                "server %s; client %s".formatted(Summary.pauses(middle.server()), Summary.pauses(middle.client()))));
        notes.add(note(
                "warm-up",
                "%s s, left out; it had %ssettled"
                        .formatted(LiveTable.decimal(middle.warmUp().seconds(), 1), middle.settled() ? "" : "not ")));
        if (middle.failed() > 0) {
            notes.add(note("failed", LiveTable.count(middle.failed()) + " connections ended before the load did"));
        }
        if (study.pairings().size() > 1) {
            notes.addFirst(pairing.label() + " over " + study.plan().link(pairing));
        }
        return notes;
    }

    private static String note(final String name, final String text) {
        return "  %-16s%s".formatted(name, text);
    }

    /** Cores of the process; of an engine also the share of its polling that found work. */
    private static String cpu(final Interval node) {
        final double busy = StreamResult.busy(node);
        final String cores = LiveTable.decimal(node.cores(), 2);
        return Double.isNaN(busy) ? cores : String.format(Locale.ROOT, "%s, busy %.0f%%", cores, busy * 100);
    }
}
