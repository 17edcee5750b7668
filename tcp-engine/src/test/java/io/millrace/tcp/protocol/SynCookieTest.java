package io.millrace.tcp.protocol;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A full SYN queue, RFC 4987 §3: cookies, and the two other ways. */
@Tag("H11")
class SynCookieTest extends ConversationTest {
    private static final String FULL = """
            listen 7 echo backlog 1 cookies
            > S seq 0 <mss 1460>
            < SA seq 0 ack 1
            half-open 1
            peer 40001
            """;

    @Test
    void shouldOpenByCookieWhenTheSynQueueIsFull() {
        run(FULL + """
                > S seq 0 <mss 1000>
                < SA seq 0 ack 1 <mss 1460>
                half-open 1
                count SYNCOOKIES_SENT 1
                silence 70s                    # nothing is kept that could be sent again
                > A
                event open
                count SYNCOOKIES_RECEIVED 1
                connections 1
                > PA text 5
                < PA seq 1 ack 6 text 5
                """);
    }

    @Test
    void shouldKeepTheOptionsInTheTimestamp() {
        run(FULL + """
                > S seq 0 <mss 1460, sackOK, TS val 100 ecr 0, wscale 7>
                < SA seq 0 ack 1 <mss 1460, sackOK, TS ecr 100, wscale>
                > A win 8
                event open
                > A seq 11 text 10
                < A seq 1 ack 1 <TS, sack 11:21>
                > A seq 1 text 10
                < PA seq 1 ack 21 text 20
                > A seq 21
                > A seq 21 text 1300
                < A text 1024 seq 21        # a window of 8 << 7 bytes: it is scaled
                """);
    }

    @Test
    void shouldDoWithoutOptionsWhereThereAreNoTimestamps() {
        run(FULL + """
                > S seq 0 <mss 1460, sackOK, wscale 7>
                < SA seq 0 ack 1 <mss 1460>
                > A
                event open
                """);
    }

    @Test
    void shouldResetABadCookieAndCountIt() {
        run(FULL + """
                > S seq 0 <mss 1460>
                < SA seq 0 ack 1
                > A seq 1 ack 9
                < R seq 9
                count SYNCOOKIES_FAILED 1
                > A seq 2 ack 1
                < R seq 1
                count SYNCOOKIES_FAILED 2
                no event
                > A seq 1 ack 1
                event open
                """);
    }

    /** RFC 9293 §3.10.7.2: what acknowledges anything but our SYN gets a reset, also where only its cookie knows it. */
    @ParameterizedTest
    @ValueSource(ints = {0, 2, 3, 4, 5, 6, 7, 8})
    void shouldNotTakeANumberNextToACookieForOne(final int ack) {
        run(FULL + """
                > S seq 0 <mss 1460>
                < SA seq 0 ack 1
                > A seq 1 ack %d
                < R seq %d
                no event
                > A seq 1 ack 1
                event open
                """.formatted(ack, ack));
    }

    @Test
    void shouldNotTryCookiesWithoutPressure() {
        run("""
                listen 7 echo
                > A seq 1 ack 1
                < R seq 1
                count SYNCOOKIES_FAILED 0
                """);
    }

    @Test
    void shouldForgetACookieAfterTwoSteps() {
        run(FULL + """
                > S seq 0 <mss 1460>
                < SA seq 0 ack 1
                +132s
                > A
                < R seq 1
                no event
                """);
    }

    @Test
    void shouldNotOpenByResetOrFin() {
        run(FULL + """
                > S seq 0 <mss 1460>
                < SA seq 0 ack 1
                > RA seq 1 ack 1
                silence
                > FA seq 1 ack 1
                < R seq 1
                no event
                > A seq 1 ack 1
                event open
                """);
    }

    @Test
    void shouldTakeTheTextOfTheAckThatBringsTheCookie() {
        run(FULL + """
                > S seq 0 <mss 1460>
                < SA seq 0 ack 1
                > PA text 5
                < PA seq 1 ack 6 text 5
                event open
                event data 5
                """);
    }

    @Test
    @Tag("H5")
    void shouldDropTheNewestWhereSoConfigured() {
        run(FULL.replace("cookies", "drop-newest") + """
                > S seq 0 <mss 1460>
                silence 5s
                count SYN_QUEUE_DROPS 1
                count LISTEN_DROPS 1
                half-open 1
                """);
    }

    @Test
    @Tag("H5")
    void shouldDropTheOldestWhereSoConfigured() {
        run(FULL.replace("cookies", "drop-oldest") + """
                > S seq 0 <mss 1460>
                < SA seq 0 ack 1
                count SYN_QUEUE_EVICTIONS 1
                half-open 1
                > A
                event open
                peer 40000
                > A
                < R seq 1
                """);
    }

    @Test
    @Tag("H5")
    void shouldNotThrowOutAnotherListenersHalfOpenConnection() {
        run("""
                listen 9 echo
                > S seq 0 <mss 1460>
                < SA seq 0 ack 1
                peer 40001
                listen 7 echo backlog 1 drop-oldest
                > S seq 0 <mss 1460>
                < SA seq 0 ack 1
                peer 40002
                > S seq 0 <mss 1460>
                < SA seq 0 ack 1
                half-open 2
                peer 40000
                > A
                event open
                """);
    }
}
