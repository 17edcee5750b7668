package io.millrace.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.millrace.dataplane.wire.IpAddress;
import io.millrace.dataplane.wire.IpPrefix;
import java.math.BigInteger;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The generator's source addresses")
class SourceAddressesTest {
    private static final IpPrefix PREFIX = IpPrefix.parse("10.64.0.0/16");
    private static final int EPHEMERAL_PORTS = 65_535 - 1_024 + 1;

    @Test
    void shouldRotateThroughAllOfThemWithinThePrefix() {
        final SourceAddresses sources = new SourceAddresses(PREFIX, 300);
        final Set<IpAddress> seen = new HashSet<>();
        for (int i = 0; i < 300; i++) {
            final IpAddress address = sources.next();
            assertThat(PREFIX.contains(address)).isTrue();
            seen.add(address);
        }

        assertThat(seen).hasSize(300);
        assertThat(sources.next()).isEqualTo(IpAddress.parse("10.64.0.1"));
    }

    @Test
    void shouldVisitEveryPairOfAddressAndPort() {
        final BigInteger addresses = BigInteger.valueOf(SourceAddresses.DEFAULT_COUNT);

        assertThat(addresses.isProbablePrime(50)).isTrue();
        assertThat(addresses.gcd(BigInteger.valueOf(EPHEMERAL_PORTS))).isEqualTo(BigInteger.ONE);
        assertThat(new SourceAddresses(PREFIX, SourceAddresses.DEFAULT_COUNT).tuples(EPHEMERAL_PORTS))
                .as("enough for 60 s at 1.5 million a second, were 22 addresses to share a counter")
                .isGreaterThan(22L * 60 * 1_500_000);
    }

    @Test
    void shouldNotBeMoreThanThePrefixHas() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SourceAddresses(IpPrefix.parse("10.64.0.0/24"), 255))
                .withMessageContaining("255")
                .withMessageContaining("1 to 254");
    }
}
