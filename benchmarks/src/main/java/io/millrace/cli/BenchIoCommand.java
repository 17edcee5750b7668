package io.millrace.cli;

import io.millrace.bench.io.IoJson;
import io.millrace.bench.io.IoPlan;
import io.millrace.bench.io.IoResult;
import io.millrace.bench.io.IoRun;
import io.millrace.bench.io.IoTable;
import io.millrace.bench.link.Link;
import io.millrace.bench.report.BenchReport;
import io.millrace.bench.run.NodeFailedException;
import io.millrace.bench.run.ResultJson;
import io.millrace.linux.CpuAffinity;
import java.io.PrintStream;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code millrace bench io}: measures what receiving and sending frames costs in Java, beside the same loop in C. */
@Command(
        name = "io",
        description = "Measure how many frames a second one core receives, touches and transmits, in Java and in C.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false)
final class BenchIoCommand implements Callable<Integer>, Checked {
    /** Longer than the compiler takes for the loop. */
    private static final int WARM_UP_MILLIS = 1000;

    @Option(
            names = "--link",
            converter = Converters.CarryingLink.class,
            paramLabel = "LINK",
            description =
                    "ring (a port that leads back to itself) or null; or, with a sender in C at the other end, vhost;"
                            + " memif; af_packet, on a veth pair that is made and removed; pci:BDF,BDF, the receiver's port and the"
                            + " sender's (default: ${DEFAULT-VALUE}).")
    private Link link;

    @Option(
            names = "--burst",
            converter = Quantity.Count.class,
            paramLabel = "N",
            description = "Most frames received at once (default: ${DEFAULT-VALUE}).")
    private long burst;

    @Option(
            names = "--seconds",
            converter = Quantity.Count.class,
            paramLabel = "N",
            description = "How long each process measures, after a second of warm-up (default: ${DEFAULT-VALUE}).")
    private long seconds;

    @Option(
            names = "--repeats",
            converter = Quantity.Count.class,
            paramLabel = "N",
            description = "How often, Java and C in turn (default: ${DEFAULT-VALUE}).")
    private long repeats;

    @Option(
            names = "--core",
            converter = Quantity.Count.class,
            paramLabel = "CPU",
            description = "CPU of the polling thread (default: the last one this process may use).")
    private Long core;

    @Option(
            names = "--sender-core",
            converter = Quantity.Count.class,
            paramLabel = "CPU",
            description =
                    "CPU of the sender's polling thread, where there is one (default: the first one that is not --core).")
    private Long senderCore;

    @CommandLine.Mixin
    private BenchOptions options = new BenchOptions();

    @CommandLine.Mixin
    private ReportOption report = new ReportOption();

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public void check(final List<String> errors) {
        Checked.within(errors, "--burst", burst, 1, IoPlan.MAX_BURST);
        Checked.within(errors, "--seconds", seconds, 1, 3600);
        Checked.within(errors, "--repeats", repeats, 1, 1000);
        checkCore(errors, "--core", core);
        checkCore(errors, "--sender-core", senderCore);
        options.check(errors);
        report.check(errors);
    }

    /** Adds a line when this process may not use a CPU; null is none. */
    static void checkCore(final List<String> errors, final String option, final Long cpu) {
        if (cpu != null
                && (cpu > Integer.MAX_VALUE || !CpuAffinity.allowedCpus().contains(cpu.intValue()))) {
            errors.add(option + ": CPU " + cpu + " is not one this process may use; choose from "
                    + CpuAffinity.allowedCpus());
        }
    }

    /** The first other CPU; -1 where there is none. */
    private static int otherThan(final int cpu) {
        return CpuAffinity.allowedCpus().stream()
                .filter(each -> each != cpu)
                .findFirst()
                .orElse(-1);
    }

    @Override
    public Integer call() throws Exception {
        final PrintStream out = System.out;
        final int cpu = core == null ? CpuAffinity.allowedCpus().last() : core.intValue();
        final IoPlan plan = new IoPlan(
                link,
                (int) burst,
                WARM_UP_MILLIS,
                (int) seconds * 1000,
                (int) repeats,
                cpu,
                senderCore == null ? otherThan(cpu) : senderCore.intValue(),
                options.hugePages());
        final IoRun run = new IoRun(plan, out::println, System.err);
        try (Interrupts interrupts = Interrupts.handledBy(run::interrupt)) {
            final IoResult result = run.run();
            if (result.runs() == 0) {
                out.println("io: nothing was measured before the interrupt");
                return Interrupts.INTERRUPTED;
            }
            IoTable.summary(result).forEach(out::println);
            if (options.json().isPresent()) {
                Files.writeString(options.json().get(), ResultJson.toText(IoJson.of(result, options.typed())));
            }
            if (!report.write(out, folder -> BenchReport.write(IoJson.of(result, options.typed()), folder))) {
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
}
