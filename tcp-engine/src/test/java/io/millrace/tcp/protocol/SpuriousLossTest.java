package io.millrace.tcp.protocol;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Retransmissions that were not needed, and how they are known: RFC 3522, RFC 4015, RFC 2883, RFC 5682, RFC 7323 §4. */
@Tag("D3")
class SpuriousLossTest extends ConversationTest {
    private static final String OPEN_SACK = """
            listen 7 sink
            > S seq 0 <mss 1000, sackOK>
            < SA seq 0 ack 1
            > A
            event open
            app write 10
            < PA seq 1 text 10
            +20ms
            > A ack 11
            """;

    private static final String OPEN_TIMESTAMPS = """
            listen 7 sink
            > S seq 0 <mss 1012, TS val 1 ecr 0>
            < SA seq 0 ack 1
            > A
            event open
            app write 10
            < PA seq 1 text 10
            +20ms
            > A ack 11
            """;

    @Test
    @Tag("D4")
    void shouldTakeATimeoutBackWhereTheEchoIsOlderThanTheRetransmission() {
        run(OPEN_TIMESTAMPS + """
                app write 30000
                """ + "< A text 1000\n".repeat(10));
        final long original = talk().lastTimestamp();
        run("""
                +200ms < A seq 11 text 1000
                +10ms
                > A ack 1011 <TS val 5000 ecr %d>
                """.formatted(original) + """
                < A seq 10011 text 1000          # what is under way is not sent again
                < A seq 11011 text 1000
                silence
                count TCP_TIMEOUTS 1
                count TCP_SPURIOUS_RTOS 1
                count TCP_SEGMENTS_RETRANSMITTED 1
                """);
    }

    @Test
    @Tag("D4")
    void shouldGoOnWhereTheEchoIsTheRetransmissions() {
        run(OPEN_TIMESTAMPS + """
                app write 30000
                skip
                +200ms < A seq 11 text 1000
                +10ms
                > A ack 1011
                < A seq 1011 text 1000
                < A seq 2011 text 1000
                silence
                count TCP_SPURIOUS_RTOS 0
                """);
    }

    @Test
    @Tag("D4")
    void shouldMeasureARoundTripOverARetransmissionByItsTimestamp() {
        run(OPEN_TIMESTAMPS + """
                app write 10
                < PA seq 11 text 10
                +200ms < PA seq 11 text 10
                +30ms
                > A ack 21                       # echoes the second
                app write 10
                < PA seq 21 text 10
                +200ms < PA seq 21 text 10       # the back-off is over
                """);
    }

    @Test
    void shouldTakeARecoveryBackOnceEveryRetransmissionCameTwice() {
        run(OPEN_SACK + """
                app write 40000
                skip
                +20ms
                > A ack 11 <sack 1011:4011>
                < A seq 11 text 1000
                > A ack 4011                     # the first was late
                skip
                > A ack 4011 <sack 11:1011>      # and came twice
                skip
                > A ack 10011
                count TCP_DSACKS_RECEIVED 1
                count TCP_DSACK_UNDO 1
                """);
    }

    @Test
    void shouldWidenTheReorderingWindowOnADsack() {
        run(OPEN_SACK + """
                app write 10000
                skip
                +20ms
                > A ack 11 <sack 1011:4011>
                < A seq 11 text 1000
                > A ack 4011
                > A ack 4011 <sack 11:1011>
                > A ack 4011 <sack 5011:9011>
                silence 8ms                      # two quarters of the round trip, and not none
                +0..4ms < A seq 4011 text 1000
                """);
    }

    @Test
    void shouldNotTakeARecoveryBackForAnotherDuplicate() {
        run(OPEN_SACK + """
                app write 10000
                skip
                +20ms
                > A ack 11 <sack 1011:4011>
                < A seq 11 text 1000
                > A ack 11 <sack 1:11 1011:4011>
                count TCP_DSACKS_RECEIVED 1
                count TCP_DSACK_UNDO 0
                """);
    }

    @Test
    void shouldNotTakeARecoveryBackForADuplicateOfWhatWasSentOnce() {
        run(OPEN_SACK + """
                app write 30000
                skip
                +20ms
                > A ack 11 <sack 1011:4011>
                < A seq 11 text 1000
                +20ms
                > A ack 10011
                skip
                +20ms
                > A ack 12011 <sack 10011:11011>     # a router has doubled it, after the recovery
                count TCP_DSACKS_RECEIVED 1
                count TCP_DSACK_UNDO 0
                """);
    }

    /** The time-out of a flight of ten segments and a probe, after which the first segment's acknowledgment comes. */
    private static final String LATE = OPEN_SACK + """
            app write 30000
            skip
            +40..50ms < A seq 10011 text 1000     # the probe for a lost tail
            +190..260ms < A seq 11 text 1000      # the time-out
            +10ms
            > A ack 1011
            < A seq 11011 text 1000               # new text in place of what was given up
            < A seq 12011 text 1000
            """;

    @Test
    void shouldTakeATimeoutBackWhereWhatWasNotSentAgainIsAcknowledged() {
        run(LATE + """
                +1ms
                > A ack 2011
                skip
                +1ms
                > A ack 13011
                skip
                count TCP_TIMEOUTS 1
                count TCP_SPURIOUS_RTOS 1
                count TCP_SEGMENTS_RETRANSMITTED 1
                """);
    }

    @Test
    void shouldSendAgainWhatWasGivenUpWhereNewTextArrivesInItsPlace() {
        run(LATE + """
                +1ms
                > A ack 1011 <sack 11011:12011>
                < A seq 1011 text 1000
                skip
                count TCP_SPURIOUS_RTOS 0
                """);
    }

    @Test
    void shouldStandByATimeoutWhereOnlyAcknowledgmentsWereLostBesidesTheFirstSegment() {
        run(OPEN_SACK + """
                app write 30000
                skip
                +40..50ms < A seq 10011 text 1000     # the probe for a lost tail
                +190..260ms < A seq 11 text 1000      # the time-out
                +10ms
                > A ack 5011                          # four had arrived, and nobody heard of it
                < A seq 11011 text 1000
                < A seq 12011 text 1000
                +1ms
                > A ack 5011 <sack 11011:13011>
                < A seq 5011 text 1000
                skip
                count TCP_SPURIOUS_RTOS 0
                """);
    }

    @Test
    void shouldStandByATimeoutWhereTheNewTextHasOvertakenAHole() {
        run(LATE + """
                +1ms
                > A ack 1011 <sack 6011:13011>
                < A seq 1011 text 1000
                skip
                count TCP_SPURIOUS_RTOS 0
                """);
    }

    @Test
    void shouldTakeATimeoutBackBySackWhereTheOriginalsArriveOutOfOrder() {
        run(LATE + """
                +1ms
                > A ack 1011 <sack 2011:3011>
                skip
                +1ms
                > A ack 13011
                skip
                count TCP_SPURIOUS_RTOS 1
                count TCP_SEGMENTS_RETRANSMITTED 1
                """);
    }

    @Test
    void shouldSendAgainWhatWasGivenUpWhereThereIsNoNewText() {
        run(OPEN_SACK + """
                app write 5000
                skip
                +40..50ms < PA seq 4011 text 1000     # the probe for a lost tail
                +190..260ms < A seq 11 text 1000      # the time-out
                +10ms
                > A ack 1011
                < A seq 1011 text 1000
                < A seq 2011 text 1000
                count TCP_SPURIOUS_RTOS 0
                """);
    }
}
