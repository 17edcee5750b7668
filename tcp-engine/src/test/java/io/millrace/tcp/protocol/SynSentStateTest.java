package io.millrace.tcp.protocol;

import io.millrace.tcp.conversation.Family;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 9293 §3.10.7.3: our SYN is out. */
class SynSentStateTest extends ConversationTest {
    private static final String SYN_SENT = """
            connect 80
            < S seq 0 ack =0 win 65535 <mss 1460, sackOK, TS ecr 0, wscale>
            state SYN_SENT
            """;
    private static final String STILL_OPENS = """
            > SA seq 0 ack 1 <mss 1460>
            < A seq 1 ack 1 <>
            event open
            state ESTABLISHED
            app write 5
            < PA seq 1 ack 1 text 5
            """;

    @Test
    @Tag("H1")
    @Tag("H3")
    void shouldOpenActively() {
        run(SYN_SENT + STILL_OPENS);
    }

    @Test
    @Tag("H3")
    void shouldSendTheSynAgainWithBackOffForThreeMinutesAndMore() {
        run("""
                connect 80
                < S seq 0
                +1000ms < S seq 0
                +2000ms < S seq 0
                +4000ms < S seq 0
                +8000ms < S seq 0
                +16000ms < S seq 0
                +32000ms < S seq 0
                +64000ms < S seq 0
                +119900ms         # 127 s so far; the last wait is bounded by the largest RTO
                no event
                state SYN_SENT
                +200ms
                event closed TIMED_OUT
                connections 0
                silence 10s
                """);
    }

    @Test
    @Tag("H3")
    void shouldGiveUpAsSoonAsConfigured() {
        talk(config -> config.synRetries(1)).run("""
                connect 80
                < S seq 0
                +1000ms < S seq 0
                +1900ms
                no event
                +200ms
                event closed TIMED_OUT
                """);
    }

    @Test
    @Tag("H3")
    void shouldTellARefusal() {
        run(SYN_SENT + """
                > RA seq 0 ack 1
                event closed REFUSED
                silence 10s
                connections 0
                """);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 0x4000_0000})
    @Tag("H3")
    void shouldIgnoreAResetWithAWrongAck(final int ack) {
        run(SYN_SENT + """
                > RA seq 0 ack %d
                silence
                no event
                """.formatted(ack) + STILL_OPENS);
    }

    @Test
    @Tag("H3")
    void shouldIgnoreAResetWithoutAck() {
        run(SYN_SENT + """
                > R seq 0
                silence
                no event
                """ + STILL_OPENS);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 0x4000_0000})
    @Tag("H3")
    void shouldResetASynAckThatAcknowledgesSomethingElse(final int ack) {
        run(SYN_SENT + """
                > SA seq 0 ack %d
                < R seq %d
                state SYN_SENT
                isn 805306368
                """.formatted(ack, ack) + STILL_OPENS);
    }

    @Test
    void shouldIgnoreAnAckWithoutSyn() {
        run(SYN_SENT + """
                > A seq 0 ack 1
                silence
                > FA seq 0 ack 1
                silence
                isn 805306368
                """ + STILL_OPENS);
    }

    @Test
    @Tag("H14")
    void shouldIgnoreASynWithFin() {
        run(SYN_SENT + """
                > SF seq 0
                silence
                isn 805306368
                """ + STILL_OPENS);
    }

    /** RFC 9293 §3.10.7.3, fourth: "if there are other controls or text in the segment, then continue processing". */
    @Test
    @Tag("H3")
    void shouldOpenByASynAckWithFinAndTakeTheFinWhenItComesAgain() {
        run(SYN_SENT + """
                > SFA seq 0 ack 1 text 10 <mss 1460>
                < A seq 1 ack 1
                event open
                > FPA seq 1 text 10
                < A seq 1 ack 12
                event data 10
                event end
                state CLOSE_WAIT
                """);
    }

    @Test
    @Tag("H4")
    void shouldOpenSimultaneously() {
        run(SYN_SENT + """
                > S seq 0 <mss 1460>
                < SA seq 0 ack 1 <mss 1460>
                state SYN_RCVD
                no event
                > SA seq 0 ack 1 <mss 1460>
                event open
                state ESTABLISHED
                skip
                > PA seq 1 text 5
                app write 5
                < PA seq 1 ack 6 text 5
                event data 5
                """);
    }

    @Test
    @Tag("H4")
    void shouldOpenSimultaneouslyByABareAck() {
        run(SYN_SENT + """
                > S seq 0 <mss 1460>
                < SA seq 0 ack 1
                > A seq 1 ack 1
                event open
                silence 5s
                """);
    }

    @Test
    @Tag("H4")
    void shouldSendTheSynAckOfASimultaneousOpenAgain() {
        run(SYN_SENT + """
                > S seq 0 <mss 1460>
                < SA seq 0 ack 1
                +1000ms < SA seq 0 ack 1
                > S seq 0 <mss 1460>
                < SA seq 0 ack 1
                > A seq 1 ack 1
                event open
                """);
    }

    @Test
    @Tag("H4")
    void shouldTellTheUserOfAResetInSynReceived() {
        run(SYN_SENT + """
                > S seq 0 <mss 1460>
                < SA seq 0 ack 1
                > R seq 1
                event closed REFUSED
                silence 10s
                connections 0
                """);
    }

    /** RFC 9293 §3.10.4: CLOSE in SYN-RECEIVED. */
    @Test
    @Tag("H4")
    @Tag("C1")
    void shouldCloseASimultaneousOpenOnceItsSynHasArrived() {
        run(SYN_SENT + """
                > S seq 0 <mss 1460>
                < SA seq 0 ack 1
                app close
                silence
                +1000ms < SA seq 0 ack 1     # and no FIN in the place of the SYN
                > A ack 1
                < FA seq 1 ack 1
                state FIN_WAIT_1
                > FA ack 2
                < A seq 2 ack 2
                event closed NORMAL
                time-wait 1
                """);
    }

    @Test
    @Tag("H6")
    void shouldChallengeAnotherSynInSynReceivedAfterAnActiveOpen() {
        run(SYN_SENT + """
                > S seq 0 <mss 1460>
                < SA seq 0 ack 1
                > S seq 100
                < A seq 1 ack 1
                state SYN_RCVD
                > A seq 1 ack 1
                event open
                """);
    }

    @Test
    void shouldResetAWrongAckInSynReceived() {
        run(SYN_SENT + """
                > S seq 0 <mss 1460>
                < SA seq 0 ack 1
                > A seq 1 ack 77
                < R seq 77
                state SYN_RCVD
                > A seq 1 ack 1
                event open
                """);
    }

    @Test
    @Tag("H13")
    void shouldUseNothingThatThePeerDidNotOffer() {
        final int mss = family == Family.IPV4 ? 536 : 1_220; // RFC 9293 §3.7.1 MUST-15
        final int window = mss + 64;
        run(SYN_SENT + """
                > SA seq 0 ack 1 win %d <>
                < A seq 1 ack 1 win 65535 <>
                event open
                app write 4000
                < A seq 1 text %d             # the default MSS, and the window is not scaled
                silence                       # 64 bytes more would be silly
                > A ack %d win %d
                < A seq %d text %d
                """.formatted(window, mss, 1 + mss, window, 1 + mss, mss));
    }

    @Test
    @Tag("H3")
    void shouldForgetTheSynWhenTheApplicationCloses() {
        run(SYN_SENT + """
                app close
                event closed ABORTED
                silence 10s
                > SA seq 0 ack 1
                < R seq 1
                connections 0
                """);
    }

    @Test
    void shouldAcknowledgeADuplicateSynAck() {
        run(SYN_SENT + STILL_OPENS + """
                > SA seq 0 ack 1 <mss 1460>
                < A seq 6 ack 1
                """);
    }

    @Test
    @Tag("H3")
    @Tag("D3")
    void shouldStartSlowlyAfterALostSyn() {
        run("""
                connect 80
                < S
                +1000ms < S
                > SA seq 0 ack 1 win 65535 <mss 1000>
                < A
                event open
                app write 5000
                < A text 1000 seq 1
                silence
                > A ack 1001
                < A text 1000 seq 1001
                < A text 1000 seq 2001
                silence
                """);
    }
}
