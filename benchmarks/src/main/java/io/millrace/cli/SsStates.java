package io.millrace.cli;

import io.millrace.tcp.TcpState;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** States, and sets of them, by the names that ss(8) has for them. */
final class SsStates {
    private static final Map<String, Set<TcpState>> SETS = new TreeMap<>(Map.of(
            "connected",
                    EnumSet.complementOf(
                            EnumSet.of(TcpState.CLOSED, TcpState.LISTEN, TcpState.SYN_RCVD, TcpState.TIME_WAIT)),
            "synchronized",
                    EnumSet.complementOf(EnumSet.of(
                            TcpState.CLOSED,
                            TcpState.LISTEN,
                            TcpState.SYN_SENT,
                            TcpState.SYN_RCVD,
                            TcpState.TIME_WAIT)),
            "bucket", EnumSet.of(TcpState.SYN_RCVD, TcpState.TIME_WAIT),
            "big",
                    EnumSet.complementOf(
                            EnumSet.of(TcpState.CLOSED, TcpState.LISTEN, TcpState.SYN_RCVD, TcpState.TIME_WAIT)),
            "all", EnumSet.complementOf(EnumSet.of(TcpState.CLOSED, TcpState.LISTEN))));

    static {
        for (final TcpState state : SETS.get("all")) {
            SETS.put(name(state), EnumSet.of(state));
        }
    }

    private SsStates() {}

    /** What ss calls a state, in small letters. */
    static String name(final TcpState state) {
        return state == TcpState.SYN_RCVD
                ? "syn-recv"
                : state.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** What ss prints for a state. */
    static String column(final TcpState state) {
        return switch (state) {
            case ESTABLISHED -> "ESTAB";
            case SYN_RCVD -> "SYN-RECV";
            default -> state.name().replace('_', '-');
        };
    }

    /** The engine's names of the states that this name stands for; none if there is no such name. */
    static List<String> named(final String name) {
        return SETS.getOrDefault(name, Set.of()).stream().map(TcpState::name).toList();
    }

    /** All names. */
    static String names() {
        return String.join(", ", SETS.keySet());
    }
}
