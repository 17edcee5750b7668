package io.millrace.dataplane.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.dpdk.DescriptorLimits;
import io.millrace.dpdk.Devargs;
import io.millrace.dpdk.MbufLayout;
import io.millrace.dpdk.Offload;
import io.millrace.dpdk.PortInfo;
import io.millrace.dpdk.QueuePreference;
import java.util.EnumSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("N6")
class DpdkPortPlanTest {
    private static final DpdkPortConfig CONFIG = DpdkPortConfig.of(Devargs.parse("3b:00.0"));

    @Test
    void shouldTakeTheRingTheDriverPrefersWhenNoneIsAskedFor() {
        final DpdkPortPlan plan = DpdkPortPlan.of(CONFIG, nic(4096, 8, 2048, Integer.MAX_VALUE));
        assertThat(plan.device().rxDescriptors()).isEqualTo(2048);
        assertThat(plan.notes()).isEmpty();
    }

    @Test
    void shouldBringDescriptorsWithinTheDevicesLimitsAndSaySo() {
        final DpdkPortPlan plan =
                DpdkPortPlan.of(CONFIG.withDescriptors(1000, 9000), nic(4096, 32, 0, Integer.MAX_VALUE));
        assertThat(plan.device().rxDescriptors()).isEqualTo(1024);
        assertThat(plan.device().txDescriptors()).isEqualTo(4096);
        assertThat(plan.notes())
                .containsExactly(
                        "1024 receive descriptors, not 1000: the device's limits",
                        "4096 transmit descriptors, not 9000: the device's limits");
    }

    @Test
    void shouldGiveRoomForAJumboFrameInOneMbuf() {
        final DpdkPortPlan plan = DpdkPortPlan.of(CONFIG.withMtu(9000), nic(4096, 8, 0, Integer.MAX_VALUE));
        assertThat(plan.dataRoom() - MbufLayout.HEADROOM).isGreaterThanOrEqualTo(9022);
        assertThat(plan.device().offloads()).doesNotContain(Offload.RX_SCATTER);
    }

    @Test
    void shouldScatterWhereTheDeviceFillsNoMbufOfThatSize() {
        final DpdkPortPlan plan = DpdkPortPlan.of(CONFIG.withMtu(9000), nic(4096, 8, 0, 4096));
        assertThat(plan.device().offloads()).contains(Offload.RX_SCATTER);
        assertThat(plan.dataRoom() - MbufLayout.HEADROOM)
                .as("still whole behind the port")
                .isGreaterThan(9000);
    }

    @Test
    void shouldCountReceiveDescriptorsTwiceForDevicesOfTwoRingsAQueue() {
        final DpdkPortPlan plan = DpdkPortPlan.of(
                CONFIG.withQueuePairs(4).withDescriptors(512, 256).withEngineFrames(100, 4),
                nic(4096, 8, 0, Integer.MAX_VALUE));
        assertThat(plan.frames()).isGreaterThanOrEqualTo(4 * (2 * 512 + 256) + 100);
    }

    @Test
    void shouldRefuseMoreQueuesThanThereAreAndNameBoth() {
        final PortInfo nic = nic(4096, 8, 0, Integer.MAX_VALUE);
        assertThatThrownBy(() -> DpdkPortPlan.of(CONFIG.withQueuePairs(9), nic))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("9 queue pairs")
                .hasMessageContaining("at most 8");
    }

    @Test
    void shouldLeaveLargeSegmentsToADeviceInAsManyMbufsAsItTakes() {
        assertThat(largestChain("net_some", 0)).isEqualTo(0xffff);
        assertThat(largestChain("net_some", 255)).isEqualTo(0xffff);
        assertThat(largestChain("net_some", 8)).isEqualTo(8 * 2048 - 22);
        assertThat(largestChain("net_vmxnet3", 255))
                .as("whatever its driver tells")
                .isEqualTo(24 * 2048 - 22);
    }

    private static int largestChain(final String driver, final int segments) {
        final PortInfo nic = nic(driver, new DescriptorLimits(64, 4096, 8, segments), 0, Integer.MAX_VALUE);
        return DpdkPortPlan.of(CONFIG, nic).largestChain(nic);
    }

    private static PortInfo nic(final int most, final int align, final int preferred, final int maxBuffer) {
        return nic("net_some", new DescriptorLimits(64, most, align, 0), preferred, maxBuffer);
    }

    private static PortInfo nic(
            final String driver, final DescriptorLimits limits, final int preferred, final int maxBuffer) {
        final QueuePreference preference = new QueuePreference(32, preferred);
        return new PortInfo(
                0,
                "0000:3b:00.0",
                driver,
                0,
                68,
                9600,
                9622,
                1024,
                maxBuffer,
                8,
                8,
                limits,
                limits,
                preference,
                preference,
                EnumSet.allOf(Offload.class),
                true,
                true,
                52,
                512);
    }
}
