package io.millrace.bench.stream;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Which way bytes go in bulk. */
public enum Direction {
    /** From the side that opened the connection. */
    TO_SERVER,
    /** To the side that opened the connection. */
    FROM_SERVER;

    /** The name on the command line. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The one with this name. */
    public static Optional<Direction> of(final String label) {
        return Arrays.stream(values()).filter(d -> d.label().equals(label)).findFirst();
    }

    /** All names, for messages. */
    public static String labels() {
        return Arrays.stream(values()).map(Direction::label).collect(Collectors.joining(", "));
    }
}
