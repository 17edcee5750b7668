package io.millrace.bench.stream;

import io.millrace.tcp.CloseReason;
import io.millrace.tcp.TcpConnection;
import io.millrace.tcp.TcpHandler;
import org.agrona.DirectBuffer;

/** Either end of the engine's streams: counts connections and what they bring. One a shard, on its thread; allocates nothing. */
abstract class StreamHandler implements TcpHandler {
    final StreamMeter meter;

    StreamHandler(final StreamMeter meter) {
        this.meter = meter;
    }

    @Override
    public void onOpen(final TcpConnection connection) {
        meter.opened();
    }

    @Override
    public int onData(final TcpConnection connection, final DirectBuffer buffer, final int offset, final int length) {
        meter.received(length);
        return length;
    }

    @Override
    public void onClosed(final TcpConnection connection, final CloseReason reason) {
        meter.ended();
    }
}
