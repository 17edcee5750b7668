package io.millrace.bench.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.Writer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/**
 * A child process that answers each command line with one report line.
 *
 * <p>Used by one thread; a thread of its own reads the child's output, so that a silent child does not block its parent.
 */
public final class ChildNode implements AutoCloseable {
    private static final Duration STOP_TIME = Duration.ofSeconds(10);
    private static final Duration SLICE = Duration.ofSeconds(1);

    private final String name;
    private final String prefix;
    private final Process process;
    private final Writer commands;
    private final BlockingQueue<Optional<NodeReport>> reports = new LinkedBlockingQueue<>();

    private ChildNode(final String name, final String prefix, final Process process, final Writer commands) {
        this.name = name;
        this.prefix = prefix;
        this.process = process;
        this.commands = commands;
    }

    /** Starts the process; its standard error, and what it prints that is no report, goes to {@code log}. */
    public static ChildNode start(final String name, final List<String> command, final PrintStream log)
            throws IOException {
        final Process process = start(command);
        final ChildNode node = new ChildNode(name, "", process, process.outputWriter(UTF_8));
        readReports(name, List.of(node), process, log);
        return node;
    }

    /** One that is not ours to start or to ask: what it answers is empty. */
    static ChildNode absent() {
        final ChildNode node = new ChildNode("foreign", "", null, Writer.nullWriter());
        node.reports.add(Optional.of(NodeReport.absent()));
        return node;
    }

    /**
     * Starts one process with several nodes in it: commands and reports have the node's name and a space before them. Closing one
     * of them ends all.
     */
    static List<ChildNode> startInOne(final List<String> names, final List<String> command, final PrintStream log)
            throws IOException {
        final Process process = start(command);
        final Writer commands = process.outputWriter(UTF_8);
        final List<ChildNode> nodes = names.stream()
                .map(name -> new ChildNode(name, name + " ", process, commands))
                .toList();
        readReports(String.join(" and ", names), nodes, process, log);
        return nodes;
    }

    private static Process start(final List<String> command) throws IOException {
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static void readReports(
            final String name, final List<ChildNode> nodes, final Process process, final PrintStream log) {
        Thread.ofVirtual().name(name + "-reports").start(() -> {
            try (BufferedReader lines = process.inputReader(UTF_8)) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (!takeReport(nodes, line)) {
                        log.println(name + ": " + line);
                    }
                }
            } catch (final IOException e) {
                log.println(name + ": its output can't be read: " + e.getMessage());
            }
            nodes.forEach(node -> node.reports.add(Optional.empty()));
        });
    }

    /** Whether the line is a report of one of them. */
    private static boolean takeReport(final List<ChildNode> nodes, final String line) throws IOException {
        for (final ChildNode node : nodes) {
            if (line.startsWith(node.prefix + "{")) {
                node.reports.add(Optional.of(NodeReport.fromLine(line.substring(node.prefix.length()))));
                return true;
            }
        }
        return false;
    }

    /** Whether the process still runs. */
    public boolean isAlive() {
        return process == null || process.isAlive();
    }

    /** Sends a command without waiting for its answer. */
    public void send(final String command) {
        try {
            commands.write(prefix + command + "\n");
            commands.flush();
            if (process == null) {
                reports.add(Optional.of(NodeReport.absent()));
            }
        } catch (final IOException e) {
            throw new NodeFailedException(lastWords(), List.of());
        }
    }

    /** The next report. */
    public NodeReport await(final Duration limit) throws InterruptedException {
        return await(limit, waited -> {});
    }

    /** The next report; {@code waiting} is told each second how many of them it has not come for. */
    public NodeReport await(final Duration limit, final LongConsumer waiting) throws InterruptedException {
        Optional<NodeReport> report = null;
        for (long waited = 0; report == null && waited < limit.toNanos(); waited += SLICE.toNanos()) {
            report = reports.poll(Math.min(SLICE.toNanos(), limit.toNanos() - waited), TimeUnit.NANOSECONDS);
            if (report == null) {
                waiting.accept((waited + SLICE.toNanos()) / SLICE.toNanos());
            }
        }
        if (report == null) {
            throw new NodeFailedException(
                    "the " + name + " process has not answered for " + limit.toSeconds() + " s", List.of());
        }
        final NodeReport answer = report.orElseThrow(() -> new NodeFailedException(lastWords(), List.of()));
        if (answer.event().equals(NodeReport.ERROR)) {
            throw new NodeFailedException("the " + name + " process could not start", answer.errors());
        }
        return answer;
    }

    /**
     * Sends both the same command, then awaits both answers, so that they are of nearly the same moment.
     *
     * @throws NodeFailedException if one of them does not answer.
     */
    public static Moment ask(
            final ChildNode server, final ChildNode generator, final String command, final Duration limit)
            throws InterruptedException {
        server.send(command);
        generator.send(command);
        return Moment.now(server.await(limit), generator.await(limit));
    }

    private String lastWords() {
        try {
            return process.waitFor(1, TimeUnit.SECONDS)
                    ? "the " + name + " process died (exit code " + process.exitValue() + ")"
                    : "the " + name + " process has closed its output";
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            return "the " + name + " process died";
        }
    }

    /** Ends the process: by the end of its input, then by force if it does not follow. */
    @Override
    public void close() {
        if (process == null) {
            return;
        }
        try {
            commands.close();
        } catch (final IOException e) {
            // the process is gone already: that is what is wanted
        }
        try {
            if (!process.waitFor(STOP_TIME)) {
                process.destroyForcibly().waitFor();
            }
        } catch (final InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
