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
        final SteadyState steady = new SteadyState();
        Arrays.stream(rates.split(" ")).mapToDouble(Double::parseDouble).forEach(steady::add);

        assertThat(steady.reached()).isEqualTo(settled);
    }
}
