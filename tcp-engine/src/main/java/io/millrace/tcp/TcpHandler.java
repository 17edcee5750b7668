package io.millrace.tcp;

import org.agrona.DirectBuffer;

/**
 * What an application does with its connections.
 *
 * <p>Every method runs on the thread of the shard that owns the connection, and must not block. The
 * {@link TcpConnection} handed in is a flyweight that is valid until the method returns; what outlives the call is its
 * {@link TcpConnection#id() id} and its {@link TcpConnection#attachment() attachment}. One handler may serve any number
 * of connections of its shard.
 */
public interface TcpHandler {
    /** The connection is open: accepted from the accept queue, or our SYN was answered. */
    default void onOpen(final TcpConnection connection) {}

    /**
     * Bytes have arrived, in order and once.
     *
     * <p>What is not taken stays in the receive buffer, closes the window, and is offered again together with later
     * bytes, after {@link #onWritable}, or on {@link TcpConnection#resume}.
     *
     * @param buffer the bytes, straight from the frame; valid until the method returns.
     * @param offset of the first byte.
     * @param length in bytes, at least 1.
     * @return how many bytes were taken, 0 to {@code length}.
     */
    int onData(TcpConnection connection, DirectBuffer buffer, int offset, int length);

    /**
     * The peer has sent urgent data, or more of it: it ends {@link TcpConnection#urgent} bytes after the last byte taken, and
     * comes in line with the rest (RFC 9293 §3.8.5, RFC 6093). Called before the bytes are.
     */
    default void onUrgent(final TcpConnection connection) {}

    /** The peer has closed its side and every byte before its FIN was taken. Our side may still send. */
    default void onPeerClosed(final TcpConnection connection) {
        connection.close();
    }

    /** A write that was cut short may go on: room has come back in the send buffer. */
    default void onWritable(final TcpConnection connection) {}

    /**
     * Bytes that were {@link TcpConnection#lend lent} are the application's own again: the peer has acknowledged them, or the
     * connection is about to end. Called once for each time that {@code lend} took some, in the same order, and never after
     * {@link #onClosed}.
     */
    default void onReturned(final TcpConnection connection, final long token) {}

    /**
     * A connection waits in the accept queue of a listener that does not accept by itself: {@link TcpListener#accept} hands it
     * over, now or later.
     */
    default void onAcceptable(final TcpListener listener) {}

    /**
     * Something has happened to a connection that is {@link TcpConnection#watch watched}: bytes or acknowledgments came, its
     * state or its options changed. Called when everything that follows from it is done.
     */
    default void onChange(final TcpConnection connection) {}

    /**
     * The network says that a segment was not delivered (RFC 9293 §3.9.1, MUST-47). A connection that is open goes on, and may
     * still come to an end by the peer's silence; one that is being opened ends now, if the error is there to stay.
     */
    default void onNetworkError(final TcpConnection connection, final NetworkError error) {}

    /**
     * The connection is over; its id is void from here on. Called once for each connection that was opened or tried.
     * What it had received and was not taken can still be {@link TcpConnection#read read} here, and is lost afterwards.
     */
    default void onClosed(final TcpConnection connection, final CloseReason reason) {}
}
