package io.millrace.tcp.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dataplane.counters.Counter;
import io.millrace.tcp.CloseReason;
import io.millrace.tcp.ListenConfig;
import io.millrace.tcp.TcpConnection;
import io.millrace.tcp.TcpHandler;
import io.millrace.tcp.TcpListener;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What applications do in callbacks sends segments, or ends connections, while the segment that led to it is not done with. */
@Tag("D1")
class DeedsInCallbacksTest extends ConversationTest {
    private static final int PORT = 7;

    private final List<String> told = new ArrayList<>();

    /** Opens a connection to the peer for each that the peer opens, as a proxy does, and writes down what it is told. */
    private final class Proxy implements TcpHandler {
        @Override
        public void onOpen(final TcpConnection connection) {
            told.add("open");
            assertThat(talk().loop().connect(family.peer, 80, new Proxy(), 0)).isNotZero();
        }

        @Override
        public int onData(
                final TcpConnection connection, final DirectBuffer buffer, final int offset, final int length) {
            final byte[] text = new byte[length];
            buffer.getBytes(offset, text);
            told.add("text of " + length + (isPattern(text) ? "" : ", wrong"));
            return length;
        }

        @Override
        public void onPeerClosed(final TcpConnection connection) {
            told.add("end");
            connection.close();
        }

        @Override
        public void onClosed(final TcpConnection connection, final CloseReason reason) {
            told.add("closed " + reason);
        }
    }

    private static boolean isPattern(final byte[] text) {
        for (int i = 0; i < text.length; i++) {
            if (text[i] != (byte) ((i + 1) * 31 + (i + 1 >>> 8) * 17)) {
                return false;
            }
        }
        return true;
    }

    @Test
    @Tag("C4")
    void shouldKeepAFinThatComesBeforeItsTurnApartFromTheSynItsArrivalLedTo() {
        talk().engine().listen(ListenConfig.onPort(PORT), shard -> new Proxy());
        talk().to(PORT);
        run("""
                > S seq 0 <mss 1460>
                < SA
                > FA seq 11
                < A ack 1
                > A seq 1 text 10
                < FA ack 12
                > A seq 12 ack 2
                """);

        assertThat(told).containsExactly("open", "text of 10", "end", "closed NORMAL");
        assertThat(talk().count(Counter.TCP_ACTIVE_OPENS)).isEqualTo(1);
    }

    @Test
    void shouldDeliverTheTextThatCameWithACookieThoughTheApplicationConnects() {
        talk().engine()
                .listen(
                        ListenConfig.onPort(PORT).withBacklog(1).withOverflow(ListenConfig.SynOverflow.COOKIES),
                        shard -> new Proxy());
        talk().to(PORT);
        run("""
                > S seq 0 <mss 1460>
                < SA
                peer 40001
                to 7
                > S seq 0 <mss 1460>
                < SA
                > PA text 10
                +40ms < A ack 11
                count SYNCOOKIES_RECEIVED 1
                """);

        assertThat(told).containsExactly("open", "text of 10");
    }

    /** Accepts what waits as soon as it hears of it, and aborts it at once. */
    private final class Doorkeeper implements TcpHandler {
        @Override
        public void onAcceptable(final TcpListener listener) {
            told.add("acceptable");
            listener.accept(10);
        }

        @Override
        public void onOpen(final TcpConnection connection) {
            told.add("open");
            connection.abort();
        }

        @Override
        public int onData(
                final TcpConnection connection, final DirectBuffer buffer, final int offset, final int length) {
            return length;
        }

        @Override
        public void onClosed(final TcpConnection connection, final CloseReason reason) {
            told.add("closed " + reason);
        }
    }

    @Test
    void shouldEndAConnectionThatIsAcceptedAndAbortedAsSoonAsItWaits() {
        talk().engine().listen(ListenConfig.onPort(PORT).withAutoAccept(false), shard -> new Doorkeeper());
        talk().to(PORT);
        run("""
                > S seq 0 <mss 1460>
                < SA
                > A text 10
                < RA seq 1 ack 11
                silence 1s
                """);

        assertThat(told).containsExactly("acceptable", "open", "closed ABORTED");
        assertThat(talk().count(Counter.TCP_ENGINE_ABORTS)).isZero();
        assertThat(talk().occupancy().connections()).isZero();
    }

    /** Takes what waits at another listener before it looks at its own text; {@code other} null for the one that waits. */
    private final class Taker implements TcpHandler {
        private final String name;
        private final TcpListener other;

        private Taker(final String name, final TcpListener other) {
            this.name = name;
            this.other = other;
        }

        @Override
        public int onData(
                final TcpConnection connection, final DirectBuffer buffer, final int offset, final int length) {
            if (other != null) {
                assertThat(other.accept(10)).isEqualTo(2);
            }
            final byte[] text = new byte[length];
            buffer.getBytes(offset, text);
            told.add("%s: %d from %d%s"
                    .formatted(name, length, connection.remotePort(), isPattern(text) ? "" : ", wrong"));
            return length;
        }
    }

    @Test
    void shouldShowACallbackItsOwnConnectionAndTextAfterItHasAcceptedOthers() {
        final TcpListener waiting = talk().engine()
                .listen(ListenConfig.onPort(PORT + 1).withAutoAccept(false), shard -> new Taker("accepted", null))
                .getFirst();
        talk().engine().listen(ListenConfig.onPort(PORT), shard -> new Taker("outer", waiting));
        for (int peer = 40_001; peer <= 40_002; peer++) {
            talk().peer(peer).to(PORT + 1);
            run("""
                    > S seq 0 <mss 1460>
                    < SA
                    > A text 20
                    +40ms < A ack 21
                    """);
        }
        talk().peer(40_000).to(PORT);
        run("""
                > S seq 0 <mss 1460>
                < SA
                > A
                > A text 10
                +40ms < A ack 11
                """);

        assertThat(told).containsExactly("accepted: 20 from 40001", "accepted: 20 from 40002", "outer: 10 from 40000");
    }

    /** Opens its connection again whenever it has ended. */
    private final class Persistent implements TcpHandler {
        @Override
        public int onData(
                final TcpConnection connection, final DirectBuffer buffer, final int offset, final int length) {
            return length;
        }

        @Override
        public void onClosed(final TcpConnection connection, final CloseReason reason) {
            told.add("closed " + reason);
            told.add(talk().loop().connect(family.peer, 80, this, 0) == 0 ? "refused" : "opened again");
        }
    }

    @Test
    void shouldOpenNoConnectionWhenTheEngineEnds() {
        assertThat(talk().loop().connect(family.peer, 80, new Persistent(), 0)).isNotZero();
        assertThat(talk().loop().connect(family.peer, 80, new Persistent(), 0)).isNotZero();
        talk().poll();
        talk().closeEngine();

        assertThat(told).containsExactly("closed ABORTED", "refused", "closed ABORTED", "refused");
    }
}
