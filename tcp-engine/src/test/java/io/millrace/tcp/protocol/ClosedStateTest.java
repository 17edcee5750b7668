package io.millrace.tcp.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dataplane.counters.Counter;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 9293 §3.10.7.1 and §3.5.2: segments that belong to no connection and no listener. */
@Tag("H10")
class ClosedStateTest extends ConversationTest {
    @ParameterizedTest(name = "{0} with {1} bytes of text")
    @CsvSource({"S,0,1", "S,10,11", "F,0,1", ".,0,0", "FPU,0,1", "SF,0,2", "P,5,5", "U,0,0"})
    void shouldAcknowledgeInTheResetWhatHasNoAck(final String flags, final int text, final int length) {
        run("""
                > %s seq 0 text %d
                < RA seq 0 ack %d win 0 <>
                silence 5s
                """.formatted(flags, text, length));
    }

    @ParameterizedTest
    @ValueSource(strings = {"A", "PA", "SA", "FA", "FSA"})
    void shouldTakeTheResetsNumberFromTheAck(final String flags) {
        run("""
                > %s seq 77 ack 5000 text 3
                < R seq 5000 <>
                silence 5s
                """.formatted(flags));
    }

    @ParameterizedTest
    @ValueSource(strings = {"R", "RA", "SR", "FRA", "SFRPAUEW"})
    void shouldNeverAnswerAReset(final String flags) {
        run("""
                > %s seq 0 ack 5000
                silence 5s
                """.formatted(flags));
    }

    @Test
    void shouldWrapTheAcknowledgedNumber() {
        run("""
                isn 4294967295
                > S seq 0
                < RA seq 0 ack =0
                """);
    }

    @Test
    void shouldKeepSilentInStealthMode() {
        talk(config -> config.resetClosedPorts(false)).run("""
                > S seq 0
                > A seq 1 ack 1
                silence 5s
                """);
    }

    @Test
    void shouldAnswerAtPortsThatAreListenedOnInStealthModeToo() {
        talk(config -> config.resetClosedPorts(false)).run(OPEN + """
                peer 40001
                > A seq 1 ack 1
                < R seq 1
                """);
    }

    @Test
    void shouldHoldResetsToTheirRateWhereSoConfigured() {
        talk(config -> config.strayResetsPerSecond(2)).run("""
                > S seq 0
                < RA ack 1
                > A seq 1 ack 5
                < R seq 5
                > S seq 0
                silence
                count TCP_RESETS_HELD_BACK 1
                +500ms
                > S seq 0
                < RA ack 1
                > S seq 0
                silence
                """);
    }

    @Test
    @Tag("H14")
    void shouldCountSegmentsWhoseFlagsMakeNoSense() {
        run("""
                > SF
                > .
                > SR
                > EW
                > S
                > A
                """);
        assertThat(talk().count(Counter.TCP_SENSELESS_FLAGS)).isEqualTo(4);
        assertThat(talk().count(Counter.TCP_SYNS_REFUSED)).isEqualTo(2);
    }
}
