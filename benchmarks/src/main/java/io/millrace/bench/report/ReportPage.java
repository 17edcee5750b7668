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
    private static final String STYLE = "report.css";

    private ReportPage() {}

    /** The page. */
    static String of(final ResultDocument result) {
        final StringBuilder html = new StringBuilder();
        html.append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/>");
        html.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>");
        html.append("<meta name=\"color-scheme\" content=\"light dark\"/><title>Millrace: ");
        html.append(escape(Headline.figure(result)))
                .append("</title>\n<style>\n")
                .append(style())
                .append("</style></head><body>\n");
        html.append(Headline.of(result));
        html.append(noise(result));
        html.append(Tiles.of(result));
        final ReportCharts charts = new ReportCharts(result);
        html.append(Html.section("Rate", charts.rate()));
        section(html, "Beside each other", PartsSection.of(result));
        section(html, "SYNs that no engine sends", charts.syns());
        section(html, "Connections held", charts.held());
        html.append(Html.section("Set-up latency", charts.latency()));
        html.append(Html.section("SYN queue and TIME_WAIT", charts.tables()));
        html.append(Html.section("CPU", charts.cpu()));
        html.append(Html.section("Runs", runs(result) + stops(result)));
        section(html, "References", ReferenceTable.of(result));
        html.append(Html.section("Counters", counters(result)));
        html.append(Html.section("Machine", machine(result)));
        html.append(Html.section("Command", command(result)));
        return html.append("</body></html>\n").toString();
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

    private static void section(final StringBuilder html, final String heading, final String content) {
        if (!content.isEmpty()) {
            html.append(Html.section(heading, content));
        }
    }

    private static String noise(final ResultDocument result) {
        final List<String> lines = new ArrayList<>(result.lines("noise"));
        if (!result.text("failure").isEmpty()) {
            lines.addFirst("broken off: " + result.text("failure"));
        }
        if (lines.isEmpty()) {
            return "<p class=\"quiet\">The machine was quiet: every polling thread had its core, the rate had settled,"
                    + " no JVM stopped.</p>\n";
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
        return "<p>Each with fresh processes. The warm-up is left out of all figures; it ends when four successive seconds are"
                + " within 5 % of their mean. What is not said of all runs is of the one in the middle.</p>\n"
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

    private static String stops(final ResultDocument result) {
        final List<List<String>> rows = new ArrayList<>();
        for (int i = 0; i < result.runs().size(); i++) {
            for (final String node : List.of("server", "generator")) {
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

    private static String counters(final ResultDocument result) {
        final Map<String, Object> server = result.members("server", "counters");
        final Map<String, Object> generator = result.members("generator", "counters");
        final TreeSet<String> names = new TreeSet<>(server.keySet());
        names.addAll(generator.keySet());
        return "<p>By how much each grew in the measured time; those of value 0 are left out.</p>\n"
                + Html.table(
                        List.of("counter", "server", "generator"),
                        names.stream()
                                .map(name -> List.of(name, growth(server, name), growth(generator, name)))
                                .toList());
    }

    private static String growth(final Map<String, Object> counters, final String name) {
        return text(counters.getOrDefault(name, 0));
    }

    private static String machine(final ResultDocument result) {
        final List<List<String>> facts = new ArrayList<>();
        add(facts, result.members("machine"), "");
        for (final String node : List.of("server", "generator")) {
            final Map<String, Object> own = new LinkedHashMap<>(result.members(node));
            own.remove("counters");
            add(facts, own, node + ": ");
        }
        return Html.facts(facts);
    }

    private static String command(final ResultDocument result) {
        final List<List<String>> settings = new ArrayList<>();
        add(settings, result.members("settings"), "");
        return "<pre>" + escape(result.text("command")) + "</pre>\n" + Html.facts(settings);
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
