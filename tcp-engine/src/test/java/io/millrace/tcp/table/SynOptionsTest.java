package io.millrace.tcp.table;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SynOptionsTest {
    @Test
    void shouldHoldEveryCombinationInOneByte() {
        for (int shift = -1; shift <= 14; shift++) {
            for (int flags = 0; flags < 8; flags++) {
                final boolean sack = (flags & 1) != 0;
                final boolean timestamps = (flags & 2) != 0;
                final boolean ecn = (flags & 4) != 0;
                int options = SynOptions.of(sack, timestamps, ecn);
                if (shift >= 0) {
                    options = SynOptions.withWindowScale(options, shift);
                }
                assertThat(options).isBetween(0, 255);
                assertThat(SynOptions.windowScaling(options)).isEqualTo(shift >= 0);
                assertThat(SynOptions.windowScale(options)).isEqualTo(Math.max(shift, 0));
                assertThat(SynOptions.sack(options)).isEqualTo(sack);
                assertThat(SynOptions.timestamps(options)).isEqualTo(timestamps);
                assertThat(SynOptions.ecn(options)).isEqualTo(ecn);
            }
        }
    }

    /** RFC 7323 §2.3: a shift above 14 is used as 14. */
    @Test
    void shouldClampTheWindowScaleTo14() {
        assertThat(SynOptions.windowScale(SynOptions.withWindowScale(0, 255))).isEqualTo(14);
    }
}
