package io.millrace.cli.control;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Looks at the connections of a {@code serve} through its control socket. Owned by one thread. */
public final class ControlClient implements AutoCloseable {
    private final SocketChannel channel;
    private final LineReader in;
    private final OutputStream out;

    /** Connects to the control socket at {@code path}. */
    public ControlClient(final Path path) throws IOException {
        channel = SocketChannel.open(UnixDomainSocketAddress.of(path));
        in = new LineReader(Channels.newInputStream(channel));
        out = Channels.newOutputStream(channel);
    }

    /**
     * Reads connections, page by page.
     *
     * @param localPort 0 for any.
     * @param remotePort 0 for any.
     * @param states names of {@code TcpState}.
     * @param consumer takes each, as the fields of the answer; false when it has had enough.
     */
    public void connections(
            final int localPort,
            final int remotePort,
            final List<String> states,
            final Predicate<Map<String, Object>> consumer)
            throws IOException {
        String next = "0:0";
        while (!next.isEmpty()) {
            final Map<String, Object> page = JSON.std.mapFrom(
                    ask("CONNECTIONS " + next + " " + localPort + " " + remotePort + " " + String.join(",", states)));
            for (final Object connection : (List<?>) page.get("connections")) {
                @SuppressWarnings("unchecked") // an object of JSON
                final Map<String, Object> fields = (Map<String, Object>) connection;
                if (!consumer.test(fields)) {
                    return;
                }
            }
            next = String.valueOf(page.get("next"));
        }
    }

    private String ask(final String line) throws IOException {
        out.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
        out.flush();
        final String answer = in.next().orElseThrow(() -> new EOFException("the engine has ended"));
        if (!answer.startsWith("OK ")) {
            throw new IOException("the engine answered " + answer);
        }
        return answer.substring(3);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
