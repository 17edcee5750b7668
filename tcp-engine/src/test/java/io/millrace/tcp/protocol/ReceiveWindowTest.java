package io.millrace.tcp.protocol;

import static org.assertj.core.api.Assertions.assertThat;

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
        run(SINK + "> A text 1460\n< A\n".repeat(16) + """
                > A text 1460
                silence
                > A text 1460
                < A ack 26281
                > A text 1460
                silence
                > A text 1460
                < A ack 29201
                > A text 1460
                +40ms < A ack 30661
                """);
    }

    @Test
    void shouldAcknowledgeEverySecondSegmentThatTimestampsOrThePathMakeSmaller() {
        run("""
                listen 7 sink
                > S seq 0 <mss 1460, TS val 100 ecr 0>
                < SA seq 0 ack 1
                > A
                """ + "> A text 1448\n< A\n".repeat(16) + """
                > A text 1448
                silence
                > A text 1448
                < A ack 26065
                > A text 1200
                silence
                > A text 1200
                < A ack 28465
                """);
    }

    @Test
    void shouldAcknowledgeTheFirstLargeSegmentsEachByItselfAndSmallOnesLater() {
        run(SINK + """
                > PA text 100
                +40ms < A ack 101
                > A text 1460
                < A ack 1561
                > PA text 100
                +40ms < A ack 1661
                """);
    }

    @Test
    void shouldGrowTheWindowWithWhatTheApplicationTakesInARoundTrip() {
        talk(config -> config.receiveBufferBytes(4 << 20)).run("""
                listen 7 sink
                > S seq 0 <mss 1460, TS val 100 ecr 0, wscale 7>
                < SA win 65535 <mss, TS, wscale 7>
                +20ms
                > A
                event open
                """);
        int window = 0;
        for (int round = 0, sent = 10; round < 12; round++, sent *= 2) {
            for (int segment = 0; segment < Math.min(sent, 1_400); segment++) {
                talk().run("> A text 1448");
            }
            window = talk().lastWindow() << 7;
            talk().forget();
            talk().run("+20ms");
        }
        assertThat(window).isBetween(4_000_000, 4 << 20);
    }

    @Test
    void shouldNotGrowTheWindowOfAPeerThatDoesNotFillIt() {
        talk(config -> config.receiveBufferBytes(4 << 20)).run("""
                listen 7 sink
                > S seq 0 <mss 1460, TS val 100 ecr 0, wscale 7>
                < SA win 65535
                > A
                event open
                """);
        for (int round = 0; round < 50; round++) {
            talk().run("> A text 1448\n> A text 1448\n+20ms");
        }
        assertThat(talk().lastWindow() << 7).isEqualTo(65_536);
    }

    @Test
    void shouldNotGrowTheWindowWhileTheApplicationTakesNothing() {
        talk(config -> config.receiveBufferBytes(4 << 20)).run("""
                listen 7 hold
                > S seq 0 <mss 1460, TS val 100 ecr 0, wscale 7>
                < SA win 65535
                > A
                event open
                """);
        for (int segment = 0; segment < 45; segment++) {
            talk().run("> A text 1448\n+5ms");
        }
        assertThat(talk().lastWindow() << 7).isLessThan(2_000);
    }

    @Test
    void shouldNotGrowTheWindowWhileThePoolOfBuffersRunsShort() {
        final String open = """
                > S seq 0 <mss 1460, TS val 100 ecr 0, wscale 7>
                < SA win 65535
                > A
                event open
                """;
        talk(config -> config.receiveBufferBytes(1 << 20).bufferPoolBytes(1 << 18))
                .run("listen 7 hold");
        for (int holder = 0; holder < 4; holder++) {
            talk().peer(40_001 + holder).run(open + "> A text 1448\n".repeat(44));
        }
        talk().run("listen 9 sink");
        talk().peer(40_009).to(9).run(open);
        for (int round = 0; round < 10; round++) {
            talk().run("> A text 1448\n".repeat(40) + "+20ms");
        }
        assertThat(talk().lastWindow() << 5).isEqualTo(65_536);
    }

    @Test
    void shouldCloseTheWindowAsTheApplicationDoesNotRead() {
        talk(config -> config.receiveBufferBytes(4_000)).run(OPEN.replace("echo", "hold") + """
                > A text 1460
                < A ack 1461 win 2540
                > A text 1460
                < A ack 2921 win 1080
                > A text 1080
                < A ack 4001 win 0
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
                < A ack 1461
                > A text 588
                < A ack 2049 win 0
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
                < A ack 1461 win 2540
                > A text 1460
                < A ack 2921 win 1080
                > A text 1080
                < A ack 4001 win 0
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
                < A ack 1461 win 8192       # 64 KiB to begin with
                """);
    }

    @Test
    @Tag("H14")
    void shouldTakeOnlyWhatTheWindowHolds() {
        talk(config -> config.receiveBufferBytes(2_048)).run(OPEN.replace("echo", "hold") + """
                > A text 1460
                < A ack 1461 win 588
                > FA seq 1461 text 1000      # half of it, and not the FIN
                < A ack 2049 win 0
                state ESTABLISHED
                """);
    }
}
