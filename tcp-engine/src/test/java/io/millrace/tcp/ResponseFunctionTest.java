package io.millrace.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.dataplane.port.decorator.Faults;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a connection carries over a path that loses segments at random, beside what theory says of it: the response functions
 * of RFC 9438 §5.2 and §4.3. In virtual time, and by a seed: the same at every run. {@code -Dtest=ResponseFunctionTest}
 * prints the figures.
 */
@Tag("D3")
class ResponseFunctionTest {
    private static final long SEED = 9438;
    /** RFC 9438 §4.3: Reno's window, and CUBIC's Reno-friendly one, over the square root of the loss. */
    private static final double RENO = Math.sqrt(1.5);

    @ParameterizedTest(name = "{0}, loss {1}, {2} ms")
    @CsvSource({"CUBIC, 0.01, 20, 300, 0.1", "NEW_RENO, 0.01, 20, 300, 0.15"})
    void shouldCarryWhatTheResponseFunctionSays(
            final CongestionAlgorithm congestion,
            final double loss,
            final int rttMs,
            final int seconds,
            final double tolerance) {
        final Faults there =
                Faults.builder().loss(loss).delay(rttMs * 500_000L, 0).build();
        final Faults back = Faults.builder().delay(rttMs * 500_000L, 0).build();
        final long received;
        final int maxText;
        try (SimulatedPath path = new SimulatedPath(there, back, SEED, config -> config.congestion(congestion))) {
            path.open();
            path.sendWithoutEnd();
            path.runMillis(10_000);
            final long before = path.received();
            path.runMillis(seconds * 1_000);
            received = path.received() - before;
            maxText = path.maxText();
        }

        final double rtt = rttMs / 1_000.0;
        final double segments = (double) received / maxText / seconds * rtt;
        final double reno = RENO / Math.sqrt(loss);
        // C is 0.4, β is 0.7: RFC 9438 §5.2, figure 6
        final double cubic = Math.pow(0.4 * 3.7 / 1.2, 0.25) * Math.pow(rtt, 0.75) / Math.pow(loss, 0.75);
        final double expected = congestion == CongestionAlgorithm.CUBIC ? Math.max(cubic, reno) : reno;
        System.out.printf(
                "%s, loss %.4f, round trip %d ms: %.2f Mbit/s, a window of %.2f segments; RFC 9438 says %.2f"
                        + " (Reno %.2f, CUBIC's own %.2f): ratio %.3f%n",
                congestion,
                loss,
                rttMs,
                received * 8e-6 / seconds,
                segments,
                expected,
                reno,
                cubic,
                segments / expected);

        assertThat(segments / expected).isCloseTo(1.0, within(tolerance));
    }
}
