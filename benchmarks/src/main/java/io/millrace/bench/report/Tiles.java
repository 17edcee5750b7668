package io.millrace.bench.report;

import static io.millrace.bench.report.Html.escape;
import static io.millrace.bench.report.ReportPage.count;
import static io.millrace.bench.report.ReportPage.decimal;
import static io.millrace.bench.report.ReportPage.micros;

/** The figures at a glance, below the headline. Stateless. */
final class Tiles {
    private Tiles() {}

    static String of(final ResultDocument result) {
        final StringBuilder html = new StringBuilder("<div class=\"tiles\">");
        tile(html, "p50 of set-up", micros(result.number("latency_us", "p50")));
        tile(html, "p99", micros(result.number("latency_us", "p99")));
        tile(html, "p99.9", micros(result.number("latency_us", "p999")));
        tile(html, "failed", count(result.number("failed")));
        if (!Double.isNaN(result.number("succeeded_at_first_try"))) {
            tile(html, "at the first try", share(result.number("succeeded_at_first_try")));
        }
        if (!result.members("flood").isEmpty()) {
            tile(html, "cookies/s", count(result.number("flood", "cookies_per_second")));
        }
        if (!result.members("clients").isEmpty()) {
            tile(html, "SYNs/s shed", count(result.number("clients", "shed_per_second")));
        }
        if (!result.members("held").isEmpty()) {
            tile(html, "held and lost", count(result.number("held", "lost")));
            tile(
                    html,
                    "bytes each",
                    decimal(result.number("held", "table_bytes") / result.number("held", "at_server"), 1));
        }
        tile(html, "sent again", count(result.number("retransmissions")));
        tile(html, "in TIME_WAIT", count(result.number("time_wait", "entries")));
        tile(html, "limited by", result.text("limited_by"));
        return html.append("</div>\n").toString();
    }

    /** One of them. */
    static void tile(final StringBuilder html, final String name, final String value) {
        html.append("<div><b>").append(escape(value)).append("</b><span>");
        html.append(escape(name)).append("</span></div>");
    }

    /** A share whose distance to all is what matters. */
    static String share(final double share) {
        return decimal(share * 100, 3) + " %";
    }
}
