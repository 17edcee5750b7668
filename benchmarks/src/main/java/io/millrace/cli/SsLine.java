package io.millrace.cli;

import io.millrace.tcp.TcpConnectionInfo.Timer;
import io.millrace.tcp.TcpState;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;

/**
 * One connection as ss(8) prints it.
 *
 * @param fields what the engine says of it.
 */
record SsLine(Map<String, Object> fields) {
    private static final String COLUMNS = "%-10s %6s %6s %45s %45s";
    private static final int UNKNOWN_THRESHOLD = Integer.MAX_VALUE;

    static void printHead(final PrintWriter out, final boolean timers) {
        out.printf(COLUMNS, "State", "Recv-Q", "Send-Q", "Local Address:Port", "Peer Address:Port");
        out.println(timers ? " Timer" : "");
    }

    void print(final PrintWriter out, final boolean timers, final boolean info) {
        final TcpState state = TcpState.valueOf(text("state"));
        out.printf(
                COLUMNS,
                SsStates.column(state),
                number("recv_q"),
                number("send_q"),
                end(text("local"), number("local_port")),
                end(text("remote"), number("remote_port")));
        out.println(timers ? timer(state) : "");
        if (info) {
            out.println(info());
        }
    }

    private static String end(final String address, final long port) {
        return (address.indexOf(':') < 0 ? address : "[" + address + "]") + ":" + port;
    }

    private String timer(final TcpState state) {
        final String name = switch (Timer.valueOf(text("timer"))) {
            case NONE -> "";
            case RETRANSMISSION -> "on";
            case PERSIST -> "persist";
            case KEEP_ALIVE -> "keepalive";
            case END -> state == TcpState.TIME_WAIT ? "timewait" : "finwait2";
        };
        return name.isEmpty()
                ? ""
                : " timer:(" + name + "," + time(number("timer_ms")) + "," + number("retransmits") + ")";
    }

    private static String time(final long millis) {
        return millis < 1_000 ? millis + "ms" : String.format(Locale.ROOT, "%.1fsec", millis / 1e3);
    }

    /** In ss's order and with its names; {@code cwnd} and {@code ssthresh} in segments, as ss has them. */
    private String info() {
        final StringBuilder line = new StringBuilder("\t");
        flag(line, "timestamps", "ts");
        flag(line, "sack", "sack");
        if (number("snd_wscale") >= 0) {
            line.append(" wscale:").append(number("snd_wscale")).append(',').append(number("rcv_wscale"));
        }
        if (number("mss") == 0) {
            return line.toString(); // half open, or in TIME_WAIT: nothing else is known
        }
        line.append(" rto:").append(number("rto_ms"));
        if (number("rtt_us") > 0) {
            line.append(
                    String.format(Locale.ROOT, " rtt:%.3f/%.3f", number("rtt_us") / 1e3, number("rttvar_us") / 1e3));
        }
        line.append(" mss:").append(number("mss"));
        if (number("cwnd") > 0) {
            line.append(" cwnd:").append(segments(number("cwnd")));
        }
        if (number("ssthresh") > 0 && number("ssthresh") < UNKNOWN_THRESHOLD) {
            line.append(" ssthresh:").append(segments(number("ssthresh")));
        }
        line.append(" snd_wnd:").append(number("snd_wnd")).append(" rcv_wnd:").append(number("rcv_wnd"));
        return line.toString();
    }

    private long segments(final long bytes) {
        return Math.max(1, bytes / number("mss"));
    }

    private void flag(final StringBuilder line, final String field, final String name) {
        if (Boolean.TRUE.equals(fields.get(field))) {
            line.append(' ').append(name);
        }
    }

    private String text(final String field) {
        return String.valueOf(fields.get(field));
    }

    private long number(final String field) {
        return ((Number) fields.get(field)).longValue();
    }
}
