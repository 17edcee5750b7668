package io.millrace.cli;

import io.millrace.bench.link.Link;
import io.millrace.bench.load.SourceAddresses;
import io.millrace.bench.report.BenchReport;
import io.millrace.bench.report.ReportFolder;
import io.millrace.bench.run.BenchPlan;
import io.millrace.bench.run.BenchSession;
import io.millrace.bench.run.ConsoleProgress;
import io.millrace.bench.run.Contender;
import io.millrace.bench.run.Lineup;
import io.millrace.bench.run.Machine;
import io.millrace.bench.run.NodeFailedException;
import io.millrace.bench.run.Noise;
import io.millrace.bench.run.Offer;
import io.millrace.bench.run.Repeats;
import io.millrace.bench.run.ResultJson;
import io.millrace.bench.run.Summary;
import io.millrace.dataplane.core.IdleMode;
import io.millrace.linux.CpuAffinity;
import io.millrace.tcp.Arrangement;
import io.millrace.tcp.TcpConfig;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/**
 * A benchmark of connections that a server opens and closes: options, run and report are the same whatever the generator
 * offers, which is a subclass's to say.
 */
abstract class ConnectionBench implements Callable<Integer>, Checked {
    /** Connections or SYNs a second: more than any link between two processes carries. */
    static final long MAX_RATE = 20_000_000;

    @Option(
            names = "--duration",
            converter = Quantity.Time.class,
            paramLabel = "TIME",
            description = "How long to measure (default: ${DEFAULT-VALUE}).")
    private Duration duration;

    @Option(
            names = "--warm-up",
            converter = Quantity.Time.class,
            paramLabel = "TIME",
            description = "How long the load runs before that, at least (default: ${DEFAULT-VALUE}).")
    private Duration warmUp;

    @Option(
            names = "--settle",
            converter = Quantity.Time.class,
            paramLabel = "TIME",
            description = "How much longer it runs, at most, until its rate has settled (default: ${DEFAULT-VALUE}).")
    private Duration settle;

    @Option(
            names = "--repeats",
            converter = Quantity.Count.class,
            paramLabel = "N",
            description = "How often, each time with fresh processes (default: ${DEFAULT-VALUE}).")
    private long repeats = 1;

    @Option(
            names = "--concurrency",
            converter = Quantity.Count.class,
            paramLabel = "N",
            description = "Connections kept under way, in a closed loop (default: ${DEFAULT-VALUE}).")
    private long concurrency = 512;

    @Option(
            names = "--shards",
            converter = Quantity.Count.class,
            paramLabel = "N",
            description = "Shards of the server (default: ${DEFAULT-VALUE}).")
    private long shards = 1;

    @Option(
            names = "--link",
            converter = Converters.JoiningLink.class,
            paramLabel = "LINK",
            description =
                    "How the two are joined: vhost; memif; ring, inside one process; af_packet, on a veth pair that is made"
                            + " and removed; pci:BDF,BDF, the server's port and the generator's (default:"
                            + " ${DEFAULT-VALUE}).")
    private Link link = Link.VHOST;

    @Option(
            names = "--arrangement",
            paramLabel = "NAME",
            description =
                    "Of the server: auto, pipeline, run-to-completion, single-thread (default: ${DEFAULT-VALUE}).")
    private String arrangement = "auto";

    @Option(
            names = "--server-cores",
            converter = CoreList.Converter.class,
            paramLabel = "LIST",
            description = "CPUs of the server's polling threads (default: the first ones this process may use).")
    private CoreList serverCores;

    @Option(
            names = "--generator-cores",
            converter = CoreList.Converter.class,
            paramLabel = "LIST",
            description = "CPUs of the generator's polling threads (default: the last one).")
    private CoreList generatorCores;

    @Option(
            names = "--time-wait-seconds",
            converter = Quantity.Count.class,
            paramLabel = "N",
            description = "2 MSL (default: ${DEFAULT-VALUE}).")
    private long timeWaitSeconds = 60;

    @Option(
            names = "--time-wait-capacity",
            converter = Quantity.Count.class,
            paramLabel = "N",
            description =
                    "TIME_WAIT entries the server has room for (default: 100M, or what a quarter of the memory holds).")
    private long timeWaitCapacity = defaultTimeWaitCapacity();

    @Option(
            names = "--syn-queue",
            converter = Quantity.Count.class,
            paramLabel = "N",
            description = "Half-open connections the server has room for (default: 64k).")
    private long synQueue = 64 << 10;

    @Option(
            names = "--sources",
            converter = Quantity.Count.class,
            paramLabel = "N",
            description = "Addresses the generator opens connections from; best a prime (default: ${DEFAULT-VALUE}).")
    private long sources = SourceAddresses.DEFAULT_COUNT;

    @CommandLine.Mixin
    private BenchOptions options = new BenchOptions();

    @Option(
            names = "--report",
            converter = Folder.class,
            paramLabel = "DIR",
            description =
                    "Write a page with plots, the result as JSON and the latencies of each second to this folder.")
    private ReportFolder report;

    @CommandLine.Mixin
    private JvmFlagOption jvm = new JvmFlagOption();

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    private static long defaultTimeWaitCapacity() {
        return Math.clamp(
                Machine.availableBytes() / 4 / BenchPlan.BYTES_PER_TIME_WAIT, 1 << 20, TcpConfig.MAX_TIME_WAIT);
    }

    /** What the generator offers. */
    abstract Offer offer();

    /** Whose programs run. */
    Lineup lineup() throws IOException, InterruptedException {
        return Lineup.ENGINES;
    }

    /** What is measured in turn with them. */
    List<Contender> contenders() throws IOException, InterruptedException {
        return List.of();
    }

    Link link() {
        return link;
    }

    long sources() {
        return sources;
    }

    long concurrency() {
        return concurrency;
    }

    @Override
    public void check(final List<String> errors) {
        Checked.within(errors, "--duration", duration, 100);
        Checked.within(errors, "--warm-up", warmUp, 0);
        Checked.within(errors, "--settle", settle, 0);
        Checked.within(errors, "--repeats", repeats, 1, 1000);
        Checked.within(errors, "--time-wait-seconds", timeWaitSeconds, 1, 240);
        Checked.within(errors, "--concurrency", concurrency, 1, 1 << 20);
        Checked.within(errors, "--shards", shards, 1, 64);
        Checked.within(errors, "--time-wait-capacity", timeWaitCapacity, 1, TcpConfig.MAX_TIME_WAIT);
        checkMemory(errors);
        Checked.within(errors, "--syn-queue", synQueue, 1, 1 << 26);
        Checked.within(errors, "--sources", sources, 1, 65_534);
        EngineNames.checkArrangement(errors, arrangement);
        Optional.ofNullable(serverCores).ifPresent(c -> c.check(errors, "--server-cores", CpuAffinity.allowedCpus()));
        Optional.ofNullable(generatorCores)
                .ifPresent(c -> c.check(errors, "--generator-cores", CpuAffinity.allowedCpus()));
        options.check(errors);
        Optional.ofNullable(report).flatMap(ReportFolder::refusal).ifPresent(why -> errors.add("--report: " + why));
    }

    static final class Folder implements CommandLine.ITypeConverter<ReportFolder> {
        @Override
        public ReportFolder convert(final String text) {
            return new ReportFolder(Path.of(text));
        }
    }

    private void checkMemory(final List<String> errors) {
        final long wanted = timeWaitCapacity * BenchPlan.BYTES_PER_TIME_WAIT;
        final long available = Machine.availableBytes();
        if (wanted > available) {
            errors.add("--time-wait-capacity %d takes %,d MB at start, and %,d MB are available: give a smaller one"
                    .formatted(timeWaitCapacity, wanted >> 20, available >> 20));
        }
    }

    @Override
    public Integer call() throws Exception {
        final PrintStream out = System.out;
        final BenchSession session = new BenchSession(
                plan(),
                lineup(),
                contenders(),
                (int) repeats,
                new ConsoleProgress(out, Terminal.onStdout(), Terminal::red),
                System.err);
        try (Interrupts interrupts = Interrupts.handledBy(session::interrupt)) {
            final Repeats result = session.run();
            Summary.of(result).forEach(out::println);
            Noise.of(result).forEach(line -> out.println(Terminal.red("  noisy           " + line)));
            if (options.json().isPresent()) {
                Files.writeString(options.json().get(), ResultJson.toText(ResultJson.of(result)));
            }
            if (report != null && !writeReport(result, out)) {
                return interrupts.exitCode(Millrace.FAILED);
            }
            if (result.failure().isPresent()) {
                Millrace.complain(spec.commandLine(), result.failure().get());
                return interrupts.exitCode(Millrace.FAILED);
            }
            return result.interrupted() ? Interrupts.INTERRUPTED : Millrace.OK;
        } catch (final NodeFailedException e) {
            return options.explain(e);
        }
    }

    private boolean writeReport(final Repeats result, final PrintStream out) {
        try {
            BenchReport.write(result, report);
            out.println("  report          " + BenchReport.page(report));
            return true;
        } catch (final IOException e) {
            Millrace.complain(spec.commandLine(), "the report can't be written: " + e.getMessage());
            return false;
        }
    }

    private BenchPlan plan() {
        final List<Integer> cpus = new ArrayList<>(CpuAffinity.allowedCpus());
        final boolean oneThread = arrangement.equals(EngineNames.of(Arrangement.SINGLE_THREAD))
                || shards == 1 && !arrangement.equals(EngineNames.of(Arrangement.PIPELINE));
        final int serverThreads = oneThread ? 1 : (int) shards + 1;
        final boolean cpuEach = cpus.size() > serverThreads;
        return new BenchPlan(
                link(),
                duration,
                warmUp,
                settle,
                offer(),
                (int) concurrency,
                (int) shards,
                arrangement,
                cores(serverCores, cpuEach ? cpus.subList(0, serverThreads) : List.of()),
                cores(generatorCores, cpuEach ? List.of(cpus.getLast()) : List.of()),
                EngineNames.of(cpuEach ? IdleMode.BUSY : IdleMode.YIELD),
                options.hugePages(),
                (int) timeWaitSeconds,
                timeWaitCapacity,
                synQueue,
                (int) sources,
                jvm.flags(),
                options.typed());
    }

    /** Where there are too few CPUs for all polling threads, the kernel places them. */
    private static List<Integer> cores(final CoreList given, final List<Integer> usual) {
        return given == null ? List.copyOf(usual) : given.cpus();
    }
}
