package io.millrace.tcp.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** RFC 9293 §3.4.3: nothing is sent for a while after a start that has forgotten sequence numbers. */
@Tag("T6")
class QuietTimeTest extends ConversationTest {
    @Test
    void shouldSendNoSegmentInTheQuietTimeAndServeAfterIt() {
        talk(config -> config.quietTimeMs(10_000)).run("""
                listen 7 echo
                > S seq 0 <mss 1460>
                > A seq 1 ack 5
                to 99
                > S seq 0 <mss 1460>
                silence 6s
                count QUIET_TIME_DROPS 3
                half-open 0
                +5s
                to 7
                > S seq 0 <mss 1460>
                < SA seq 0 ack 1
                > A
                event open
                """);
    }

    @Test
    void shouldRefuseToConnectInTheQuietTime() {
        talk(config -> config.quietTimeMs(10_000));
        assertThat(talk().connectFrom(0, 80, talk().loop().defaultConnectionOptions()))
                .isZero();
        run("""
                silence 11s
                count QUIET_TIME_DROPS 1
                connect 80
                < S
                """);
    }

    @Test
    void shouldServeAtOnceWhereThereIsNone() {
        run(OPEN);
    }
}
