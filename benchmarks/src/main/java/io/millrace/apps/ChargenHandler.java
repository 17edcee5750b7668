package io.millrace.apps;

import io.millrace.tcp.TcpConnection;
import io.millrace.tcp.TcpHandler;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Sends the rotating pattern of RFC 864 for as long as the peer reads, and throws away what it gets.
 *
 * <p>The place in the pattern is the connection's attachment. One instance serves all connections of a shard, on the
 * shard's thread; allocates nothing but the pattern itself, once.
 */
public final class ChargenHandler implements TcpHandler {
    private static final int FIRST_CHARACTER = ' ';
    private static final int CHARACTERS = 95;
    private static final int CHARACTERS_PER_LINE = 72;
    private static final int LINE_LENGTH = CHARACTERS_PER_LINE + 2;

    /** Bytes after which the pattern begins anew. */
    static final int PERIOD = CHARACTERS * LINE_LENGTH;

    private static final int CHUNK = 4 * PERIOD;

    /** One period longer than a chunk, so that a chunk may begin anywhere in the period. */
    private final DirectBuffer pattern = new UnsafeBuffer(pattern(PERIOD + CHUNK));

    /** The first {@code length} bytes of the stream. */
    static byte[] pattern(final int length) {
        final byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            final int line = i / LINE_LENGTH;
            final int column = i % LINE_LENGTH;
            bytes[i] = (byte)
                    switch (column) {
                        case CHARACTERS_PER_LINE -> '\r';
                        case CHARACTERS_PER_LINE + 1 -> '\n';
                        default -> FIRST_CHARACTER + (line + column) % CHARACTERS;
                    };
        }
        return bytes;
    }

    @Override
    public void onOpen(final TcpConnection connection) {
        send(connection);
    }

    @Override
    public void onWritable(final TcpConnection connection) {
        send(connection);
    }

    @Override
    public int onData(final TcpConnection connection, final DirectBuffer buffer, final int offset, final int length) {
        return length;
    }

    private void send(final TcpConnection connection) {
        int position = (int) connection.attachment();
        int taken;
        do {
            taken = connection.write(pattern, position, CHUNK);
            position = (position + taken) % PERIOD;
        } while (taken == CHUNK);
        connection.attachment(position);
    }
}
