package io.millrace.tcp.protocol;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What we offer and when we acknowledge: RFC 9293 §3.8.6, RFC 5681 §4.2. */
@Tag("D2")
class ReceiveWindowTest extends ConversationTest {
    private static final String SINK = OPEN.replace("echo", "sink");

    @Test
    void shouldDelayTheAckOfASmallSegmentLessThan200Milliseconds() {
        run(SINK + """
                > PA text 5
                silence 30ms
                +1..170ms < A seq 1 ack 6
                silence 5s
                """);
    }

    @Test
    void shouldAcknowledgeEverySecondFullSegmentAtOnce() {
        run(SINK + """
                > A text 1460
                silence
                > A text 1460
                < A ack 2921
                > A text 1460
                silence
                > A text 1460
                < A ack 5841
                > A text 1460
                +40ms < A ack 7301
                """);
    }

    @Test
    void shouldCloseTheWindowAsTheApplicationDoesNotRead() {
        talk(config -> config.receiveBufferBytes(4_000)).run(OPEN.replace("echo", "hold") + """
                > A text 1460
                > A text 1460
                < A ack 2921 win 1080
                > A text 1080
                +40ms < A ack 4001 win 0
                > A text 1                  # a probe into the closed window
                < A ack 4001 win 0
                > A seq 4001 text 1
                < A ack 4001 win 0
                """);
    }

    @Test
    @Tag("R3")
    void shouldTakeTheAckOfASegmentThatAZeroWindowForbids() {
        talk(config -> config.receiveBufferBytes(2_048)).run(OPEN.replace("echo", "hold") + """
                > A text 1460
                > A text 588
                +40ms < A ack 2049 win 0
                app write 5
                < PA seq 1 text 5 win 0
                > A seq 2049 ack 6 text 1
                < A seq 6 ack 2049 win 0
                silence 5s                  # our text is acknowledged: nothing is sent again
                """);
    }

    @Test
    void shouldTellWhenTheWindowOpensAgain() {
        talk(config -> config.receiveBufferBytes(4_000)).run("""
                listen 7 later
                > S seq 0 <mss 1460>
                < SA win 4000
                > A
                event open
                > A text 1460
                > A text 1460
                < A ack 2921 win 1080
                > A text 1080
                +40ms < A ack 4001 win 0
                app take 100                # too little to speak of
                event data 100
                silence 1s
                app take 3900
                event data 3900
                < A ack 4001 win 4000
                """);
    }

    @Test
    void shouldAdvertiseTheScaledWindow() {
        run("""
                listen 7 sink
                > S seq 0 <mss 1460, wscale 2>
                < SA win 65535 <mss 1460, wscale 3>
                > A
                > A text 1460
                > A text 1460
                < A ack 2921 win 32768
                """);
    }

    @Test
    @Tag("H14")
    void shouldTakeOnlyWhatTheWindowHolds() {
        talk(config -> config.receiveBufferBytes(2_048)).run(OPEN.replace("echo", "hold") + """
                > A text 1460
                +40ms < A ack 1461 win 588
                > FA seq 1461 text 1000      # half of it, and not the FIN
                +40ms < A ack 2049 win 0
                state ESTABLISHED
                """);
    }
}
