package io.millrace.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code millrace bench}: the benchmarks, of which {@link WorkloadChoice} runs one where none is named. */
@Command(
        name = "bench",
        description = {
            "Measure, between two processes joined by a link.",
            "Without a workload's name it is 'rate', or the one that --workload FILE is; 'bench rate --help' shows its options."
        },
        synopsisSubcommandLabel = "[WORKLOAD | compare]",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        subcommands = {
            BenchRateCommand.class,
            BenchFloodCommand.class,
            BenchHoldCommand.class,
            BenchTimeWaitCommand.class,
            BenchOverloadCommand.class,
            BenchStreamCommand.class,
            BenchIoCommand.class,
            BenchCompareCommand.class
        })
final class BenchCommand implements Runnable {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    /** Only reached by a command line that {@link WorkloadChoice} has left alone. */
    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
