package io.millrace.bench.report;

import static io.millrace.bench.report.Html.escape;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** A result as one page, made of nothing but its JSON; it refers to nothing outside itself. Stateless. */
final class ReportPage {
    /** What is said where nothing disturbed the runs. */
    static final String QUIET =
            "The machine was quiet: every polling thread had its core, the rate had settled, no JVM stopped.";
    /** What is to be known of all runs. */
    static final String ABOUT_RUNS =
            "<p>Each with fresh processes. The warm-up is left out of all figures; it ends when four successive seconds are"
                    + " within 5 % of their mean. What is not said of all runs is of the one in the middle.</p>\n";

    private static final String STYLE = "report.css";
    private static final List<String> NODES = List.of("server", "generator");

    private ReportPage() {}

    /** The page. */
    static String of(final ResultDocument result) {
        final StringBuilder html = new StringBuilder();
        html.append(Headline.of(result));
        html.append(noise(result, QUIET));
        html.append(Tiles.of(result));
        final ReportCharts charts = new ReportCharts(result);
        html.append(Html.section("Rate", charts.rate()));
        section(html, "Beside each other", PartsSection.of(result));
        section(html, "SYNs that no engine sends", charts.syns());
        section(html, "Connections held", charts.held());
        html.append(Html.section("Set-up latency", charts.latency()));
        html.append(Html.section("SYN queue and TIME_WAIT", charts.tables()));
        html.append(Html.section("CPU", charts.cpu()));
        section(html, "Where the time goes", ProfileSection.of(result));
        html.append(Html.section("Runs", runs(result) + stops(result, NODES)));
        section(html, "References", ReferenceTable.of(result));
        html.append(Html.section("Counters", counters(result, NODES)));
        html.append(Html.section("Machine", machine(result, result, NODES)));
        html.append(Html.section("Command", command(result, result.members("settings"))));
        return framed(Headline.figure(result), html.toString());
    }

    /** The page with this content. */
    static String framed(final String title, final String content) {
        return "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/>"
                + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>"
                + "<meta name=\"color-scheme\" content=\"light dark\"/><title>Millrace: " + escape(title)
                + "</title>\n<style>\n" + style() + "</style></head><body>\n" + content + "</body></html>\n";
    }

    private static String style() {
        try (InputStream css = ReportPage.class.getResourceAsStream(STYLE)) {
            if (css == null) {
                throw new IllegalStateException(STYLE + " is missing from the program");
            }
            return new String(css.readAllBytes(), UTF_8);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void section(final StringBuilder html, final String heading, final String content) {
        if (!content.isEmpty()) {
            html.append(Html.section(heading, content));
        }
    }

    /** What disturbed the runs, or that nothing did. */
    static String noise(final ResultDocument result, final String quiet) {
        final List<String> lines = new ArrayList<>(result.lines("noise"));
        if (!result.text("failure").isEmpty()) {
            lines.addFirst("broken off: " + result.text("failure"));
        }
        if (lines.isEmpty()) {
            return "<p class=\"quiet\">" + quiet + "</p>\n";
        }
        return "<div class=\"noise\"><strong>Read these figures with doubt:</strong><ul>"
                + lines.stream().map(line -> "<li>" + escape(line) + "</li>").collect(Collectors.joining())
                + "</ul></div>\n";
    }

    private static String runs(final ResultDocument result) {
        final List<List<String>> rows = new ArrayList<>();
        final int middle = (int) result.number("repeats", "middle");
        for (int i = 0; i < result.runs().size(); i++) {
            final ResultDocument run = result.runs().get(i);
            rows.add(List.of(
                    (i + 1) + (i == middle ? " (middle)" : ""),
                    count(run.number("connections_per_second")),
                    decimal(run.number("latency_us", "p50"), 1),
                    decimal(run.number("latency_us", "p99"), 1),
                    decimal(run.number("latency_us", "p999"), 1),
                    count(run.number("failed")),
                    percent(run.number("busy", "server")),
                    percent(run.number("busy", "generator")),
                    decimal(run.number("warm_up_s"), 1) + (run.isTrue("settled") ? "" : ", not settled")));
        }
        return ABOUT_RUNS
                + Html.table(
                        List.of(
                                "run",
                                "connections/s",
                                "p50, µs",
                                "p99, µs",
                                "p99.9, µs",
                                "failed",
                                "server busy",
                                "generator busy",
                                "warm-up, s"),
                        rows);
    }

    /** What kept the polling threads of each run from their work. */
    static String stops(final ResultDocument result, final List<String> nodes) {
        final List<List<String>> rows = new ArrayList<>();
        for (int i = 0; i < result.runs().size(); i++) {
            for (final String node : nodes) {
                final ResultDocument run = result.runs().get(i);
                rows.add(List.of(
                        (i + 1) + " " + node,
                        count(run.number("stops", node, "collections")),
                        count(run.number("stops", node, "collections_ms")),
                        count(run.number("stops", node, "safepoints")),
                        count(run.number("stops", node, "safepoints_ms")),
                        percent(run.number("stops", node, "core_wait")),
                        count(run.number("stops", node, "core_taken"))));
            }
        }
        return "<h3>What stopped the polling threads</h3>\n"
                + Html.table(
                        List.of(
                                "run, JVM",
                                "collections",
                                "ms",
                                "safepoints",
                                "ms",
                                "waited for its core",
                                "core taken, times"),
                        rows);
    }

    /** By how much the counters of two nodes grew. */
    static String counters(final ResultDocument result, final List<String> nodes) {
        final Map<String, Object> server = result.members(nodes.getFirst(), "counters");
        final Map<String, Object> other = result.members(nodes.getLast(), "counters");
        final TreeSet<String> names = new TreeSet<>(server.keySet());
        names.addAll(other.keySet());
        return "<p>By how much each grew in the measured time; those of value 0 are left out.</p>\n"
                + Html.table(
                        List.of("counter", nodes.getFirst(), nodes.getLast()),
                        names.stream()
                                .map(name -> List.of(name, growth(server, name), growth(other, name)))
                                .toList());
    }

    private static String growth(final Map<String, Object> counters, final String name) {
        return text(counters.getOrDefault(name, 0));
    }

    /** What the machine is, and what of a result's part each of its nodes tells of itself. */
    static String machine(final ResultDocument result, final ResultDocument part, final List<String> nodes) {
        final List<List<String>> facts = new ArrayList<>();
        add(facts, result.members("machine"), "");
        for (final String node : nodes) {
            final Map<String, Object> own = new LinkedHashMap<>(part.members(node));
            own.remove("counters");
            add(facts, own, node + ": ");
        }
        return Html.facts(facts);
    }

    /** The command, and what it has set. */
    static String command(final ResultDocument result, final Map<String, Object> settings) {
        final List<List<String>> facts = new ArrayList<>();
        add(facts, settings, "");
        return "<pre>" + escape(result.text("command")) + "</pre>\n" + Html.facts(facts);
    }

    private static void add(final List<List<String>> pairs, final Map<String, Object> facts, final String prefix) {
        facts.forEach((name, value) -> pairs.add(List.of(prefix + name.replace('_', ' '), text(value))));
    }

    private static String text(final Object value) {
        return switch (value) {
            case null -> "none";
            case final List<?> list -> list.stream().map(String::valueOf).collect(Collectors.joining(" "));
            case final Integer number -> count(number);
            case final Long number -> count(number);
            default -> value.toString().isEmpty() ? "none" : value.toString();
        };
    }

    /** A whole number with thousands separators; a dash where nothing is known. */
    static String count(final double value) {
        return !Double.isFinite(value) ? "–" : String.format(Locale.ROOT, "%,d", Math.round(value));
    }

    /** A number with {@code digits} after the point; a dash where nothing is known. */
    static String decimal(final double value, final int digits) {
        return !Double.isFinite(value) ? "–" : String.format(Locale.ROOT, "%,." + digits + "f", value);
    }

    /** A time given in microseconds, in the unit that suits it. */
    static String micros(final double micros) {
        final double value = micros < 1e3 ? micros : micros < 1e6 ? micros / 1e3 : micros / 1e6;
        final String unit = micros < 1e3 ? " µs" : micros < 1e6 ? " ms" : " s";
        return decimal(value, value < 10 ? 1 : 0) + unit;
    }

    static String percent(final double share) {
        return Double.isNaN(share) ? "–" : decimal(share * 100, 1) + " %";
    }
}
