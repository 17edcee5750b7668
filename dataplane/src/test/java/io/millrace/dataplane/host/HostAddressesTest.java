package io.millrace.dataplane.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.millrace.dataplane.wire.IpAddress;
import io.millrace.dataplane.wire.IpPrefix;
import io.millrace.dataplane.wire.MacAddress;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("N1")
@Tag("N3")
class HostAddressesTest {
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");

    private final HostAddresses host = HostAddresses.builder(MAC)
            .address("fd00::1/64")
            .address("10.0.0.1/24")
            .address("192.168.7.1/16")
            .address("2001:db8:1::5/48")
            .owned("10.64.0.0/12")
            .owned("fd00:77::ab00:0/104")
            .gateway("10.0.0.254")
            .gateway("fe80::1")
            .route(Route.parse("10.8.0.0/16 via 192.168.0.9"))
            .route(Route.parse("2001:db8:2::/48 via fd00::99"))
            .build();

    @ParameterizedTest
    @CsvSource({
        "10.0.0.77, 10.0.0.77",
        "192.168.200.1, 192.168.200.1",
        "8.8.8.8, 10.0.0.254",
        "10.8.1.1, 192.168.0.9",
        "fd00::77, fd00::77",
        "fe80::1234, fe80::1234",
        "2001:db8:1:2::3, 2001:db8:1:2::3",
        "2001:db8:2:2::3, fd00::99",
        "2001:4860::8888, fe80::1"
    })
    void shouldSendToTheLinkDirectlyAndToOthersByTheLongestPrefixesGateway(final String to, final String hop) {
        final IpAddress destination = IpAddress.parse(to);
        final int way = host.wayTo(destination.hi(), destination.lo());

        assertThat(new IpAddress(host.nextHopHi(way, destination.hi()), host.nextHopLo(way, destination.lo())))
                .hasToString(hop);
    }

    @ParameterizedTest
    @CsvSource({
        "192.168.200.1, 192.168.7.1",
        "8.8.8.8, 10.0.0.1",
        "10.8.1.1, 192.168.7.1",
        "fd00::77, fd00::1",
        "fd00::1, fd00::1",
        "2001:db8:7::1, 2001:db8:1::5",
        "2001:db8:1:ff::1, 2001:db8:1::5",
        "fe80::77, fe80::ff:fe00:1",
        "ff02::1, fe80::ff:fe00:1"
    })
    void shouldSpeakFromTheAddressThatFitsTheDestination(final String to, final String source) {
        final IpAddress destination = IpAddress.parse(to);
        final int own = host.sourceFor(destination.hi(), destination.lo());

        assertThat(new IpAddress(host.hi(own), host.lo(own))).hasToString(source);
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.1, true",
        "10.0.0.2, false",
        "10.79.255.255, true",
        "10.80.0.0, false",
        "fd00::1, true",
        "fd00::2, false",
        "fe80::ff:fe00:1, true",
        "fd00:77::abff:ffff, true",
        "fd00:77::ac00:0, false",
        "::, false"
    })
    void shouldKnowItsOwnAddressesAndPrefixes(final String text, final boolean local) {
        final IpAddress address = IpAddress.parse(text);

        assertThat(host.isLocal(address.hi(), address.lo())).isEqualTo(local);
    }

    @Test
    void shouldTellItsOwnAddressFromAllThatAgreeInItsLastBits() {
        final HostAddresses few = HostAddresses.builder(MacAddress.parse("02:00:00:00:00:01"))
                .address("10.0.0.65/16")
                .address("fd00::2/64")
                .build();
        for (int last = 0; last < 1 << 16; last++) {
            final long ipv4 = IpAddress.lowWord(0x0a00_0000 | last);
            assertThat(few.isLocal(0, ipv4)).as("10.0.x.x, %x", last).isEqualTo(last == 65);
            assertThat(few.isLocal(0xfd00L << 48, last)).as("fd00::%x", last).isEqualTo(last == 2);
        }
        assertThat(few.isLocal(0xfe80L << 48, 0x0000_00ff_fe00_0001L)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "ff02::1, true",
        "ff02::2, false",
        "ff02::1:ff00:1, true",
        "ff02::1:ff00:5, true",
        "ff02::1:ff12:3456, true",
        "ff05::1:ff00:1, false",
        "ff02::2:ff00:1, false"
    })
    void shouldListenToAllNodesAndTheSolicitedNodeAddressesOfItsOwn(final String text, final boolean joined) {
        final IpAddress address = IpAddress.parse(text);

        assertThat(host.isJoined(address.hi(), address.lo())).isEqualTo(joined);
    }

    @Test
    void shouldNotListenToSolicitedNodeAddressesOfOthers() {
        final HostAddresses one =
                HostAddresses.builder(MAC).address("fd00::1/64").build();
        final IpAddress other = IpAddress.parse("ff02::1:ff00:2");

        assertThat(one.isJoined(other.hi(), other.lo())).isFalse();
    }

    @Test
    void shouldHaveALinkLocalAddressMadeFromTheMacWhereThereIsIpv6AndNoneWasGiven() {
        assertThat(host.addresses()).contains(IpPrefix.parse("fe80::ff:fe00:1/64"));
        assertThat(HostAddresses.builder(MacAddress.parse("52:54:00:ab:cd:ef"))
                        .address("10.0.0.1/24")
                        .owned("fd00::/64")
                        .build()
                        .addresses())
                .containsExactly(IpPrefix.parse("10.0.0.1/24"), IpPrefix.parse("fe80::5054:ff:feab:cdef/64"));
        assertThat(HostAddresses.builder(MAC)
                        .address("fd00::1/64")
                        .address("fe80::7/64")
                        .build()
                        .addresses())
                .containsExactly(IpPrefix.parse("fd00::1/64"), IpPrefix.parse("fe80::7/64"));
        assertThat(HostAddresses.builder(MAC).address("10.0.0.1/24").build().addresses())
                .hasSize(1);
    }

    @Test
    void shouldNeitherTakeNorSpeakFromAnAddressThatIsNotUsableYet() {
        final IpAddress tentative = IpAddress.parse("fd00::1");
        final int number = host.numberOf(tentative.hi(), tentative.lo());
        host.state(number, AddressState.TENTATIVE);

        assertThat(host.isLocal(tentative.hi(), tentative.lo())).isFalse();
        assertThat(host.sourceFor(tentative.hi(), 7)).isNotEqualTo(number);
        assertThat(host.numberOf(tentative.hi(), tentative.lo())).isEqualTo(number);

        host.state(number, AddressState.USABLE);
        assertThat(host.isLocal(tentative.hi(), tentative.lo())).isTrue();
    }

    @Test
    void shouldKnowNoWayBeyondTheLinkWithoutAGateway() {
        final HostAddresses alone = HostAddresses.builder(MAC)
                .address("10.0.0.1/24")
                .address("fd00::1/64")
                .gateway("fd00::2")
                .build();

        assertThat(wayTo(alone, "8.8.8.8"))
                .as("a default route of IPv6 is not one of IPv4")
                .isEqualTo(HostAddresses.NONE);
        assertThat(wayTo(alone, "2001:db8::1")).isNotEqualTo(HostAddresses.NONE);
    }

    @Test
    void shouldNameTheValueOfAWrongConfiguration() {
        assertRefused("no address", HostAddresses.builder(MAC)::build);
        assertRefused("10.0.0.255/24", () -> HostAddresses.builder(MAC).address("10.0.0.255/24"));
        assertRefused("127.0.0.1/8", () -> HostAddresses.builder(MAC).address("127.0.0.1/8"));
        assertRefused("ff02::1/64", () -> HostAddresses.builder(MAC).address("ff02::1/64"));
        assertRefused("::1/128", () -> HostAddresses.builder(MAC).address("::1/128"));
        assertRefused(
                "twice", () -> HostAddresses.builder(MAC).address("fd00::1/64").address("fd00::1/48"));
        assertRefused(
                "10.0.1.1", HostAddresses.builder(MAC).address("10.0.0.1/24").gateway("10.0.1.1")::build);
        assertRefused(
                "fe80::1", HostAddresses.builder(MAC).address("10.0.0.1/24").gateway("fe80::1")::build);
        assertRefused(
                "our own", HostAddresses.builder(MAC).address("fd00::1/24").gateway("fd00::1")::build);
        assertRefused("10.8.0.0/16 via fd00::1", () -> Route.parse("10.8.0.0/16 via fd00::1"));
        assertRefused("PREFIX via GATEWAY", () -> Route.parse("10.8.0.0/16"));
        assertRefused("ff:ff", () -> HostAddresses.builder(new MacAddress(MacAddress.BROADCAST)));
    }

    private static void assertRefused(final String named, final Runnable configuration) {
        assertThatIllegalArgumentException().isThrownBy(configuration::run).withMessageContaining(named);
    }

    private static int wayTo(final HostAddresses host, final String text) {
        final IpAddress address = IpAddress.parse(text);
        return host.wayTo(address.hi(), address.lo());
    }
}
