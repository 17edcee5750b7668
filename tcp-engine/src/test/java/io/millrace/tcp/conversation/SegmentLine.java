package io.millrace.tcp.conversation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A segment as a script writes it: {@code SA seq 0 ack 1 win 65535 text 10 <mss 1460, sackOK>}.
 *
 * @param flags the control bits
 * @param fields what is said of {@code seq}, {@code ack}, {@code win}, {@code text}, {@code urg} and {@code ecn}
 * @param options null if nothing is said of them
 */
record SegmentLine(int flags, Map<String, String> fields, List<String> options) {
    private static final Set<String> FIELDS = Set.of("seq", "ack", "win", "text", "urg", "ecn");
    private static final int PSH = 8;

    static SegmentLine parse(final String line) {
        final int open = line.indexOf('<');
        List<String> options = null;
        if (open >= 0) {
            options = new ArrayList<>();
            for (final String option :
                    line.substring(open + 1, line.lastIndexOf('>')).split(",")) {
                if (!option.isBlank()) {
                    options.add(option.strip());
                }
            }
        }
        final String[] word =
                (open < 0 ? line : line.substring(0, open)).strip().split("\\s+");
        final Map<String, String> fields = new HashMap<>();
        for (int i = 1; i < word.length; i += 2) {
            if (!FIELDS.contains(word[i]) || i + 1 == word.length) {
                throw new IllegalArgumentException("a segment has no field " + word[i] + " here: " + line);
            }
            fields.put(word[i], word[i + 1]);
        }
        return new SegmentLine(TcpSegment.flags(word[0]), fields, options);
    }

    /** The segment to send on a flow; what is not said follows from what was sent and received before. */
    TcpSegment toSend(final Flow flow, final long nowMs) {
        final boolean ackFlag = (flags & TcpSegment.ACK) != 0;
        final int seq = number("seq", flow.sndNxt, flow.peerIsn);
        final int ack = number("ack", ackFlag ? flow.rcvNxt : 0, flow.engineIsn);
        flow.window = number("win", flow.window, 0);
        final byte[] text = new byte[number("text", 0, 0)];
        for (int i = 0; i < text.length; i++) {
            text[i] = ScriptedApplication.pattern(seq - flow.peerIsn + i);
        }
        List<String> list = options;
        if (list == null) {
            list = flow.timestamps && (flags & (TcpSegment.SYN | TcpSegment.RST)) == 0
                    ? List.of("nop", "nop", timestamps(flow, nowMs))
                    : List.of();
        }
        return new TcpSegment(
                flow.peerPort,
                flow.enginePort,
                seq,
                ack,
                flags,
                flow.window,
                number("urg", 0, 0),
                number("ecn", 0, 0),
                Options.write(list, flow.engineIsn),
                text);
    }

    private static String timestamps(final Flow flow, final long nowMs) {
        return "TS val " + Integer.toUnsignedString(flow.tsBase + (int) nowMs) + " ecr "
                + Integer.toUnsignedString(flow.tsLast);
    }

    /** A number as the script says it: relative to {@code base}, absolute after {@code =}; else {@code otherwise}. */
    private int number(final String field, final int otherwise, final int base) {
        final String value = fields.get(field);
        if (value == null) {
            return otherwise;
        }
        return value.startsWith("=") ? (int) Long.parseLong(value.substring(1)) : (int) Long.parseLong(value) + base;
    }

    /** What is wrong with a segment of the engine; empty if it is as expected. PSH matters only where it is asked for. */
    String mismatch(final Flow flow, final TcpSegment actual) {
        final StringBuilder wrong = new StringBuilder();
        final int ignored = ~flags & PSH;
        check(wrong, "flags", TcpSegment.letters(flags), TcpSegment.letters(actual.flags() & ~ignored));
        if (fields.containsKey("seq")) {
            check(wrong, "seq", number("seq", 0, flow.engineIsn), actual.seq());
        }
        if (fields.containsKey("ack")) {
            check(wrong, "ack", number("ack", 0, flow.peerIsn), actual.ack());
        }
        if (fields.containsKey("win")) {
            check(wrong, "win", number("win", 0, 0), actual.window());
        }
        if (fields.containsKey("ecn")) {
            check(wrong, "ecn", number("ecn", 0, 0), actual.ecn());
        }
        check(wrong, "text", number("text", 0, 0), actual.text().length);
        if (options != null) {
            final List<String> list = Options.read(actual.options(), flow.peerIsn);
            if (!Options.match(options, list)) {
                wrong.append(" options ").append(list);
            }
        }
        return wrong.toString();
    }

    private static void check(
            final StringBuilder wrong, final String field, final Object expected, final Object actual) {
        if (!expected.equals(actual)) {
            wrong.append(' ').append(field);
        }
    }

    /** A segment as a script would write it. */
    static String write(final Flow flow, final TcpSegment segment, final boolean fromEngine) {
        final int seqBase = fromEngine ? flow.engineIsn : flow.peerIsn;
        final int ackBase = fromEngine ? flow.peerIsn : flow.engineIsn;
        final StringBuilder line = new StringBuilder(TcpSegment.letters(segment.flags()));
        line.append(" seq ").append(segment.seq() - seqBase);
        line.append(" ack ").append(segment.is(TcpSegment.ACK) ? segment.ack() - ackBase : segment.ack());
        line.append(" win ").append(segment.window());
        if (segment.text().length > 0) {
            line.append(" text ").append(segment.text().length);
        }
        if (segment.ecn() != 0) {
            line.append(" ecn ").append(segment.ecn());
        }
        if (segment.options().length > 0) {
            try {
                final List<String> options = Options.read(segment.options(), ackBase);
                line.append(" <").append(String.join(", ", options)).append('>');
            } catch (final RuntimeException e) {
                line.append(" <malformed>");
            }
        }
        return line.toString();
    }
}
