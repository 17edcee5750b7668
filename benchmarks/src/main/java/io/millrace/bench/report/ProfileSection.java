package io.millrace.bench.report;

import static io.millrace.bench.report.ReportPage.count;
import static io.millrace.bench.report.ReportPage.decimal;
import static io.millrace.bench.report.ReportPage.percent;

import io.millrace.bench.profile.Room;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Where the polling threads spent their time: bars by room, and the hottest methods. Stateless. */
final class ProfileSection {
    private ProfileSection() {}

    /** The content of the section; empty where no profile was made. */
    static String of(final ResultDocument result) {
        final ResultDocument profile = result.object("profile");
        final List<ResultDocument> threads = profile.objects("threads");
        if (!result.isThere("profile")) {
            return "";
        }
        final String missing = profile.text("missing");
        final StringBuilder html =
                new StringBuilder(missing.isEmpty() ? "" : Html.paragraph("No more: " + missing + "."));
        if (!threads.isEmpty()) {
            html.append(Html.paragraph(about(profile, threads)));
            html.append(ReportCharts.charts(
                    threads.stream().map(ProfileSection::bars).toArray(String[]::new)));
            html.append(ReportCharts.charts(
                    threads.stream().map(ProfileSection::methods).toArray(String[]::new)));
        }
        return html.toString();
    }

    private static String about(final ResultDocument profile, final List<ResultDocument> threads) {
        return ("Of one more run, whose polling threads were sampled every %s ms of their CPU time (%s); it had %s of the median"
                        + " and is in no other figure. %s. A method's time is also that of the JDK's and the libraries' below it."
                        + " Polling in vain is not told from work, except by the share of time in duty cycles that found some,"
                        + " which is called busy.")
                .formatted(
                        decimal(profile.number("period_ms"), 0),
                        profile.text("sampler"),
                        percent(profile.number("of_median")),
                        threads.stream()
                                .map(thread -> "%s: %s samples, %s lost, %s failed"
                                        .formatted(
                                                name(thread),
                                                count(thread.number("samples")),
                                                count(thread.number("lost")),
                                                count(thread.number("failed"))))
                                .collect(Collectors.joining("; ")));
    }

    private static String name(final ResultDocument thread) {
        final double threads = thread.number("count");
        return "%s, %s".formatted(thread.text("node"), thread.text("role"))
                + (threads > 1 ? " (" + count(threads) + " threads)" : "");
    }

    private static String bars(final ResultDocument thread) {
        final List<Bars.Bar> bars = thread.members("rooms").entrySet().stream()
                .map(room -> new Bars.Bar(
                        label(room.getKey()), ((Number) room.getValue()).doubleValue(), color(room.getKey())))
                .toList();
        return new Bars(
                        "Polling time of the %s; %s of it busy".formatted(name(thread), percent(thread.number("busy"))),
                        bars)
                .toHtml();
    }

    /** The same in all charts. */
    private static int color(final String key) {
        return Arrays.stream(Room.values())
                .filter(room -> room.key().equals(key))
                .mapToInt(Room::ordinal)
                .findFirst()
                .orElse(0);
    }

    private static String label(final String key) {
        return Arrays.stream(Room.values())
                .filter(room -> room.key().equals(key))
                .map(Room::label)
                .findFirst()
                .orElse(key);
    }

    private static String methods(final ResultDocument thread) {
        final List<List<String>> rows = new ArrayList<>();
        for (final ResultDocument method : thread.objects("methods")) {
            rows.add(List.of(method.text("method"), label(method.text("room")), percent(method.number("share"))));
        }
        return "<div><h3>" + Html.escape("Hottest methods of the " + name(thread)) + "</h3>\n"
                + Html.table(List.of("method", "room", "share"), rows)
                + "</div>\n";
    }
}
