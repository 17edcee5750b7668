package io.millrace.cli;

import io.millrace.dataplane.counters.CountersDirectory;
import io.millrace.dataplane.counters.CountersReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace stat}: prints the counters of a running engine, which it reads from the mapped file. */
@Command(
        name = "stat",
        description = "Print the counters of a running 'serve'. Without PID or FILE: of the only one that runs; a list"
                + " when there are several.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false)
final class StatCommand implements Callable<Integer>, Checked {
    private static final int MOST_SECONDS = 86_400;

    @Parameters(arity = "0..1", paramLabel = "PID|FILE", description = "A process, or its counters file.")
    private String target;

    @Option(
            names = "--watch",
            description = "Print again and again, with what was added and the rate, until interrupted.")
    private boolean watch;

    @Option(
            names = "--interval",
            paramLabel = "SECONDS",
            description = "Seconds between two prints of --watch (default: ${DEFAULT-VALUE}).")
    private int interval = 1;

    @Option(names = "--count", paramLabel = "N", description = "Stop after N prints; needs --watch.")
    private Integer count;

    @Option(names = "--all", description = "Counters that are zero, too.")
    private boolean all;

    @Option(names = "--explain", description = "A sentence on each counter, and Linux's name of it.")
    private boolean explain;

    @Option(
            names = "--listeners",
            description = "Who listens, as 'ss -ltn' has it, with the counters of each, summed over the threads.")
    private boolean listeners;

    @Option(names = "--json", description = "As JSON, one object a line, each thread by itself.")
    private boolean json;

    @Option(names = "--prometheus", description = "In Prometheus' text format, each thread by itself.")
    private boolean prometheus;

    @Option(names = "--list", description = "Name every counter, with its sentence, without any engine.")
    private boolean list;

    @Option(names = "--directory", hidden = true)
    private Path directory = CountersDirectory.DEFAULT;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public void check(final List<String> errors) {
        if (json && prometheus) {
            errors.add("--json and --prometheus: choose one");
        }
        if (listeners && (json || prometheus)) {
            errors.add("--listeners: leave it away, --json and --prometheus have the listeners anyway");
        }
        Checked.within(errors, "--interval", interval, 1, MOST_SECONDS);
        if (count != null) {
            Checked.within(errors, "--count", count, 1, Integer.MAX_VALUE);
            if (!watch) {
                errors.add("--count " + count + ": needs --watch");
            }
        }
    }

    @Override
    public Integer call() throws InterruptedException, IOException {
        final PrintWriter out = spec.commandLine().getOut();
        if (list) {
            StatTable.printNames(out);
            return Millrace.OK;
        }
        final List<CountersDirectory.Entry> running = target == null ? running() : List.of();
        if (running.size() > 1) {
            StatTable.printProcesses(out, new CountersDirectory(directory).list());
            return Millrace.OK;
        }
        final Path file = target == null ? only(running) : fileOf(target);
        try (CountersReader reader = open(file)) {
            if (!CountersDirectory.isRunning(reader)) {
                spec.commandLine()
                        .getErr()
                        .println("millrace: process " + reader.processId() + " has gone and left " + file
                                + " behind: these are its last counters");
            }
            return watch(out, reader);
        }
    }

    private List<CountersDirectory.Entry> running() {
        return new CountersDirectory(directory)
                .list().stream().filter(CountersDirectory.Entry::running).toList();
    }

    private static Path only(final List<CountersDirectory.Entry> running) {
        if (running.isEmpty()) {
            throw new BadInputException(
                    "no engine that counts runs here; start one with 'millrace serve', or name its" + " counters file",
                    null);
        }
        return running.getFirst().file();
    }

    private Path fileOf(final String name) {
        return name.matches("[0-9]{1,18}") && !Files.exists(Path.of(name))
                ? new CountersDirectory(directory).fileOf(Long.parseLong(name))
                : Path.of(name);
    }

    private static CountersReader open(final Path file) {
        try {
            return CountersReader.open(file);
        } catch (final IOException e) {
            throw new BadInputException(
                    Files.exists(file) ? String.valueOf(e.getMessage()) : "there is no counters file " + file, e);
        }
    }

    private int watch(final PrintWriter out, final CountersReader reader) throws InterruptedException, IOException {
        final CountDownLatch end = new CountDownLatch(1);
        final StatTable table = new StatTable(reader, all, explain);
        try (Interrupts interrupts = Interrupts.handledBy(end::countDown)) {
            for (int prints = 1; ; prints++) {
                print(out, reader, table);
                final boolean enough = !watch || count != null && prints >= count;
                if (enough || end.await(interval, TimeUnit.SECONDS) || !CountersDirectory.isRunning(reader)) {
                    return interrupts.exitCode(Millrace.OK);
                }
            }
        }
    }

    private void print(final PrintWriter out, final CountersReader reader, final StatTable table) throws IOException {
        if (listeners) {
            ListenerTable.print(out, reader);
        } else if (json) {
            StatJson.print(out, reader);
        } else if (prometheus) {
            StatPrometheus.print(out, reader);
        } else {
            table.print(out, System.nanoTime());
        }
        out.flush();
    }
}
