package io.millrace.tcp.protocol;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 9293 §3.6 and §3.10.7.4: our side closes first: FIN_WAIT_1, FIN_WAIT_2, CLOSING. */
@Tag("C1")
class ActiveCloseTest extends ConversationTest {
    private static final String FIN_WAIT_1 = """
            listen 7 close
            > S seq 0 <mss 1460>
            < SA seq 0 ack 1
            > A
            event open
            < FA seq 1 ack 1
            state FIN_WAIT_1
            """;
    private static final String FIN_WAIT_2 = FIN_WAIT_1 + """
            > A ack 2
            state FIN_WAIT_2
            """;
    private static final String CLOSING = FIN_WAIT_1 + """
            > FA seq 1 ack 1
            < A ack 2
            state CLOSING
            """;
    /** Half-closed only: the application goes on reading. */
    private static final String HALF_CLOSED = """
            listen 7 sink
            > S seq 0 <mss 1460>
            < SA seq 0 ack 1
            > A
            event open
            app shutdown
            < FA seq 1 ack 1
            > A ack 2
            state FIN_WAIT_2
            """;

    private static final String TIME_WAIT = """
            event closed NORMAL
            connections 0
            time-wait 1
            silence 10s
            """;

    @Test
    void shouldCloseByFourSegments() {
        run(FIN_WAIT_2 + """
                silence 5s
                > FA seq 1 ack 2
                < A seq 2 ack 2
                """ + TIME_WAIT);
    }

    @Test
    void shouldGoStraightToTimeWaitOnFinWithAck() {
        run(FIN_WAIT_1 + """
                > FA seq 1 ack 2
                < A seq 2 ack 2
                """ + TIME_WAIT);
    }

    @Test
    @Tag("C2")
    void shouldCloseSimultaneously() {
        run(CLOSING + """
                > A seq 2 ack 2
                silence
                """ + TIME_WAIT);
    }

    @Test
    @Tag("C2")
    @Tag("C4")
    void shouldSendTheFinAgainInClosing() {
        run(CLOSING + """
                +900..1100ms < FA seq 1 ack 2
                > A seq 2 ack 2
                """ + TIME_WAIT);
    }

    @Test
    @Tag("D1")
    void shouldCloseAcrossTheWrapOfThePeersNumbers() {
        run("""
                isn 4294967294
                """ + FIN_WAIT_1 + """
                > FA seq 1 ack 2
                < A seq 2 ack =0
                """ + TIME_WAIT);
    }

    @Test
    @Tag("D1")
    void shouldCloseSimultaneouslyAcrossTheWrapOfBoth() {
        run("""
                listen 7 close
                engine-isn 4294967294
                isn 4294967294
                > S seq 0 <mss 1460>
                < SA seq =4294967294 ack =4294967295
                > A ack =4294967295
                event open
                < FA seq =4294967295
                > FA seq 1 ack 1
                < A seq =0 ack =0
                > A ack =0
                """ + TIME_WAIT);
    }

    @Test
    @Tag("C4")
    void shouldSendTheFinAgainWithBackOffUntilItsBound() {
        talk(config -> config.dataRetries(4)).run(FIN_WAIT_1 + """
                +900..1100ms < FA seq 1 ack 1
                +1900..2100ms < FA seq 1 ack 1
                +3900..4100ms < FA seq 1 ack 1
                +7900..8100ms < FA seq 1 ack 1
                +15s
                no event
                +2s
                event closed TIMED_OUT
                connections 0
                time-wait 0
                """);
    }

    @Test
    @Tag("C5")
    void shouldNotStayInFinWait2ForEver() {
        run(FIN_WAIT_2 + """
                silence 59s
                connections 1
                +1100ms
                event closed NORMAL
                connections 0
                silence
                > FA seq 1 ack 2
                < R seq 2
                """);
    }

    @Test
    @Tag("C5")
    @Tag("C3")
    void shouldStayInFinWait2WhileTheApplicationReads() {
        run(HALF_CLOSED + """
                silence 300s
                > PA text 5
                +40ms < A seq 2 ack 6
                event data 5
                > FA seq 6 ack 2
                < A seq 2 ack 7
                event end
                """ + TIME_WAIT);
    }

    @Test
    @Tag("C3")
    void shouldTakeTextInFinWait1AfterAHalfClose() {
        run(HALF_CLOSED.replace("> A ack 2\nstate FIN_WAIT_2\n", "") + """
                > PA seq 1 ack 1 text 5
                +40ms < A seq 2 ack 6
                event data 5
                > FPA seq 6 ack 2 text 5
                < A seq 2 ack 12
                event data 5
                event end
                """ + TIME_WAIT);
    }

    @Test
    @Tag("C6")
    void shouldResetOnTextAfterTheApplicationClosedInFinWait1() {
        run(FIN_WAIT_1 + """
                > PA seq 1 ack 1 text 8
                < RA seq 2
                event closed ABORTED
                connections 0
                silence 5s
                count TCP_ABORT_ON_DATA 1
                """);
    }

    @Test
    @Tag("C6")
    void shouldResetOnTextAfterTheApplicationClosedInFinWait2() {
        run(FIN_WAIT_2 + """
                > PA seq 1 ack 2 text 8
                < RA seq 2
                event closed ABORTED
                connections 0
                """);
    }

    @Test
    void shouldNotTakeAFinWithAnImpossibleAck() {
        run(FIN_WAIT_2 + """
                > FA seq 1 ack 9999
                < A seq 2 ack 1
                state FIN_WAIT_2
                > FA seq 1 ack 2
                < A seq 2 ack 2
                """ + TIME_WAIT);
    }

    @Test
    @Tag("C4")
    void shouldKeepAFinThatIsOutOfOrderUntilTheHoleIsFilled() {
        run(HALF_CLOSED + """
                > FPA seq 6 ack 2 text 5
                < A seq 2 ack 1
                no event
                state FIN_WAIT_2
                > PA seq 1 ack 2 text 5
                < A seq 2 ack 12
                event data 10
                event end
                """ + TIME_WAIT);
    }

    @ParameterizedTest
    @ValueSource(strings = {FIN_WAIT_1, FIN_WAIT_2, CLOSING})
    @Tag("C8")
    @Tag("R1")
    void shouldEndOnAnExactReset(final String state) {
        run(state + """
                > R seq %d
                silence 10s
                event closed RESET
                connections 0
                time-wait 0
                """.formatted(state.equals(CLOSING) ? 2 : 1));
    }

    @ParameterizedTest
    @CsvSource({"1,1", "2,1", "3,2"})
    @Tag("C8")
    @Tag("R1")
    @Tag("R2")
    void shouldChallengeAnInexactResetAndASyn(final int state, final int rcvNxt) {
        final String before = state == 1 ? FIN_WAIT_1 : state == 2 ? FIN_WAIT_2 : CLOSING;
        run(before
                + """
                > R seq %d
                < A seq 2 ack %d
                +150ms
                > S seq %d
                < A seq 2 ack %d
                +150ms
                > S seq 900000000
                < A seq 2 ack %d
                > R seq %d
                > R seq 900000000
                silence
                """.formatted(rcvNxt + 7, rcvNxt, rcvNxt + 7, rcvNxt, rcvNxt, rcvNxt - 1)
                + (state == 3 ? """
                > A seq 2 ack 2
                silence
                """ : """
                > FA seq 1 ack 2
                < A seq 2 ack 2
                """)
                + TIME_WAIT);
    }
}
