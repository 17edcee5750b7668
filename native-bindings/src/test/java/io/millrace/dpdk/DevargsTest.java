package io.millrace.dpdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DevargsTest {
    @Test
    void shouldSplitAVirtualDevice() {
        final Devargs device = Devargs.parse("net_af_packet0,iface=veth1,qpairs=2");
        assertThat(device.name()).isEqualTo("net_af_packet0");
        assertThat(device.driver()).isEqualTo("net_af_packet");
        assertThat(device.argument("iface")).contains("veth1");
        assertThat(device.argument("qpairs")).contains("2");
        assertThat(device.argument("face")).isEmpty();
        assertThat(device.isPci()).isFalse();
        assertThat(device).hasToString("net_af_packet0,iface=veth1,qpairs=2");
    }

    @Test
    void shouldGiveAPciAddressItsDomain() {
        assertThat(Devargs.parse("3b:00.0").name()).isEqualTo("0000:3b:00.0");
        assertThat(Devargs.parse("0001:3b:00.1,rx_vec_en=1").arguments()).isEqualTo("rx_vec_en=1");
        assertThat(Devargs.parse("3b:00.0").isPci()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "eth0", "-h", "--help", "net_", "net_null0 -h", "net_null0,a=b c", "net_null0,\n", "3:00.8"})
    void shouldRefuseWhatIsNoDeviceAndSayWhatWouldBe(final String text) {
        assertThatThrownBy(() -> Devargs.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("device");
    }

    @Test
    void shouldTakeTheMembersOfABondingDeviceWhole() {
        final Devargs bond = Devargs.parse(
                "net_bonding0,mode=1,member=(net_af_packet0,iface=eth1,qpairs=2),member=(3b:00.0),primary=net_af_packet0");
        assertThat(bond.members()).extracting(Devargs::name).containsExactly("net_af_packet0", "0000:3b:00.0");
        assertThat(bond.members().getFirst().argument("qpairs")).contains("2");
        assertThat(bond.argument("iface")).as("a member's").isEmpty();
        assertThat(bond.argument("primary")).contains("net_af_packet0");
        assertThat(bond.driverArguments(23))
                .isEqualTo("mode=1,primary=net_af_packet0,slave=net_af_packet0,slave=0000:3b:00.0");
        assertThat(bond.driverArguments(24)).contains("member=net_af_packet0,member=0000:3b:00.0");
    }
}
