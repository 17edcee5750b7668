package io.millrace.dataplane.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.0.0.1",
                "0.0.0.0",
                "255.255.255.255",
                "::",
                "::1",
                "fd00::1",
                "1::",
                "1:0:0:2::3",
                "fe80::1:2:3:4",
                "1:2:3:4:5:6:7:8",
                "1:2:0:4:5:6:7:8"
            })
    void shouldPrintAnIpAddressAsItWasRead(final String text) {
        assertThat(IpAddress.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.1", "10.0.0.256", "10.0.0.1.2", "localhost", "", "fd00::x", "1:2:3"})
    void shouldRefuseWhatIsNoIpAddressAndNameIt(final String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> IpAddress.parse(text))
                .withMessageContaining("'" + text + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.1/33", "10.0.0.1/", "10.0.0.1/x", "10.0.0/8", "fd00::1/129", "10.0.0.1/-1"})
    void shouldRefuseWhatIsNoCidrAndNameIt(final String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> IpPrefix.parse(text))
                .withMessageContaining(text);
    }

    @Test
    void shouldTellWhatIsInAPrefix() {
        assertThat(IpPrefix.parse("10.0.0.1/24").contains(IpAddress.parse("10.0.0.200")))
                .isTrue();
        assertThat(IpPrefix.parse("10.0.0.1/24").contains(IpAddress.parse("10.0.1.0")))
                .isFalse();
        assertThat(IpPrefix.parse("0.0.0.0/0").contains(IpAddress.parse("200.0.1.0")))
                .isTrue();
        assertThat(IpPrefix.parse("fd00::/65").contains(IpAddress.parse("fd00::7fff:0:0:1")))
                .isTrue();
        assertThat(IpPrefix.parse("fd00::/65").contains(IpAddress.parse("fd00::8000:0:0:1")))
                .isFalse();
        assertThat(IpPrefix.parse("::/0").contains(IpAddress.parse("10.0.0.1"))).isFalse();
        assertThat(IpAddress.toString(IpPrefix.parse("10.0.0.1/20").broadcastIpv4()))
                .isEqualTo("10.0.15.255");
        assertThat(IpPrefix.parse("10.0.0.1/31").hasBroadcast()).isFalse();
    }

    @Test
    void shouldReadAndPrintMacAddresses() {
        assertThat(MacAddress.parse("02:00:5E:00:00:ff")).hasToString("02:00:5e:00:00:ff");
        assertThat(MacAddress.parse("02-00-5e-00-00-ff").value()).isEqualTo(0x02005e0000ffL);
        assertThat(MacAddress.isGroup(0x01005e000001L)).isTrue();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MacAddress.parse("02:00:5e"))
                .withMessageContaining("02:00:5e");
    }
}
