package io.millrace.apps;

import io.millrace.tcp.TcpConnection;
import io.millrace.tcp.TcpHandler;
import org.agrona.DirectBuffer;

/**
 * Answers every HTTP/1.0 or 1.1 request with the same small 200, keeps connections open as RFC 9112 §9.3 has it, and
 * answers pipelined requests in order.
 *
 * <p>A connection's attachment is its {@link HttpRequestParser} state. While an answer is cut short by a full send buffer,
 * no further request is read. One instance serves all connections of a shard, on the shard's thread; allocates nothing.
 */
public final class HttpHandler implements TcpHandler {
    @Override
    public int onData(final TcpConnection connection, final DirectBuffer buffer, final int offset, final int length) {
        long state = connection.attachment();
        int taken = 0;
        while (taken < length && !HttpRequestParser.isDue(state)) {
            if (HttpRequestParser.phase(state) == HttpRequestParser.BODY) {
                final int skipped = Math.min(length - taken, HttpRequestParser.body(state));
                state = HttpRequestParser.skipBody(state, skipped);
                taken += skipped;
            } else {
                state = HttpRequestParser.advance(state, buffer.getByte(offset + taken++));
            }
            if (HttpRequestParser.isDue(state)) {
                state = answer(connection, state);
            }
        }
        connection.attachment(state);
        // after the last answer nothing more is read; leaving it untaken would turn our FIN into a reset
        return HttpRequestParser.isDue(state) && HttpRequestParser.closes(state) ? length : taken;
    }

    @Override
    public void onWritable(final TcpConnection connection) {
        final long state = connection.attachment();
        if (HttpRequestParser.isDue(state)) {
            connection.attachment(answer(connection, state));
        }
    }

    /** The peer may have closed behind its last request: the answer goes out whole first. */
    @Override
    public void onPeerClosed(final TcpConnection connection) {
        final long state = connection.attachment();
        if (HttpRequestParser.isDue(state)) {
            connection.attachment(state | HttpRequestParser.PEER_CLOSED);
        } else {
            connection.close();
        }
    }

    /** Sends what is left of the answer; the state of a fresh request follows, or the same one if it was cut short. */
    private static long answer(final TcpConnection connection, final long state) {
        final HttpResponse response = HttpResponse.of(state);
        final int sent = HttpRequestParser.sent(state);
        final int length = response.length(state);
        final int written = connection.write(response.bytes(), sent, length - sent);
        if (sent + written < length) {
            return HttpRequestParser.sent(state, sent + written);
        }
        if (HttpRequestParser.closes(state) || (state & HttpRequestParser.PEER_CLOSED) != 0) {
            connection.close();
            return HttpRequestParser.sent(state, length);
        }
        return HttpRequestParser.REQUEST_START;
    }
}
