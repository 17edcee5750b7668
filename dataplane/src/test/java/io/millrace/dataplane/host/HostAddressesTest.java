package io.millrace.dataplane.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.millrace.dataplane.wire.IpAddress;
import io.millrace.dataplane.wire.MacAddress;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("N1")
class HostAddressesTest {
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");

    @Test
    void shouldSendToTheLinkDirectlyAndToOthersByTheGateway() {
        final HostAddresses host = HostAddresses.builder(MAC)
                .address("10.0.0.1/24")
                .address("192.168.7.1/16")
                .gateway("10.0.0.254")
                .build();

        assertThat(host.nextHop(ip("10.0.0.77"))).isEqualTo(ip("10.0.0.77"));
        assertThat(host.nextHop(ip("192.168.200.1"))).isEqualTo(ip("192.168.200.1"));
        assertThat(host.nextHop(ip("8.8.8.8"))).isEqualTo(ip("10.0.0.254"));
        assertThat(host.sourceFor(ip("192.168.200.1"))).isEqualTo(ip("192.168.7.1"));
        assertThat(host.sourceFor(ip("8.8.8.8"))).isEqualTo(ip("10.0.0.1"));
    }

    @Test
    void shouldKnowNoWayBeyondTheLinkWithoutAGateway() {
        assertThat(HostAddresses.builder(MAC).address("10.0.0.1/24").build().nextHop(ip("8.8.8.8")))
                .isZero();
    }

    @Test
    void shouldNameTheValueOfAWrongConfiguration() {
        final HostAddresses.Builder builder = HostAddresses.builder(MAC);
        assertThatIllegalArgumentException().isThrownBy(builder::build).withMessageContaining("no address");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.address("10.0.0.255/24"))
                .withMessageContaining("10.0.0.255/24");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.address("fd00::1/64"))
                .withMessageContaining("fd00::1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.address("127.0.0.1/8"))
                .withMessageContaining("127.0.0.1/8");
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> builder.address("10.0.0.1/24").gateway("10.0.1.1").build())
                .withMessageContaining("10.0.1.1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HostAddresses.builder(new MacAddress(MacAddress.BROADCAST)))
                .withMessageContaining("ff:ff");
    }

    private static int ip(final String text) {
        return IpAddress.parse(text).ipv4();
    }
}
