package io.millrace.cli;

import io.millrace.bench.link.Link;
import io.millrace.bench.profile.Profile;
import io.millrace.bench.report.BenchReport;
import io.millrace.bench.run.Addressing;
import io.millrace.bench.run.ConsoleProgress;
import io.millrace.bench.run.NodeFailedException;
import io.millrace.bench.run.ResultJson;
import io.millrace.bench.stream.Direction;
import io.millrace.bench.stream.Pairing;
import io.millrace.bench.stream.Pattern;
import io.millrace.bench.stream.StreamColumns;
import io.millrace.bench.stream.StreamJson;
import io.millrace.bench.stream.StreamPlan;
import io.millrace.bench.stream.StreamSession;
import io.millrace.bench.stream.StreamStudy;
import io.millrace.bench.stream.StreamTable;
import io.millrace.bench.stream.Traffic;
import io.millrace.dataplane.core.IdleMode;
import io.millrace.linux.CpuAffinity;
import java.io.PrintStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code millrace bench stream}: measures how much text, or how many requests, go through open connections. */
@Command(
        name = "stream",
        description = "Measure how many bytes, or requests, a second go over open connections between two processes.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false)
final class BenchStreamCommand implements Callable<Integer>, Checked {
    private static final int USUAL_BULK_CONNECTIONS = 1;
    private static final int USUAL_REQUEST_CONNECTIONS = 10_000;

    @Option(
            names = "--pattern",
            paramLabel = "NAME",
            description = "bulk, or request-response (default: ${DEFAULT-VALUE}).")
    private String pattern;

    @Option(
            names = "--direction",
            paramLabel = "NAME",
            description = "Of bulk: to-server or from-server (default: ${DEFAULT-VALUE}).")
    private String direction;

    @Option(
            names = "--connections",
            converter = Quantity.Count.class,
            paramLabel = "N",
            description = "Connections open at once (default: 1 for bulk, 10000 for request-response).")
    private Optional<Long> connections = Optional.empty();

    @Option(
            names = "--mtu",
            converter = Quantity.Count.class,
            paramLabel = "BYTES",
            description = "Largest IP packet of both ports, 576 to 9216 (default: ${DEFAULT-VALUE}).")
    private long mtu;

    @Option(
            names = "--size",
            converter = Quantity.Count.class,
            paramLabel = "BYTES",
            description = "Of a request, and of its answer (default: ${DEFAULT-VALUE}).")
    private long size;

    @Option(
            names = "--buffer",
            converter = Quantity.Count.class,
            paramLabel = "BYTES",
            description =
                    "Bound of the engine's send and receive buffer of each connection (default: ${DEFAULT-VALUE}).")
    private long buffer;

    @Option(
            names = "--peer",
            paramLabel = "NAME",
            description =
                    "engine: two engines over the link. kernel: besides, an engine and Linux, and Linux and Linux,"
                            + " over a veth pair that is made and removed (default: ${DEFAULT-VALUE}).")
    private String peer;

    @Option(
            names = "--ip",
            converter = Quantity.Count.class,
            paramLabel = "VERSION",
            description = "4 or 6 (default: ${DEFAULT-VALUE}).")
    private long ip = 4;

    @CommandLine.Mixin
    private RunOptions runs = new RunOptions();

    @Option(
            names = "--server-core",
            converter = Quantity.Count.class,
            paramLabel = "CPU",
            description = "CPU of the server's polling thread (default: the first one this process may use).")
    private Long serverCore;

    @Option(
            names = "--client-core",
            converter = Quantity.Count.class,
            paramLabel = "CPU",
            description = "CPU of the client's polling thread (default: the last one this process may use).")
    private Long clientCore;

    @CommandLine.Mixin
    private BenchOptions options = new BenchOptions();

    @CommandLine.Mixin
    private ReportOption report = new ReportOption();

    @CommandLine.Mixin
    private JvmFlagOption jvm = new JvmFlagOption();

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public void check(final List<String> errors) {
        if (Pattern.of(pattern).isEmpty()) {
            errors.add("--pattern " + pattern + ": unknown; choose one of " + Pattern.labels());
        }
        if (Direction.of(direction).isEmpty()) {
            errors.add("--direction " + direction + ": unknown; choose one of " + Direction.labels());
        }
        if (Pairing.withPeer(peer).isEmpty()) {
            errors.add("--peer " + peer + ": unknown; choose one of engine, kernel");
        } else if (!peer.equals("engine") && Pattern.of(pattern).orElse(null) == Pattern.REQUEST_RESPONSE) {
            errors.add("--peer " + peer + ": with --pattern bulk only");
        }
        connections.ifPresent(n -> Checked.within(errors, "--connections", n, 1, 60_000));
        checkLink(errors);
        runs.check(errors);
        Checked.within(errors, "--size", size, 1, Traffic.MAX_SIZE);
        Checked.within(errors, "--buffer", buffer, 2048, 1 << 29);
        BenchIoCommand.checkCore(errors, "--server-core", serverCore);
        BenchIoCommand.checkCore(errors, "--client-core", clientCore);
        options.check(errors);
        report.check(errors);
    }

    private void checkLink(final List<String> errors) {
        final Link link = runs.link();
        if (link != null && link.inOneProcess()) {
            errors.add("--link " + link + ": each end is a process of its own; give one of vhost, memif, af_packet,"
                    + " pci:BDF,BDF");
        }
        if (ip != 4 && ip != 6) {
            errors.add("--ip " + ip + ": unknown; give 4 or 6");
        } else if (ip == 6 && !peer.equals("engine")) {
            errors.add("--ip 6: with --peer engine only");
        }
        // RFC 8200 §5: a link that carries IPv6 carries packets of 1280 bytes
        Checked.within(errors, "--mtu", mtu, ip == 6 ? 1280 : 576, 9216);
    }

    @Override
    public Integer call() throws Exception {
        final PrintStream out = System.out;
        final StreamPlan plan = plan();
        final StreamSession session = new StreamSession(
                plan,
                runs.repeats(),
                runs.profile(),
                new ConsoleProgress(out, StreamColumns.of(plan.traffic()), Terminal.onStdout(), Terminal::red),
                System.err);
        out.println(StreamTable.heading(plan));
        try (Interrupts interrupts = Interrupts.handledBy(session::interrupt)) {
            final StreamStudy study = session.run();
            StreamTable.summary(study).forEach(out::println);
            study.noise().forEach(line -> out.println(Terminal.red("  noisy           " + line)));
            if (options.json().isPresent()) {
                Files.writeString(options.json().get(), ResultJson.toText(StreamJson.of(study)));
            }
            if (!report.write(
                    out,
                    folder -> BenchReport.write(
                            StreamJson.of(study),
                            "latencies in ns, from the burst that sent a request to the burst that brought its answer",
                            study.latencies(),
                            study.profile().map(Profile::recordings).orElse(Map.of()),
                            folder))) {
                return interrupts.exitCode(Millrace.FAILED);
            }
            if (study.failure().isPresent()) {
                Millrace.complain(spec.commandLine(), study.failure().get());
                return interrupts.exitCode(Millrace.FAILED);
            }
            return study.interrupted() ? Interrupts.INTERRUPTED : Millrace.OK;
        } catch (final NodeFailedException e) {
            return options.explain(e);
        }
    }

    private StreamPlan plan() {
        final List<Integer> cpus = new ArrayList<>(CpuAffinity.allowedCpus());
        final boolean cpuEach = cpus.size() > 1;
        final Pattern load = Pattern.of(pattern).orElseThrow();
        final int usual = load == Pattern.BULK ? USUAL_BULK_CONNECTIONS : USUAL_REQUEST_CONNECTIONS;
        return new StreamPlan(
                Pairing.withPeer(peer).orElseThrow(),
                runs.link(),
                Addressing.of((int) ip),
                new Traffic(
                        load,
                        Direction.of(direction).orElseThrow(),
                        connections.map(Long::intValue).orElse(usual),
                        (int) size),
                (int) mtu,
                (int) buffer,
                runs.duration(),
                runs.warmUp(),
                runs.settle(),
                core(serverCore, cpuEach, cpus.getFirst()),
                core(clientCore, cpuEach, cpus.getLast()),
                EngineNames.of(cpuEach ? IdleMode.BUSY : IdleMode.YIELD),
                options.hugePages(),
                jvm.flags(),
                Optional.empty(),
                options.typed());
    }

    /** Where there is one CPU only, the kernel places the threads. */
    private static List<Integer> core(final Long given, final boolean cpuEach, final int usual) {
        return given != null ? List.of(given.intValue()) : cpuEach ? List.of(usual) : List.of();
    }
}
