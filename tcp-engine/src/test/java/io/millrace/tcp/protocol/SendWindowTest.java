package io.millrace.tcp.protocol;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How much we send into the peer's window: RFC 9293 §3.8.6. */
@Tag("D2")
class SendWindowTest extends ConversationTest {
    private static final String SINK = OPEN.replace("echo", "sink");

    @Test
    void shouldFillTheWindowAndNoMore() {
        run(SINK.replace("seq 0 <", "seq 0 win 3000 <") + """
                app write 10000
                < A seq 1 text 1460
                < A seq 1461 text 1460
                silence
                > A ack 1461
                < A seq 2921 text 1460
                silence
                > A ack 4381
                < A seq 4381 text 1460
                < A seq 5841 text 1460
                """);
    }

    @Test
    void shouldProbeAClosedWindowWithBackOffForAsLongAsItIsAnswered() {
        run(SINK.replace("seq 0 <", "seq 0 win 0 <") + """
                app write 16
                silence 100ms
                +100..1000ms < A seq 1 text 1
                > A ack 1
                +1500..2100ms < A seq 1 text 1
                > A ack 1
                +3500..4100ms < A seq 1 text 1
                > A ack 1
                +7500..8100ms < A seq 1 text 1
                > A ack 1
                +15000..16100ms < A seq 1 text 1
                > A ack 1
                +31000..32100ms < A seq 1 text 1
                > A ack 1
                +63000..64100ms < A seq 1 text 1
                > A ack 1
                """ + """
                +119000..120100ms < A seq 1 text 1
                > A ack 1
                """.repeat(20) + """
                state ESTABLISHED
                > A ack 1 win 65535
                < PA seq 1 text 16
                """);
    }

    @Test
    void shouldGiveUpAClosedWindowThatIsNotAnswered() {
        talk(config -> config.dataRetries(2)).run(SINK.replace("seq 0 <", "seq 0 win 0 <") + """
                app write 16
                +900..1100ms < A seq 1 text 1
                +1900..2100ms < A seq 1 text 1
                +5s
                event closed TIMED_OUT
                """);
    }

    @Test
    void shouldLearnFromAProbeThatTheWindowHasOpened() {
        run(SINK.replace("seq 0 <", "seq 0 win 0 <") + """
                app write 16
                +900..1100ms < A seq 1 text 1
                > A ack 2 win 65535
                < PA seq 2 text 15
                > A ack 17
                silence 10s
                """);
    }

    @Test
    void shouldProbeForAFinToo() {
        run(SINK.replace("seq 0 <", "seq 0 win 0 <") + """
                app write 1
                app close
                +900..1100ms < FPA seq 1 text 1
                > A ack 3
                state FIN_WAIT_2
                """);
    }

    @Test
    void shouldNotSendSillySegmentsIntoASmallWindow() {
        run(SINK + """
                app write 20000
                skip
                > A ack 14601 win 100
                silence 150ms                # the rest waits for a window worth the while
                > A ack 14601 win 65535
                < A seq 14601 text 1460
                """);
    }

    @Test
    void shouldSurviveAWindowThatShrinks() {
        run(SINK.replace("seq 0 <", "seq 0 win 5840 <") + """
                app write 5840
                < A seq 1 text 1460
                skip
                > A ack 1461 win 0
                silence
                +200..2100ms < A seq 1461 text 1
                > A ack 1461 win 0
                > A ack 1461 win 65535
                skip
                > A ack 5841
                silence 10s
                """);
    }

    @Test
    void shouldIgnoreTheWindowOfAnOldSegment() {
        run(SINK.replace("seq 0 <", "seq 0 win 2920 <") + """
                > A text 10
                app write 10000
                < A seq 1 text 1460
                < A seq 1461 text 1460
                > A seq 1 ack 1 win 65535    # older than the one before: SND.WL1
                < A seq 2921 ack 11 text 0
                silence
                """);
    }
}
