package io.millrace.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The latency recorder")
class LatencyRecorderTest {
    private final LatencyRecorder recorder = new LatencyRecorder();

    @Test
    void shouldHandOverWhatWasRecordedBeforeTheSwap() {
        recorder.record(1_000);
        recorder.ask();
        assertThat(recorder.ready()).isFalse();

        recorder.record(2_000);
        recorder.swapIfAsked();
        recorder.record(3_000);

        assertThat(recorder.ready()).isTrue();
        assertThat(recorder.taken().getTotalCount()).isEqualTo(2);
        assertThat(recorder.taken().getMaxValue()).isBetween(2_000L, 2_002L);
    }

    @Test
    void shouldBeginAnewAfterEachTaking() {
        recorder.record(1_000);
        recorder.ask();
        recorder.swapIfAsked();
        recorder.record(5_000);
        recorder.ask();
        recorder.swapIfAsked();

        assertThat(recorder.taken().getTotalCount()).isEqualTo(1);
        assertThat(recorder.taken().getMinValue()).isBetween(5_000L - 5, 5_000L);
    }

    @Test
    void shouldCountWhatIsOutOfRangeAtItsEnds() {
        recorder.record(-5);
        recorder.record(Long.MAX_VALUE);
        recorder.ask();
        recorder.swapIfAsked();

        assertThat(recorder.taken().getTotalCount()).isEqualTo(2);
        assertThat(recorder.taken().getMinValue()).isZero();
    }
}
