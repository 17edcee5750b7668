package io.millrace.bench.stream;

import io.millrace.tcp.TcpConnection;
import java.nio.ByteBuffer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Sends as much as the other side takes, out of one buffer over and over, from where it is. Allocates that buffer, once. */
final class BulkSource extends StreamHandler {
    private static final int CHUNK = 1 << 16;

    private final DirectBuffer text = new UnsafeBuffer(ByteBuffer.allocateDirect(CHUNK));

    BulkSource(final StreamMeter meter) {
        super(meter);
    }

    @Override
    public void onOpen(final TcpConnection connection) {
        super.onOpen(connection);
        onWritable(connection);
    }

    @Override
    public void onWritable(final TcpConnection connection) {
        while (connection.lend(text, 0, CHUNK, 0) == CHUNK) {
            // until the send buffer is full; the text never changes, so that nobody waits for its return
        }
    }
}
