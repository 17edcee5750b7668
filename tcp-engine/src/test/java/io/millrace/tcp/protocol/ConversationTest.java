package io.millrace.tcp.protocol;

import io.millrace.tcp.TcpConfig;
import io.millrace.tcp.conversation.Conversation;
import io.millrace.tcp.conversation.Family;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Base of tests that hold one conversation, with the engine's defaults, over IPv4 and over IPv6. Each ends with the count of
 * its frames.
 */
@ParameterizedClass(name = "{0}")
@EnumSource(Family.class)
abstract class ConversationTest {
    /** A handshake without options to an echo server on port 7. */
    static final String OPEN = """
            listen 7 echo
            > S seq 0 <mss 1460>
            < SA seq 0 ack 1
            > A
            event open
            """;

    @Parameter
    Family family;

    private Conversation talk;

    /** Begins with settings of its own; otherwise the first {@link #run} begins with the defaults. */
    Conversation talk(final UnaryOperator<TcpConfig.Builder> settings) {
        end();
        talk = new Conversation(family, settings);
        return talk;
    }

    /** The conversation of the test. */
    Conversation talk() {
        if (talk == null) {
            talk = new Conversation(family, config -> config);
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
