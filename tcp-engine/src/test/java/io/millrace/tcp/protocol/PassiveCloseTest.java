package io.millrace.tcp.protocol;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** RFC 9293 §3.6 and §3.10.7.4: the peer closes first: CLOSE_WAIT, LAST_ACK. */
@Tag("C1")
class PassiveCloseTest extends ConversationTest {
    private static final String LAST_ACK = OPEN + """
            > FA
            < FA seq 1 ack 2
            event end
            state LAST_ACK
            """;
    private static final String CLOSE_WAIT = """
            listen 7 sink
            > S seq 0 <mss 1460>
            < SA seq 0 ack 1
            > A
            event open
            > FA
            < A seq 1 ack 2
            event end
            state CLOSE_WAIT
            """;
    private static final String CLOSED = """
            event closed NORMAL
            connections 0
            time-wait 0
            silence 10s
            > A seq 2 ack 2
            < R seq 2
            """;

    @Test
    void shouldCloseByThreeSegmentsWhenTheApplicationClosesAtOnce() {
        run(LAST_ACK + """
                > A ack 2
                """ + CLOSED);
    }

    @Test
    void shouldCloseByFourSegments() {
        run(CLOSE_WAIT + """
                silence 300s
                app close
                < FA seq 1 ack 2
                state LAST_ACK
                > A ack 2
                """ + CLOSED);
    }

    @Test
    @Tag("C3")
    void shouldSendAsLongAsItLikesAfterThePeersFin() {
        run(CLOSE_WAIT + """
                app write 1000
                < PA seq 1 ack 2 text 1000
                > A ack 1001
                silence 300s
                app write 5
                < PA seq 1001 text 5
                app close
                < FA seq 1006 ack 2
                > A ack 1007
                event closed NORMAL
                """);
    }

    @Test
    @Tag("C1")
    void shouldDeliverTheTextOfTheFinBeforeTheEnd() {
        run(OPEN + """
                > FPA text 10
                < FPA seq 1 ack 12 text 10
                event data 10
                event end
                > A ack 12
                event closed NORMAL
                """);
    }

    @Test
    @Tag("C4")
    void shouldSendTheFinAgainWithBackOff() {
        run(LAST_ACK + """
                +900..1100ms < FA seq 1 ack 2
                +1900..2100ms < FA seq 1 ack 2
                +3900..4100ms < FA seq 1 ack 2
                > A ack 1                          # does not cover it
                +7900..8100ms < FA seq 1 ack 2
                > A ack 2
                event closed NORMAL
                silence 60s
                """);
    }

    @Test
    @Tag("C4")
    void shouldIgnoreTextAfterAFin() {
        run(CLOSE_WAIT + """
                > PA seq 2 text 5
                silence
                no event
                state CLOSE_WAIT
                """);
    }

    @Test
    @Tag("C4")
    void shouldTakeTheFinAfterAHoleThatIsFilledInTwoSteps() {
        run(OPEN + """
                > FPA seq 7 ack 1 text 3
                < A seq 1 ack 1
                > PA seq 4 ack 1 text 3
                < A seq 1 ack 1
                > PA seq 1 ack 1 text 3
                < FPA seq 1 ack 11 text 9
                event data 9
                event end
                > A seq 11
                event closed NORMAL
                """);
    }

    @Test
    @Tag("C4")
    void shouldNotTakeAFinOutsideTheWindow() {
        run(OPEN + """
                > FA seq 268435456
                < A seq 1 ack 1
                state ESTABLISHED
                > FA seq 0
                < A seq 1 ack 1
                state ESTABLISHED
                no event
                """);
    }

    @Test
    void shouldAcknowledgeARetransmittedFin() {
        run(CLOSE_WAIT + """
                > FA seq 1
                < A seq 1 ack 2
                state CLOSE_WAIT
                """);
    }

    @Test
    void shouldSendTheFinAgainInLastAckWhenThePeersFinComesAgain() {
        run(LAST_ACK + """
                > FA seq 1 ack 1
                < A seq 2 ack 2
                > A ack 2
                event closed NORMAL
                """);
    }

    @Test
    @Tag("C8")
    @Tag("R1")
    void shouldChallengeAnInexactResetInLastAck() {
        run(LAST_ACK + """
                > R seq 10
                < A seq 2 ack 2
                > R seq 1
                silence
                +700..1100ms < FA seq 1 ack 2
                > R seq 2
                event closed RESET
                connections 0
                silence 10s
                """);
    }

    @Test
    @Tag("C8")
    @Tag("R1")
    @Tag("R2")
    void shouldChallengeInCloseWait() {
        run(CLOSE_WAIT + """
                > S seq 10
                < A seq 1 ack 2
                +150ms
                > R seq 10
                < A seq 1 ack 2
                > R seq 1
                silence
                state CLOSE_WAIT
                > R seq 2
                event closed RESET
                connections 0
                """);
    }
}
