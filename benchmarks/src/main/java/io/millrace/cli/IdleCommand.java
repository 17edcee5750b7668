package io.millrace.cli;

import io.millrace.bench.idle.WakeProbe;
import io.millrace.dataplane.core.IdleMode;
import io.millrace.linux.CpuAffinity;
import io.millrace.tcp.Arrangement;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code millrace idle}: measures what idling costs, for each idle mode. */
@Command(
        name = "idle",
        description =
                "Measure what idling costs: the CPU an idle engine takes, and how long it takes to answer a frame.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false)
final class IdleCommand implements Callable<Integer>, Checked {
    @Option(
            names = "--samples",
            converter = Quantity.Count.class,
            paramLabel = "N",
            description = "Frames sent to the idle engine (default: ${DEFAULT-VALUE}).")
    private long samples = 2_000;

    @Option(
            names = "--duration",
            converter = Quantity.Time.class,
            paramLabel = "TIME",
            description = "How long the engine is left alone to measure its CPU time (default: 3s).")
    private Duration duration = Duration.ofSeconds(3);

    @Option(
            names = "--arrangement",
            paramLabel = "NAME",
            description = "run-to-completion (one wake-up an answer) or pipeline (three) (default: ${DEFAULT-VALUE}).")
    private String arrangement = "run-to-completion";

    @Option(
            names = "--cores",
            converter = CoreList.Converter.class,
            paramLabel = "LIST",
            description = "CPUs of the polling threads (default: not pinned).")
    private CoreList cores = CoreList.NONE;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public void check(final List<String> errors) {
        Checked.within(errors, "--samples", samples, 1, 1 << 20);
        Checked.within(errors, "--duration (in ms)", duration.toMillis(), 10, 3_600_000);
        EngineNames.checkArrangement(errors, arrangement);
        if (cores != null) {
            cores.check(errors, "--cores", CpuAffinity.allowedCpus());
        }
    }

    @Override
    public Integer call() {
        final PrintWriter out = spec.commandLine().getOut();
        out.println("mode      idle CPUs  asleep   answer after µs: 50 %     99 %   99.9 %      max");
        final Arrangement chosen = EngineNames.arrangement(arrangement);
        for (final IdleMode mode : IdleMode.values()) {
            try (WakeProbe probe = new WakeProbe(mode, chosen, cores.toArray())) {
                probe.measure(duration.toNanos() / 4, (int) samples / 4 + 1); // for the compiler
                final WakeProbe.Result result = probe.measure(duration.toNanos(), (int) samples);
                out.println(String.format(
                        Locale.ROOT,
                        "%-8s %10.3f %6.1f%% %22.1f %8.1f %8.1f %8.1f",
                        EngineNames.of(mode),
                        result.cpus(),
                        result.sleptShare() * 100,
                        result.micros(0.5),
                        result.micros(0.99),
                        result.micros(0.999),
                        result.micros(1)));
            }
        }
        return Millrace.OK;
    }
}
