package io.millrace.tcp.socket;

import static io.millrace.tcp.socket.PollEvents.POLLERR;
import static io.millrace.tcp.socket.PollEvents.POLLHUP;
import static io.millrace.tcp.socket.PollEvents.POLLRDHUP;
import static io.millrace.tcp.socket.PollEvents.READABLE;
import static io.millrace.tcp.socket.PollEvents.WRITABLE;

import io.millrace.dataplane.wire.IpAddress;
import io.millrace.tcp.CloseReason;
import io.millrace.tcp.ConnectionOptions;
import io.millrace.tcp.NetworkError;
import io.millrace.tcp.TcpConnection;
import io.millrace.tcp.TcpLoop;
import io.millrace.tcp.TcpState;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One connection as its socket sees it. Lives on the shard that owns the connection, and every method belongs to that
 * shard's thread; what answers a call answers a count, or a negative {@link Errno}. Allocates what a socket has of its own.
 */
final class Channel {
    private static final byte[] NOTHING = {};

    private final int shard;
    private final Readiness readiness = new Readiness();
    private final UnsafeBuffer text = new UnsafeBuffer(NOTHING);
    private long id;
    private IpAddress remote = IpAddress.ANY_IPV4;
    private int remotePort;
    private boolean opened;
    private boolean closed;
    private boolean peerClosed;
    private boolean readShut;
    private boolean writeShut;
    private Errno error;
    /** What the network has said of a peer that is not given up yet, {@code sk_err_soft}; told once. */
    private Errno softError;
    /** What had come before the connection ended and was not read. */
    private byte[] rest = NOTHING;

    private int restRead;

    Channel(final int shard) {
        this.shard = shard;
    }

    /** The shard that owns it; any thread. */
    int shard() {
        return shard;
    }

    /** Grows with every change; any thread. */
    Readiness readiness() {
        return readiness;
    }

    /** The peer's address; any thread, once the connection is open. */
    IpAddress remote() {
        return remote;
    }

    /** The peer's port; any thread, once the connection is open. */
    int remotePort() {
        return remotePort;
    }

    /* What the engine tells. */

    /** The SYN is out. */
    void onConnect(final long newId) {
        id = newId;
    }

    void onOpen(final TcpConnection connection) {
        id = connection.id();
        remote = connection.remoteAddress();
        remotePort = connection.remotePort();
        opened = true;
        connection.watch();
        readiness.change();
    }

    void onNetworkError(final NetworkError networkError) {
        softError = Errno.of(networkError);
    }

    void onClosed(final TcpConnection connection, final CloseReason reason) {
        final int unread = connection.unread();
        if (unread > 0) {
            rest = new byte[unread];
            connection.read(new UnsafeBuffer(rest), 0, unread);
        }
        peerClosed = connection.isPeerClosed();
        closed = true;
        error = switch (reason) {
            case NORMAL -> null;
            case REFUSED -> Errno.ECONNREFUSED;
            case TIMED_OUT -> Errno.ETIMEDOUT;
            case UNREACHABLE -> softError == null ? Errno.EHOSTUNREACH : softError;
            case NO_RESOURCES -> Errno.ENOBUFS;
            case RESET -> peerClosed ? Errno.EPIPE : Errno.ECONNRESET; // as tcp_reset() has it in CLOSE_WAIT
            default -> Errno.ECONNRESET;
        };
        readiness.change();
    }

    /* What the socket asks. */

    /** How connecting goes: 0 once open, EAGAIN until then, or why it failed. */
    int connectResult() {
        if (opened) {
            return 0;
        }
        return closed ? takeError(Errno.ECONNABORTED) : Errno.EAGAIN.answer();
    }

    /** The pending error, which is told once; {@code otherwise} if there is none. */
    private int takeError(final Errno otherwise) {
        final Errno pending = error == null ? otherwise : error;
        error = null;
        return pending.answer();
    }

    /** SO_ERROR: the number of the pending error, or else of what the network has said of the peer; told once. */
    int takeError(final TcpLoop loop) {
        final TcpConnection connection = connection(loop);
        final Errno soft = connection != null && connection.isUnreachable() ? softError : null;
        final Errno pending = error == null ? soft : error;
        error = null;
        softError = null;
        return pending == null ? 0 : pending.number();
    }

    int read(final TcpLoop loop, final byte[] target) {
        final TcpConnection connection = connection(loop);
        if (connection == null) {
            return readRest(target);
        }
        text.wrap(target);
        final int taken = connection.read(text, 0, target.length);
        text.wrap(NOTHING);
        if (taken > 0) {
            return taken;
        }
        return connection.isPeerClosed() || readShut ? 0 : Errno.EAGAIN.answer();
    }

    private int readRest(final byte[] target) {
        final int taken = Math.min(target.length, rest.length - restRead);
        if (taken > 0) {
            System.arraycopy(rest, restRead, target, 0, taken);
            restRead += taken;
            return taken;
        }
        return peerClosed || error == null ? 0 : takeError(Errno.ECONNRESET);
    }

    int write(final TcpLoop loop, final byte[] source, final int offset) {
        final TcpConnection connection = connection(loop);
        if (connection == null || writeShut) {
            return takeError(Errno.EPIPE);
        }
        final int length = source.length - offset;
        if (length == 0) {
            return 0;
        }
        if (!opened) {
            return Errno.EAGAIN.answer();
        }
        text.wrap(source);
        final int taken = connection.write(text, offset, length);
        text.wrap(NOTHING);
        return taken > 0 ? taken : Errno.EAGAIN.answer();
    }

    int shutdown(final TcpLoop loop, final boolean reading, final boolean writing) {
        readShut |= reading;
        writeShut |= writing;
        final TcpConnection connection = connection(loop);
        if (connection == null) {
            return Errno.ENOTCONN.answer();
        }
        if (!opened) {
            connection.abort(); // a SYN is out, or ours has crossed the peer's: nothing is to be closed in order yet
        } else {
            if (writing) {
                connection.shutdownOutput();
            }
            if (reading) {
                connection.shutdownInput();
            }
        }
        readiness.change();
        return 0;
    }

    /** Closes for good; {@code abort} resets, and so does what is unread. */
    int close(final TcpLoop loop, final boolean abort) {
        final TcpConnection connection = connection(loop);
        if (connection != null) {
            if (abort) {
                connection.abort();
            } else {
                connection.close();
            }
        }
        return 0;
    }

    /** SO_LINGER: EAGAIN for as long as our FIN is not acknowledged. */
    int closeResult(final TcpLoop loop) {
        final TcpConnection connection = connection(loop);
        if (connection == null) {
            return 0;
        }
        return switch (connection.state()) {
            case FIN_WAIT_1, CLOSING, LAST_ACK -> Errno.EAGAIN.answer();
            default -> 0;
        };
    }

    /** As {@code tcp_poll()} has it. */
    int poll(final TcpLoop loop) {
        final TcpConnection connection = connection(loop);
        int events = error == null ? 0 : POLLERR;
        if (connection != null && !opened) {
            return events;
        }
        final boolean readEnd = connection == null || readShut || connection.isPeerClosed();
        final boolean writeEnd = connection == null || writeShut;
        if (readEnd && writeEnd) {
            events |= POLLHUP;
        }
        if (readEnd) {
            events |= READABLE | POLLRDHUP;
        } else if (connection.unread() > 0) {
            events |= READABLE;
        }
        if (writeEnd || isRoomy(connection)) {
            events |= WRITABLE;
        }
        return events;
    }

    /** As {@code sk_stream_is_writeable()} has it: a third of the buffer is free. */
    private static boolean isRoomy(final TcpConnection connection) {
        final int size = connection.options().sendBufferBytes();
        final int free = connection.writable();
        return free >= (size - free + 1) / 2;
    }

    /** The first four bytes of Linux's {@code struct tcp_info}: state, congestion state, retransmissions, probes. */
    int info(final TcpLoop loop) {
        final TcpConnection connection = connection(loop);
        if (connection == null) {
            return linuxState(TcpState.CLOSED);
        }
        final int retransmits = connection.retransmits();
        final int congestion = retransmits > 0 ? 4 : connection.isRecovering() ? 3 : 0; // loss, recovery, open
        return linuxState(connection.state()) | congestion << 8 | retransmits << 16;
    }

    /** Linux's number of a state. A socket does not see TIME_WAIT there: it has let go of the connection. */
    static int linuxState(final TcpState state) {
        return switch (state) {
            case ESTABLISHED -> 1;
            case SYN_SENT -> 2;
            case SYN_RCVD -> 3;
            case FIN_WAIT_1 -> 4;
            case FIN_WAIT_2 -> 5;
            case CLOSED, TIME_WAIT -> 7;
            case CLOSE_WAIT -> 8;
            case LAST_ACK -> 9;
            case LISTEN -> 10;
            case CLOSING -> 11;
        };
    }

    /** TCP_MAXSEG of a connection; 0 if it is over. */
    int maxSegmentBytes(final TcpLoop loop) {
        final TcpConnection connection = connection(loop);
        return connection == null ? 0 : connection.maxSegmentBytes();
    }

    int options(final TcpLoop loop, final ConnectionOptions options) {
        final TcpConnection connection = connection(loop);
        if (connection != null && !connection.options().equals(options)) {
            connection.options(options);
        }
        return 0;
    }

    private TcpConnection connection(final TcpLoop loop) {
        return closed ? null : loop.connection(id);
    }
}
