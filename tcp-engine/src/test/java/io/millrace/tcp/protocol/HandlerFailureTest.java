package io.millrace.tcp.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dataplane.counters.Counter;
import io.millrace.tcp.CloseReason;
import io.millrace.tcp.ListenConfig;
import io.millrace.tcp.TcpConnection;
import io.millrace.tcp.TcpHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.agrona.DirectBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A handler that throws loses its connection, and no more. */
class HandlerFailureTest extends ConversationTest {
    private static final String OTHERS_GO_ON = """
            peer 40001
            listen 8 echo
            > S seq 0 <mss 1460>
            < SA
            > PA text 5
            < PA seq 1 ack 6 text 5
            """;

    private final Logger logger = Logger.getLogger("io.millrace");
    private final List<LogRecord> logged = new ArrayList<>();
    private final Handler recorder = new Handler() {
        @Override
        public void publish(final LogRecord entry) {
            logged.add(entry);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    private enum Callback {
        OPEN,
        DATA,
        PEER_CLOSED,
        CLOSED
    }

    /** Throws in one of its methods. */
    private record Thrower(Callback where) implements TcpHandler {
        private void in(final Callback here) {
            if (here == where) {
                throw new IllegalStateException("thrown on purpose in " + here);
            }
        }

        @Override
        public void onOpen(final TcpConnection connection) {
            in(Callback.OPEN);
        }

        @Override
        public int onData(
                final TcpConnection connection, final DirectBuffer buffer, final int offset, final int length) {
            in(Callback.DATA);
            return length;
        }

        @Override
        public void onPeerClosed(final TcpConnection connection) {
            in(Callback.PEER_CLOSED);
            connection.close();
        }

        @Override
        public void onClosed(final TcpConnection connection, final CloseReason reason) {
            in(Callback.CLOSED);
        }
    }

    @BeforeEach
    void record() {
        logger.setUseParentHandlers(false);
        logger.addHandler(recorder);
    }

    @AfterEach
    void stopRecording() {
        logger.removeHandler(recorder);
        logger.setUseParentHandlers(true);
    }

    @ParameterizedTest
    @EnumSource
    void shouldCostOnlyItsConnection(final Callback where) {
        final TcpHandler thrower = new Thrower(where);
        talk().engine().listen(ListenConfig.onPort(7), shard -> thrower);
        for (int i = 0; i < 3; i++) {
            run("""
                    > S seq 0 <mss 1460>
                    < SA
                    > PA text 5
                    +50ms
                    > FA
                    > A ack 2
                    skip
                    connections 0
                    > A
                    < R                # gone
                    renew 805306368
                    """);
        }
        assertThat(talk().count(Counter.HANDLER_FAILURES)).isEqualTo(3);
        assertThat(logged).hasSize(1);
        assertThat(logged.getFirst().getThrown()).hasMessageContaining("on purpose");
        run(OTHERS_GO_ON);
    }

    @Test
    void shouldSurviveACommandThatThrows() {
        assertThat(talk().engine().execute(0, loop -> {
                    throw new IllegalStateException("thrown on purpose");
                }))
                .isTrue();
        run(OTHERS_GO_ON);
        assertThat(talk().count(Counter.HANDLER_FAILURES)).isEqualTo(1);
        assertThat(logged).hasSize(1);
    }
}
