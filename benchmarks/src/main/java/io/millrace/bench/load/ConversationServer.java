package io.millrace.bench.load;

import io.millrace.tcp.TcpConnection;
import io.millrace.tcp.TcpHandler;
import org.agrona.DirectBuffer;

/**
 * The server's part of a {@link Conversation}. Stateless; one instance serves all connections of a shard, on its thread;
 * allocates nothing.
 */
public final class ConversationServer implements TcpHandler {
    private final Conversation conversation;

    /** Serves connections of this kind. */
    public ConversationServer(final Conversation conversation) {
        this.conversation = conversation;
    }

    @Override
    public void onOpen(final TcpConnection connection) {
        if (!conversation.hasRequest()) {
            endIfFirst(connection);
        }
    }

    @Override
    public int onData(final TcpConnection connection, final DirectBuffer buffer, final int offset, final int length) {
        if (length < conversation.requestBytes()) {
            return 0; // is offered again with the rest
        }
        connection.write(buffer, offset, length);
        endIfFirst(connection);
        return length;
    }

    private void endIfFirst(final TcpConnection connection) {
        if (conversation.serverCloses()) {
            end(connection, conversation);
        }
    }

    /** Ends a connection as the conversation has it. */
    static void end(final TcpConnection connection, final Conversation conversation) {
        if (conversation.byReset()) {
            connection.abort();
        } else {
            connection.close();
        }
    }
}
