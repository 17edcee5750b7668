package io.millrace.tcp.socket;

import io.millrace.dataplane.wire.IpAddress;
import io.millrace.tcp.ListenConfig;
import io.millrace.tcp.TcpLoop;
import io.millrace.tcp.TcpState;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;

/**
 * A TCP socket, which behaves as Linux's do. Any thread, several at once; a call that waits is woken by {@link #close}, and
 * fails with EBADF. Errors are {@link ErrnoException}s.
 */
public final class TcpSocket implements AutoCloseable {
    /** Waiting that long is waiting for ever, ns. */
    static final long FOR_EVER = TimeUnit.DAYS.toNanos(10_000);

    private static final byte[] NOTHING = {};

    private final Sockets sockets;
    private final boolean ipv6;
    private final SocketSettings settings;
    private final Readiness listening = new Readiness();
    private volatile boolean nonBlocking;
    private volatile boolean closed;

    /* Guarded by this. */
    private PortBindings.Binding binding;
    private Acceptor acceptor;
    private Channel channel;
    /** connect() has said how it went. */
    private boolean connected;

    private boolean readShut;

    TcpSocket(final Sockets sockets, final boolean ipv6, final SocketSettings settings, final Channel accepted) {
        this.sockets = sockets;
        this.ipv6 = ipv6;
        this.settings = settings;
        this.channel = accepted;
        this.connected = accepted != null;
    }

    /** Whether calls answer EAGAIN or EINPROGRESS instead of waiting. */
    public void nonBlocking(final boolean value) throws ErrnoException {
        checkOpen();
        nonBlocking = value;
    }

    private void checkOpen() throws ErrnoException {
        if (closed) {
            throw new ErrnoException(Errno.EBADF);
        }
    }

    private static int checked(final int answer) throws ErrnoException {
        if (answer < 0) {
            throw new ErrnoException(Errno.of(answer));
        }
        return answer;
    }

    private static ErrnoException failed(final Errno errno) {
        return new ErrnoException(errno);
    }

    /* bind, listen, accept */

    /** Takes a local address, or any, and a port; 0 has one chosen. */
    public synchronized void bind(final IpAddress address, final int port) throws ErrnoException {
        checkOpen();
        if (port < 0 || port > 65_535 || binding != null || channel != null || acceptor != null) {
            throw failed(Errno.EINVAL);
        }
        final Optional<IpAddress> local = local(address);
        binding = bindTo(local, port);
    }

    private Optional<IpAddress> local(final IpAddress address) throws ErrnoException {
        if (address.isIpv4() != !ipv6 && (!ipv6 || settings.is(SocketOption.IPV6_V6ONLY))) {
            throw failed(ipv6 ? Errno.EINVAL : Errno.EAFNOSUPPORT);
        }
        if (address.equals(IpAddress.ANY_IPV6)) {
            return settings.is(SocketOption.IPV6_V6ONLY) ? Optional.of(address) : Optional.empty();
        }
        if (!address.equals(IpAddress.ANY_IPV4) && !sockets.engine().isLocal(address)) {
            throw failed(Errno.EADDRNOTAVAIL);
        }
        return Optional.of(address);
    }

    private PortBindings.Binding bindTo(final Optional<IpAddress> local, final int port) throws ErrnoException {
        if (port != 0
                && !settings.is(SocketOption.SO_REUSEADDR)
                && !settings.is(SocketOption.SO_REUSEPORT)
                && sockets.isInUse(local, port)) {
            throw failed(Errno.EADDRINUSE); // by a connection that outlives its socket, such as one in TIME_WAIT
        }
        final List<IpAddress> covered = sockets.engine().localAddresses().stream()
                .filter(own -> ListenConfig.takes(local, own))
                .toList();
        return sockets.bindings()
                .bind(
                        local,
                        port,
                        settings.is(SocketOption.SO_REUSEADDR),
                        settings.is(SocketOption.SO_REUSEPORT),
                        candidate -> sockets.isListened(covered, candidate));
    }

    /**
     * Listens; the accept queue holds {@code backlog} connections, at least 1 and at most 4,096, over all shards. On a socket
     * that listens already changes that.
     */
    public synchronized void listen(final int backlog) throws ErrnoException {
        checkOpen();
        if (channel != null) {
            throw failed(Errno.EINVAL);
        }
        final int bound = backlog < 0 ? Sockets.MAXIMUM_BACKLOG : Math.clamp(backlog, 1, Sockets.MAXIMUM_BACKLOG);
        if (acceptor != null) {
            acceptor.backlog(bound);
            return;
        }
        if (binding == null) {
            binding = bindTo(local(ipv6 ? IpAddress.ANY_IPV6 : IpAddress.ANY_IPV4), 0);
        }
        if (!sockets.bindings().listen(binding)) {
            throw failed(Errno.EADDRINUSE);
        }
        final ListenConfig config = new ListenConfig(
                binding.address(),
                binding.port(),
                bound,
                ListenConfig.SynOverflow.COOKIES,
                false,
                ListenConfig.AcceptOverflow.HOLD,
                Optional.of(settings.options()));
        try {
            acceptor = new Acceptor(
                    sockets, sockets.engine().listen(config, shard -> sockets.handlerOf(shard, listening)));
        } catch (final IllegalArgumentException e) {
            sockets.bindings().unlisten(binding);
            throw new ErrnoException(Errno.EADDRINUSE, e);
        }
    }

    /** The next connection that waits. */
    public TcpSocket accept() throws ErrnoException {
        final long deadline;
        synchronized (this) {
            deadline = settings.receiveDeadline();
        }
        while (true) {
            final long seen = listening.version();
            final Acceptor from;
            final SocketSettings inherited;
            synchronized (this) {
                checkOpen();
                from = acceptor;
                inherited = settings.inherited();
            }
            if (from == null) {
                throw failed(Errno.EINVAL);
            }
            final Channel accepted = from.accept(inherited.options());
            if (accepted != null) {
                return sockets.accepted(ipv6, inherited, accepted);
            }
            await(listening, seen, deadline, Errno.EAGAIN);
        }
    }

    /** Waits for a change since {@code seen}; throws {@code late} when there is none by the deadline, or it may not wait. */
    private void await(final Readiness readiness, final long seen, final long deadline, final Errno late)
            throws ErrnoException {
        if (nonBlocking) {
            throw failed(late);
        }
        try {
            if (!readiness.await(seen, deadline)) {
                throw failed(late);
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ErrnoException(Errno.EIO, e);
        }
        checkOpen();
    }

    /* connect */

    /** Connects; on a non-blocking socket EINPROGRESS, and poll and SO_ERROR tell how it went. */
    public void connect(final IpAddress address, final int port) throws ErrnoException {
        final Channel attempt;
        final Errno late;
        final long deadline;
        synchronized (this) {
            checkOpen();
            if (acceptor != null || connected) {
                throw failed(Errno.EISCONN);
            }
            late = channel == null ? Errno.EINPROGRESS : Errno.EALREADY;
            if (channel == null) {
                channel = Connector.connect(sockets, ipv6, settings, Optional.ofNullable(binding), address, port);
            }
            attempt = channel;
            deadline = settings.sendDeadline();
        }
        int result;
        while (true) {
            final long seen = attempt.readiness().version();
            result = sockets.ask(attempt.shard(), loop -> attempt.connectResult());
            if (result != Errno.EAGAIN.answer()) {
                break;
            }
            await(attempt.readiness(), seen, deadline, late);
        }
        synchronized (this) {
            if (channel == attempt) {
                connected = result == 0;
                channel = connected ? attempt : null;
            }
        }
        checked(result);
    }

    /** The peer's address; of a connected socket. */
    public IpAddress remoteAddress() throws ErrnoException {
        return connection().remote();
    }

    /** The peer's port; of a connected socket. */
    public int remotePort() throws ErrnoException {
        return connection().remotePort();
    }

    private synchronized Channel connection() throws ErrnoException {
        checkOpen();
        if (channel == null) {
            throw failed(Errno.ENOTCONN);
        }
        return channel;
    }

    /* read, write, shutdown, close */

    /** Reads at least one byte, at most {@code max}; none at the end of the stream. */
    public byte[] read(final int max) throws ErrnoException {
        if (max < 0) {
            throw failed(Errno.EINVAL);
        }
        final Channel from;
        final long deadline;
        synchronized (this) {
            checkOpen();
            if (max == 0 || channel == null && readShut) {
                return NOTHING;
            }
            from = connection();
            deadline = settings.receiveDeadline();
        }
        final byte[] target = new byte[Math.min(max, sockets.engine().config().receiveBufferBytes() + 65_536)];
        final int taken = transfer(from, deadline, loop -> from.read(loop, target));
        return taken == target.length ? target : Arrays.copyOf(target, taken);
    }

    /** Writes; on a blocking socket all of it, or until an error comes. */
    public int write(final byte[] source) throws ErrnoException {
        final Channel to;
        final long deadline;
        synchronized (this) {
            checkOpen();
            if (channel == null) {
                throw failed(Errno.EPIPE);
            }
            to = channel;
            deadline = settings.sendDeadline();
        }
        int written = 0;
        do {
            final int from = written;
            try {
                written += transfer(to, deadline, loop -> to.write(loop, source, from));
            } catch (final ErrnoException e) {
                if (written == 0) {
                    throw e;
                }
                return written;
            }
        } while (written < source.length && !nonBlocking);
        return written;
    }

    /** Asks until the answer is not EAGAIN. */
    private int transfer(final Channel with, final long deadline, final ToIntFunction<TcpLoop> question)
            throws ErrnoException {
        while (true) {
            final long seen = with.readiness().version();
            final int answer = sockets.ask(with.shard(), question::applyAsInt);
            if (answer != Errno.EAGAIN.answer()) {
                return checked(answer);
            }
            await(with.readiness(), seen, deadline, Errno.EAGAIN);
        }
    }

    /** Shuts the reading side (0), the writing side (1), or both (2). */
    public synchronized void shutdown(final int how) throws ErrnoException {
        checkOpen();
        if (how < 0 || how > 2) {
            throw failed(Errno.EINVAL);
        }
        if (acceptor != null) {
            if (how != 1) {
                unlisten(); // who waits in accept is told EINVAL
            }
            return;
        }
        readShut |= how != 1;
        final Channel what = connection();
        checked(sockets.ask(what.shard(), loop -> what.shutdown(loop, how != 1, how != 0)));
    }

    private void unlisten() throws ErrnoException {
        final Acceptor ended = acceptor;
        acceptor = null;
        sockets.bindings().unlisten(binding);
        ended.close();
        listening.change();
    }

    /** Closes: FIN after what was written, or a reset where data is unread or SO_LINGER has 0 seconds. */
    @Override
    public void close() throws ErrnoException {
        final int linger;
        synchronized (this) {
            linger = settings.lingerSeconds();
        }
        final Channel what = end(linger == 0);
        if (linger > 0 && what != null) {
            lingerOn(what, System.nanoTime() + TimeUnit.SECONDS.toNanos(linger));
        }
    }

    /** Resets the connection, or those that wait to be accepted, and closes. */
    void reset() {
        try {
            end(true);
        } catch (final ErrnoException e) {
            // closed meanwhile by another thread, or the engine has ended: either way there is nothing left to reset
        }
    }

    private synchronized Channel end(final boolean abort) throws ErrnoException {
        checkOpen();
        closed = true;
        sockets.forget(this);
        final Channel what = channel;
        try {
            if (acceptor != null) {
                unlisten();
            }
            if (what != null) {
                sockets.ask(what.shard(), loop -> what.close(loop, abort));
                what.readiness().change();
            }
        } finally {
            if (binding != null) {
                sockets.bindings().release(binding);
            }
        }
        return what;
    }

    private void lingerOn(final Channel what, final long deadline) throws ErrnoException {
        try {
            while (true) {
                final long seen = what.readiness().version();
                if (sockets.ask(what.shard(), what::closeResult) == 0
                        || !what.readiness().await(seen, deadline)) {
                    return;
                }
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /* poll */

    /**
     * Waits until one of {@code events}, an error or a hang-up is there.
     *
     * @param timeoutMs 0 does not wait, a negative one waits for ever.
     * @return what is there, bits of {@link PollEvents}; 0 if the time was up.
     */
    public int poll(final int events, final int timeoutMs) throws ErrnoException {
        final long deadline = System.nanoTime() + (timeoutMs < 0 ? FOR_EVER : TimeUnit.MILLISECONDS.toNanos(timeoutMs));
        while (true) {
            final Channel what;
            final Acceptor listener;
            synchronized (this) {
                checkOpen();
                what = channel;
                listener = acceptor;
            }
            final Readiness readiness = what == null ? listening : what.readiness();
            final long seen = readiness.version();
            final int present = what != null
                    ? sockets.ask(what.shard(), what::poll)
                    : listener != null
                            ? listener.isWaited() ? PollEvents.READABLE : 0
                            : PollEvents.POLLHUP | PollEvents.WRITABLE;
            final int answer = present & (events | PollEvents.ALWAYS);
            if (answer != 0 || timeoutMs == 0) {
                return answer;
            }
            try {
                if (!readiness.await(seen, deadline)) {
                    return 0;
                }
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ErrnoException(Errno.EIO, e);
            }
        }
    }

    /* options */

    /** Sets an option; {@code second} is the second value of those that have two. */
    public synchronized void option(final SocketOption option, final int value, final int second)
            throws ErrnoException {
        checkOpen();
        if (option == SocketOption.IPV6_V6ONLY && binding != null) {
            throw failed(Errno.EINVAL);
        }
        checkKnown(option);
        if (option.isReadOnly()) {
            throw failed(Errno.ENOPROTOOPT);
        }
        settings.set(option, value, second);
        if (channel != null) {
            final Channel what = channel;
            sockets.ask(what.shard(), loop -> what.options(loop, settings.options()));
        }
    }

    private void checkKnown(final SocketOption option) throws ErrnoException {
        if (option == SocketOption.IPV6_V6ONLY && !ipv6) {
            throw failed(Errno.ENOPROTOOPT);
        }
    }

    /** The value of an option. */
    public synchronized int option(final SocketOption option) throws ErrnoException {
        checkOpen();
        checkKnown(option);
        final Channel what = channel;
        return switch (option) {
            case SO_TYPE -> 1;
            case SO_PROTOCOL -> 6;
            case SO_DOMAIN -> ipv6 ? 10 : 2;
            case SO_ACCEPTCONN -> acceptor == null ? 0 : 1;
            case SO_ERROR -> what == null ? 0 : sockets.ask(what.shard(), what::takeError);
            case TCP_INFO ->
                what == null
                        ? Channel.linuxState(acceptor == null ? TcpState.CLOSED : TcpState.LISTEN)
                        : sockets.ask(what.shard(), what::info);
            case TCP_MAXSEG -> {
                final int used = what == null ? 0 : sockets.ask(what.shard(), what::maxSegmentBytes);
                yield used == 0 ? settings.get(option) : used;
            }
            default -> settings.get(option);
        };
    }
}
