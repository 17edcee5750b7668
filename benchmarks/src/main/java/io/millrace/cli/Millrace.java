package io.millrace.cli;

import io.millrace.bench.link.CableException;
import io.millrace.cli.workload.WorkloadFile;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;

/** The main class: {@code java -jar millrace.jar COMMAND ...}. */
@Command(
        name = "millrace",
        description = "A kernel-bypass TCP engine in Java, over DPDK.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        subcommands = {
            ServeCommand.class,
            BenchCommand.class,
            StatCommand.class,
            SsCommand.class,
            DoctorCommand.class,
            IdleCommand.class,
            CaptureCommand.class,
            JmhCommand.class,
            BenchNodeCommand.class,
            BenchPairNodeCommand.class,
            BenchIoNodeCommand.class,
            BenchStreamNodeCommand.class
        })
public final class Millrace implements Runnable {
    /** Exit code of a run that did what was asked. */
    public static final int OK = 0;
    /** Exit code of a run that failed. */
    public static final int FAILED = 1;
    /** Exit code of a run that could not begin because of what the user, or the machine, gave. */
    public static final int BAD_INPUT = 2;

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Show the stack trace of an error.")
    private boolean debug;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    /** Runs the command line and ends the process with its exit code. */
    public static void main(final String[] arguments) {
        // before anything logs: one line a message, such as DPDK's own warnings
        System.setProperty("java.util.logging.SimpleFormatter.format", "millrace: %4$s: %5$s%6$s%n");
        System.exit(run(
                arguments,
                new PrintWriter(System.out, true),
                new PrintWriter(System.err, true),
                Terminal.errorColors()));
    }

    /** Runs the command line; returns the exit code. */
    static int run(final String[] arguments, final PrintWriter out, final PrintWriter err) {
        return run(arguments, out, err, CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
    }

    private static int run(
            final String[] arguments,
            final PrintWriter out,
            final PrintWriter err,
            final CommandLine.Help.ColorScheme colors) {
        final Millrace root = new Millrace();
        final CommandLine line = new CommandLine(root).setOut(out).setErr(err).setColorScheme(colors);
        collectErrors(line);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setParameterExceptionHandler((e, ignored) -> refuse(e.getCommandLine(), List.of(oneLine(e))));
        line.setExecutionExceptionHandler((e, command, result) -> root.explain(e, command));
        line.setExecutionStrategy(Millrace::checkAndExecute);
        try {
            return line.execute(WorkloadChoice.apply(line, arguments));
        } catch (final BadInputException e) {
            return refuse(
                    line.getSubcommands().get("bench"), e.getMessage().lines().toList());
        }
    }

    private static void collectErrors(final CommandLine line) {
        line.getCommandSpec().parser().collectErrors(true);
        line.getSubcommands().values().forEach(Millrace::collectErrors);
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    /** All that is wrong with the options is said at once: what the parser found and what the command itself finds. */
    private static int checkAndExecute(final ParseResult result) {
        ParseResult last = result;
        final List<String> errors = new ArrayList<>();
        boolean help = CommandLine.printHelpIfRequested(result);
        last.errors().forEach(e -> errors.add(oneLine(e)));
        while (last.hasSubcommand()) {
            last = last.subcommand();
            last.errors().forEach(e -> errors.add(oneLine(e)));
            help |= last.isUsageHelpRequested() || last.isVersionHelpRequested();
        }
        if (help) {
            return OK;
        }
        if (last.commandSpec().userObject() instanceof Checked command) {
            if (!errors.isEmpty()) {
                WorkloadFile.complete(last);
            }
            command.check(errors);
        }
        final CommandLine line = last.commandSpec().commandLine();
        return errors.isEmpty() ? new CommandLine.RunLast().execute(result) : refuse(line, errors);
    }

    private static int refuse(final CommandLine line, final List<String> errors) {
        errors.stream().distinct().forEach(error -> complain(line, error));
        line.getErr().println("See '" + line.getCommandSpec().qualifiedName() + " --help'.");
        return BAD_INPUT;
    }

    /** One line on standard error; red on a terminal. */
    static void complain(final CommandLine line, final String what) {
        line.getErr().println(line.getColorScheme().errorText("millrace: " + what));
    }

    private int explain(final Exception e, final CommandLine line) {
        if (debug) {
            e.printStackTrace(line.getErr());
        }
        if (e instanceof BadInputException || e instanceof CableException) {
            complain(line, oneLine(e));
            return BAD_INPUT;
        }
        complain(line, "internal error: " + oneLine(e) + (debug ? "" : "; run it again with --debug to see the trace"));
        return FAILED;
    }

    private static String oneLine(final Exception e) {
        final String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return message.lines().map(String::strip).reduce((a, b) -> a + " " + b).orElse(message);
    }
}
