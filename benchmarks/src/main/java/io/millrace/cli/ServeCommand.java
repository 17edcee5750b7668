package io.millrace.cli;

import io.millrace.apps.App;
import io.millrace.apps.AppPort;
import io.millrace.cli.control.ControlServer;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.counters.CountersFile;
import io.millrace.dataplane.port.LinkMonitor;
import io.millrace.dataplane.wire.IpAddress;
import io.millrace.linux.CpuAffinity;
import io.millrace.tcp.ListenConfig;
import io.millrace.tcp.TcpConfig;
import io.millrace.tcp.TcpEngine;
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

/** {@code millrace serve}: puts small servers on DPDK ports until it is told to end. */
@Command(
        name = "serve",
        description =
                "Serve apps on DPDK ports. Prints 'ready' when all addresses are usable and listened on; runs until"
                        + " SIGTERM or SIGINT.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false)
final class ServeCommand implements Callable<Integer>, Checked {
    /** Half-open connections that may wait for a minute, as those of strangers do, before cookies must do without them. */
    private static final long DEFAULT_BACKLOG = 16_384;

    private static final long HEALTH_CHECK_MILLIS = 200;
    private static final long ADDRESS_CHECK_MILLIS = 10;

    @CommandLine.ArgGroup(exclusive = false, multiplicity = "0..*")
    private List<PortOptions> ports;

    @Option(
            names = "--app",
            required = true,
            converter = Converters.AppOnPort.class,
            paramLabel = "NAME:[ADDRESS:]PORT",
            description =
                    "What listens where; repeatable. Apps: echo, close, discard, chargen, http. On one port, the app"
                            + " with the very address is asked first, then the one without.")
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
            description = "auto, pipeline, run-to-completion or single-thread (default: ${DEFAULT-VALUE}).")
    private String arrangement = "auto";

    @Option(
            names = "--io-cores",
            paramLabel = "N",
            description = "IO cores of the pipeline, among which the ports' queue pairs are dealt out (default: 1).")
    private Integer ioCores;

    @Option(
            names = "--cores",
            converter = CoreList.Converter.class,
            paramLabel = "LIST",
            description = "CPUs of the polling threads, such as 0,2-3: the IO cores first, if there are any,"
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
    private long backlog = DEFAULT_BACKLOG;

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
        if (ioCores != null) {
            Checked.within(errors, "--io-cores", ioCores, 1, 64);
        }
        EngineNames.checkArrangement(errors, arrangement);
        EngineNames.checkIdle(errors, idle);
        EngineNames.checkSynOverflow(errors, synOverflow);
        tables.check(errors);
        if (cores != null) {
            cores.check(errors, "--cores", CpuAffinity.allowedCpus());
        }
        if (ports == null) {
            errors.add("Missing required option: '--port=DEVICE'");
        } else {
            ports.forEach(port -> port.check(errors));
        }
        checkControl(errors);
        checkApps(errors);
    }

    private void checkControl(final List<String> errors) {
        if (control != null && !Files.isDirectory(control.toAbsolutePath().getParent())) {
            errors.add("--control " + control + ": its directory does not exist; make it, or give another path");
        }
    }

    private void checkApps(final List<String> errors) {
        final Map<String, App> taken = new HashMap<>();
        for (final AppPort app : apps == null ? List.<AppPort>of() : apps) {
            final App other = taken.put(app.local() + " " + app.port(), app.app());
            if (other != null) {
                errors.add("--app " + app + ": port " + app.port() + " is taken by " + other.label()
                        + "; give each app a port of its own");
            }
            app.local()
                    .filter(local -> !isOurs(local))
                    .ifPresent(local -> errors.add(
                            "--app " + app + ": " + local + " is no address of ours; give one of --address"));
        }
    }

    private boolean isOurs(final IpAddress local) {
        return local.equals(IpAddress.ANY_IPV4)
                || local.equals(IpAddress.ANY_IPV6)
                || ports == null
                || ports.stream().anyMatch(port -> port.hasAddress(local));
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
                tell(out, host);
                listen(host.engine());
                awaitAddresses(host.engine(), end);
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

    /** One line for each port, and one for the threads. */
    private static void tell(final PrintWriter out, final EngineHost host) {
        host.descriptions().forEach(out::println);
        final TcpEngine engine = host.engine();
        out.println(EngineNames.of(engine.arrangement()) + ": " + engine.arrangementReason());
    }

    /** Until nothing is asked on the links any more whether an IPv6 address is somebody's; at once where there is none. */
    private static void awaitAddresses(final TcpEngine engine, final CountDownLatch end) throws InterruptedException {
        while (!engine.hasSettledAddresses() && engine.isRunning()) {
            if (end.await(ADDRESS_CHECK_MILLIS, TimeUnit.MILLISECONDS)) {
                return;
            }
        }
    }

    /** The control socket; null where none is wanted. */
    private ControlServer openControl(final TcpEngine engine) {
        if (control == null) {
            return null;
        }
        try {
            return ControlServer.open(control, engine);
        } catch (final IOException e) {
            throw new BadInputException("--control " + e.getMessage(), e);
        }
    }

    private void listen(final TcpEngine engine) {
        final ListenConfig.SynOverflow overflow = EngineNames.synOverflow(synOverflow);
        for (final AppPort app : apps) {
            engine.listen(
                    app.local()
                            .map(ListenConfig.onPort(app.port())::withLocal)
                            .orElse(ListenConfig.onPort(app.port()))
                            .withBacklog((int) backlog)
                            .withOverflow(overflow),
                    shard -> app.app().newHandler());
        }
    }

    /** Waits for the end; false if the engine met its own before. */
    private boolean watch(final EngineHost host, final CountersFile file, final CountDownLatch end)
            throws InterruptedException {
        final List<LinkMonitor> links =
                host.watchLinks(line -> spec.commandLine().getOut().println(line));
        do {
            links.forEach(LinkMonitor::poll);
            host.engine().ports().forEach(port -> ServeCounters.note(file, port));
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
                ports.stream().map(PortOptions::plan).toList(),
                !noHuge,
                (int) shards,
                Optional.ofNullable(ioCores),
                EngineNames.arrangement(arrangement),
                EngineNames.idle(idle),
                decoration,
                builder -> builder.config(config)
                        .cores(cores.toArray())
                        .counters(file::newBlock)
                        .listenerCounters(file.listeners()));
    }
}
