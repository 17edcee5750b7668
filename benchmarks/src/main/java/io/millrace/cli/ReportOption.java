package io.millrace.cli;

import io.millrace.bench.report.BenchReport;
import io.millrace.bench.report.ReportFolder;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Where a benchmark's report goes, if one was asked for. */
final class ReportOption implements Checked {
    @Option(
            names = "--report",
            converter = Folder.class,
            paramLabel = "DIR",
            description = "Write a page with plots, the result as JSON and, where there are any, the latencies of each"
                    + " second to this folder.")
    private ReportFolder folder;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    private static final class Folder implements CommandLine.ITypeConverter<ReportFolder> {
        @Override
        public ReportFolder convert(final String text) {
            return new ReportFolder(Path.of(text));
        }
    }

    /** Writes a report into a folder. */
    interface Writer {
        void write(ReportFolder folder) throws IOException;
    }

    @Override
    public void check(final List<String> errors) {
        Optional.ofNullable(folder).flatMap(ReportFolder::refusal).ifPresent(why -> errors.add("--report: " + why));
    }

    /** Writes it where it was asked for, and says where it is; whether that went well. */
    boolean write(final PrintStream out, final Writer writer) {
        if (folder == null) {
            return true;
        }
        try {
            writer.write(folder);
            out.println("  report          " + BenchReport.page(folder));
            return true;
        } catch (final IOException e) {
            Millrace.complain(command.commandLine(), "the report can't be written: " + e.getMessage());
            return false;
        }
    }
}
