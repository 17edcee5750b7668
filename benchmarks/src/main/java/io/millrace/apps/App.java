package io.millrace.apps;

import io.millrace.tcp.TcpHandler;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The apps that can be put on a port, by the names they have on the command line. */
public enum App {
    /** Sends back what it gets, closes when the peer has closed. */
    ECHO(EchoHandler::new),
    /** Closes at once after accepting. */
    CLOSE(CloseHandler::new),
    /** Takes bytes and throws them away. */
    DISCARD(DiscardHandler::new),
    /** Sends the rotating pattern of RFC 864. */
    CHARGEN(ChargenHandler::new),
    /** A fixed 200 response, keep-alive and {@code Connection: close}. */
    HTTP(HttpHandler::new);

    private final Supplier<TcpHandler> factory;

    App(final Supplier<TcpHandler> factory) {
        this.factory = factory;
    }

    /** A handler for one shard. */
    public TcpHandler newHandler() {
        return factory.get();
    }

    /** The name on the command line. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** All names, for messages: {@code echo, close, ...}. */
    public static String labels() {
        return Arrays.stream(values()).map(App::label).collect(Collectors.joining(", "));
    }

    /** Finds an app by its name. */
    public static App named(final String label) {
        return Arrays.stream(values())
                .filter(app -> app.label().equals(label))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException("unknown app '" + label + "': choose one of " + labels()));
    }
}
