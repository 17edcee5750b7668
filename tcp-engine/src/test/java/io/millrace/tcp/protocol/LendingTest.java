package io.millrace.tcp.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.millrace.dataplane.counters.Counter;
import io.millrace.tcp.CloseReason;
import io.millrace.tcp.ListenConfig;
import io.millrace.tcp.TcpConnection;
import io.millrace.tcp.TcpHandler;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Text that is sent from where it is, and frames that are kept: both come back, however the connection ends. */
@Tag("D1")
class LendingTest extends ConversationTest {
    private static final int PORT = 9;
    private static final String HANDSHAKE = """
            to 9
            > S seq 0 win 60000 <mss 1460>
            < SA seq 0 ack 1
            > A
            """;

    /** The text that the peer expects, from sequence number 1 on. */
    private final UnsafeBuffer text = new UnsafeBuffer(ByteBuffer.allocateDirect(100_000));

    private final List<String> told = new ArrayList<>();
    private final List<Long> frames = new ArrayList<>();
    private long id;
    private boolean failing;
    /** Whether to accept what waits at port 8, within a callback. */
    private boolean accepting;

    /** Tells what it is told; keeps the frames of all it gets, and fails if it shall. */
    private final class Application implements TcpHandler {
        @Override
        public void onOpen(final TcpConnection connection) {
            id = connection.id();
        }

        @Override
        public int onData(
                final TcpConnection connection, final DirectBuffer buffer, final int offset, final int length) {
            if (accepting) {
                accepting = false;
                talk().loop().listener(connection.localAddress(), 8).accept(1);
            }
            final long frame = connection.retain();
            told.add((frame == 0 ? "copied " : "kept ") + length);
            if (frame != 0 && !failing) {
                assertSame(connection.retain(), frame);
                frames.add(frame);
            }
            if (failing) {
                throw new IllegalStateException("thrown on purpose");
            }
            return length;
        }

        private void assertSame(final long again, final long frame) {
            if (again != frame) {
                told.add("another frame");
            }
        }

        @Override
        public void onReturned(final TcpConnection connection, final long token) {
            told.add("returned " + token);
        }

        @Override
        public void onPeerClosed(final TcpConnection connection) {
            told.add("end");
        }

        @Override
        public void onClosed(final TcpConnection connection, final CloseReason reason) {
            told.add("closed " + reason);
        }
    }

    private void open() {
        for (int i = 0; i < text.capacity(); i++) {
            text.putByte(i, pattern(i + 1));
        }
        talk().engine().listen(ListenConfig.onPort(PORT), shard -> new Application());
        run(HANDSHAKE);
    }

    /** As the conversation's own. */
    private static byte pattern(final int position) {
        return (byte) (position * 31 + (position >>> 8) * 17);
    }

    private TcpConnection connection() {
        return talk().loop().connection(id);
    }

    private int lend(final int from, final int count, final long token) {
        final int taken = connection().lend(text, from, count, token);
        talk().poll();
        return taken;
    }

    @Test
    void shouldSendItInLineWithWhatIsWrittenAndReturnItWhenAllOfItIsAcknowledged() {
        open();
        connection().write(text, 0, 100);
        connection().lend(text, 100, 2_000, 7);
        connection().write(text, 2_100, 50);
        connection().lend(text, 2_150, 10, 8);
        talk().poll();
        run("""
                < A seq 1 text 1460
                < PA seq 1461 text 700
                > A ack 2100
                """);
        assertThat(told).isEmpty();
        run("> A ack 2101");
        assertThat(told).containsExactly("returned 7");
        run("> A ack 2161");
        assertThat(told).containsExactly("returned 7", "returned 8");
        assertThat(talk().count(Counter.BUFFERS_LENT)).isEqualTo(2);
        assertThat(talk().count(Counter.BUFFERS_RETURNED)).isEqualTo(2);
    }

    @Test
    void shouldSendLostPiecesAgainFromWhereTheyAre() {
        open();
        lend(0, 5_000, 1);
        run("""
                < A seq 1 text 1460
                < A seq 1461 text 1460
                < A seq 2921 text 1460
                < PA seq 4381 text 620
                > A ack 1461
                +200..1100ms < A seq 1461 text 1460
                skip
                > A ack 5001
                """);
        assertThat(told).containsExactly("returned 1");
    }

    @Test
    void shouldTakeNoMoreThanTheSendBufferHasRoomFor() {
        talk(config -> config.sendBufferBytes(3_000));
        open();
        assertThat(lend(0, 2_000, 1)).isEqualTo(2_000);
        assertThat(lend(2_000, 5_000, 2)).isEqualTo(1_000);
        assertThat(lend(3_000, 5_000, 3)).isZero();
        run("""
                skip
                > A ack 3001
                """);
        assertThat(told).as("nothing was lent the third time").containsExactly("returned 1", "returned 2");
    }

    @Test
    void shouldRefuseWhatTheCollectorMayMove() {
        open();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> connection().lend(new UnsafeBuffer(new byte[10]), 0, 10, 1))
                .withMessageContaining("direct buffer");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "> R",
                "> FA",
                "app shutdown",
                "app shutdown; > A ack 4001; > FA ack 4001",
                "> FA; app shutdown",
                "app shutdown; > A ack 4002",
                "app shutdown; > A ack 4002; > FA",
                "app close; > PA text 5"
            })
    void shouldReturnEverythingInEveryStateBeforeItTellsOfTheEnd(final String steps) {
        open();
        lend(0, 3_000, 1);
        lend(3_000, 1_000, 2);
        for (final String step : steps.split("; ")) {
            switch (step) {
                case "app shutdown" -> connection().shutdownOutput();
                case "app close" -> connection().close();
                default -> run(step);
            }
            talk().poll();
        }
        final TcpConnection left = connection();
        if (left != null) {
            left.abort();
            talk().poll();
        }
        assertThat(told.stream().filter(line -> line.startsWith("returned")))
                .containsExactly("returned 1", "returned 2");
        assertThat(told).last().asString().startsWith("closed");
    }

    @Test
    void shouldReturnItWhenTheEngineEnds() {
        open();
        lend(0, 4_000, 1);
        talk().closeEngine();
        assertThat(told).containsExactly("returned 1", "closed ABORTED");
    }

    @Test
    void shouldLendNothingAfterTheClose() {
        open();
        connection().shutdownOutput();
        assertThat(connection().lend(text, 0, 10, 1)).isZero();
        talk().poll();
        assertThat(told).isEmpty();
    }

    /* Frames. */

    @Test
    void shouldKeepAFrameUntilItIsReleasedWhateverBecomesOfTheConnection() {
        open();
        run("""
                > PA text 100
                > PA text 200
                > R
                """);
        assertThat(told).containsExactly("kept 100", "kept 200", "closed RESET");
        assertThat(talk().loop().release(frames.get(0))).isTrue();
        assertThat(talk().loop().release(frames.get(0))).as("a second time").isFalse();
        assertThat(talk().loop().release(frames.get(1))).isTrue();
        assertThat(talk().count(Counter.FRAMES_RETAINED)).isEqualTo(2);
    } // that no frame is missing, the conversation itself checks at its end

    @Test
    void shouldTakeBackWhatIsKeptWhenTheEngineEnds() {
        open();
        run("> PA text 100");
        assertThat(frames).hasSize(1);
    }

    @Test
    void shouldKeepFramesThatHadToWaitForTheirTurn() {
        open();
        run("""
                > A seq 101 text 100
                > A seq 201 text 100
                > A seq 1 text 100
                """);
        assertThat(told).containsExactly("kept 100", "kept 100", "kept 100");
        frames.forEach(frame -> assertThat(talk().loop().release(frame)).isTrue());
    }

    @Test
    void shouldAnswerByAFreshFrameWhileTheOldOneIsKept() {
        open();
        run("""
                > PA text 100
                +40ms < A ack 101
                > PA text 100
                > PA text 100
                +40ms < A ack 301
                """);
        assertThat(told).containsExactly("kept 100", "kept 100", "kept 100");
    }

    @Test
    void shouldKeepNoMoreThanThePortCanSpareAndCountTheRest() {
        open();
        for (int i = 0; i < 400; i++) {
            run("> PA text 10");
        }
        final int kept = frames.size();
        assertThat(kept).isBetween(100, 300);
        assertThat(told).contains("copied 10");
        assertThat(talk().count(Counter.FRAMES_NOT_RETAINED)).isEqualTo(400 - kept);
        assertThat(talk().loop().release(frames.removeFirst())).isTrue();
        told.clear();
        run("> PA text 10");
        assertThat(told).containsExactly("kept 10");
    }

    @Test
    void shouldOfferTheFrameToNobodyElseWhileAnotherConnectionIsAcceptedWithin() {
        open();
        final List<Long> within = new ArrayList<>();
        talk().engine().listen(ListenConfig.onPort(8).withAutoAccept(false), shard -> new TcpHandler() {
            @Override
            public void onOpen(final TcpConnection connection) {
                within.add(connection.retain());
            }

            @Override
            public int onData(
                    final TcpConnection connection, final DirectBuffer buffer, final int offset, final int length) {
                within.add(connection.retain());
                return length;
            }
        });
        run("""
                peer 40001
                to 8
                > S seq 0 <mss 1460>
                < SA
                > A
                > PA text 30
                peer 40000
                """);
        accepting = true;
        run("> PA text 100");
        assertThat(within).as("what waits in the receive buffer is in no frame").containsExactly(0L, 0L);
        assertThat(told).containsExactly("kept 100");
        assertThat(talk().loop().release(frames.getFirst())).isTrue();
    }

    @Test
    void shouldKeepNothingForAHandlerThatFails() {
        open();
        failing = true;
        run("> PA text 100");
        assertThat(told).containsExactly("kept 100", "closed ABORTED");
    }

    @Test
    void shouldKnowNoHandleThatItDidNotGive() {
        open();
        for (final long handle : new long[] {0, 1, -1, Long.MAX_VALUE, 1L << 32, Long.MIN_VALUE}) {
            assertThat(talk().loop().release(handle)).as("%x", handle).isFalse();
        }
        assertThat(connection().retain()).as("outside of onData").isZero();
    }
}
