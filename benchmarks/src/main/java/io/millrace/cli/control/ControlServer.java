package io.millrace.cli.control;

import io.millrace.tcp.TcpEngine;
import io.millrace.tcp.socket.Sockets;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A UNIX socket at which other programs open, use and close sockets of the engine, and look at its connections. Each connection to it has a virtual thread
 * of its own, so that a call that waits delays nobody else; the sockets belong to all connections in common. Made and closed by
 * any thread.
 */
public final class ControlServer implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(ControlServer.class.getName());

    private final Path path;
    private final ServerSocketChannel channel;
    private final SocketTable table;
    private final ConnectionPages connections;
    private final Set<SocketChannel> clients = ConcurrentHashMap.newKeySet();

    private ControlServer(final Path path, final ServerSocketChannel channel, final TcpEngine engine) {
        this.path = path;
        this.channel = channel;
        table = new SocketTable(new Sockets(engine));
        connections = new ConnectionPages(engine);
    }

    /**
     * Listens at {@code path}, for the owner of this process alone. A socket that is there and does not answer is replaced.
     *
     * @throws IOException if it cannot be; the message says why.
     */
    public static ControlServer open(final Path path, final TcpEngine engine) throws IOException {
        checkFree(path);
        final ControlServer server = new ControlServer(path, bind(path), engine);
        Thread.ofVirtual().name("control").start(server::serve);
        return server;
    }

    private static void checkFree(final Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (SocketChannel probe = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            throw new IOException(path + ": somebody answers there; give another path");
        } catch (final ConnectException e) {
            if (Files.isRegularFile(path) || Files.isDirectory(path)) {
                throw new IOException(path + ": is there and is no socket; give another path", e);
            }
        }
    }

    /** Binds in a directory that nobody else may enter, so that the socket is never open to others, and moves it then. */
    private static ServerSocketChannel bind(final Path path) throws IOException {
        final Path parent = path.toAbsolutePath().getParent();
        final Path room = Files.createTempDirectory(parent, ".c");
        final Path hidden = room.resolve("s");
        final ServerSocketChannel bound = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            bound.bind(UnixDomainSocketAddress.of(hidden));
            Files.setPosixFilePermissions(hidden, PosixFilePermissions.fromString("rw-------"));
            Files.move(hidden, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return bound;
        } catch (final IOException | RuntimeException e) {
            bound.close();
            Files.deleteIfExists(hidden);
            throw e;
        } finally {
            Files.deleteIfExists(room);
        }
    }

    private void serve() {
        try {
            while (true) {
                final SocketChannel client = channel.accept();
                clients.add(client);
                Thread.ofVirtual().name("control-session").start(() -> serve(client));
            }
        } catch (final IOException e) {
            if (channel.isOpen()) {
                LOGGER.log(System.Logger.Level.ERROR, "the control socket " + path + " has failed", e);
            }
        }
    }

    private void serve(final SocketChannel client) {
        try (client) {
            new ControlSession(table, connections, client).run();
        } catch (final IOException e) {
            LOGGER.log(System.Logger.Level.DEBUG, "a control connection has ended", e); // its program is gone
        } finally {
            clients.remove(client);
        }
    }

    /** Stops listening, removes the socket's file, and resets what was opened here. */
    @Override
    public void close() throws IOException {
        channel.close();
        Files.deleteIfExists(path);
        table.reset();
        for (final SocketChannel client : clients) {
            client.close();
        }
    }
}
