package io.millrace.cli;

import io.millrace.dataplane.core.Datapath;
import io.millrace.dataplane.core.DatapathConfig;
import io.millrace.dataplane.core.IdleMode;
import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.port.DpdkPort;
import io.millrace.dataplane.port.DpdkPortConfig;
import io.millrace.dataplane.port.LinkMonitor;
import io.millrace.dataplane.port.PacketPort;
import io.millrace.dataplane.port.PortFeature;
import io.millrace.dataplane.port.Vlan;
import io.millrace.dataplane.port.decorator.VlanPort;
import io.millrace.dataplane.wire.MacAddress;
import io.millrace.dpdk.Devargs;
import io.millrace.dpdk.DpdkException;
import io.millrace.dpdk.Eal;
import io.millrace.dpdk.EalOptions;
import io.millrace.dpdk.LinkStatus;
import io.millrace.linux.LinuxException;
import io.millrace.tcp.Arrangement;
import io.millrace.tcp.TcpEngine;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * DPDK, its ports and one engine, opened together and closed in the reverse order. Made and closed by the main thread; what
 * can't be opened is a {@link BadInputException}, with nothing left behind.
 */
final class EngineHost implements AutoCloseable {
    private final Optional<Eal> eal;
    private final List<PacketPort> ports = new ArrayList<>();
    private final PortDecoration decoration;
    private final List<DpdkPort> devices = new ArrayList<>();
    private TcpEngine engine;

    private EngineHost(final Optional<Eal> eal, final PortDecoration decoration) {
        this.decoration = decoration;
        this.eal = eal;
    }

    /**
     * What to open.
     *
     * @param ports the ports, at least one.
     * @param hugePages whether DPDK takes its memory from huge pages.
     * @param shards of the engine.
     * @param ioCores of the pipeline, if so many are asked for.
     * @param arrangement of the engine.
     * @param idle what polling threads do without work; those that sleep want the devices' interrupts.
     * @param decoration what goes round each port.
     * @param settings sets whatever else the engine's builder has.
     */
    record Plan(
            List<PortPlan> ports,
            boolean hugePages,
            int shards,
            Optional<Integer> ioCores,
            Arrangement arrangement,
            IdleMode idle,
            PortDecoration decoration,
            Consumer<TcpEngine.Builder> settings) {
        /** Queue pairs of a port for which no number is given. */
        private int usualQueues() {
            return arrangement == Arrangement.RUN_TO_COMPLETION
                    ? shards
                    : (ioCores.orElse(1) + ports.size() - 1) / ports.size();
        }

        /** Polling threads that allocate frames. */
        private int threads() {
            return shards + ioCores.orElse(1);
        }
    }

    /**
     * One port.
     *
     * @param device its device.
     * @param vlan the VLAN it is in, if it is in any.
     * @param queuePairs how many it has, if that is said.
     * @param mtu its largest IP packet, bytes; 0 for 1500.
     * @param descriptors of each of its queues; 0 for what the driver prefers.
     * @param features what its device is to do, or is not, other than it would.
     * @param addresses for its MAC address, our addresses.
     */
    record PortPlan(
            Devargs device,
            Optional<Vlan> vlan,
            Optional<Integer> queuePairs,
            int mtu,
            int descriptors,
            List<FeatureChoice> features,
            Function<MacAddress, HostAddresses> addresses) {}

    /** Opens everything. */
    static EngineHost open(final Plan plan) {
        final EalOptions.Builder options = EalOptions.builder().hugePages(plan.hugePages());
        plan.ports().forEach(port -> options.device(port.device()));
        try {
            final EngineHost host = new EngineHost(Optional.of(Eal.start(options.build())), plan.decoration());
            return started(host, () -> host.start(plan));
        } catch (final DpdkException | LinuxException | IllegalArgumentException e) {
            throw new BadInputException(String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * An engine on a port that is there already and needs no DPDK; what the plan says of ports is left out. The port is
     * closed with it.
     */
    static EngineHost over(
            final PacketPort port, final Function<MacAddress, HostAddresses> addresses, final Plan plan) {
        final EngineHost host = new EngineHost(Optional.empty(), plan.decoration());
        try {
            return started(host, () -> {
                final TcpEngine.Builder builder = builder(plan);
                host.add(builder, port, addresses);
                host.start(builder, plan);
            });
        } catch (final LinuxException | IllegalArgumentException e) {
            throw new BadInputException(String.valueOf(e.getMessage()), e);
        }
    }

    private static EngineHost started(final EngineHost host, final Runnable start) {
        try {
            start.run();
            return host;
        } catch (final RuntimeException e) {
            host.close();
            throw e;
        }
    }

    private static TcpEngine.Builder builder(final Plan plan) {
        final TcpEngine.Builder builder =
                TcpEngine.builder().shards(plan.shards()).arrangement(plan.arrangement());
        plan.ioCores().ifPresent(builder::ioCores);
        return builder;
    }

    private void start(final Plan plan) {
        final TcpEngine.Builder builder = builder(plan);
        for (final PortPlan portPlan : plan.ports()) {
            final DpdkPort device = DpdkPort.open(eal.orElseThrow(), portConfig(plan, portPlan));
            final PacketPort untagged = portPlan.vlan()
                    .<PacketPort>map(vlan -> new VlanPort(device, vlan))
                    .orElse(device);
            devices.add(device);
            add(builder, untagged, portPlan.addresses());
        }
        start(builder, plan);
    }

    private void add(
            final TcpEngine.Builder builder,
            final PacketPort undecorated,
            final Function<MacAddress, HostAddresses> addresses) {
        final PacketPort port = decoration.around(undecorated);
        ports.add(port);
        builder.port(port, addresses.apply(port.mac()));
    }

    private void start(final TcpEngine.Builder builder, final Plan plan) {
        decoration.startCapture();
        builder.idle(plan.idle());
        plan.settings().accept(builder);
        engine = builder.start();
    }

    /** What is asked of a port's device. */
    static DpdkPortConfig portConfig(final Plan plan, final PortPlan port) {
        final int rings =
                Datapath.framesInRings(DatapathConfig.defaults(), plan.ioCores().orElse(1), plan.shards());
        DpdkPortConfig config =
                DpdkPortConfig.of(port.device()).with(PortFeature.RX_INTERRUPTS, plan.idle() == IdleMode.ADAPTIVE);
        for (final FeatureChoice choice : port.features()) {
            config = config.with(choice.feature(), choice.wanted());
        }
        final int queuePairs = port.queuePairs().orElse(plan.usualQueues());
        return config.withQueuePairs(queuePairs)
                .withMtu(port.mtu())
                .withDescriptors(port.descriptors(), port.descriptors())
                .with(PortFeature.VLAN_OFFLOAD, port.vlan().isPresent())
                .withEngineFrames(
                        config.engineFrames() + rings + plan.decoration().framesHeld(queuePairs), plan.threads());
    }

    /** The engine. */
    TcpEngine engine() {
        return engine;
    }

    /** DPDK's own words for its version. */
    String dpdkVersion() {
        return eal.map(Eal::version).orElse("no DPDK");
    }

    /** A line for each port: what its device does, and what is left to software. */
    List<String> descriptions() {
        return devices.stream().map(DpdkPort::description).toList();
    }

    /** A watch on the link of each port, which tells {@code listener} in one line when it goes up or down. */
    List<LinkMonitor> watchLinks(final Consumer<String> listener) {
        return devices.stream()
                .map(device -> new LinkMonitor(
                        device::link, link -> listener.accept("port " + device.name() + ": link " + named(link))))
                .toList();
    }

    private static String named(final LinkStatus link) {
        return link.up() ? link.megabits() > 0 ? "up, " + link.megabits() + " Mb/s" : "up" : "down";
    }

    /** Ends the engine, then the capture, then the ports, then DPDK. */
    @Override
    public void close() {
        try {
            if (engine != null) {
                engine.close();
            }
            decoration.close();
            ports.forEach(PacketPort::close);
        } finally {
            eal.ifPresent(Eal::close);
        }
    }
}
