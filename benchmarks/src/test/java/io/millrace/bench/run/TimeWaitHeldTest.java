package io.millrace.bench.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.dataplane.counters.Counter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("How long TIME_WAIT entries were held")
class TimeWaitHeldTest {
    private static final int TWO_MSL = 10;
    private static final long RATE = 1_000;

    /** As many enter each second, and each leaves {@code held} seconds later. */
    private static Moment moment(final int second, final double held) {
        final NodeReport server = new NodeReport(
                NodeReport.SAMPLE,
                second * 1_000_000_000L,
                Map.of(
                        Counter.TIME_WAIT_ENTERED.name(),
                        RATE * second,
                        Counter.TIME_WAIT_EXPIRED.name(),
                        Math.max(0, Math.round(RATE * (second - held)))),
                null,
                null,
                null,
                null,
                null,
                Map.of(),
                List.of(),
                null);
        return new Moment(server, server, CpuTimes.UNKNOWN, second * 1_000L);
    }

    private static Series series(final int first, final int last, final double held) {
        final Series series = new Series(moment(first, held));
        for (int second = first + 1; second <= last; second++) {
            series.add(moment(second, held));
        }
        return series;
    }

    @Test
    void shouldBeFoundFromTheCountersAlone() {
        final TimeWaitHeld held = TimeWaitHeld.of(series(0, 12, 10.25), series(12, 20, 10.25), TWO_MSL);

        assertThat(held.least()).isCloseTo(10.25, within(0.01));
        assertThat(held.most()).isCloseTo(10.25, within(0.01));
        assertThat(held.leftPerSecond()).isEqualTo(RATE);
    }

    @Test
    void shouldBeUnknownBeforeTheFirstHasHadItsTime() {
        assertThat(TimeWaitHeld.of(series(0, 3, 10), series(3, 9, 10), TWO_MSL)).isNull();
    }
}
