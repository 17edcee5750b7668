package io.millrace.apps;

import io.millrace.tcp.TcpConnection;
import io.millrace.tcp.TcpHandler;
import org.agrona.DirectBuffer;

/**
 * Takes all bytes and throws them away (RFC 863); closes when the peer has closed.
 *
 * <p>Stateless; one instance serves all connections of a shard, on the shard's thread; allocates nothing.
 */
public final class DiscardHandler implements TcpHandler {
    @Override
    public int onData(final TcpConnection connection, final DirectBuffer buffer, final int offset, final int length) {
        return length;
    }
}
