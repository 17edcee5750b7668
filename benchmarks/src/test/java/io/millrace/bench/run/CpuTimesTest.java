package io.millrace.bench.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The CPUs' times")
class CpuTimesTest {
    private static CpuTimes of(final String text) {
        return CpuTimes.of(text.lines().toList());
    }

    @Test
    void shouldCountIdleAndStolenTimeAsNotBusyAndLeaveOutTheSum() {
        final CpuTimes times = of("""
                cpu  9 9 9 9 9 9 9 9 9 9
                cpu0 100 10 30 500 40 5 7 8 50 0
                cpu11 1 0 0 0 0 0 0 0 0 0
                intr 1 2 3
                """);

        assertThat(times.cpus()).containsOnlyKeys(0, 11);
        assertThat(times.cpus().get(0)).isEqualTo(new CpuTimes.Ticks(152, 8, 700));
    }

    @Test
    void shouldTellSharesBetweenTwoMoments() {
        final CpuTimes before = of("cpu0 100 0 0 100 0 0 0 0 0 0\ncpu1 0 0 0 100 0 0 0 0 0 0");
        final CpuTimes after = of("cpu0 150 0 0 140 0 0 0 10 0 0\ncpu1 0 0 0 200 0 0 0 0 0 0");

        assertThat(after.busySince(before, 0)).isCloseTo(0.5, within(1e-9));
        assertThat(after.busySince(before, 1)).isZero();
        assertThat(after.busySince(before, 7)).as("a CPU that is not there").isZero();
        assertThat(after.mostStolenSince(before, List.of(0, 1))).isCloseTo(0.1, within(1e-9));
        assertThat(after.mostStolenSince(before, List.of(1))).isZero();
    }

    @Test
    void shouldBeToldByThisKernel() {
        assertThat(CpuTimes.read().cpus()).isNotEmpty();
    }
}
