package io.millrace.cli;

import io.millrace.bench.report.Comparison;
import io.millrace.bench.report.NoResultException;
import io.millrace.bench.report.ResultDocument;
import io.millrace.bench.run.ResultJson;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace bench compare}: two results beside each other. */
@Command(
        name = "compare",
        description = "Put two results of bench beside each other: B as a share of A, and how sure that is.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false)
final class BenchCompareCommand implements Callable<Integer>, Checked {
    @Parameters(index = "0", paramLabel = "A", description = "A folder of bench --report, or a file of --json.")
    private Path a;

    @Parameters(index = "1", paramLabel = "B", description = "Another one.")
    private Path b;

    @Option(names = "--json", description = "Print the comparison as JSON.")
    private boolean json;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    private ResultDocument resultA;
    private ResultDocument resultB;

    @Override
    public void check(final List<String> errors) {
        resultA = read(errors, a);
        resultB = read(errors, b);
        if (resultA != null && resultB != null) {
            Comparison.refusal(a.toString(), resultA, b.toString(), resultB).ifPresent(errors::add);
        }
    }

    private static ResultDocument read(final List<String> errors, final Path path) {
        if (path == null) {
            return null; // the parser has said so
        }
        try {
            return ResultDocument.read(path);
        } catch (final NoResultException e) {
            errors.add(e.getMessage());
            return null;
        }
    }

    @Override
    public Integer call() throws Exception {
        final PrintWriter out = spec.commandLine().getOut();
        final Comparison comparison = new Comparison(a.toString(), resultA, b.toString(), resultB);
        if (json) {
            out.print(ResultJson.toText(comparison.toJson()));
            out.flush();
        } else {
            comparison.toLines().forEach(out::println);
        }
        return Millrace.OK;
    }
}
