package io.millrace.apps;

import io.millrace.dataplane.wire.IpAddress;
import java.util.Optional;

/**
 * An app on a port, as {@code --app NAME:[ADDRESS:]PORT} says it.
 *
 * @param app what listens.
 * @param local the address it listens on; empty for all.
 * @param port 1 to 65535.
 */
public record AppPort(App app, Optional<IpAddress> local, int port) {
    /** Reads {@code NAME:[ADDRESS:]PORT}; the exception's message is one line that names the value and the mend. */
    public static AppPort parse(final String text) {
        final int first = text.indexOf(':');
        final int last = text.lastIndexOf(':');
        if (first < 1) {
            throw new IllegalArgumentException("'" + text + "': write NAME:PORT, such as echo:7, or NAME:ADDRESS:PORT,"
                    + " such as echo:10.0.0.1:7 or echo:[fd00::1]:7");
        }
        final App app = App.named(text.substring(0, first));
        final String port = text.substring(last + 1);
        if (!port.matches("[0-9]{1,5}") || Integer.parseInt(port) < 1 || Integer.parseInt(port) > 65535) {
            throw new IllegalArgumentException("'" + text + "': port '" + port + "' is not a port; give 1 to 65535");
        }
        final Optional<IpAddress> local =
                first == last ? Optional.empty() : Optional.of(address(text, text.substring(first + 1, last)));
        return new AppPort(app, local, Integer.parseInt(port));
    }

    private static IpAddress address(final String text, final String literal) {
        final boolean bracketed = literal.startsWith("[") && literal.endsWith("]");
        try {
            return IpAddress.parse(bracketed ? literal.substring(1, literal.length() - 1) : literal);
        } catch (final IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + text + "': " + e.getMessage(), e);
        }
    }

    @Override
    public String toString() {
        return app.label() + ":"
                + local.map(address -> address.isIpv4() ? address + ":" : "[" + address + "]:")
                        .orElse("") + port;
    }
}
