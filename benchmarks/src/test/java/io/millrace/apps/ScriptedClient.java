package io.millrace.apps;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.millrace.tcp.CloseReason;
import io.millrace.tcp.TcpConnection;
import io.millrace.tcp.TcpHandler;
import java.io.ByteArrayOutputStream;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** One client connection of a test: sends given bytes, keeps what comes back, and remembers its end. */
final class ScriptedClient implements TcpHandler {
    private final DirectBuffer toSend;
    private final boolean halfClose;
    private final int closeAfter;
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private int written;
    private boolean peerClosed;
    private CloseReason reason;

    private ScriptedClient(final byte[] toSend, final boolean halfClose, final int closeAfter) {
        this.toSend = new UnsafeBuffer(toSend);
        this.halfClose = halfClose;
        this.closeAfter = closeAfter;
    }

    /** Sends, closes its side, reads to the end. */
    static ScriptedClient sendingThenClosing(final byte[] bytes) {
        return new ScriptedClient(bytes, true, Integer.MAX_VALUE);
    }

    /** Sends, and leaves closing to the server. */
    static ScriptedClient sending(final String text) {
        return new ScriptedClient(text.getBytes(ISO_8859_1), false, Integer.MAX_VALUE);
    }

    /** Sends nothing, and closes once so many bytes have come. */
    static ScriptedClient closingAfter(final int bytes) {
        return new ScriptedClient(new byte[0], false, bytes);
    }

    byte[] received() {
        return received.toByteArray();
    }

    String text() {
        return received.toString(ISO_8859_1);
    }

    boolean peerClosed() {
        return peerClosed;
    }

    CloseReason reason() {
        return reason;
    }

    @Override
    public void onOpen(final TcpConnection connection) {
        onWritable(connection);
    }

    @Override
    public void onWritable(final TcpConnection connection) {
        final int left = toSend.capacity() - written;
        if (left > 0) {
            written += connection.write(toSend, written, left);
        }
        if (written == toSend.capacity() && halfClose) {
            connection.shutdownOutput();
        }
    }

    @Override
    public int onData(final TcpConnection connection, final DirectBuffer buffer, final int offset, final int length) {
        final byte[] bytes = new byte[length];
        buffer.getBytes(offset, bytes);
        received.writeBytes(bytes);
        if (received.size() >= closeAfter) {
            connection.close();
        }
        return length;
    }

    @Override
    public void onPeerClosed(final TcpConnection connection) {
        peerClosed = true;
        connection.close();
    }

    @Override
    public void onClosed(final TcpConnection connection, final CloseReason why) {
        reason = why;
    }
}
