package io.millrace.tcp.socket;

import io.millrace.dataplane.core.PollingThread;
import io.millrace.dataplane.wire.IpAddress;
import io.millrace.tcp.ConnectionOptions;
import io.millrace.tcp.ListenConfig;
import io.millrace.tcp.TcpConnectionFilter;
import io.millrace.tcp.TcpConnectionPage;
import io.millrace.tcp.TcpEngine;
import io.millrace.tcp.TcpHandler;
import io.millrace.tcp.TcpLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * The sockets of one engine. Any thread but a polling one, whom a call's wait would stop: it is thrown an
 * {@code IllegalStateException}. On an engine that was started manually all calls belong to the thread that drives it, and
 * none may block.
 */
public final class Sockets implements AutoCloseable {
    /** The most that {@code listen} takes for a backlog, as Linux's {@code net.core.somaxconn}. */
    static final int MAXIMUM_BACKLOG = ListenConfig.DEFAULT_BACKLOG;

    private final TcpEngine engine;
    private final PortBindings bindings;
    private final ConnectionOptions defaults;
    private final List<SocketHandler> handlers = new ArrayList<>();
    private final Set<TcpSocket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger nextShard = new AtomicInteger();

    /** Over an engine that runs. */
    public Sockets(final TcpEngine engine) {
        this.engine = engine;
        defaults = ConnectionOptions.defaults(engine.config());
        bindings = new PortBindings(
                engine.config().firstEphemeralPort(), engine.config().lastEphemeralPort());
        for (int shard = 0; shard < engine.shards(); shard++) {
            handlers.add(new SocketHandler(new ShardSockets(shard), new Readiness()));
        }
    }

    /** A new socket: blocking, of IPv4 or IPv6. */
    public TcpSocket open(final boolean ipv6) {
        return add(new TcpSocket(this, ipv6, new SocketSettings(defaults), null));
    }

    TcpSocket accepted(final boolean ipv6, final SocketSettings settings, final Channel channel) {
        return add(new TcpSocket(this, ipv6, settings, channel));
    }

    private TcpSocket add(final TcpSocket socket) {
        open.add(socket);
        return socket;
    }

    void forget(final TcpSocket socket) {
        open.remove(socket);
    }

    /** Resets every connection, and closes every socket. */
    public void reset() {
        for (final TcpSocket socket : List.copyOf(open)) {
            socket.reset();
        }
    }

    /** Closes all sockets, as {@link #reset} does. */
    @Override
    public void close() {
        reset();
    }

    /* For the sockets. */

    TcpEngine engine() {
        return engine;
    }

    PortBindings bindings() {
        return bindings;
    }

    /** The handler of connections that a shard opens. */
    SocketHandler handler(final int shard) {
        return handlers.get(shard);
    }

    /** A handler of a shard for the connections of one listening socket. */
    TcpHandler handlerOf(final int shard, final Readiness listening) {
        return new SocketHandler(handlers.get(shard).sockets(), listening);
    }

    /** The shard that an active open from any port goes to. */
    int chooseShard() {
        return Math.floorMod(nextShard.getAndIncrement(), engine.shards());
    }

    /** Asks a shard. */
    <T> T ask(final int shard, final Function<TcpLoop, T> question) throws ErrnoException {
        PollingThread.refuse("a socket's call");
        try {
            return engine.ask(shard, question);
        } catch (final IllegalStateException e) {
            throw new ErrnoException(Errno.ENETDOWN, e);
        }
    }

    /** Whether some connection, in whatever state, has this port and an address that {@code local} covers. */
    boolean isInUse(final Optional<IpAddress> local, final int port) throws ErrnoException {
        final TcpConnectionFilter filter =
                new TcpConnectionFilter(TcpConnectionFilter.all().states(), port, 0);
        for (int shard = 0; shard < engine.shards(); shard++) {
            long next = 0;
            while (next != TcpConnectionPage.END) {
                final long from = next;
                final TcpConnectionPage page = ask(shard, loop -> loop.connections(filter, from));
                if (page.connections().stream().anyMatch(info -> ListenConfig.takes(local, info.local()))) {
                    return true;
                }
                next = page.next();
            }
        }
        return false;
    }

    /** Whether somebody listens on this port of one of these addresses already. */
    boolean isListened(final List<IpAddress> addresses, final int port) {
        try {
            return ask(0, loop -> addresses.stream().anyMatch(address -> loop.listener(address, port) != null));
        } catch (final ErrnoException e) {
            return false; // the engine has ended, and nobody listens any more
        }
    }
}
