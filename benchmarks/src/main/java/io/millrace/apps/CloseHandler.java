package io.millrace.apps;

import io.millrace.tcp.TcpConnection;
import io.millrace.tcp.TcpHandler;
import org.agrona.DirectBuffer;

/**
 * Closes every connection as soon as it is accepted, so that this side closes first and holds the TIME_WAIT entry: the
 * server of the connection rate benchmark.
 *
 * <p>Stateless; one instance serves all connections of a shard, on the shard's thread; allocates nothing.
 */
public final class CloseHandler implements TcpHandler {
    @Override
    public void onOpen(final TcpConnection connection) {
        connection.close();
    }

    @Override
    public int onData(final TcpConnection connection, final DirectBuffer buffer, final int offset, final int length) {
        return length;
    }
}
