package io.millrace.tcp.protocol;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Loss of what we send: RFC 6298, RFC 5681, RFC 6582. */
@Tag("D3")
class RetransmissionTest extends ConversationTest {
    private static final String SINK = OPEN.replace("echo", "sink").replace("mss 1460", "mss 1000");

    @Test
    void shouldSendAgainAfterTheRtoWithBackOffAndThenGiveUp() {
        talk(config -> config.dataRetries(4)).run(SINK + """
                app write 10
                < PA seq 1 text 10
                +1000ms < PA seq 1 text 10
                +2000ms < PA seq 1 text 10
                +4000ms < PA seq 1 text 10
                +8000ms < PA seq 1 text 10
                +15900ms
                no event
                +200ms
                event closed TIMED_OUT
                connections 0
                count TCP_ABORT_ON_TIMEOUT 1
                """);
    }

    @Test
    void shouldMeasureTheRoundTripAndNeverWaitLessThan200Milliseconds() {
        run(SINK + """
                app write 10
                < PA seq 1 text 10
                +20ms
                > A ack 11
                app write 10
                < PA seq 11 text 10
                +200ms < PA seq 11 text 10
                """);
    }

    @Test
    void shouldWaitThreeRoundTripsAfterTheFirstSample() {
        run(SINK + """
                app write 10
                < PA seq 1 text 10
                +500ms
                > A ack 11
                app write 10
                < PA seq 11 text 10
                +1500ms < PA seq 11 text 10      # SRTT 500 + 4 * RTTVAR 250
                """);
    }

    @Test
    void shouldKeepTheBackOffUntilARoundTripIsMeasuredThatNothingWasSentAgainIn() {
        run(SINK + """
                app write 10
                < PA seq 1 text 10
                +1000ms < PA seq 1 text 10
                +10ms
                > A ack 11                       # Karn: of which of the two?
                app write 10
                < PA seq 11 text 10
                +2000ms < PA seq 11 text 10      # RFC 6298 §5.7
                +10ms
                > A ack 21
                app write 10
                < PA seq 21 text 10
                +10ms
                > A ack 31                       # a measure, at last
                app write 10
                < PA seq 31 text 10
                +200ms < PA seq 31 text 10
                """);
    }

    @Test
    void shouldNotTakeTheRepairOfALossForARoundTrip() {
        run(SINK + """
                app write 10
                < PA seq 1 text 10
                +20ms
                > A ack 11
                app write 4000
                skip
                +20ms
                > A ack 11
                > A ack 11
                > A ack 11
                < A seq 11 text 1000
                +150ms
                > A ack 4011                     # the three behind it had arrived long before
                app write 10
                < PA seq 4011 text 10
                +200ms < PA seq 4011 text 10
                """);
    }

    @Test
    void shouldBeginWithTenSegmentsAndDoubleEachRoundTrip() {
        run(SINK + """
                app write 60000
                """ + "< A text 1000\n".repeat(10) + """
                silence
                > A ack 2001
                """ + "< A text 1000\n".repeat(4) + """
                silence
                """);
    }

    @Test
    void shouldRetransmitFastOnTheThirdDuplicateAck() {
        run(SINK + """
                app write 10000
                """ + "< A text 1000\n".repeat(9) + """
                < PA text 1000
                > A ack 1
                > A ack 1
                silence
                > A ack 1
                < A seq 1 text 1000
                silence
                > A ack 10001
                silence 10s
                """);
    }

    @Test
    void shouldSendTheNextLostSegmentOnAPartialAck() {
        run(SINK + """
                app write 10000
                skip
                > A ack 1
                > A ack 1
                > A ack 1
                < A seq 1 text 1000
                > A ack 4001                     # the fourth is lost, too
                < A seq 4001 text 1000
                > A ack 10001
                silence 10s
                """);
    }

    @Test
    void shouldSendNewTextOnTheFirstTwoDuplicates() {
        run(SINK + """
                app write 20000
                """ + "< A text 1000\n".repeat(10) + """
                > A ack 1
                < A seq 10001 text 1000          # RFC 3042
                > A ack 1
                < A seq 11001 text 1000
                > A ack 1
                < A seq 1 text 1000
                silence
                count TCP_RENO_RECOVERIES 1
                """);
    }

    @Test
    void shouldNotRecoverTwiceFromTheLossesOfOneWindow() {
        run(SINK + """
                app write 10000
                skip
                +1000ms < A seq 1 text 1000
                > A ack 5001                     # the rest is sent again, although it arrived
                skip
                > A ack 10001
                app write 4000
                skip
                > A ack 10001
                > A ack 10001
                > A ack 10001                    # RFC 6582 §3.2: they answer what was sent again
                silence
                count TCP_RENO_RECOVERIES 0
                """);
    }

    @Test
    void shouldNotBelieveMoreDuplicatesThanThereAreSegments() {
        run(SINK + """
                app write 20000
                skip
                """ + "> A ack 1\n".repeat(30) + """
                skip
                > A ack 1
                silence
                """);
    }

    @Test
    void shouldNotTakeWindowUpdatesForDuplicates() {
        run(SINK + """
                app write 10000
                skip
                > A ack 1 win 60000
                > A ack 1 win 60001
                > A ack 1 win 60002
                > A ack 1 win 60003
                silence
                """);
    }

    @Test
    void shouldGoBackToOneSegmentAfterATimeout() {
        run(SINK + """
                app write 10000
                skip
                +1000ms < A seq 1 text 1000
                silence
                > A ack 1001
                < A seq 1001 text 1000
                < A seq 2001 text 1000
                silence
                """);
    }

    @Test
    void shouldSendAFinAgainTogetherWithTheTextBeforeIt() {
        run(SINK + """
                app write 10
                < PA seq 1 text 10
                app close
                < FA seq 11
                +900..1100ms < FPA seq 1 text 10
                > A ack 12
                state FIN_WAIT_2
                silence 10s
                """);
    }

    @Test
    void shouldAcknowledgeFromBeyondEverythingSentWhileItSendsAgain() {
        run(SINK + """
                app write 5000
                skip
                +1000ms < A seq 1 text 1000
                > A seq 11 ack 1 text 10         # the peer may have it all: an older number would be refused
                < A seq 5001 ack 1
                """);
    }

    @Test
    void shouldAcknowledgeFromTheProbedNumberWhileTheWindowIsClosed() {
        run(SINK.replace("seq 0 <", "seq 0 win 0 <") + """
                app write 5
                +900..1100ms < A seq 1 text 1
                > A seq 11 text 10 ack 1
                < A seq 1 ack 1
                """);
    }

    @Test
    void shouldHearAnAckThatIsOneProbedByteTooOld() {
        run(SINK + """
                app write 5
                < PA seq 1 text 5
                > A seq 1 ack 1 text 1           # into a closed window, as far as the peer knows
                +40ms < A seq 6 ack 2
                > A seq 1 ack 6                  # it does not count that byte until it is acknowledged
                < A seq 6 ack 2
                silence 10s
                state ESTABLISHED
                """);
    }
}
