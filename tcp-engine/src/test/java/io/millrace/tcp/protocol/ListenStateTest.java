package io.millrace.tcp.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 9293 §3.10.7.2: segments to a port that listens, of no connection yet. */
class ListenStateTest extends ConversationTest {
    @Test
    @Tag("H1")
    @Tag("H2")
    void shouldOpenByThreeSegmentsAndEcho() {
        run("""
                listen 7 echo
                > S seq 0 <mss 1460, sackOK, TS val 100 ecr 0, wscale 7>
                < SA seq 0 ack 1 win 65535 <mss 1460, sackOK, TS ecr 100, wscale>
                half-open 1
                connections 0
                no event
                > A seq 1 ack 1
                silence
                half-open 0
                connections 1
                event open
                state ESTABLISHED
                > A text 10
                < PA seq 1 ack 11 text 10
                event data 10
                > A
                silence 5s
                """);
    }

    @ParameterizedTest
    @ValueSource(strings = {"R", "RA", ".", "F", "FPU", "P", "U", "SF", "SR", "SFRPAUEW"})
    @Tag("H14")
    void shouldBeSilentToWhatCannotBeASyn(final String flags) {
        run("""
                listen 7 echo
                > %s seq 0 ack 0
                silence 5s
                half-open 0
                no event
                """.formatted(flags));
    }

    @ParameterizedTest
    @ValueSource(strings = {"A", "SA", "FA", "PA"})
    @Tag("H10")
    void shouldResetWhatAcknowledges(final String flags) {
        run("""
                listen 7 echo
                > %s seq 0 ack 5000 text 4
                < R seq 5000
                silence 5s
                half-open 0
                """.formatted(flags));
    }

    @Test
    @Tag("H7")
    void shouldNotDeliverTextOfASynTwiceOrEarly() {
        run("""
                listen 7 echo
                > S seq 0 text 10 <mss 1460>
                < SA seq 0 ack 1
                no event
                > A seq 1 ack 1 text 10
                < PA seq 1 ack 11 text 10
                event open
                event data 10
                """);
    }

    @Test
    @Tag("H12")
    void shouldChooseIsnsThatGrowWithTimeForOneTuple() {
        final int[] isns = new int[3];
        for (int i = 0; i < isns.length; i++) {
            run((i == 0 ? "listen 7 echo\n" : "") + """
                    > S seq 0 <mss 1460>
                    """);
            isns[i] = talk().lastSeq();
            run("""
                    > R seq 1
                    +300ms
                    renew 900000
                    """);
        }
        assertThat(isns[1] - isns[0]).isEqualTo(75_000);
        assertThat(isns[2] - isns[1]).isEqualTo(75_000);
    }

    @Test
    @Tag("H16")
    void shouldDeclineEcnAndIgnoreFastOpen() {
        run("""
                listen 7 echo
                > SEW seq 0 <mss 1460, raw 2202, nop, nop>
                < SA seq 0 ack 1 <mss 1460>
                > A
                > PA text 3
                < PA seq 1 ack 4 text 3
                """);
    }

    @Test
    @Tag("H2")
    @Tag("D1")
    void shouldOpenAcrossTheWrapOfThePeersNumbers() {
        run("""
                listen 7 echo
                isn 4294967295
                > S seq 0 <mss 1460>
                < SA seq 0 ack =0
                > A seq =0
                > PA text 300
                < PA seq 1 ack 301 text 300
                """);
    }

    @Test
    @Tag("H2")
    @Tag("D1")
    void shouldOpenAcrossTheWrapOfOurNumbers() {
        run("""
                listen 7 echo
                engine-isn 4294967295
                > S seq 0 <mss 1460>
                < SA seq =4294967295 ack 1
                > A ack =0
                event open
                > PA text 300
                < PA seq =0 ack 301 text 300
                > A ack =300
                silence 5s
                """);
    }
}
