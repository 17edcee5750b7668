package io.millrace.tcp.protocol;

import io.millrace.tcp.TcpConfig;
import io.millrace.tcp.conversation.Conversation;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;

/** Base of tests that hold one conversation, with the engine's defaults. Each ends with the count of its frames. */
abstract class ConversationTest {
    /** A handshake without options to an echo server on port 7. */
    static final String OPEN = """
            listen 7 echo
            > S seq 0 <mss 1460>
            < SA seq 0 ack 1
            > A
            event open
            """;

    private Conversation talk;

    /** Begins with settings of its own; otherwise the first {@link #run} begins with the defaults. */
    Conversation talk(final UnaryOperator<TcpConfig.Builder> settings) {
        end();
        talk = new Conversation(settings);
        return talk;
    }

    /** The conversation of the test. */
    Conversation talk() {
        if (talk == null) {
            talk = new Conversation();
        }
        return talk;
    }

    /** Goes on with a script. */
    Conversation run(final String script) {
        return talk().run(script);
    }

    @AfterEach
    void end() {
        if (talk != null) {
            talk.close();
            talk = null;
        }
    }
}
