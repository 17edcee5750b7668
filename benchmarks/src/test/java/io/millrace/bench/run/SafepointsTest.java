package io.millrace.bench.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Safepoints")
class SafepointsTest {
    @Test
    void shouldBeUnknownToAJvmThatWasNotAskedToCountThem() {
        assertThat(ManagementFactory.getRuntimeMXBean().getInputArguments())
                .doesNotContainAnyElementsOf(Safepoints.FLAGS);

        assertThat(Safepoints.ofThisJvm().count()).isEqualTo(Safepoints.UNKNOWN);
        assertThat(Safepoints.ofThisJvm().millis()).isEqualTo(Safepoints.UNKNOWN);
    }
}
