package io.millrace.tcp.table;

import static io.millrace.tcp.table.ShedSyns.GENERATION_MS;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.tcp.Seed;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The SYNs that were shed lately")
class ShedSynsTest {
    private static final int HASH = 0xdead_beef;

    private final ShedSyns shed = new ShedSyns("test");

    @AfterEach
    void close() {
        shed.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 5, Integer.MAX_VALUE - 100, -1_000_000})
    void shouldBeRememberedForOneGenerationAndForgottenAfterTwo(final int start) {
        shed.age(start);
        assertThat(shed.has(HASH)).isFalse();
        shed.remember(HASH);
        for (int ms = 0; ms <= GENERATION_MS; ms += 100) {
            shed.age(start + ms);
            assertThat(shed.has(HASH)).as("after %d ms", ms).isTrue();
        }
        shed.age(start + 2 * GENERATION_MS);
        assertThat(shed.has(HASH)).isFalse();
    }

    @Test
    void shouldBeForgottenWhereNobodyToldTheTimeMeanwhile() {
        shed.age(0);
        shed.remember(HASH);

        shed.age(2 * GENERATION_MS);

        assertThat(shed.has(HASH)).isFalse();
        shed.remember(HASH);
        assertThat(shed.has(HASH)).isTrue();
    }

    @Test
    void shouldRarelyBeTakenForOthers() {
        final SplittableRandom random = Seed.random();
        shed.age(0);
        for (int i = 0; i < 1_500_000; i++) {
            shed.remember(random.nextInt());
        }
        shed.age(GENERATION_MS);
        for (int i = 0; i < 1_500_000; i++) {
            shed.remember(random.nextInt());
        }
        int mistaken = 0;
        for (int i = 0; i < 100_000; i++) {
            mistaken += shed.has(random.nextInt()) ? 1 : 0;
        }

        assertThat(mistaken).as("of 100,000, at a million shed a second").isBetween(7_000, 10_000);
    }
}
