package io.millrace.cli.control;

import io.millrace.dataplane.wire.IpAddress;
import io.millrace.tcp.socket.Errno;
import io.millrace.tcp.socket.ErrnoException;
import io.millrace.tcp.socket.SocketOption;
import io.millrace.tcp.socket.TcpSocket;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;

/**
 * One connection to the control socket: a line asks, a line answers, {@code OK …} or {@code ERR NAME}. Owned by its thread.
 */
final class ControlSession {
    private static final System.Logger LOGGER = System.getLogger(ControlSession.class.getName());
    private static final String OK = "OK 0";
    private static final String INVALID = "ERR EINVAL";
    private static final String BAD_NUMBER = "ERR EBADF";
    private static final HexFormat HEX = HexFormat.of();

    private final SocketTable table;
    private final ConnectionPages connections;
    private final InputStream in;
    private final OutputStream out;

    ControlSession(final SocketTable table, final ConnectionPages connections, final SocketChannel client) {
        this.table = table;
        this.connections = connections;
        this.in = Channels.newInputStream(client);
        this.out = Channels.newOutputStream(client);
    }

    /** Serves until the other end closes. */
    void run() throws IOException {
        final LineReader lines = new LineReader(in);
        for (Optional<String> line = lines.next(); line.isPresent(); line = lines.next()) {
            out.write((answer(line.get()) + "\n").getBytes(StandardCharsets.US_ASCII));
            out.flush();
        }
    }

    private String answer(final String line) {
        try {
            return execute(line.strip().split("\\s+"));
        } catch (final ErrnoException e) {
            return "ERR " + e.errno();
        } catch (final IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            return INVALID; // a number, an address or a word that is none, or one too few
        } catch (final RuntimeException e) {
            LOGGER.log(System.Logger.Level.WARNING, "a control command failed", e);
            return "ERR " + Errno.EIO;
        }
    }

    private String execute(final String[] word) throws ErrnoException {
        switch (word[0]) {
            case "SOCKET" -> {
                return switch (word[1]) {
                    case "4" -> "OK " + table.open(false);
                    case "6" -> "OK " + table.open(true);
                    default -> INVALID;
                };
            }
            case "CONNECTIONS" -> {
                return "OK " + connections.page(word[1], number(word[2]), number(word[3]), word[4]);
            }
            case "RESET" -> {
                table.reset();
                return OK;
            }
            case "CLOSE" -> {
                final Optional<TcpSocket> socket = table.remove(number(word[1]));
                if (socket.isEmpty()) {
                    return BAD_NUMBER;
                }
                socket.get().close();
                return OK;
            }
            default -> {
                final Optional<TcpSocket> socket = table.get(number(word[1]));
                return socket.isEmpty() ? BAD_NUMBER : execute(socket.get(), word);
            }
        }
    }

    private String execute(final TcpSocket socket, final String[] word) throws ErrnoException {
        switch (word[0]) {
            case "BIND" -> socket.bind(IpAddress.parse(word[2]), number(word[3]));
            case "LISTEN" -> socket.listen(number(word[2]));
            case "ACCEPT" -> {
                final TcpSocket accepted = socket.accept();
                return "OK " + table.add(accepted) + " " + accepted.remoteAddress() + " " + accepted.remotePort();
            }
            case "CONNECT" -> socket.connect(IpAddress.parse(word[2]), number(word[3]));
            case "READ" -> {
                final byte[] text = socket.read(number(word[2]));
                return "OK " + text.length + " " + HEX.formatHex(text);
            }
            case "WRITE" -> {
                return "OK " + socket.write(word.length > 2 ? HEX.parseHex(word[2]) : new byte[0]);
            }
            case "SHUTDOWN" -> socket.shutdown(number(word[2]));
            case "NONBLOCK" -> socket.nonBlocking(number(word[2]) != 0);
            case "SETOPT" ->
                socket.option(option(word), number(word[4]), word.length > 5 ? number(word[5]) : secondOf(word));
            case "GETOPT" -> {
                if (!SocketOption.isLevel(number(word[2]))) {
                    throw Errno.EOPNOTSUPP.asException();
                }
                return "OK " + socket.option(option(word));
            }
            case "POLL" -> {
                return "OK " + socket.poll(number(word[2]), number(word[3]));
            }
            default -> {
                return INVALID;
            }
        }
        return OK;
    }

    private static SocketOption option(final String[] word) throws ErrnoException {
        return SocketOption.of(number(word[2]), number(word[3])).orElseThrow(() -> Errno.ENOPROTOOPT.asException());
    }

    /** The second value of an option that was given one. */
    private static int secondOf(final String[] word) throws ErrnoException {
        if (option(word).hasTwoValues()) {
            throw Errno.EINVAL.asException();
        }
        return 0;
    }

    private static int number(final String word) {
        return Integer.parseInt(word);
    }
}
