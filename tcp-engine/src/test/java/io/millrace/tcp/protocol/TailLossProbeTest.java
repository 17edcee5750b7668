package io.millrace.tcp.protocol;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Losses at the end of a flight, which nothing behind them tells of: RFC 8985 §7. */
@Tag("D3")
class TailLossProbeTest extends ConversationTest {
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

    @Test
    void shouldProbeWithTheLastSegmentAfterTwoRoundTrips() {
        run(SINK + """
                app write 3000
                skip
                +40..44ms < PA seq 2011 text 1000
                silence
                +20ms
                > A ack 11 <sack 2011:3011>
                +0..6ms < A seq 11 text 1000     # so the others are lost as well, and recovery begins
                +20ms
                > A ack 1011 <sack 2011:3011>
                < A seq 1011 text 1000
                +20ms
                > A ack 3011
                silence 10s
                count TCP_LOSS_PROBES 1
                count TCP_TIMEOUTS 0
                count TCP_SACK_RECOVERIES 1
                """);
    }

    @Test
    void shouldProbeWithNewTextWhereThereIsSome() {
        run(SINK + """
                app write 12000
                """ + "< A text 1000\n".repeat(10) + """
                silence
                +40..44ms < A seq 10011 text 1000    # beyond the congestion window
                silence
                > A ack 11011
                < PA seq 11011 text 1000
                > A ack 12011
                silence 10s
                count TCP_LOSS_PROBES 1
                count TCP_LOSS_PROBE_RECOVERIES 0
                """);
    }

    @Test
    void shouldAllowASingleSegmentADelayedAcknowledgmentAndThenTimeOut() {
        run(SINK + """
                app write 10
                < PA seq 11 text 10
                silence 180ms
                +15..25ms < PA seq 11 text 10    # the time-out comes before 2 SRTT + 200 ms, and so does the probe
                count TCP_LOSS_PROBES 1
                count TCP_TIMEOUTS 0
                +200ms < PA seq 11 text 10
                count TCP_TIMEOUTS 1
                +400ms < PA seq 11 text 10
                """);
    }

    @Test
    void shouldReduceTheWindowWhereTheProbeRepairedALoss() {
        run(SINK + """
                app write 3000
                skip
                > A ack 2011
                +40..260ms < PA seq 2011 text 1000
                > A ack 3011
                app write 30000
                skip
                > A ack 4011
                count TCP_LOSS_PROBE_RECOVERIES 1
                """);
    }

    @Test
    void shouldKeepTheWindowWhereTheProbeArrivedAsADuplicate() {
        run(SINK + """
                app write 3000
                skip
                > A ack 2011
                +40..260ms < PA seq 2011 text 1000
                > A ack 3011                     # of the original
                > A ack 3011 <sack 2011:3011>
                app write 30000
                skip
                > A ack 4011
                count TCP_LOSS_PROBE_RECOVERIES 0
                count TCP_DSACKS_RECEIVED 1
                """);
    }

    @Test
    void shouldProbeOnlyOnceAndThenTimeOut() {
        run(SINK + """
                app write 2000
                skip
                +40..44ms < PA seq 1011 text 1000
                +200ms < A seq 11 text 1000
                silence 390ms
                +5..15ms < A seq 11 text 1000
                count TCP_LOSS_PROBES 1
                count TCP_TIMEOUTS 2
                """);
    }

    @Test
    void shouldNotProbeForAFinAlone() {
        run(SINK + """
                app close
                < FA seq 11
                +200ms < FA seq 11
                count TCP_LOSS_PROBES 0
                count TCP_TIMEOUTS 1
                """);
    }

    @Test
    void shouldSendTheFinWithTheProbe() {
        run(SINK + """
                app write 10
                < PA seq 11 text 10
                app close
                < FA seq 21
                +40..260ms < FPA seq 11 text 10
                > A ack 22
                state FIN_WAIT_2
                """);
    }

    @Test
    void shouldNotProbeWhereThePeerDoesNotSpeakSack() {
        run(SINK.replace(", sackOK", "") + """
                app write 3000
                skip
                +200ms < A seq 11 text 1000
                count TCP_LOSS_PROBES 0
                """);
    }
}
