package io.millrace.bench.report;

import java.util.Collection;
import java.util.List;

/** Pieces of a page that is well-formed XML too. Stateless. */
final class Html {
    private Html() {}

    /** The text with what would be markup made harmless. */
    static String escape(final String text) {
        final StringBuilder safe = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            final char c = text.charAt(i);
            switch (c) {
                case '&' -> safe.append("&amp;");
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '"' -> safe.append("&quot;");
                case '\t', '\n' -> safe.append(' ');
                default -> safe.append(c < ' ' || c == '\u007f' ? '\ufffd' : c);
            }
        }
        return safe.toString();
    }

    /** A section with a heading. */
    static String section(final String heading, final String content) {
        return "<section><h2>" + escape(heading) + "</h2>\n" + content + "</section>\n";
    }

    /** A paragraph of text. */
    static String paragraph(final String text) {
        return "<p>" + escape(text) + "</p>\n";
    }

    /** Names and what they stand for. */
    static String facts(final Collection<List<String>> pairs) {
        final StringBuilder html = new StringBuilder("<table class=\"facts\"><tbody>\n");
        for (final List<String> pair : pairs) {
            html.append("<tr><th>").append(escape(pair.get(0)));
            html.append("</th><td>").append(escape(pair.get(1))).append("</td></tr>\n");
        }
        return html.append("</tbody></table>\n").toString();
    }

    /** A table whose first column names the row; the others are figures. */
    static String table(final List<String> head, final Collection<List<String>> rows) {
        final StringBuilder html = new StringBuilder("<table class=\"figures\"><thead><tr>");
        head.forEach(name -> html.append("<th>").append(escape(name)).append("</th>"));
        html.append("</tr></thead><tbody>\n");
        for (final List<String> row : rows) {
            html.append("<tr><th>").append(escape(row.getFirst())).append("</th>");
            row.subList(1, row.size())
                    .forEach(cell -> html.append("<td>").append(escape(cell)).append("</td>"));
            html.append("</tr>\n");
        }
        return html.append("</tbody></table>\n").toString();
    }
}
