package io.millrace.apps;

/**
 * An app on a port, as {@code --app NAME:PORT} says it.
 *
 * @param app what listens.
 * @param port 1 to 65535.
 */
public record AppPort(App app, int port) {
    /** Reads {@code NAME:PORT}; the exception's message is one line that names the value and the mend. */
    public static AppPort parse(final String text) {
        final int colon = text.indexOf(':');
        if (colon < 1) {
            throw new IllegalArgumentException("'" + text + "': write NAME:PORT, such as echo:7");
        }
        final String port = text.substring(colon + 1);
        final App app = App.named(text.substring(0, colon));
        if (!port.matches("[0-9]{1,5}") || Integer.parseInt(port) < 1 || Integer.parseInt(port) > 65535) {
            throw new IllegalArgumentException("'" + text + "': port '" + port + "' is not a port; give 1 to 65535");
        }
        return new AppPort(app, Integer.parseInt(port));
    }

    @Override
    public String toString() {
        return app.label() + ":" + port;
    }
}
