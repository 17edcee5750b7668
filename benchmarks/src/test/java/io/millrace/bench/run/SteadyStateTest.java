package io.millrace.bench.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A rate")
class SteadyStateTest {
    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(delimiter = '|', textBlock = """
                    100 100 100                 | false
                    100 100 100 100             | true
                    10 500 900 1000 1000 1000   | false
                    10 500 1000 1000 1000 1000  | true
                    1050 950 1050 950           | true
                    1051 949 1051 949           | false
                    1000 1000 1000 1000 500     | false
                    0 0 0 0 0                   | false
                    """)
    void shouldHaveSettledOnceFourSecondsAreWithinAFewPercentOfTheirMean(final String rates, final boolean settled) {
        final SteadyState steady = new SteadyState(false);
        Arrays.stream(rates.split(" ")).mapToDouble(Double::parseDouble).forEach(rate -> steady.add(rate, rate));

        assertThat(steady.reached()).isEqualTo(settled);
    }

    @ParameterizedTest(name = "TIME_WAIT grows by {0} a second at 1000 connections/s: {1}")
    @CsvSource({"1000, false", "51, false", "50, true", "0, true", "-50, true"})
    void shouldNotHaveSettledBeforeTheTableIsFullWhereThatIsWaitedFor(final double growth, final boolean settled) {
        final SteadyState steady = new SteadyState(true);
        for (int i = 0; i < SteadyState.SECONDS; i++) {
            steady.add(1_000, growth);
        }

        assertThat(steady.reached()).isEqualTo(settled);
    }
}
