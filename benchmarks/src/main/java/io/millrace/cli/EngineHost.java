package io.millrace.cli;

import io.millrace.dataplane.core.Datapath;
import io.millrace.dataplane.core.DatapathConfig;
import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.port.DpdkPort;
import io.millrace.dataplane.port.DpdkPortConfig;
import io.millrace.dataplane.port.PacketPort;
import io.millrace.dataplane.port.Vlan;
import io.millrace.dataplane.port.decorator.VlanPort;
import io.millrace.dataplane.wire.MacAddress;
import io.millrace.dpdk.Devargs;
import io.millrace.dpdk.DpdkException;
import io.millrace.dpdk.Eal;
import io.millrace.dpdk.EalOptions;
import io.millrace.linux.LinuxException;
import io.millrace.tcp.Arrangement;
import io.millrace.tcp.TcpEngine;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * DPDK, one port and one engine, opened together and closed in the reverse order. Made and closed by the main thread; what
 * can't be opened is a {@link BadInputException}, with nothing left behind.
 */
final class EngineHost implements AutoCloseable {
    private final Eal eal;
    private final PacketPort port;
    private final PortDecoration decoration;
    private final TcpEngine engine;

    private EngineHost(final Eal eal, final PacketPort port, final PortDecoration decoration, final TcpEngine engine) {
        this.eal = eal;
        this.port = port;
        this.decoration = decoration;
        this.engine = engine;
    }

    /**
     * What to open.
     *
     * @param device the port's device.
     * @param vlan the VLAN the port is in, if it is in any.
     * @param hugePages whether DPDK takes its memory from huge pages.
     * @param shards of the engine.
     * @param arrangement of the engine.
     * @param addresses for the port's MAC address, our addresses.
     * @param decoration what goes round the port.
     * @param settings sets whatever else the engine's builder has.
     */
    record Plan(
            Devargs device,
            Optional<Vlan> vlan,
            boolean hugePages,
            int shards,
            Arrangement arrangement,
            Function<MacAddress, HostAddresses> addresses,
            PortDecoration decoration,
            Consumer<TcpEngine.Builder> settings) {}

    /** Opens all three. */
    static EngineHost open(final Plan plan) {
        try {
            final Eal eal = Eal.start(EalOptions.builder()
                    .hugePages(plan.hugePages())
                    .device(plan.device())
                    .build());
            try {
                return openPort(eal, plan);
            } catch (final RuntimeException e) {
                eal.close();
                throw e;
            }
        } catch (final DpdkException | LinuxException | IllegalArgumentException e) {
            throw new BadInputException(String.valueOf(e.getMessage()), e);
        }
    }

    private static EngineHost openPort(final Eal eal, final Plan plan) {
        final DpdkPort device = DpdkPort.open(eal, portConfig(plan));
        final PacketPort untagged =
                plan.vlan().<PacketPort>map(vlan -> new VlanPort(device, vlan)).orElse(device);
        final PacketPort port = plan.decoration().around(untagged);
        try {
            plan.decoration().startCapture();
            final TcpEngine.Builder builder = TcpEngine.builder()
                    .port(port, plan.addresses().apply(port.mac()))
                    .shards(plan.shards())
                    .arrangement(plan.arrangement());
            plan.settings().accept(builder);
            return new EngineHost(eal, port, plan.decoration(), builder.start());
        } catch (final RuntimeException e) {
            plan.decoration().close();
            port.close();
            throw e;
        }
    }

    private static DpdkPortConfig portConfig(final Plan plan) {
        final boolean queueEach = plan.arrangement() == Arrangement.RUN_TO_COMPLETION;
        final DatapathConfig datapath = DatapathConfig.defaults();
        final DpdkPortConfig config = DpdkPortConfig.of(plan.device());
        final int queuePairs = queueEach ? plan.shards() : 1;
        return config.withQueuePairs(queuePairs)
                .withEngineFrames(
                        config.engineFrames()
                                + Datapath.framesInRings(datapath, 1, plan.shards())
                                + plan.decoration().framesHeld(queuePairs),
                        plan.shards() + 1);
    }

    /** The engine. */
    TcpEngine engine() {
        return engine;
    }

    /** DPDK's own words for its version. */
    String dpdkVersion() {
        return eal.version();
    }

    /** The port. */
    PacketPort port() {
        return port;
    }

    /** Ends the engine, then the capture, then the port, then DPDK. */
    @Override
    public void close() {
        try (eal;
                port;
                decoration) {
            engine.close();
        }
    }
}
