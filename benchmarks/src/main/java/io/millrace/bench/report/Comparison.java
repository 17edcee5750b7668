package io.millrace.bench.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Two results beside each other: B as a share of A, and what makes the comparison doubtful. Immutable. */
public final class Comparison {
    private static final int ENOUGH_RUNS = 2;
    /** Of the column of names, where no name is longer. */
    private static final int LEAST_WIDTH = 30;

    private final String nameA;
    private final String nameB;
    private final ResultDocument a;
    private final ResultDocument b;
    private final List<Row> rows;

    /** One figure of both. */
    record Row(Metric metric, double a, double b, Ratio ratio) {}

    /** Compares two results, which go by these names. */
    public Comparison(final String nameA, final ResultDocument a, final String nameB, final ResultDocument b) {
        this.nameA = nameA;
        this.nameB = nameB;
        this.a = a;
        this.b = b;
        rows = Metrics.of(a, b).stream()
                .map(metric -> new Row(
                        metric,
                        Metric.mean(metric.of(a)),
                        Metric.mean(metric.of(b)),
                        Ratio.of(metric.of(a), metric.of(b))))
                .toList();
    }

    /** Why two results can't be compared, in one line; empty when they can. */
    public static Optional<String> refusal(
            final String nameA, final ResultDocument a, final String nameB, final ResultDocument b) {
        return a.schema() == b.schema()
                ? Optional.empty()
                : Optional.of("%s is a result of schema %s, %s of %s: give two of the same benchmark"
                        .formatted(nameA, a.schema(), nameB, b.schema()));
    }

    List<Row> rows() {
        return rows;
    }

    /** What differs between the two beside what was measured, and what disturbed either; a line each. */
    List<String> warnings() {
        final List<String> warnings = new ArrayList<>();
        differences(warnings, "machines differ", a.object("machine"), b.object("machine"));
        differences(warnings, "settings differ", ResultDocument.of(a.settings()), ResultDocument.of(b.settings()));
        for (final List<String> node : a.schema().nodes(a)) {
            final ResultDocument ownA = a.object(node.toArray(String[]::new));
            final ResultDocument ownB = b.object(node.toArray(String[]::new));
            if (!ownB.members().isEmpty()) {
                final String what = String.join(" ", node).replace('_', ' ') + " differs";
                differ(warnings, what, "dpdk", ownA.text("dpdk"), ownB.text("dpdk"));
                differ(warnings, what, "device", ownA.text("device"), ownB.text("device"));
            }
        }
        if (Math.min(runs(a), runs(b)) < ENOUGH_RUNS) {
            warnings.add("no interval: measure both with --repeats 2 or more, better 5");
        }
        a.lines("noise").forEach(line -> warnings.add("A was noisy: " + line));
        b.lines("noise").forEach(line -> warnings.add("B was noisy: " + line));
        return warnings;
    }

    /** Runs that count: of a stream result those of the first pairing. */
    private int runs(final ResultDocument result) {
        return rows.stream()
                .filter(row -> row.metric.isIn(result))
                .findFirst()
                .map(row -> row.metric.of(result).length)
                .orElse(0);
    }

    private static void differences(
            final List<String> warnings, final String what, final ResultDocument a, final ResultDocument b) {
        final Set<String> names = new LinkedHashSet<>(a.members().keySet());
        names.addAll(b.members().keySet());
        // what is free at one moment says nothing about the machine
        names.remove("huge_pages_free");
        for (final String name : names) {
            if (a.list(name).isEmpty() || b.list(name).isEmpty()) {
                differ(warnings, what, name, a.text(name), b.text(name));
            } else {
                only(warnings, what, name, "A", a.lines(name), b.lines(name));
                only(warnings, what, name, "B", b.lines(name), a.lines(name));
            }
        }
    }

    private static void only(
            final List<String> warnings,
            final String what,
            final String name,
            final String in,
            final List<String> own,
            final List<String> others) {
        final List<String> rest =
                own.stream().filter(entry -> !others.contains(entry)).toList();
        if (!rest.isEmpty()) {
            warnings.add(
                    "%s: %s has only in %s %s".formatted(what, name.replace('_', ' '), in, String.join(" ", rest)));
        }
    }

    private static void differ(
            final List<String> warnings, final String what, final String name, final String a, final String b) {
        if (!Objects.equals(a, b)) {
            warnings.add("%s: %s is %s in A, %s in B".formatted(what, name.replace('_', ' '), shown(a), shown(b)));
        }
    }

    private static String shown(final String value) {
        return value.isEmpty() ? "nothing" : value;
    }

    /** Aligned columns. */
    public List<String> toLines() {
        final List<String> lines = new ArrayList<>();
        lines.add(heading("A", nameA, a));
        lines.add(heading("B", nameB, b));
        lines.add("");
        final int width = Math.max(
                LEAST_WIDTH,
                rows.stream().mapToInt(row -> row.metric.title().length()).max().orElse(0));
        lines.add(("%-" + width + "s %14s %14s %8s  %-18s")
                .formatted("mean of the runs", "A", "B", "B/A", "95 % interval"));
        for (final Row row : rows) {
            lines.add(("%-" + width + "s %14s %14s %8s  %-18s %s")
                    .formatted(
                            row.metric.title(),
                            ReportPage.decimal(row.a, row.metric.digits()),
                            ReportPage.decimal(row.b, row.metric.digits()),
                            ReportPage.decimal(row.ratio.value(), 3),
                            row.ratio.hasInterval()
                                    ? ReportPage.decimal(row.ratio.low(), 3) + " to "
                                            + ReportPage.decimal(row.ratio.high(), 3)
                                    : "–",
                            row.metric.verdict(row.ratio))
                    .stripTrailing());
        }
        lines.add("");
        lines.add("ratio of geometric means; interval: " + Ratio.METHOD);
        warnings().forEach(warning -> lines.add("warning: " + warning));
        return lines;
    }

    private String heading(final String letter, final String name, final ResultDocument result) {
        final int runs = runs(result);
        return "%s  %s  (%d run%s)  %s".formatted(letter, name, runs, runs == 1 ? "" : "s", result.text("command"));
    }

    /** The same for machines; null where there is no figure. */
    public Map<String, Object> toJson() {
        final Map<String, Object> json = new LinkedHashMap<>();
        json.put("a", side(nameA, a));
        json.put("b", side(nameB, b));
        json.put("confidence", 0.95);
        json.put("method", Ratio.METHOD);
        final List<Map<String, Object>> metrics = new ArrayList<>();
        for (final Row row : rows) {
            final Map<String, Object> metric = new LinkedHashMap<>();
            metric.put("name", row.metric.key());
            metric.put("a", orNull(row.a));
            metric.put("b", orNull(row.b));
            metric.put("ratio", orNull(row.ratio.value()));
            metric.put("low", orNull(row.ratio.low()));
            metric.put("high", orNull(row.ratio.high()));
            metric.put("verdict", row.metric.verdict(row.ratio));
            metrics.add(metric);
        }
        json.put("metrics", metrics);
        json.put("warnings", warnings());
        return json;
    }

    private Map<String, Object> side(final String name, final ResultDocument result) {
        final Map<String, Object> side = new LinkedHashMap<>();
        side.put("path", name);
        side.put("runs", runs(result));
        side.put("command", result.text("command"));
        return side;
    }

    private static Double orNull(final double value) {
        return Double.isFinite(value) ? value : null;
    }
}
