package io.millrace.tcp.protocol;

import io.millrace.tcp.CongestionAlgorithm;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Losses that the peer's SACK blocks tell of: RFC 2018, RFC 6675, RFC 8985 §6, RFC 9937. */
@Tag("D1")
@Tag("D3")
class SackRecoveryTest extends ConversationTest {
    /** Segments of 1000 bytes, and a first round trip of 20 ms. */
    private static final String SINK = """
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

    private static final String TEN = SINK + """
            app write 10000
            skip
            +20ms
            """;

    @Test
    void shouldSendALostSegmentAgainOnTheThirdSegmentBehindIt() {
        run(TEN + """
                > A ack 11 <sack 1011:2011>
                > A ack 11 <sack 1011:3011>
                silence
                > A ack 11 <sack 1011:4011>
                < A seq 11 text 1000
                silence
                > A ack 11 <sack 1011:10011>
                silence 15ms
                > A ack 10011
                silence 10s
                count TCP_SACK_RECOVERIES 1
                count TCP_FAST_RETRANSMITS 1
                count TCP_SEGMENTS_RETRANSMITTED 1
                count TCP_TIMEOUTS 0
                count TCP_LOSS_PROBES 0
                """);
    }

    /** The first of ten segments is sent again 90 ms before the time-out of what it was sent with; a round trip has 100. */
    private static final String SENT_AGAIN_LATE = SINK.replace("+20ms", "+100ms") + """
            app write 10
            < PA text 10
            +100ms
            > A ack 21
            app write 10
            < PA text 10
            +100ms
            > A ack 31
            app write 10
            < PA text 10
            +100ms
            > A ack 41
            app write 10
            < PA text 10
            +100ms
            > A ack 51
            app write 10000
            skip
            +110ms
            > A ack 51 <sack 1051:10051>
            < A seq 51 text 1000
            """;

    @Test
    void shouldWaitForTheAcknowledgmentOfWhatItHasSentAgain() {
        run(SENT_AGAIN_LATE + """
                silence 110ms
                > A ack 10051
                silence 10s
                count TCP_TIMEOUTS 0
                count TCP_SEGMENTS_RETRANSMITTED 1
                """);
    }

    @Test
    void shouldWaitForItNoLongerThanATimeout() {
        run(SENT_AGAIN_LATE + """
                +200ms < A seq 51 text 1000
                count TCP_TIMEOUTS 1
                """);
    }

    @Test
    void shouldSendOnlyTheHolesAgainHoweverManyThereAre() {
        run(TEN + """
                > A ack 11 <sack 1011:2011>
                > A ack 11 <sack 3011:4011 1011:2011>
                > A ack 11 <sack 5011:6011 3011:4011 1011:2011>
                < A seq 11 text 1000
                > A ack 11 <sack 5011:7011 3011:4011 1011:2011>
                > A ack 11 <sack 5011:8011 3011:4011 1011:2011>
                < A seq 2011 text 1000
                > A ack 11 <sack 5011:9011 3011:4011 1011:2011>
                > A ack 11 <sack 5011:10011 3011:4011 1011:2011>
                < A seq 4011 text 1000
                silence
                +10ms
                > A ack 10011
                silence 10s
                count TCP_SEGMENTS_RETRANSMITTED 3
                """);
    }

    @Test
    void shouldFindARetransmissionLostWhenSomethingSentLaterArrives() {
        run(TEN + """
                > A ack 11 <sack 1011:4011>
                < A seq 11 text 1000
                > A ack 11 <sack 1011:10011>
                app write 2000
                < A seq 10011 text 1000
                < PA seq 11011 text 1000
                +20ms
                > A ack 11 <sack 1011:11011>
                +0..10ms < A seq 11 text 1000    # after a reordering window at most
                +20ms
                > A ack 12011
                silence 10s
                count TCP_LOST_RETRANSMITS 1
                count TCP_TIMEOUTS 0
                """);
    }

    @Test
    void shouldWaitAQuarterOfARoundTripWhereTwoSegmentsHaveOvertakenAnother() {
        run(TEN + """
                > A ack 11 <sack 1011:3011>
                silence
                +3..8ms < A seq 11 text 1000
                > A ack 10011
                silence 10s
                count TCP_TIMEOUTS 0
                """);
    }

    @Test
    void shouldSendNothingAgainWhereSegmentsWereOnlyReordered() {
        run(TEN + """
                > A ack 11 <sack 1011:3011>
                +2ms
                > A ack 3011                     # the first was late
                silence
                > A ack 10011
                silence 10s
                count TCP_SEGMENTS_RETRANSMITTED 0
                count TCP_SACK_REORDERINGS 1
                """);
    }

    @Test
    void shouldGiveLateSegmentsTimeOnceReorderingWasSeen() {
        run(TEN + """
                > A ack 11 <sack 1011:2011>
                > A ack 2011
                > A ack 2011 <sack 3011:8011>    # five, and it still waits
                silence 3ms
                > A ack 10011
                silence 10s
                count TCP_SEGMENTS_RETRANSMITTED 0
                """);
    }

    @Test
    void shouldDrainTheFlightToHalfInProportion() {
        talk(config -> config.congestion(CongestionAlgorithm.NEW_RENO))
                .run(SINK + """
                app write 40000
                """ + "< A text 1000\n".repeat(10) + """
                +20ms
                > A ack 11 <sack 1011:4011>
                < A seq 11 text 1000
                > A ack 11 <sack 1011:5011>
                < A seq 10011 text 1000
                > A ack 11 <sack 1011:6011>
                silence
                > A ack 11 <sack 1011:7011>
                silence                          # what is in flight has come down to half of ten
                > A ack 11 <sack 1011:8011>
                < A seq 11011 text 1000
                > A ack 11 <sack 1011:9011>
                < A seq 12011 text 1000
                > A ack 11 <sack 1011:10011>
                < A seq 13011 text 1000
                +20ms
                > A ack 10011                    # its end: five in all
                < A seq 14011 text 1000
                silence
                """);
    }

    @Test
    void shouldNotBeMisledByLostAcknowledgments() {
        run(TEN + """
                > A ack 11 <sack 1011:10011>     # all the others were lost
                < A seq 11 text 1000
                +20ms
                > A ack 10011
                silence 10s
                count TCP_SEGMENTS_RETRANSMITTED 1
                """);
    }

    @Test
    void shouldSendAfterATimeoutOnlyWhatTheSackBlocksDoNotName() {
        run(TEN + """
                > A ack 11 <sack 5011:7011>
                skip
                +2s                              # what was sent again is lost, too, and more than once
                skip
                > A ack 11 <sack 5011:7011>
                silence
                > A ack 5011 <sack 5011:7011>
                < A seq 7011 text 1000
                < A seq 8011 text 1000
                > A ack 8011
                < PA seq 9011 text 1000
                > A ack 10011
                silence 10s
                """);
        assertNeverAgain(5011, 7011);
    }

    private void assertNeverAgain(final int from, final int to) {
        if (talk().resent(from, to)) {
            throw new AssertionError("what was SACKed was sent again");
        }
    }

    @Test
    void shouldSendAgainWhatThePeerHasReneged() {
        run(TEN + """
                > A ack 11 <sack 1011:10011>
                < A seq 11 text 1000
                > A ack 1011                     # and forgets all that was behind it
                +100..400ms < A seq 1011 text 1000
                > A ack 2011
                < A seq 2011 text 1000
                < A seq 3011 text 1000
                > A ack 10011
                silence 10s
                count TCP_SACK_RENEGING 1
                """);
    }

    @Test
    void shouldNotListenToBlocksOfWhatWasNeverSent() {
        run(TEN + """
                > A ack 11 <sack 1011:20011>
                > A ack 11 <sack 5011:3011>
                > A ack 11 <sack 20011:30011 40011:50011>
                silence
                count TCP_SACK_RECOVERIES 0
                count TCP_SACK_DISCARDED 2
                """);
    }

    @Test
    void shouldBearAPeerThatAcknowledgesEverySecondByte() {
        talk().nonsense();
        run(TEN);
        for (int i = 0; i < 4_000; i += 3) {
            run("> A ack 11 <sack %d:%d %d:%d %d:%d>"
                    .formatted(12 + 2 * i, 13 + 2 * i, 14 + 2 * i, 15 + 2 * i, 16 + 2 * i, 17 + 2 * i));
        }
        run("""
                skip
                > A ack 10011
                silence 1s
                app write 10
                < PA seq 10011 text 10
                """);
    }

    @Test
    void shouldFollowTheBlocksThroughTheWrap() {
        run("""
                listen 7 sink
                engine-isn 4294962295
                """ + TEN.substring(TEN.indexOf("> S")) + """
                > A ack 11 <sack 1011:4011>
                < A seq 11 text 1000
                > A ack 11 <sack 7011:10011 1011:4011>
                < A seq 4011 text 1000
                +20ms
                > A ack 4011 <sack 7011:10011>
                < A seq 5011 text 1000
                < A seq 6011 text 1000
                +20ms
                > A ack 10011
                silence 10s
                count TCP_SEGMENTS_RETRANSMITTED 4
                """);
    }

    @Test
    void shouldHoldNoRecordOnceAllIsAcknowledged() {
        run(TEN + """
                > A ack 11 <sack 1011:2011 3011:4011 5011:6011>
                flight-records 8
                skip
                > A ack 10011
                +1s
                flight-records 0
                """);
    }

    @Test
    void shouldTakeNoRecordForAFinAlone() {
        run(SINK + """
                flight-records 0
                app close
                < FA seq 11
                flight-records 0
                +200ms < FA seq 11
                flight-records 0
                > A ack 12
                """);
    }
}
