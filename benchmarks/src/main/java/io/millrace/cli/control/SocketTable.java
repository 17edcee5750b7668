package io.millrace.cli.control;

import io.millrace.tcp.socket.Sockets;
import io.millrace.tcp.socket.TcpSocket;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The sockets that control connections have opened, by numbers that are never used twice. Any thread. */
final class SocketTable {
    private final Sockets sockets;
    private final Map<Integer, TcpSocket> byNumber = new ConcurrentHashMap<>();
    private final AtomicInteger last = new AtomicInteger();

    SocketTable(final Sockets sockets) {
        this.sockets = sockets;
    }

    int open(final boolean ipv6) {
        return add(sockets.open(ipv6));
    }

    int add(final TcpSocket socket) {
        final int number = last.incrementAndGet();
        byNumber.put(number, socket);
        return number;
    }

    Optional<TcpSocket> get(final int number) {
        return Optional.ofNullable(byNumber.get(number));
    }

    Optional<TcpSocket> remove(final int number) {
        return Optional.ofNullable(byNumber.remove(number));
    }

    /** Resets everything and forgets it. */
    void reset() {
        byNumber.clear();
        sockets.reset();
    }
}
