package io.millrace.tcp.protocol;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** RFC 7323 §4 and §5: which timestamp is echoed, and PAWS. */
@Tag("D4")
class TimestampsTest extends ConversationTest {
    private static final String OPEN_AT_1000 = """
            listen 7 sink
            > S seq 0 <mss 1460, sackOK, TS val 1000 ecr 0, wscale 7>
            < SA <mss 1460, sackOK, TS ecr 1000, wscale>
            > A <TS val 1001 ecr 0>
            event open
            """;

    @Test
    void shouldEchoTheTimestampOfTheLastSegmentInOrder() {
        run(OPEN_AT_1000 + """
                > A seq 11 text 10 <TS val 1500 ecr 0>     # out of order: beyond Last.ACK.sent
                < A ack 1 <TS ecr 1001, ...>
                > A seq 1 text 10 <TS val 1400 ecr 0>
                < A ack 21 <TS ecr 1400>
                """);
    }

    @Test
    void shouldEchoTheEarliestUnacknowledgedWhereAcksAreDelayed() {
        run(OPEN_AT_1000 + """
                > A seq 1 text 10 <TS val 1100 ecr 0>
                > A seq 11 text 10 <TS val 1200 ecr 0>
                +40ms < A ack 21 <TS ecr 1100>
                """);
    }

    @Test
    void shouldAcknowledgeAndDropTextWithAnOldTimestamp() {
        run(OPEN_AT_1000 + """
                > A seq 1 text 10 <TS val 999 ecr 0>
                < A ack 1 <TS ecr 1001>
                no event
                > A seq 1 text 10 <TS val 1001 ecr 0>
                event data 10
                """);
    }

    @Test
    void shouldJudgeAnOldTimestampBeforeTheSequenceNumber() {
        run(OPEN_AT_1000 + """
                > FA seq 1 <TS val 999 ecr 0>
                < A ack 1
                no event
                state ESTABLISHED
                count PAWS_REJECTED 1
                """);
    }

    @Test
    @Tag("R3")
    void shouldNotLearnFromASegmentWhoseAcknowledgmentIsImpossible() {
        run(OPEN_AT_1000 + """
                > A seq 1 ack 100000 text 10 <TS val 2000 ecr 0>
                < A ack 1 <TS ecr 1001>
                > A seq 1 ack 1 text 10 <TS val 1500 ecr 0>
                event data 10
                """);
    }

    @Test
    @Tag("R2")
    void shouldChallengeTheSynOfAPeerThatHasForgottenItAllAndDoesWithoutTimestamps() {
        run(OPEN_AT_1000 + """
                > S seq 500 <mss 1460>
                < A seq 1 ack 1
                count SYN_CHALLENGES 1
                > R seq 1
                event closed RESET
                """);
    }

    @Test
    @Tag("R1")
    void shouldExemptResetsFromPaws() {
        run(OPEN_AT_1000 + """
                > R seq 1 <TS val 1 ecr 0>
                event closed RESET
                """);
    }

    @Test
    @Tag("R1")
    void shouldTakeAResetWithoutTimestamps() {
        run(OPEN_AT_1000 + """
                > R seq 1
                event closed RESET
                """);
    }

    @Test
    void shouldNotLearnFromTheTimestampOfAnUnacceptableSegment() {
        run(OPEN_AT_1000 + """
                > A seq 900000000 text 5 <TS val 2000000000 ecr 0>
                < A ack 1 <TS ecr 1001>
                > A seq 1 text 10 <TS val 1002 ecr 0>
                event data 10
                """);
    }

    @Test
    void shouldCompareTimestampsAcrossTheirWrap() {
        run("""
                listen 7 sink
                > S seq 0 <mss 1460, TS val 4294967280 ecr 0>
                < SA <mss 1460, TS ecr 4294967280>
                > A <TS val 4294967290 ecr 0>
                event open
                > A text 10 <TS val 5 ecr 0>
                event data 10
                > A seq 11 text 10 <TS val 4294967295 ecr 0>
                +0..1ms < A ack 11
                no event
                """);
    }

    @Test
    void shouldBelieveAnyTimestampAfter24DaysOfSilence() {
        run(OPEN_AT_1000);
        talk().leap(24L * 24 * 3_600_000 - 60_000);
        run("""
                skip
                > A seq 1 text 10 <TS val 900 ecr 0>
                < A ack 1
                no event
                """);
        talk().leap(120_000);
        run("""
                > A seq 1 text 10 <TS val 900 ecr 0>
                event data 10
                +40ms < A ack 11 <TS ecr 900>
                """);
    }

    @Test
    @Tag("D3")
    void shouldMeasureTheRoundTripOfAPassiveOpenByTheEchoOfItsSynAck() {
        run("""
                listen 7 sink
                > S seq 0 <mss 1012, TS val 1 ecr 0>
                < SA seq 0 ack 1
                +300ms
                > A
                event open
                app write 10
                < PA seq 1 text 10
                +900ms < PA seq 1 text 10        # SRTT 300 + 4 * RTTVAR 150
                """);
    }
}
