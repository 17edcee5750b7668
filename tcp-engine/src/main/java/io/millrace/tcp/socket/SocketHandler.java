package io.millrace.tcp.socket;

import io.millrace.tcp.CloseReason;
import io.millrace.tcp.NetworkError;
import io.millrace.tcp.TcpConnection;
import io.millrace.tcp.TcpHandler;
import io.millrace.tcp.TcpListener;
import org.agrona.DirectBuffer;

/**
 * Hands the engine's events to the channels of one shard. Takes no bytes: they wait in the engine until somebody reads. Owned
 * by the shard's thread.
 */
final class SocketHandler implements TcpHandler {
    private final ShardSockets sockets;
    /** Of the listening socket whose connections these are; of nobody for those that we open. */
    private final Readiness listening;

    SocketHandler(final ShardSockets sockets, final Readiness listening) {
        this.sockets = sockets;
        this.listening = listening;
    }

    ShardSockets sockets() {
        return sockets;
    }

    @Override
    public void onAcceptable(final TcpListener listener) {
        listening.change();
    }

    @Override
    public void onOpen(final TcpConnection connection) {
        if (connection.attachment() == 0) {
            connection.attachment(sockets.addAccepted());
        }
        sockets.get(connection.attachment()).onOpen(connection);
    }

    @Override
    public int onData(final TcpConnection connection, final DirectBuffer buffer, final int offset, final int length) {
        return 0;
    }

    @Override
    public void onPeerClosed(final TcpConnection connection) {
        // our side stays open until the socket closes it
    }

    @Override
    public void onNetworkError(final TcpConnection connection, final NetworkError error) {
        sockets.get(connection.attachment()).onNetworkError(error);
    }

    @Override
    public void onChange(final TcpConnection connection) {
        sockets.get(connection.attachment()).readiness().change();
    }

    @Override
    public void onClosed(final TcpConnection connection, final CloseReason reason) {
        sockets.get(connection.attachment()).onClosed(connection, reason);
        sockets.remove(connection.attachment());
    }
}
