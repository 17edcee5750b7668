package io.millrace.tcp.protocol;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** RFC 9293 §3.10.5, and closes that lose something: RFC 1122 §4.2.2.13, RFC 2525 §2.17. */
class AbortTest extends ConversationTest {
    private static final String SINK = OPEN.replace("echo", "sink");
    private static final String HOLD = OPEN.replace("echo", "hold");
    private static final String SMALL_WINDOW = SINK.replace("> S seq 0", "> S seq 0 win 1000");
    private static final String GONE = """
            event closed ABORTED
            connections 0
            time-wait 0
            silence 10s
            > A seq 1 ack 1
            < R seq 1
            """;

    @Test
    @Tag("C7")
    void shouldResetAtOnceAndForget() {
        run(SINK + """
                app abort
                < RA seq 1 ack 1
                """ + GONE);
    }

    @Test
    @Tag("C7")
    void shouldResetWithTheNumberAfterEverythingSentAndDropTheRest() {
        run(SMALL_WINDOW + """
                app write 5000
                < A seq 1 text 1000
                app abort
                < RA seq 1001 ack 1
                """ + GONE);
    }

    @Test
    @Tag("C7")
    void shouldAbortInCloseWait() {
        run(SINK + """
                > FA
                < A ack 2
                event end
                app abort
                < RA seq 1 ack 2
                event closed ABORTED
                connections 0
                """);
    }

    @Test
    @Tag("C7")
    void shouldAbortInFinWait2() {
        run(SINK + """
                app shutdown
                < FA
                > A
                app abort
                < RA seq 2 ack 1
                event closed ABORTED
                connections 0
                time-wait 0
                """);
    }

    @Test
    @Tag("C7")
    void shouldSayNothingWhenItAbortsItsSyn() {
        run("""
                connect 80
                < S
                app abort
                event closed ABORTED
                silence 10s
                connections 0
                """);
    }

    @Test
    @Tag("C6")
    void shouldResetInsteadOfFinWhenTheApplicationClosesWithTextUnread() {
        run(HOLD + """
                > PA text 5
                +40ms < A ack 6
                app close
                < RA seq 1 ack 6
                event closed ABORTED
                connections 0
                count TCP_ABORT_ON_CLOSE 1
                """);
    }

    @Test
    @Tag("C6")
    void shouldResetInsteadOfFinWhenItClosesWithTextUnreadThoughThePeerHasClosed() {
        run(HOLD + """
                > FPA text 5
                < A ack 7
                app close
                < RA seq 1 ack 7
                event closed ABORTED
                """);
    }

    @Test
    @Tag("C6")
    void shouldSendWhatWasWrittenBeforeTheCloseAndThenTheFin() {
        run(SMALL_WINDOW + """
                app write 2500
                < A seq 1 text 1000
                app close
                > A ack 1001
                < A seq 1001 text 1000
                > A ack 2001
                < FPA seq 2001 text 500
                > FA ack 2502
                < A seq 2502 ack 2
                event closed NORMAL
                time-wait 1
                """);
    }

    @Test
    void shouldIgnoreWhatTheApplicationAsksForAfterItsEnd() {
        run(SINK + """
                app abort
                < RA
                event closed ABORTED
                state none
                silence 1s
                """);
    }
}
