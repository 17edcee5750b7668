package io.millrace.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Student's t")
class StudentTTest {
    /** From scipy.stats.t.ppf; those of whole degrees of freedom are in every printed table. */
    @ParameterizedTest(name = "97.5 % at {0} degrees of freedom: {1}")
    @CsvSource({
        "1, 12.706204736",
        "1.5, 6.016663104",
        "2, 4.302652730",
        "2.5, 3.574654842",
        "3, 3.182446305",
        "4, 2.776445105",
        "8, 2.306004135",
        "30, 2.042272456",
        "1000, 1.962339081"
    })
    void shouldAgreeWithTheTables(final double freedom, final double expected) {
        assertThat(StudentT.quantile(0.975, freedom)).isCloseTo(expected, within(expected * 1e-4));
    }
}
