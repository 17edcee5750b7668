package io.millrace.bench.run;

import static io.millrace.bench.run.LiveTable.count;
import static io.millrace.bench.run.LiveTable.decimal;
import static io.millrace.bench.run.LiveTable.percent;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The parts of a study beside each other, for people and for machines: the run in the middle of each. Stateless. */
final class PartsTable {
    private static final String ROW = "  %-28s %14s %9s %10s %10s %10s %9s %12s  %s";

    private PartsTable() {}

    /** Lines; none where there is one part. */
    static List<String> of(final Study study) {
        if (!study.compares()) {
            return List.of();
        }
        final List<String> lines = new ArrayList<>();
        lines.add("");
        lines.add(ROW.formatted(
                "beside each other",
                "connections/s",
                "of first",
                "due/s",
                "p50",
                "p99",
                "server",
                "server work",
                "limit"));
        lines.add(ROW.formatted("", "", "", "", "µs", "µs", "busy", "ns/conn.", ""));
        for (final Study.Measured part : study.parts()) {
            final BenchResult middle = part.repeats().middle();
            lines.add(ROW.formatted(
                            part.name(),
                            count(part.repeats().rate().median()),
                            percent(study.shareOfFirst(part)),
                            middle.plan().offer().isOpenLoop() ? count(middle.offeredPerSecond()) : "–",
                            decimal(middle.latency().p50(), 1),
                            decimal(middle.latency().p99(), 1),
                            percent(middle.server().busy()),
                            count(middle.serverNanosPerConnection()),
                            middle.limit())
                    .stripTrailing());
        }
        return lines;
    }

    /** The same as JSON. */
    static List<Map<String, Object>> toJson(final Study study) {
        return study.parts().stream().map(part -> toJson(study, part)).toList();
    }

    private static Map<String, Object> toJson(final Study study, final Study.Measured part) {
        final BenchResult middle = part.repeats().middle();
        final Map<String, Object> json = ResultJson.ordered(
                "name",
                part.name(),
                "of_first",
                ResultJson.orNull(study.shareOfFirst(part)),
                "offered_per_second",
                middle.plan().offer().isOpenLoop() ? ResultJson.rounded(middle.offeredPerSecond()) : null);
        json.putAll(ResultJson.repeats(part.repeats()));
        return json;
    }
}
