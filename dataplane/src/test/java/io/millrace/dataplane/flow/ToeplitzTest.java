package io.millrace.dataplane.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.millrace.dataplane.Allocations;
import io.millrace.dataplane.wire.IpAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against the verification suite Microsoft publishes ("Verifying the RSS hash calculation"). */
class ToeplitzTest {
    private final Toeplitz toeplitz = Toeplitz.standard();

    @ParameterizedTest
    @CsvSource({
        "66.9.149.187, 2794, 161.142.100.80, 1766, 51ccc178",
        "199.92.111.2, 14230, 65.69.140.83, 4739, c626b0ea",
        "24.19.198.95, 12898, 12.22.207.184, 38024, 5c2b394a",
        "38.27.205.30, 48228, 209.142.163.6, 2217, afc7327f",
        "153.39.163.191, 44251, 202.188.127.2, 1303, 10e828a2"
    })
    void shouldHashIpv4TcpAsPublished(
            final String source,
            final int sourcePort,
            final String destination,
            final int destinationPort,
            final String hash) {
        assertThat(Integer.toHexString(toeplitz.hashIpv4(
                        IpAddress.parse(source).ipv4(),
                        IpAddress.parse(destination).ipv4(),
                        sourcePort,
                        destinationPort)))
                .isEqualTo(hash);
    }

    @ParameterizedTest
    @CsvSource({
        "3ffe:2501:200:1fff::7, 2794, 3ffe:2501:200:3::1, 1766, 40207d3d",
        "3ffe:501:8::260:97ff:fe40:efab, 14230, ff02::1, 4739, dde51bbf",
        "3ffe:1900:4545:3:200:f8ff:fe21:67cf, 44251, fe80::200:f8ff:fe21:67cf, 38024, 2d1feef"
    })
    void shouldHashIpv6TcpAsPublished(
            final String source,
            final int sourcePort,
            final String destination,
            final int destinationPort,
            final String hash) {
        final IpAddress from = IpAddress.parse(source);
        final IpAddress to = IpAddress.parse(destination);

        assertThat(Integer.toHexString(
                        toeplitz.hashIpv6(from.hi(), from.lo(), to.hi(), to.lo(), sourcePort, destinationPort)))
                .isEqualTo(hash);
    }

    @Test
    void shouldSpreadFlowsOverAllShardsAndKeepEachFlowOnOne() {
        final FlowSteering steering = new FlowSteering(toeplitz, 3);
        final int[] flows = new int[3];
        for (int port = 1024; port < 4096; port++) {
            final int shard = steering.shardOfIpv4(0x0a000002, 0x0a000001, port, 80);
            assertThat(steering.shardOfIpv4(0x0a000002, 0x0a000001, port, 80)).isEqualTo(shard);
            flows[shard]++;
        }
        for (final int count : flows) {
            assertThat(count).isBetween(700, 1400);
        }
    }

    @Test
    void shouldSteerBothFamiliesByTheHashOfTheirOwnTuple() {
        final FlowSteering steering = new FlowSteering(toeplitz, 128);
        final IpAddress peer = IpAddress.parse("66.9.149.187");
        final IpAddress us = IpAddress.parse("161.142.100.80");
        final IpAddress peer6 = IpAddress.parse("3ffe:2501:200:1fff::7");
        final IpAddress us6 = IpAddress.parse("3ffe:2501:200:3::1");

        assertThat(steering.shardOf(peer.hi(), peer.lo(), us.hi(), us.lo(), 2794, 1766))
                .isEqualTo(steering.shardOfIpv4(peer.ipv4(), us.ipv4(), 2794, 1766))
                .isEqualTo(0x51ccc178 & 127);
        assertThat(steering.shardOf(peer6.hi(), peer6.lo(), us6.hi(), us6.lo(), 2794, 1766))
                .isEqualTo(steering.shardOfIpv6(peer6.hi(), peer6.lo(), us6.hi(), us6.lo(), 2794, 1766))
                .isEqualTo(0x40207d3d & 127);
    }

    @Test
    void shouldRefuseShardCountsTheTableCannotHold() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new FlowSteering(toeplitz, 129))
                .withMessageContaining("129");
    }

    @Test
    void shouldAllocateNothing() {
        assertThat(Allocations.bytesPer50Thousand(() -> toeplitz.hashIpv4(1, 2, 3, 4)))
                .isZero();
    }
}
