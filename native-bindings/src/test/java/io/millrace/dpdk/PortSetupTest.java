package io.millrace.dpdk;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dpdk.layout.DeviceConfigurationLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a device is asked for, by what its driver says. */
class PortSetupTest {
    private static final int KEY_LENGTH = 40;

    private static PortInfo info(final String driver, final boolean rss, final int hashKeySize) {
        final DescriptorLimits limits = new DescriptorLimits(32, 4096, 8, 255);
        final QueuePreference preference = new QueuePreference(32, 256);
        return new PortInfo(
                0,
                "0000:3b:00.0",
                driver,
                0,
                68,
                9600,
                9622,
                1024,
                16_384,
                8,
                8,
                limits,
                limits,
                preference,
                preference,
                EnumSet.allOf(Offload.class),
                rss,
                rss,
                hashKeySize,
                128);
    }

    private static EthDevConfig wanting(final int queues) {
        return EthDevConfig.builder()
                .queuePairs(queues)
                .offloads(Set.of(Offload.RX_RSS_HASH, Offload.RX_TCP_CHECKSUM))
                .rssKey(RssKey.of(new byte[KEY_LENGTH]))
                .build();
    }

    @Test
    void shouldAskForNoHashWhereTheDriverOffersItAndMakesNone() {
        assertThat(PortSetup.offloads(info("net_e1000_igb_vf", false, 40), wanting(1)))
                .containsExactly(Offload.RX_TCP_CHECKSUM);
        assertThat(PortSetup.offloads(info("net_e1000_igb", true, 40), wanting(1)))
                .contains(Offload.RX_RSS_HASH);
    }

    @Test
    void shouldAskVmxnet3ForHashesOfSeveralQueuesOnly() {
        assertThat(PortSetup.offloads(info("net_vmxnet3", true, 0), wanting(1))).doesNotContain(Offload.RX_RSS_HASH);
        assertThat(PortSetup.offloads(info("net_vmxnet3", true, 0), wanting(2))).contains(Offload.RX_RSS_HASH);
    }

    @Test
    void shouldGiveNoKeyToADriverThatTellsNoLengthOfOne() {
        assertThat(keyLength(info("net_vmxnet3", true, 0))).isZero();
        assertThat(keyLength(info("net_e1000_igb", true, 40))).isEqualTo(40);
        assertThat(keyLength(info("net_i40e", true, 52))).isEqualTo(52);
    }

    @Test
    void shouldAskIgbForFlowsOfIpv6ByBothNames() {
        final long tcp = PortSetup.RSS_TCP4 | PortSetup.RSS_TCP6;
        assertThat(hashFunctions(info("net_e1000_igb", true, 40))).isEqualTo(tcp | PortSetup.RSS_TCP6_EX);
        assertThat(hashFunctions(info("net_ixgbe", true, 40))).isEqualTo(tcp);
    }

    private static long hashFunctions(final PortInfo info) {
        try (Arena arena = Arena.ofConfined()) {
            return asked(arena, info, wanting(4)).get(JAVA_LONG, DeviceConfigurationLayout.RSS_HASH_FUNCTIONS);
        }
    }

    private static MemorySegment asked(final Arena arena, final PortInfo info, final EthDevConfig config) {
        return PortSetup.configuration(arena, arena, info, config, PortSetup.offloads(info, config));
    }

    private static int keyLength(final PortInfo info) {
        try (Arena arena = Arena.ofConfined()) {
            final EthDevConfig config = wanting(4);
            final MemorySegment asked = asked(arena, info, config);
            assertThat(asked.get(JAVA_INT, DeviceConfigurationLayout.RX_MODE))
                    .isEqualTo(DeviceConfigurationLayout.RX_MODE_RSS);
            final int length = asked.get(JAVA_BYTE, DeviceConfigurationLayout.RSS_KEY_LENGTH);
            assertThat(asked.get(ADDRESS, DeviceConfigurationLayout.RSS_KEY).address() != 0)
                    .as("a key")
                    .isEqualTo(length > 0);
            return length;
        }
    }
}
