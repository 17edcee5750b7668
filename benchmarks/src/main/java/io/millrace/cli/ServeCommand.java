package io.millrace.cli;

import io.millrace.apps.App;
import io.millrace.apps.AppPort;
import io.millrace.cli.control.ControlServer;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.counters.CountersFile;
import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.host.Route;
import io.millrace.dataplane.port.Vlan;
import io.millrace.dataplane.wire.IpAddress;
import io.millrace.dataplane.wire.IpPrefix;
import io.millrace.dataplane.wire.MacAddress;
import io.millrace.dpdk.Devargs;
import io.millrace.linux.CpuAffinity;
import io.millrace.tcp.ListenConfig;
import io.millrace.tcp.TcpConfig;
import io.millrace.tcp.TcpEngine;
import io.millrace.tcp.socket.Sockets;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code millrace serve}: puts small servers on a DPDK port until it is told to end. */
@Command(
        name = "serve",
        description = "Serve apps on a DPDK port. Prints 'ready' when listening; runs until SIGTERM or SIGINT.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false)
final class ServeCommand implements Callable<Integer>, Checked {
    private static final long HEALTH_CHECK_MILLIS = 200;

    @Option(
            names = "--port",
            required = true,
            converter = Converters.Device.class,
            paramLabel = "DEVICE",
            description = "Device in DPDK's own syntax, such as net_af_packet0,iface=veth1 or 0000:3b:00.0.")
    private List<Devargs> ports;

    @Option(
            names = "--address",
            required = true,
            converter = Converters.Prefix.class,
            paramLabel = "CIDR",
            description = "Our address and its network, such as 10.0.0.1/24; repeatable.")
    private List<IpPrefix> addresses;

    @Option(
            names = "--vlan",
            paramLabel = "ID",
            description = "The VLAN the port is in, 1 to 4094; frames of others are dropped (default: untagged).")
    private Integer vlanId;

    @Option(
            names = "--vlan-priority",
            paramLabel = "N",
            description = "Priority of the tagged frames it sends, 0 to 7 (default: ${DEFAULT-VALUE}).")
    private int vlanPriority;

    @Option(
            names = "--gateway",
            converter = Converters.Address.class,
            paramLabel = "IP",
            description = "Next hop for everything that is not on the link; one for each of IPv4 and IPv6.")
    private List<IpAddress> gateways = List.of();

    @Option(
            names = "--route",
            converter = Converters.StaticRoute.class,
            paramLabel = "ROUTE",
            description = "Another way, such as '10.8.0.0/16 via 10.0.0.253'; repeatable.")
    private List<Route> routes = List.of();

    @Option(
            names = "--app",
            required = true,
            converter = Converters.AppOnPort.class,
            paramLabel = "NAME:PORT",
            description = "What listens where; repeatable. Apps: echo, close, discard, chargen, http.")
    private List<AppPort> apps;

    @Option(
            names = "--shards",
            converter = Quantity.Count.class,
            paramLabel = "N",
            description = "Shards of the TCP engine (default: ${DEFAULT-VALUE}).")
    private long shards = 1;

    @Option(
            names = "--arrangement",
            paramLabel = "NAME",
            description = "auto, pipeline or run-to-completion (default: ${DEFAULT-VALUE}).")
    private String arrangement = "auto";

    @Option(
            names = "--cores",
            converter = CoreList.Converter.class,
            paramLabel = "LIST",
            description = "CPUs of the polling threads, such as 0,2-3: the IO core first, if there is one,"
                    + " then the shards (default: not pinned).")
    private CoreList cores = CoreList.NONE;

    @Option(
            names = "--idle",
            paramLabel = "MODE",
            description = "What a polling thread does without work: busy, yield, adaptive (default: ${DEFAULT-VALUE}).")
    private String idle = "adaptive";

    @Option(names = "--no-huge", description = "Do without huge pages: slower, and not for PCI devices.")
    private boolean noHuge;

    @Option(
            names = "--backlog",
            converter = Quantity.Count.class,
            paramLabel = "N",
            description =
                    "Half-open, and accepted but not yet served, connections of each port (default: ${DEFAULT-VALUE}).")
    private long backlog = ListenConfig.DEFAULT_BACKLOG;

    @Option(
            names = "--syn-overflow",
            paramLabel = "WAY",
            description = "What a full SYN queue does: cookies, drop-oldest, drop-newest (default: ${DEFAULT-VALUE}).")
    private String synOverflow = "cookies";

    @Option(
            names = "--counters",
            paramLabel = "FILE",
            description = "Where 'millrace stat' finds the counters (default: /dev/shm/millrace-PID).")
    private Path countersPath;

    @Option(
            names = "--control",
            paramLabel = "SOCKET",
            description = "UNIX socket, made with mode 0600, at which other programs use sockets of the engine"
                    + " (default: none).")
    private Path control;

    @CommandLine.Mixin
    private TableOptions tables;

    @CommandLine.Mixin
    private PortDecoration decoration;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public void check(final List<String> errors) {
        Checked.within(errors, "--shards", shards, 1, 64);
        Checked.within(errors, "--backlog", backlog, 1, 1 << 24);
        if (vlanId != null) {
            Checked.within(errors, "--vlan", vlanId, 1, 4094);
        }
        Checked.within(errors, "--vlan-priority", vlanPriority, 0, 7);
        EngineNames.checkArrangement(errors, arrangement);
        EngineNames.checkIdle(errors, idle);
        EngineNames.checkSynOverflow(errors, synOverflow);
        tables.check(errors);
        if (cores != null) {
            cores.check(errors, "--cores", CpuAffinity.allowedCpus());
        }
        if (ports != null && ports.size() > 1) {
            errors.add("--port " + ports.get(1) + ": one port only in this version; leave all but one away");
        }
        checkControl(errors);
        checkApps(errors);
        checkAddresses(errors);
    }

    private void checkControl(final List<String> errors) {
        if (control != null && !Files.isDirectory(control.toAbsolutePath().getParent())) {
            errors.add("--control " + control + ": its directory does not exist; make it, or give another path");
        }
    }

    private void checkApps(final List<String> errors) {
        final Map<Integer, App> taken = new HashMap<>();
        for (final AppPort app : apps == null ? List.<AppPort>of() : apps) {
            final App other = taken.put(app.port(), app.app());
            if (other != null) {
                errors.add("--app " + app + ": port " + app.port() + " is taken by " + other.label()
                        + "; give each app a port of its own");
            }
        }
    }

    private void checkAddresses(final List<String> errors) {
        if (addresses == null) {
            return;
        }
        try {
            // any unicast MAC will do: the port's own is not known yet
            hostAddresses(MacAddress.parse("02:00:00:00:00:01"));
        } catch (final IllegalArgumentException e) {
            errors.add(e.getMessage());
        }
    }

    private HostAddresses hostAddresses(final MacAddress mac) {
        final HostAddresses.Builder builder = HostAddresses.builder(mac);
        addresses.forEach(builder::address);
        gateways.forEach(builder::gateway);
        routes.forEach(builder::route);
        return builder.build();
    }

    @Override
    public Integer call() throws InterruptedException, IOException {
        final PrintWriter out = spec.commandLine().getOut();
        final CountDownLatch end = new CountDownLatch(1);
        try (Interrupts interrupts = Interrupts.handledBy(end::countDown);
                CountersFile file = ServeCounters.create(countersPath)) {
            final List<CounterBlock> counters = new ArrayList<>();
            final boolean healthy;
            try (EngineHost host = EngineHost.open(plan(file))) {
                counters.addAll(host.engine().counters());
                listen(host.engine());
                try (ControlServer server = openControl(host.engine())) {
                    out.println("ready");
                    healthy = watch(host, file, end);
                }
                apps.forEach(app -> host.engine().unlisten(app.port()));
            }
            counters.addAll(decoration.counters());
            CounterTable.print(out, counters);
            if (!healthy) {
                spec.commandLine().getErr().println("millrace: a polling thread failed: see its message above");
            }
            return interrupts.exitCode(healthy ? Millrace.OK : Millrace.FAILED);
        }
    }

    /** The control socket; null where none is wanted. */
    private ControlServer openControl(final TcpEngine engine) {
        if (control == null) {
            return null;
        }
        try {
            return ControlServer.open(control, new Sockets(engine));
        } catch (final IOException e) {
            throw new BadInputException("--control " + e.getMessage(), e);
        }
    }

    private void listen(final TcpEngine engine) {
        final ListenConfig.SynOverflow overflow = EngineNames.synOverflow(synOverflow);
        for (final AppPort app : apps) {
            engine.listen(
                    ListenConfig.onPort(app.port()).withBacklog((int) backlog).withOverflow(overflow),
                    shard -> app.app().newHandler());
        }
    }

    /** Waits for the end; false if the engine met its own before. */
    private static boolean watch(final EngineHost host, final CountersFile file, final CountDownLatch end)
            throws InterruptedException {
        do {
            ServeCounters.note(file, host.port());
            if (!host.engine().isRunning()) {
                return false;
            }
        } while (!end.await(HEALTH_CHECK_MILLIS, TimeUnit.MILLISECONDS));
        return host.engine().isRunning();
    }

    private EngineHost.Plan plan(final CountersFile file) {
        final TcpConfig config = tables.toConfig();
        decoration.countIn(file::newBlock);
        return new EngineHost.Plan(
                ports.getFirst(),
                Optional.ofNullable(vlanId).map(id -> new Vlan(id, vlanPriority)),
                !noHuge,
                (int) shards,
                EngineNames.arrangement(arrangement),
                this::hostAddresses,
                decoration,
                builder -> builder.config(config)
                        .cores(cores.toArray())
                        .idle(EngineNames.idle(idle))
                        .counters(file::newBlock));
    }
}
