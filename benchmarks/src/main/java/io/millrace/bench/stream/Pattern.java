package io.millrace.bench.stream;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What goes over the connections. */
public enum Pattern {
    /** One side sends as much as the other takes. */
    BULK,
    /** The client sends a small request, the server an answer of the same size, and then the client the next request. */
    REQUEST_RESPONSE;

    /** The name on the command line. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The one with this name. */
    public static Optional<Pattern> of(final String label) {
        return Arrays.stream(values()).filter(w -> w.label().equals(label)).findFirst();
    }

    /** All names, for messages. */
    public static String labels() {
        return Arrays.stream(values()).map(Pattern::label).collect(Collectors.joining(", "));
    }
}
