package io.millrace.bench.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A count that should grow")
class StandstillTest {
    private final Standstill standstill = new Standstill(10);

    @Test
    void shouldBeGivenItsTimeWheneverItHasGrown() {
        assertThat(standstill.reached(0, 1)).isFalse();
        assertThat(standstill.reached(3_841_557, 40)).as("it grew late").isFalse();
        assertThat(standstill.reached(3_841_557, 41))
                .as("one second is no standstill")
                .isFalse();
        assertThat(standstill.reached(3_841_558, 49.9)).isFalse();
        assertThat(standstill.reached(3_841_558, 59.8)).isFalse();
    }

    @Test
    void shouldBeTakenForStuckAfterThatTime() {
        standstill.reached(7, 1);

        assertThat(standstill.reached(7, 10.9)).isFalse();
        assertThat(standstill.reached(6, 11)).as("fewer is not growth").isTrue();
    }
}
