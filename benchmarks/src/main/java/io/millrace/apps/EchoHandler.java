package io.millrace.apps;

import io.millrace.tcp.TcpConnection;
import io.millrace.tcp.TcpHandler;
import org.agrona.DirectBuffer;

/**
 * Sends back what it gets (RFC 862), and closes when the peer has closed and everything was sent back.
 *
 * <p>Takes only what the send buffer had room for, so a peer that does not read closes its own window. Stateless; one
 * instance serves all connections of a shard, on the shard's thread; allocates nothing.
 */
public final class EchoHandler implements TcpHandler {
    @Override
    public int onData(final TcpConnection connection, final DirectBuffer buffer, final int offset, final int length) {
        return connection.write(buffer, offset, length);
    }
}
