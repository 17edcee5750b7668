package io.millrace.cli;

import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.host.Route;
import io.millrace.dataplane.port.Vlan;
import io.millrace.dataplane.wire.IpAddress;
import io.millrace.dataplane.wire.IpPrefix;
import io.millrace.dataplane.wire.MacAddress;
import io.millrace.dpdk.Devargs;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** One {@code --port} of {@code serve}, with the options that follow it and belong to it. */
final class PortOptions {
    @Option(
            names = "--port",
            required = true,
            converter = Converters.Device.class,
            paramLabel = "DEVICE",
            description = "Device in DPDK's own syntax, such as net_af_packet0,iface=veth1 or 0000:3b:00.0; repeatable,"
                    + " each time with options of its own behind it:")
    private Devargs device;

    @Option(
            names = "--address",
            converter = Converters.Prefix.class,
            paramLabel = "CIDR",
            description = "Our address on the port and its network, such as 10.0.0.1/24; repeatable.")
    private List<IpPrefix> addresses;

    @Option(
            names = "--gateway",
            converter = Converters.Address.class,
            paramLabel = "IP",
            description = "Next hop for everything that is on no link; one for each of IPv4 and IPv6.")
    private List<IpAddress> gateways;

    @Option(
            names = "--route",
            converter = Converters.StaticRoute.class,
            paramLabel = "ROUTE",
            description = "Another way, such as '10.8.0.0/16 via 10.0.0.253'; repeatable.")
    private List<Route> routes;

    @Option(
            names = "--vlan",
            paramLabel = "ID",
            description = "The VLAN the port is in, 1 to 4094; frames of others are dropped (default: untagged).")
    private Integer vlanId;

    @Option(
            names = "--vlan-priority",
            paramLabel = "N",
            description = "Priority of the tagged frames it sends, 0 to 7 (default: 0).")
    private Integer vlanPriority;

    @Option(
            names = "--queues",
            paramLabel = "N",
            description = "Queue pairs of the port, 1 to 128 (default: one for each shard in run-to-completion, else"
                    + " enough for the IO cores).")
    private Integer queues;

    @Option(
            names = "--mtu",
            paramLabel = "BYTES",
            description = "Largest IP packet of the port, 68 to 9216; 1280 at least for IPv6 (default: 1500).")
    private Integer mtu;

    @Option(
            names = "--descriptors",
            paramLabel = "N",
            description = "Descriptors of each of its queues, 32 to 32768 (default: what the driver prefers).")
    private Integer descriptors;

    @Option(
            names = "--features",
            split = ",",
            converter = Converters.Feature.class,
            paramLabel = "NAME",
            description =
                    "What the device is to do, or with no- before it is not: offloads (checksums and flow hashes; on),"
                            + " segmentation (large segments cut by it), promiscuous; such as segmentation,no-offloads.")
    private List<FeatureChoice> features;

    void check(final List<String> errors) {
        if (vlanId != null) {
            Checked.within(errors, "--vlan", vlanId, 1, 4094);
        }
        if (vlanPriority != null) {
            Checked.within(errors, "--vlan-priority", vlanPriority, 0, 7);
        }
        if (queues != null) {
            Checked.within(errors, "--queues", queues, 1, 128);
        }
        if (descriptors != null) {
            Checked.within(errors, "--descriptors", descriptors, 32, 32_768);
        }
        if (mtu != null) {
            // RFC 8200 §5: a link that carries IPv6 carries packets of 1280 bytes.
            final boolean ipv6 = addresses != null
                    && addresses.stream().anyMatch(prefix -> !prefix.address().isIpv4());
            Checked.within(errors, "--mtu", mtu, ipv6 ? 1280 : 68, 9216);
        }
        if (device == null) {
            return; // what the parser could not read it has told
        }
        if (addresses == null) {
            errors.add("--port " + device + ": has no address; give one behind it: --address CIDR");
            return;
        }
        try {
            // any unicast MAC will do: the port's own is not known yet
            hostAddresses(MacAddress.parse("02:00:00:00:00:01"));
        } catch (final IllegalArgumentException e) {
            errors.add(e.getMessage());
        }
    }

    /** Whether it was given this address. */
    boolean hasAddress(final IpAddress address) {
        return addresses != null
                && addresses.stream().anyMatch(prefix -> prefix.address().equals(address));
    }

    private HostAddresses hostAddresses(final MacAddress mac) {
        final HostAddresses.Builder builder = HostAddresses.builder(mac);
        addresses.forEach(builder::address);
        if (gateways != null) {
            gateways.forEach(builder::gateway);
        }
        if (routes != null) {
            routes.forEach(builder::route);
        }
        return builder.build();
    }

    /** What to open for it. */
    EngineHost.PortPlan plan() {
        return new EngineHost.PortPlan(
                device,
                Optional.ofNullable(vlanId).map(id -> new Vlan(id, vlanPriority == null ? 0 : vlanPriority)),
                Optional.ofNullable(queues),
                mtu == null ? 0 : mtu,
                descriptors == null ? 0 : descriptors,
                features == null ? List.of() : features,
                this::hostAddresses);
    }
}
