package io.millrace.cli;

import io.millrace.bench.link.Link;
import io.millrace.bench.load.SourceAddresses;
import io.millrace.bench.report.BenchReport;
import io.millrace.bench.run.Addressing;
import io.millrace.bench.run.BenchPlan;
import io.millrace.bench.run.BenchSession;
import io.millrace.bench.run.ConsoleProgress;
import io.millrace.bench.run.Contender;
import io.millrace.bench.run.Lineup;
import io.millrace.bench.run.LiveTable;
import io.millrace.bench.run.Machine;
import io.millrace.bench.run.NodeFailedException;
import io.millrace.bench.run.Noise;
import io.millrace.bench.run.Offer;
import io.millrace.bench.run.Part;
import io.millrace.bench.run.ResultJson;
import io.millrace.bench.run.Study;
import io.millrace.bench.run.Summary;
import io.millrace.bench.run.Threads;
import io.millrace.tcp.TcpConfig;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
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

    /** Connections a second of the generator's engine beside clients without state: for the latency. */
    static final long BESIDE_CLIENTS = 1_000;

    /** As the engine has it. */
    private static final int MAX_TIME_WAIT_IPV6 = 1 << 25;

    @CommandLine.Mixin
    private RunOptions runs = new RunOptions();

    @Option(
            names = "--concurrency",
            converter = Quantity.Count.class,
            paramLabel = "N",
            description = "Connections kept under way, in a closed loop (default: ${DEFAULT-VALUE}).")
    private long concurrency = 512;

    @CommandLine.Mixin
    private ThreadOptions threads = new ThreadOptions();

    @Option(
            names = "--ip",
            converter = Quantity.Count.class,
            paramLabel = "VERSION",
            description = "4 or 6 (default: ${DEFAULT-VALUE}).")
    private long ip = 4;

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
                    "TIME_WAIT entries there is room for on the side that closes first (default: 100M, or what a quarter"
                            + " of the memory holds).")
    private Optional<Long> timeWaitCapacity = Optional.empty();

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

    @CommandLine.Mixin
    private ReportOption report = new ReportOption();

    @CommandLine.Mixin
    private JvmFlagOption jvm = new JvmFlagOption();

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    /** What the generator offers. */
    abstract Offer offer();

    /** Whether the generator sends SYNs that no engine sends: a flood's, or those of clients without state. */
    boolean sendsSyns() {
        return false;
    }

    /** Whose programs run. */
    Lineup lineup() throws IOException, InterruptedException {
        return Lineup.ENGINES;
    }

    /** What is measured in turn with them. */
    List<Contender> contenders() throws IOException, InterruptedException {
        return List.of();
    }

    Link link() {
        return runs.link();
    }

    final long sources() {
        return sources;
    }

    final long ipVersion() {
        return ip;
    }

    final long concurrency() {
        return concurrency;
    }

    /** Whether the warm-up lasts until as many entries leave TIME_WAIT as enter it. */
    boolean untilFull() {
        return false;
    }

    /** What is measured, in turn: each of the arrangements asked for. */
    List<Part> parts() {
        final List<Threads> all = threads.toThreads();
        return all.size() == 1
                ? List.of(Part.only(plan(all.getFirst())))
                : all.stream()
                        .map(each -> Part.of(
                                each.arrangement() + ", " + each.shards() + (each.shards() == 1 ? " shard" : " shards"),
                                plan(each)))
                        .toList();
    }

    /** For who has parts of its own: the plan of the only arrangement. */
    final BenchPlan plan() {
        return plan(threads.toThreads().getFirst());
    }

    /** For who has parts of its own: adds a line where several arrangements are asked for. */
    final void checkOneArrangement(final List<String> errors, final String why) {
        threads.checkOne(errors, why);
    }

    @Override
    public void check(final List<String> errors) {
        runs.check(errors);
        Checked.within(errors, "--time-wait-seconds", timeWaitSeconds, 1, 240);
        Checked.within(errors, "--concurrency", concurrency, 1, 1 << 20);
        if (ip != 4 && ip != 6) {
            errors.add("--ip " + ip + ": unknown; give 4 or 6");
        }
        threads.check(errors, sendsSyns());
        timeWaitCapacity.ifPresent(room -> Checked.within(errors, "--time-wait-capacity", room, 1, mostTimeWait()));
        checkMemory(errors);
        Checked.within(errors, "--syn-queue", synQueue, 1, 1 << 26);
        Checked.within(errors, "--sources", sources, 1, 65_534);
        options.check(errors);
        report.check(errors);
    }

    private Addressing addressing() {
        return Addressing.of((int) ip);
    }

    private int mostTimeWait() {
        return addressing() == Addressing.IPV4 ? TcpConfig.MAX_TIME_WAIT : MAX_TIME_WAIT_IPV6;
    }

    private long room() {
        return timeWaitCapacity.orElseGet(() -> (long) Math.clamp(
                Machine.availableBytes() / 4 / BenchPlan.bytesPerTimeWait(addressing()), 1 << 20, mostTimeWait()));
    }

    private void checkMemory(final List<String> errors) {
        final long wanted = room() * BenchPlan.bytesPerTimeWait(addressing());
        final long available = Machine.availableBytes();
        if (wanted > available) {
            errors.add("--time-wait-capacity %d takes %,d MB at start, and %,d MB are available: give a smaller one"
                    .formatted(room(), wanted >> 20, available >> 20));
        }
    }

    @Override
    public Integer call() throws Exception {
        final PrintStream out = System.out;
        final BenchSession session = new BenchSession(
                parts(),
                lineup(),
                contenders(),
                runs.repeats(),
                runs.profile(),
                new ConsoleProgress(out, LiveTable.of(offer()), Terminal.onStdout(), Terminal::red),
                System.err);
        try (Interrupts interrupts = Interrupts.handledBy(session::interrupt)) {
            final Study result = session.run();
            Summary.of(result).forEach(out::println);
            Noise.of(result).forEach(line -> out.println(Terminal.red("  noisy           " + line)));
            if (options.json().isPresent()) {
                Files.writeString(options.json().get(), ResultJson.toText(ResultJson.of(result)));
            }
            if (!report.write(out, folder -> BenchReport.write(result, folder))) {
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

    private BenchPlan plan(final Threads each) {
        return new BenchPlan(
                link(),
                runs.duration(),
                runs.warmUp(),
                runs.settle(),
                offer(),
                (int) concurrency,
                addressing(),
                each,
                options.hugePages(),
                (int) timeWaitSeconds,
                room(),
                untilFull(),
                synQueue,
                (int) sources,
                jvm.flags(),
                Optional.empty(),
                options.typed());
    }
}
