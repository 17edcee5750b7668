package io.millrace.tcp.protocol;

import io.millrace.tcp.TcpConfig;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the congestion window lets out, as the peer sees it: RFC 5681, RFC 6928, RFC 7661. */
@Tag("D3")
class CongestionTest extends ConversationTest {
    private static final String SINK = OPEN.replace("echo", "sink").replace("mss 1460", "mss 1000");

    private static final UnaryOperator<TcpConfig.Builder> UNPACED = config -> config.pacing(false);

    /** Twenty segments in flight and acknowledged: the window is twenty then, or more. */
    private static final String TWENTY = """
            app write 30000
            """ + "< A text 1000\n".repeat(10) + """
            +20ms
            > A ack 5001
            """ + "< A text 1000\n".repeat(10) + """
            > A ack 10001
            """
            + "< A text 1000\n".repeat(10) + """
            silence
            > A ack 30001
            """;

    @Test
    void shouldBeginAgainWithTheInitialWindowAfterIdleLongerThanTheTimeout() {
        talk(UNPACED)
                .run(SINK + TWENTY + """
                +250ms
                app write 40000
                """ + "< A text 1000\n".repeat(10) + """
                silence
                > A ack 40001
                """ + "< A text 1000\n".repeat(18) + """
                silence
                """);
    }

    @Test
    void shouldGoOnWithItsWindowAfterAShortPause() {
        talk(UNPACED).run(SINK + TWENTY + """
                +150ms
                app write 40000
                """ + "< A text 1000\n".repeat(28) + """
                silence
                """);
    }

    @Test
    void shouldLetOutTwiceTheWindowInARoundTripOfSlowStart() {
        run(SINK + """
                app write 60000
                """ + "< A text 1000\n".repeat(10) + """
                +20ms
                > A ack 10001
                < A text 1000                    # of 18 segments 36 in 20 ms: two at once
                < A text 1000
                silence
                """ + """
                +1ms < A text 1000
                < A text 1000
                silence
                """.repeat(8));
    }

    @Test
    void shouldNotLearnFromAWindowThatItDoesNotUse() {
        run(SINK + """
                app write 1000
                < PA seq 1 text 1000
                > A ack 1001
                app write 1000
                < PA seq 1001 text 1000
                > A ack 2001
                app write 20000
                """ + "< A text 1000\n".repeat(10) + """
                silence
                """);
    }

    @Test
    void shouldBeginWithOneSegmentWhereItsSynAckWasLost() {
        run("""
                listen 7 sink
                > S seq 0 <mss 1000>
                < SA seq 0 ack 1
                +1s < SA seq 0 ack 1
                > A
                event open
                app write 10000
                < A seq 1 text 1000
                silence
                > A ack 1001
                < A seq 1001 text 1000
                < A seq 2001 text 1000
                silence
                """);
    }
}
