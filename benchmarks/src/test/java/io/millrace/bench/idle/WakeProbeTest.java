package io.millrace.bench.idle;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dataplane.core.IdleMode;
import io.millrace.tcp.Arrangement;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WakeProbeTest {
    @ParameterizedTest
    @EnumSource(
            value = Arrangement.class,
            names = {"RUN_TO_COMPLETION", "PIPELINE"})
    void shouldBeAnsweredByAnEngineThatSleepsInBetween(final Arrangement arrangement) {
        try (WakeProbe probe = new WakeProbe(IdleMode.ADAPTIVE, arrangement, new int[0])) {
            final WakeProbe.Result result = probe.measure(TimeUnit.MILLISECONDS.toNanos(50), 20);

            assertThat(result.nanos()).hasSize(20).isSorted();
            assertThat(result.sleptShare()).isPositive();
            assertThat(result.micros(1)).isEqualTo(result.nanos()[19] / 1e3);
        }
    }
}
