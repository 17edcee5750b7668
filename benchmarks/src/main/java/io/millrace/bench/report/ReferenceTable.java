package io.millrace.bench.report;

import static io.millrace.bench.report.ReportPage.count;
import static io.millrace.bench.report.ReportPage.decimal;
import static io.millrace.bench.report.ReportPage.percent;

import java.util.ArrayList;
import java.util.List;

/** What was measured in turn with the engine, as a table of the report. Stateless. */
final class ReferenceTable {
    private ReferenceTable() {}

    /** The table; empty where nothing was. */
    static String of(final ResultDocument result) {
        final List<List<String>> rows = new ArrayList<>();
        for (final ResultDocument reference : result.objects("references")) {
            final boolean limit = !Double.isNaN(reference.number("share"));
            final boolean there = limit || !Double.isNaN(reference.number("times_per_core"));
            rows.add(List.of(
                    reference.text("label"),
                    !there
                            ? "no figure"
                            : count(
                                    limit
                                            ? reference.number("connections_per_second")
                                            : reference.number("connections_per_second", "median")),
                    !there ? "" : percent(reference.number("server_cpus_busy")),
                    !there
                            ? reference.text("missing")
                            : limit
                                    ? percent(reference.number("share")) + " of it"
                                    : decimal(reference.number("times_per_core"), 1) + " times it, core for core"));
        }
        return rows.isEmpty()
                ? ""
                : "<p>Measured in turn with the runs above. A limit is frames that go there and back with no TCP, as many for a"
                        + " connection as TCP takes.</p>\n"
                        + Html.table(List.of("reference", "connections/s", "server's CPUs busy", "Millrace has"), rows);
    }
}
