package io.millrace.cli;

import io.millrace.dataplane.core.IdleMode;
import io.millrace.tcp.Arrangement;
import io.millrace.tcp.ListenConfig.SynOverflow;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The engine's enums by the names they have on the command line: {@code RUN_TO_COMPLETION} is run-to-completion. */
final class EngineNames {
    private EngineNames() {}

    /** The name of a value. */
    static String of(final Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Adds a line if there is no such arrangement. */
    static void checkArrangement(final List<String> errors, final String name) {
        check(errors, "--arrangement", name, Arrangement.values());
    }

    /** Adds a line if there is no such idle mode. */
    static void checkIdle(final List<String> errors, final String name) {
        check(errors, "--idle", name, IdleMode.values());
    }

    /** Adds a line if there is no such answer to a full SYN queue. */
    static void checkSynOverflow(final List<String> errors, final String name) {
        check(errors, "--syn-overflow", name, SynOverflow.values());
    }

    static Arrangement arrangement(final String name) {
        return named(name, Arrangement.values()).orElseThrow();
    }

    static IdleMode idle(final String name) {
        return named(name, IdleMode.values()).orElseThrow();
    }

    static SynOverflow synOverflow(final String name) {
        return named(name, SynOverflow.values()).orElseThrow();
    }

    private static <E extends Enum<E>> void check(
            final List<String> errors, final String option, final String name, final E[] values) {
        if (named(name, values).isEmpty()) {
            errors.add(option + " " + name + ": unknown; choose one of "
                    + Arrays.stream(values).map(EngineNames::of).collect(Collectors.joining(", ")));
        }
    }

    private static <E extends Enum<E>> Optional<E> named(final String name, final E[] values) {
        return Arrays.stream(values).filter(value -> of(value).equals(name)).findFirst();
    }
}
