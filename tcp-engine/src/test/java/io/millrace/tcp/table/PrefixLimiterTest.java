package io.millrace.tcp.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.dataplane.wire.IpAddress;
import io.millrace.tcp.AllocatedBytes;
import io.millrace.tcp.isn.FlowHash;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("H11")
class PrefixLimiterTest {
    private static PrefixLimiter limiter(final int perSecond) {
        return new PrefixLimiter("test", new FlowHash(1, 2), perSecond);
    }

    private static int taken(final PrefixLimiter limiter, final String address, final int tries, final int nowMs) {
        final IpAddress from = IpAddress.parse(address);
        int taken = 0;
        for (int i = 0; i < tries; i++) {
            taken += limiter.tryTake(from.hi(), from.lo(), nowMs) ? 1 : 0;
        }
        return taken;
    }

    @Test
    void shouldLetASecondsWorthThroughAtOnceAndThenTheRate() {
        for (final int start : new int[] {0, Integer.MAX_VALUE - 50, -50}) {
            try (PrefixLimiter limiter = limiter(10)) {
                assertThat(taken(limiter, "10.1.2.3", 100, start)).isEqualTo(10);
                assertThat(taken(limiter, "10.1.2.3", 100, start + 99)).isZero();
                assertThat(taken(limiter, "10.1.2.3", 100, start + 100)).isEqualTo(1);
                assertThat(taken(limiter, "10.1.2.3", 100, start + 600)).isEqualTo(5);
                assertThat(taken(limiter, "10.1.2.3", 100, start + 9_000_000)).isEqualTo(10);
            }
        }
    }

    @Test
    void shouldCountTheAddressesOfANetworkTogetherAndNetworksApart() {
        try (PrefixLimiter limiter = limiter(10)) {
            assertThat(taken(limiter, "10.1.2.3", 6, 0)).isEqualTo(6);
            assertThat(taken(limiter, "10.1.2.255", 6, 0)).isEqualTo(4);
            assertThat(taken(limiter, "10.1.3.3", 100, 0)).isEqualTo(10);
            assertThat(taken(limiter, "2001:db8:0:1::1", 6, 0)).isEqualTo(6);
            assertThat(taken(limiter, "2001:db8:0:1:ffff::1", 6, 0)).isEqualTo(4);
            assertThat(taken(limiter, "2001:db8:0:2::1", 100, 0)).isEqualTo(10);
        }
    }

    @Test
    void shouldTakeTheGreatestRateAndNoneBeyond() {
        try (PrefixLimiter limiter = limiter(PrefixLimiter.MAXIMUM_RATE)) {
            assertThat(taken(limiter, "10.1.2.3", 1_100_000, 0)).isEqualTo(1_000_000);
            assertThat(taken(limiter, "10.1.2.3", 600_000, 500)).isEqualTo(500_000);
        }
        assertThatThrownBy(() -> limiter(0)).hasMessageContaining("0 a second");
        assertThatThrownBy(() -> limiter(PrefixLimiter.MAXIMUM_RATE + 1)).hasMessageContaining("1000001");
    }

    @Test
    void shouldNotAllocate() {
        try (PrefixLimiter limiter = limiter(10)) {
            assertThat(AllocatedBytes.of(() -> {
                        for (int i = 0; i < 100_000; i++) {
                            limiter.tryTake(0, 0xffff_0a00_0000L + i, i);
                        }
                    }))
                    .isZero();
        }
    }
}
