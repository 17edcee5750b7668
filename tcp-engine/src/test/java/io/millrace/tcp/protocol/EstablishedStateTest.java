package io.millrace.tcp.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dataplane.counters.Counter;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 9293 §3.10.7.4 for ESTABLISHED, and the blind attacks of RFC 5961. */
class EstablishedStateTest extends ConversationTest {
    /** Open, five bytes echoed and acknowledged: both sides go on with 6. */
    private static final String ECHOED = OPEN + """
            > PA text 5
            < PA seq 1 ack 6 text 5
            event data 5
            > A
            silence
            """;

    private static final String STILL_ECHOES = """
            +150ms
            > PA seq 6 ack 6 text 5
            < PA seq 6 ack 11 text 5
            event data 5
            """;

    @Test
    @Tag("R1")
    void shouldEndOnAnExactReset() {
        run(ECHOED + """
                > R seq 6
                event closed RESET
                silence 10s
                connections 0
                time-wait 0
                > A seq 6 ack 6
                < R seq 6
                """);
    }

    @ParameterizedTest
    @ValueSource(ints = {7, 4006, 65_000})
    @Tag("R1")
    void shouldChallengeAResetInTheWindow(final int seq) {
        run(ECHOED + """
                > RA seq %d
                < A seq 6 ack 6
                count CHALLENGE_ACKS 1
                """.formatted(seq) + STILL_ECHOES);
    }

    @ParameterizedTest
    @ValueSource(ints = {5, -5000, 65_542, 0x4000_0000})
    @Tag("R1")
    void shouldIgnoreAResetOutsideTheWindow(final int seq) {
        run(ECHOED + """
                > R seq %d
                silence
                count OUT_OF_WINDOW 1
                """.formatted(seq) + STILL_ECHOES);
    }

    @ParameterizedTest
    @ValueSource(strings = {"R seq 5 text 1", "RA seq 1 text 5", "R seq 1 text 900", "RF seq 5"})
    @Tag("R1")
    void shouldNotTakeAResetForExactBecauseItsTextReachesTheWindow(final String segment) {
        run(ECHOED + """
                > %s
                silence
                count OUT_OF_WINDOW 1
                """.formatted(segment) + STILL_ECHOES);
    }

    @ParameterizedTest
    @ValueSource(strings = {"R seq 2049", "RA seq 2049 text 3"})
    @Tag("R1")
    void shouldEndOnAnExactResetThoughTheWindowIsClosed(final String segment) {
        talk(config -> config.receiveBufferBytes(2_048)).run("""
                listen 7 hold
                > S seq 0 <mss 1460>
                < SA seq 0 ack 1
                > A
                event open
                > A text 1024
                > A text 1024
                skip
                > A seq 2049 text 1
                < A ack 2049 win 0
                > %s
                event closed RESET
                connections 0
                """.formatted(segment));
    }

    @Test
    @Tag("R1")
    void shouldEndOnTheExactResetThatAnswersAChallenge() {
        run(ECHOED + """
                > S seq 99
                < A seq 6 ack 6
                > R seq 6
                event closed RESET
                """);
    }

    @ParameterizedTest
    @ValueSource(strings = {"S seq 0", "S seq 6", "S seq 106", "S seq 805306368", "SA seq 6", "SA seq 0", "SF seq 6"})
    @Tag("R2")
    void shouldChallengeEverySyn(final String segment) {
        run(ECHOED + """
                > %s <mss 1460>
                < A seq 6 ack 6
                no event
                count SYN_CHALLENGES 1
                """.formatted(segment) + STILL_ECHOES);
    }

    @ParameterizedTest
    @ValueSource(ints = {7, 0x5000_0000})
    @Tag("R3")
    void shouldAcknowledgeAndDropWhatAcknowledgesTheUnsent(final int ack) {
        run(ECHOED + """
                > PA seq 6 ack %d text 5
                < A seq 6 ack 6
                no event
                """.formatted(ack) + STILL_ECHOES);
    }

    @Test
    @Tag("R3")
    void shouldAcknowledgeAndDropWhatAcknowledgesTheLongForgotten() {
        run(ECHOED + """
                > PA seq 6 ack -65531 text 5
                < A seq 6 ack 6
                no event
                """ + STILL_ECHOES);
    }

    @Test
    @Tag("R3")
    void shouldTakeTextWithAnOldButPossibleAck() {
        run(ECHOED + """
                > PA seq 6 ack -65529 text 5
                < PA seq 6 ack 11 text 5
                event data 5
                """);
    }

    @Test
    void shouldIgnoreDuplicateAndOldAcks() {
        run(ECHOED + """
                > A seq 6 ack 3
                > A seq 6 ack 6
                > A seq 6 ack 6
                > A seq 6 ack 6
                > A seq 6 ack 6
                silence
                """ + STILL_ECHOES);
    }

    @Test
    void shouldIgnoreASegmentWithoutAck() {
        run(ECHOED + """
                > P seq 6 text 5
                > F seq 6
                > . seq 6
                silence
                no event
                """ + STILL_ECHOES);
    }

    @Test
    @Tag("D1")
    void shouldAcknowledgeOldTextAgainAndNotDeliverItTwice() {
        run(ECHOED + """
                > PA seq 1 text 5
                < A seq 6 ack 6
                no event
                """ + STILL_ECHOES);
    }

    @Test
    @Tag("D1")
    void shouldTakeTheNewHalfOfASegment() {
        run(ECHOED + """
                > PA seq 3 text 8
                < PA seq 6 ack 11 text 5
                event data 5
                """);
    }

    @Test
    @Tag("D1")
    void shouldEchoAcrossTheWrapOfBothNumbers() {
        run("""
                listen 7 echo
                engine-isn 4294967200
                isn 4294967200
                > S seq 0 <mss 1460>
                < SA seq 0 ack 1
                > A
                > PA text 300
                < PA seq 1 ack 301 text 300
                > PA text 300
                < PA seq 301 ack 601 text 300
                > A
                silence 5s
                """);
    }

    @Test
    @Tag("D1")
    void shouldEchoAcrossTheSignOfThePeersNumbers() {
        run("""
                isn 2147483640
                """ + OPEN + """
                > PA text 300
                < PA seq 1 ack 301 text 300
                """);
    }

    @Test
    @Tag("R4")
    void shouldLimitChallengesOfAConnection() {
        run(ECHOED + """
                > S seq 99
                < A seq 6 ack 6
                > S seq 99
                > S seq 99
                > R seq 99
                silence
                count CHALLENGE_ACKS_SKIPPED 3
                +101ms
                > S seq 99
                < A seq 6 ack 6
                """);
    }

    @Test
    @Tag("R4")
    void shouldNotLetOneConnectionsChallengesHoldBackAnothers() {
        run(OPEN);
        for (int i = 0; i < 100; i++) {
            run("> S seq 99\nskip");
        }
        run("""
                peer 40001
                > S seq 0 <mss 1460>
                < SA seq 0 ack 1
                > A
                > S seq 99
                < A seq 1 ack 1
                """);
    }

    @Test
    @Tag("R4")
    void shouldLimitChallengesOfAHalfOpenConnectionByItselfSoThatNobodyLearnsOfAnothers() {
        run("""
                listen 7 echo
                > S seq 0 <mss 1460>
                < SA seq 0 ack 1
                """);
        for (int i = 0; i < 20_000; i++) { // more than any count over all could be
            run("> A seq 5000000 ack 1\nskip");
        }
        assertThat(talk().count(Counter.CHALLENGE_ACKS)).isEqualTo(1);
        assertThat(talk().count(Counter.CHALLENGE_ACKS_SKIPPED)).isEqualTo(19_999);
        run("""
                peer 40001
                > S seq 0 <mss 1460>
                < SA seq 0 ack 1
                > A seq 5000000 ack 1
                < A seq 1 ack 1                # another entry is not held back by it
                peer 40000
                +260ms
                > A seq 5000000 ack 1
                < A seq 1 ack 1
                """);
    }

    @Test
    @Tag("D7")
    void shouldDeliverUrgentTextInLine() {
        run(ECHOED + """
                > UA seq 6 text 5 urg 3
                < PA seq 6 ack 11 text 5
                event urgent 3
                event data 5
                > UPA seq 11 urg 60000 text 5
                < PA seq 11 ack 16 text 5
                event urgent 60000
                event data 5
                """);
    }

    @Test
    @Tag("D7")
    void shouldTellOfUrgentDataOnceUnlessItsEndMovesOn() {
        run(ECHOED + """
                > UA seq 6 urg 10             # before any of it, as into a closed window
                event urgent 10
                > UPA seq 6 text 5 urg 10
                event data 5
                > UPA seq 11 text 2 urg 8     # three more
                event urgent 8
                event data 2
                > UPA seq 13 text 6 urg 6
                event data 6
                > UPA seq 13 text 6 urg 6     # sent again: taken long ago
                no event
                > UPA seq 19 text 1 urg 1
                event urgent 1
                event data 1
                """);
    }

    @Test
    @Tag("D7")
    void shouldNotTellOfUrgentDataInSegmentsThatAreNotAcceptable() {
        run(ECHOED + """
                > UPA seq 900000000 text 5 urg 5
                > UPA seq 6 ack 900000000 text 5 urg 5
                no event
                skip
                """ + STILL_ECHOES);
    }

    @Test
    @Tag("H14")
    void shouldAcknowledgeTextBeyondTheWindowAndDropIt() {
        run(ECHOED + """
                > PA seq 900000000 text 5
                < A seq 6 ack 6
                no event
                """ + STILL_ECHOES);
    }
}
