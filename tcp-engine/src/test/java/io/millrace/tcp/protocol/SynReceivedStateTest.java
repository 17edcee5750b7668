package io.millrace.tcp.protocol;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 9293 §3.10.7.4 for SYN-RECEIVED after a passive open: entries of the SYN queue. */
class SynReceivedStateTest extends ConversationTest {
    private static final String HALF_OPEN = """
            listen 7 echo
            > S seq 0 <mss 1460>
            < SA seq 0 ack 1
            """;
    private static final String STILL_COMPLETES = """
            > A seq 1 ack 1
            event open
            > PA seq 1 text 5
            < PA seq 1 ack 6 text 5
            """;

    @Test
    @Tag("H5")
    void shouldSendTheSynAckAgainAfterOneTwoFourSecondsAndGiveUpAfter63() {
        run(HALF_OPEN + """
                +1000ms < SA seq 0 ack 1
                +2000ms < SA seq 0 ack 1
                +4000ms < SA seq 0 ack 1
                +8000ms < SA seq 0 ack 1
                +16000ms < SA seq 0 ack 1
                +31900ms
                half-open 1
                +200ms
                half-open 0
                no event
                silence 120s
                > A seq 1 ack 1      # a late ACK gets a RST
                < R seq 1
                count SYN_QUEUE_TIMEOUTS 1
                """);
    }

    @Test
    @Tag("H5")
    void shouldLiveAsLongAsConfigured() {
        talk(config -> config.synAckRetries(1)).run(HALF_OPEN + """
                +1000ms < SA seq 0 ack 1
                +1900ms
                half-open 1
                +200ms
                half-open 0
                """);
    }

    @Test
    @Tag("H6")
    void shouldAnswerADuplicateSynByTheSameSynAck() {
        run(HALF_OPEN + """
                > S seq 0 <mss 1460>
                < SA seq 0 ack 1
                > S seq 0 <mss 1460>
                < SA seq 0 ack 1
                half-open 1
                """ + STILL_COMPLETES);
    }

    @Test
    @Tag("H6")
    void shouldAcknowledgeASynOutsideTheWindow() {
        run(HALF_OPEN + """
                > S seq 5000000
                < A seq 1 ack 1
                half-open 1
                """ + STILL_COMPLETES);
    }

    @Test
    @Tag("H6")
    void shouldReturnToListenSilentlyOnASynInTheWindow() {
        run(HALF_OPEN + """
                > S seq 100
                silence
                half-open 0
                no event
                > A seq 1 ack 1
                < R seq 1
                """);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 0x4000_0000})
    @Tag("H7")
    void shouldResetAWrongThirdAckAndKeepTheEntry(final int ack) {
        run(HALF_OPEN + """
                > A seq 1 ack %d
                < R seq %d
                half-open 1
                """.formatted(ack, ack) + STILL_COMPLETES);
    }

    @Test
    @Tag("H7")
    void shouldTakeTextAndFinOfTheThirdAck() {
        run(HALF_OPEN + """
                > FPA seq 1 ack 1 text 3
                < FPA seq 1 ack 5 text 3
                event open
                event data 3
                event end
                > A
                event closed NORMAL
                silence 5s
                connections 0
                """);
    }

    @Test
    @Tag("H8")
    void shouldCompleteByTextWhenTheThirdAckIsLost() {
        run(HALF_OPEN + """
                +1000ms < SA seq 0 ack 1
                > PA seq 1 ack 1 text 5
                < PA seq 1 ack 6 text 5
                event open
                event data 5
                half-open 0
                """);
    }

    @Test
    @Tag("H8")
    void shouldCompleteByTextOutOfOrder() {
        run(HALF_OPEN + """
                > PA seq 6 ack 1 text 5
                < A seq 1 ack 1
                event open
                > PA seq 1 ack 1 text 5
                < PA seq 1 ack 11 text 10
                """);
    }

    @Test
    @Tag("H4")
    @Tag("R1")
    void shouldReturnToListenSilentlyOnAnExactReset() {
        run(HALF_OPEN + """
                > R seq 1
                silence 5s
                half-open 0
                connections 0
                no event
                """);
    }

    @Test
    @Tag("R1")
    void shouldChallengeAResetThatIsNotExact() {
        run(HALF_OPEN + """
                > R seq 100
                < A seq 1 ack 1
                half-open 1
                """ + STILL_COMPLETES);
    }

    /** RFC 7323 §2.2: the window of a SYN is never scaled, that of every other segment is. */
    @Test
    @Tag("H13")
    void shouldScaleTheWindowOfAChallenge() {
        talk(config -> config.receiveBufferBytes(4 << 20)).run("""
                listen 7 echo
                > S seq 0 <mss 1460, wscale 7>
                < SA seq 0 ack 1 win 65535 <mss, wscale 7>
                > R seq 100
                < A seq 1 ack 1 win 511
                half-open 1
                """);
    }

    @Test
    @Tag("R1")
    void shouldNotChallengeAResetWhoseTextOnlyReachesIntoTheWindow() {
        run(HALF_OPEN + """
                > R seq 0 text 100
                silence
                half-open 1
                """ + STILL_COMPLETES);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 0x5000_0000})
    @Tag("R1")
    void shouldIgnoreAResetOutsideTheWindow(final int seq) {
        run(HALF_OPEN + """
                > R seq %d
                silence
                half-open 1
                """.formatted(seq) + STILL_COMPLETES);
    }

    @Test
    void shouldIgnoreASegmentWithoutAck() {
        run(HALF_OPEN + """
                > P seq 1 text 5
                silence
                > F seq 1
                silence
                """ + STILL_COMPLETES);
    }

    @Test
    @Tag("D4")
    void shouldRefuseAThirdAckWithAnOldTimestamp() {
        run("""
                listen 7 echo
                > S seq 0 <mss 1460, TS val 1000 ecr 0>
                < SA seq 0 ack 1 <mss 1460, TS ecr 1000>
                > A seq 1 ack 1 <TS val 999 ecr 0>
                < A seq 1 ack 1 <TS ecr 1000>
                half-open 1
                > A seq 1 ack 1
                event open
                """);
    }

    @Test
    @Tag("H5")
    void shouldAcknowledgeAFinInTheWindowOnlyWithTheHandshake() {
        run(HALF_OPEN + """
                > FA seq 1 ack 1
                < FA seq 1 ack 2
                event open
                event end
                > A
                event closed NORMAL
                """);
    }
}
