package io.millrace.dataplane.port;

import io.millrace.dpdk.MulticastReception;
import io.millrace.dpdk.PortInfo;
import java.util.ArrayList;
import java.util.List;

/** Says in one line what a port's hardware does, and what is left to software. Made once; any thread. */
final class PortDescription {
    private final List<String> hardware = new ArrayList<>();
    private final List<String> software = new ArrayList<>();

    private PortDescription() {}

    static String of(
            final PortInfo info,
            final DpdkPortPlan plan,
            final PortCapabilities can,
            final boolean wantsVlan,
            final MulticastReception multicast) {
        final PortDescription lists = new PortDescription();
        lists.add("checksums received", can.rxChecksum());
        lists.add("IPv4 checksums sent", can.txIpv4Checksum());
        lists.add("TCP checksums sent", can.txTcpChecksum());
        lists.add("segmentation", can.segmentation() > 0);
        lists.add("flow hash", can.rssHash());
        if (plan.device().rxQueues() > 1) {
            lists.add("flows to queues", can.flowSteering());
        }
        if (wantsVlan) {
            lists.add("VLAN tags received", can.vlanStrip());
            lists.add("VLAN tags sent", can.vlanInsert());
        }
        final List<String> words = new ArrayList<>(List.of(
                "hardware: " + join(lists.hardware),
                "software: " + join(lists.software),
                "multicast: " + multicast(multicast),
                "interrupts: "
                        + (can.rxInterrupts() ? "yes" : plan.device().rxInterrupts() ? "none" : "not asked for")));
        words.addAll(plan.notes());
        return info.device() + " (" + info.driver() + (info.socket() < 0 ? "" : ", NUMA node " + info.socket())
                + ", MTU "
                + plan.mtu() + ", " + plan.device().rxQueues() + " x "
                + plan.device().rxDescriptors() + "/"
                + plan.device().txDescriptors() + " descriptors) " + String.join("; ", words);
    }

    private void add(final String what, final boolean byHardware) {
        (byHardware ? hardware : software).add(what);
    }

    private static String join(final List<String> words) {
        return words.isEmpty() ? "nothing" : String.join(", ", words);
    }

    private static String multicast(final MulticastReception multicast) {
        return switch (multicast) {
            case ALL_MULTICAST -> "all";
            case PROMISCUOUS -> "all, with frames to other stations";
            case UNFILTERED -> "unfiltered";
            case DRIVERS_OWN -> "only what the device takes by itself";
        };
    }
}
