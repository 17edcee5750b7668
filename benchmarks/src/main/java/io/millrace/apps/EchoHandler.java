package io.millrace.apps;

import io.millrace.tcp.TcpConnection;
import io.millrace.tcp.TcpHandler;
import org.agrona.DirectBuffer;

/**
 * Sends back what it gets (RFC 862), and closes when the peer has closed and everything was sent back.
 *
 * <p>Takes only what the send buffer had room for, so a peer that does not read closes its own window; large pieces stay in the
 * frames they came in until the peer has them. Stateless; one
 * instance serves all connections of a shard, on the shard's thread; allocates nothing.
 */
public final class EchoHandler implements TcpHandler {
    /** From so many bytes on they are sent from the frame that brought them: fewer are cheaper to copy than to keep a frame for. */
    private static final int WORTH_KEEPING = 1_024;

    @Override
    public int onData(final TcpConnection connection, final DirectBuffer buffer, final int offset, final int length) {
        final long frame = length < WORTH_KEEPING ? 0 : connection.retain();
        if (frame == 0) {
            return connection.write(buffer, offset, length);
        }
        final int taken = connection.lend(buffer, offset, length, frame);
        if (taken == 0) {
            connection.release(frame);
        }
        return taken;
    }

    @Override
    public void onReturned(final TcpConnection connection, final long frame) {
        connection.release(frame);
    }
}
