package io.millrace.cli;

import io.millrace.bench.run.NodeFailedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What every benchmark of child processes can be told, and how it ends when one of them fails. */
final class BenchOptions implements Checked {
    /** Read before all others, by {@link WorkloadChoice}. */
    @Option(
            names = "--workload",
            paramLabel = "FILE",
            description = "A file of such options, for what is not said here; see benchmarks/workloads.")
    private Path workload;

    @Option(names = "--no-huge", description = "Do without huge pages.")
    private boolean noHuge;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the result as JSON.")
    private Path json;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Override
    public void check(final List<String> errors) {
        if (json != null && (Files.isDirectory(json) || !isWritableFolder(json))) {
            errors.add("--json " + json + " can't be written: give a file in a folder that exists");
        }
    }

    private static boolean isWritableFolder(final Path file) {
        final Path folder = file.toAbsolutePath().getParent();
        return folder != null && Files.isWritable(folder);
    }

    boolean hugePages() {
        return !noHuge;
    }

    /** Where the result goes as JSON, if it was asked for. */
    Optional<Path> json() {
        return Optional.ofNullable(json);
    }

    /** The command as it was typed. */
    String typed() {
        return "millrace "
                + String.join(" ", command.commandLine().getParseResult().originalArgs());
    }

    /** What a child could not start for is the user's to mend; a child that died is not. Says which; the exit code. */
    int explain(final NodeFailedException failure) {
        if (failure.causes().isEmpty()) {
            Millrace.complain(command.commandLine(), failure.getMessage());
            return Millrace.FAILED;
        }
        failure.causes().forEach(cause -> Millrace.complain(command.commandLine(), cause));
        return Millrace.BAD_INPUT;
    }
}
