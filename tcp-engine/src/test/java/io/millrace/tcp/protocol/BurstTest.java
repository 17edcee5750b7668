package io.millrace.tcp.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dataplane.counters.Counter;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Segments of one connection that come in one burst are answered together: RFC 9293 §3.8.6.3, RFC 5681 §4.2. */
@Tag("D2")
class BurstTest extends ConversationTest {
    private static final String SINK = OPEN.replace("echo", "sink");
    /** The first 16 segments' worth of a connection is acknowledged segment by segment. */
    private static final int STARTED = 1 + 17 * 1460;

    /** Past the start, with nothing unacknowledged. */
    private void start() {
        run(SINK);
        for (int i = 0; i < 17; i++) {
            run("> A text 1460");
        }
        run("""
                +200ms
                skip
                """);
    }

    private void offer(final String line) {
        assertThat(talk().offer(line)).isTrue();
    }

    @Test
    void shouldAcknowledgeThemByOneSegment() {
        start();
        for (int i = 0; i < 6; i++) {
            offer("A text 1460");
        }
        talk().poll();
        run("""
                < A ack %d
                silence 1s
                """.formatted(STARTED + 6 * 1460));
        assertThat(talk().count(Counter.ACKS_COMBINED)).isEqualTo(5);
    }

    @Test
    void shouldAcknowledgeEightByOneSegmentAndNoMore() {
        start();
        for (int i = 0; i < 20; i++) {
            offer("A text 1460");
        }
        talk().poll();
        run("""
                < A ack %d
                < A ack %d
                < A ack %d
                silence 1s
                """.formatted(STARTED + 8 * 1460, STARTED + 16 * 1460, STARTED + 20 * 1460));
    }

    @Test
    void shouldAcknowledgeEachOfTheFirstSegmentsByItself() {
        run(SINK);
        for (int i = 0; i < 3; i++) {
            offer("A text 1460");
        }
        talk().poll();
        run("""
                < A ack 1461
                < A ack 2921
                < A ack 4381
                """);
    }

    @Test
    @Tag("D3")
    void shouldTellOfAHoleAtOnceAndForEachSegmentBehindIt() {
        start();
        offer("A text 1460");
        offer("A seq %d text 1460".formatted(STARTED + 2 * 1460));
        offer("A seq %d text 1460".formatted(STARTED + 3 * 1460));
        offer("A seq %d text 1460".formatted(STARTED + 1460));
        offer("A seq %d text 1460".formatted(STARTED + 4 * 1460));
        talk().poll();
        run("""
                < A ack %1$d
                < A ack %1$d
                < A ack %2$d
                +40ms < A ack %3$d
                """.formatted(STARTED + 1460, STARTED + 4 * 1460, STARTED + 5 * 1460));
    }

    @Test
    void shouldAnswerAFinBehindThemAtOnce() {
        start();
        offer("A text 1460");
        offer("A text 1460");
        offer("FA text 10");
        talk().poll();
        run("""
                < A ack %d
                event data %d
                event end
                """.formatted(STARTED + 2 * 1460 + 11, STARTED - 1 + 2 * 1460 + 10));
    }

    @Test
    void shouldEndByAResetBehindThemWithoutAnAnswer() {
        start();
        offer("A text 1460");
        offer("A text 1460");
        offer("R");
        talk().poll();
        run("""
                silence 1s
                event data %d
                event closed RESET
                connections 0
                """.formatted(STARTED - 1 + 2 * 1460));
    }

    @Test
    void shouldSendOnceForSeveralAcknowledgments() {
        run(SINK + """
                app write 60000
                < A seq 1 text 1460
                skip
                """);
        for (int i = 1; i <= 4; i++) {
            offer("A ack " + (1 + i * 1460));
        }
        talk().poll();
        run("""
                < A seq 14601 text 1460
                < A seq 16061 text 1460
                """);
        assertThat(talk().count(Counter.ACKS_COMBINED)).isEqualTo(3);
    }

    @Test
    @Tag("D4")
    void shouldOpenTheCongestionWindowByEachOfSeveralAcknowledgments() {
        run(SINK + """
                app write 60000
                < A seq 1 text 1460
                skip
                """);
        final int before = talk().engineSndNxt();
        for (int i = 1; i <= 5; i++) {
            offer("A ack " + (1 + i * 2 * 1460)); // a window of ten segments, two in each
        }
        talk().poll();
        assertThat((talk().engineSndNxt() - before) / 1460).as("segments sent").isEqualTo(20);
    }

    @Test
    void shouldKeepTheConnectionsOfABurstApart() {
        start();
        run("""
                peer 40001
                > S seq 0 <mss 1460>
                < SA
                > A
                """);
        for (int i = 0; i < 3; i++) {
            talk().peer(40_000);
            offer("A text 1460");
            offer("A text 1460");
            talk().peer(40_001);
            offer("PA text 100");
        }
        talk().peer(40_000);
        talk().poll();
        run("""
                < A ack %d
                < A ack %d
                < A ack %d
                silence 1s
                peer 40001
                < A ack 301
                """.formatted(STARTED + 2 * 1460, STARTED + 4 * 1460, STARTED + 6 * 1460));
    }
}
