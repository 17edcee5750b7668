package io.millrace.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("An axis")
class AxisTest {
    @Test
    void shouldMarkRoundValuesFromNothingToAboveAll() {
        assertThat(Axis.linear(0, 1_015_087, 5, ReportPage::count).ticks())
                .containsExactly(0, 500_000, 1_000_000, 1_500_000);
        assertThat(Axis.linear(0, 1, 5, ReportPage::count).ticks())
                .hasSize(6)
                .startsWith(0)
                .endsWith(1);
        assertThat(Axis.linear(0, 0, 5, ReportPage::count).high())
                .as("of nothing at all")
                .isEqualTo(1);
    }

    @Test
    void shouldMarkTimesBetweenItsEnds() {
        assertThat(Axis.exact(-8.02, 30.01, 8, ReportPage::count).ticks())
                .containsExactly(-5, 0, 5, 10, 15, 20, 25, 30);
    }

    @Test
    void shouldMarkDecadesOfALogarithm() {
        assertThat(Axis.logarithmic(12, 430, ReportPage::count).ticks())
                .containsExactly(10, 20, 50, 100, 200, 500, 1000);
        assertThat(Axis.logarithmic(1, 1, ReportPage::count).position(10)).isEqualTo(1);
        assertThat(Axis.logarithmic(10, 1000, ReportPage::count).position(100)).isCloseTo(0.5, within(1e-9));
        assertThat(Axis.logarithmic(10, 1000, ReportPage::count).position(0)).isZero();
    }

    @ParameterizedTest(name = "{0} nines: {1}")
    @CsvSource({"0, 0 %", "1, 90 %", "2, 99 %", "3, 99.9 %", "4, 99.99 %", "6, 99.9999 %"})
    void shouldNameThePercentilesByTheirNines(final double nines, final String name) {
        assertThat(ReportCharts.percentile(nines)).isEqualTo(name);
    }
}
