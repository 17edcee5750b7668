package io.millrace.bench.stream;

import io.millrace.tcp.TcpConnection;
import org.agrona.DirectBuffer;

/** Sends back each request that has come in full. Stateless but for its meter. */
final class Answers extends StreamHandler {
    private final int size;

    Answers(final StreamMeter meter, final int size) {
        super(meter);
        this.size = size;
    }

    @Override
    public int onData(final TcpConnection connection, final DirectBuffer buffer, final int offset, final int length) {
        if (length < size) {
            return 0; // is offered again with the rest
        }
        final int sent = connection.write(buffer, offset, size);
        meter.received(sent);
        return sent;
    }
}
