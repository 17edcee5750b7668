package io.millrace.bench.stream;

import io.millrace.tcp.TcpConnection;
import io.millrace.tcp.TcpLoop;
import java.nio.ByteBuffer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Sends a request on each connection, and the next one when the answer has come in full. The attachment is the time of the
 * burst that the request was sent in. Allocates one request, once.
 */
final class Requests extends StreamHandler {
    private final DirectBuffer request;
    private final TcpLoop loop;

    Requests(final StreamMeter meter, final int size, final TcpLoop loop) {
        super(meter);
        this.loop = loop;
        request = new UnsafeBuffer(ByteBuffer.allocateDirect(size));
    }

    @Override
    public void onOpen(final TcpConnection connection) {
        super.onOpen(connection);
        ask(connection);
    }

    @Override
    public int onData(final TcpConnection connection, final DirectBuffer buffer, final int offset, final int length) {
        if (length < request.capacity()) {
            return 0; // is offered again with the rest
        }
        meter.received(length);
        meter.exchanged(loop.nanoTime() - connection.attachment());
        ask(connection);
        return length;
    }

    private void ask(final TcpConnection connection) {
        connection.attachment(loop.nanoTime());
        connection.write(request, 0, request.capacity());
    }
}
