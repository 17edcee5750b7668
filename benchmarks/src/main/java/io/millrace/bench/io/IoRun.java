package io.millrace.bench.io;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.bench.link.Cable;
import io.millrace.bench.link.CableException;
import io.millrace.bench.reference.BareEcho;
import io.millrace.bench.reference.CProgram;
import io.millrace.bench.run.Addressing;
import io.millrace.bench.run.JvmCommand;
import io.millrace.bench.run.NodeFailedException;
import io.millrace.dpdk.Devargs;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Measures the paths in turn, each in a process of its own, as often as the plan says. An interrupt or a failure ends it with the
 * run that it hits, which does not count.
 *
 * <p>One thread; {@link #interrupt} is for any other. A child ends with its standard input, so none outlives this process.
 */
public final class IoRun {
    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    private final IoPlan plan;
    private final Consumer<String> lines;
    private final PrintStream log;
    private Process current;
    private boolean interrupted;

    /** Prepares a run that tells {@code lines} how it goes, and {@code log} what a sender prints. */
    public IoRun(final IoPlan plan, final Consumer<String> lines, final PrintStream log) {
        this.log = log;
        this.plan = plan;
        this.lines = lines;
    }

    /** Ends it early; its result covers the runs that have come to their end. */
    public synchronized void interrupt() {
        interrupted = true;
        endCurrent();
    }

    private synchronized boolean isInterrupted() {
        return interrupted;
    }

    private synchronized void begin(final Process process) {
        current = process;
        if (interrupted) {
            endCurrent();
        }
    }

    /** By the end of its input. */
    private void endCurrent() {
        if (current != null) {
            try {
                current.getOutputStream().close();
            } catch (final IOException e) {
                current.destroy(); // its input is gone, and so should it be
            }
        }
    }

    /**
     * Runs.
     *
     * @throws NodeFailedException if a process could not start, or died, before anything was measured.
     */
    public IoResult run() throws IOException, InterruptedException {
        final CLoop c = CLoop.build();
        if (!c.isThere()) {
            lines.accept("no C to compare with: " + c.compiler());
        }
        final CProgram sender = sender();
        final Map<IoPath, List<IoSample>> samples = new EnumMap<>(IoPath.class);
        for (final IoPath path : IoPath.values()) {
            if (path != IoPath.C || c.isThere()) {
                samples.put(path, new ArrayList<>());
            }
        }
        lines.accept(IoTable.heading(plan, samples.keySet()));
        for (int i = 0; i < plan.repeats(); i++) {
            final Map<IoPath, IoSample> run = new EnumMap<>(IoPath.class);
            try {
                for (final IoPath path : samples.keySet()) {
                    measure(path, c, sender).ifPresent(sample -> run.put(path, sample));
                }
            } catch (final NodeFailedException e) {
                if (i == 0) {
                    throw e;
                }
                // what was measured so far is not lost
                final String why = String.join("; ", e.causes().isEmpty() ? List.of(e.getMessage()) : e.causes());
                return new IoResult(plan, samples, c.compiler(), false, Optional.of(why));
            } catch (final CableException e) {
                if (i == 0) {
                    throw e;
                }
                return new IoResult(plan, samples, c.compiler(), false, Optional.of(e.getMessage()));
            }
            if (isInterrupted()) {
                return new IoResult(plan, samples, c.compiler(), true, Optional.empty());
            }
            run.forEach((path, sample) -> samples.get(path).add(sample));
            lines.accept(IoTable.row(i, samples));
        }
        return new IoResult(plan, samples, c.compiler());
    }

    /** Null where nobody else sends. */
    private CProgram sender() throws IOException, InterruptedException {
        if (!plan.hasSender()) {
            return null;
        }
        final CProgram echo = BareEcho.build();
        if (!echo.isThere()) {
            throw new NodeFailedException(
                    "no sender",
                    List.of("--link " + plan.link().label() + ": its sender is built here: " + echo.compiler()));
        }
        return echo;
    }

    private List<String> javaCommand(final IoPath path, final IoTask task) {
        final List<String> arguments = new ArrayList<>(List.of(
                "bench-io-node",
                path.label(),
                "--device=" + task.device(),
                "--frames-first=" + task.framesFirst(),
                "--burst=" + task.burst(),
                "--cpu=" + task.cpu(),
                "--warm-up-ms=" + task.warmUpMillis(),
                "--measure-ms=" + task.measureMillis()));
        if (!task.hugePages()) {
            arguments.add("--no-huge");
        }
        return JvmCommand.node(List.of(), arguments);
    }

    /** Measures a path once; nothing where it was interrupted. */
    private Optional<IoSample> measure(final IoPath path, final CLoop c, final CProgram sender)
            throws IOException, InterruptedException {
        if (isInterrupted()) {
            return Optional.empty();
        }
        if (!plan.hasSender()) {
            return receive(path, command(path, c, plan.link().loop()), () -> () -> 0);
        }
        try (Cable cable = Cable.open(plan.link(), Addressing.GENERATOR_MAC)) {
            final List<String> sending = cable.atGenerator(BareEcho.sender(
                    sender, cable.generator(), plan.senderCpu(), plan.framesUnderWay(), plan.hugePages()));
            return receive(path, cable.atServer(command(path, c, cable.server())), () -> new Sender(sending, log));
        }
    }

    private List<String> command(final IoPath path, final CLoop c, final Devargs device) {
        final IoTask task = plan.task(device);
        return path == IoPath.C ? c.command(task) : javaCommand(path, task);
    }

    /** Begins to send. */
    private interface Sending {
        Sent begin() throws IOException, InterruptedException;
    }

    /** Whoever sends: ended by being closed. */
    interface Sent extends AutoCloseable {
        /** The share of its polling that found work so far. */
        double busy() throws InterruptedException;

        @Override
        default void close() {}
    }

    /** Lets a child run to its end, of which its lines fit into the pipe; nothing where it was interrupted. */
    private Optional<IoSample> receive(final IoPath path, final List<String> command, final Sending sending)
            throws IOException, InterruptedException {
        final Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        begin(process);
        try {
            final BufferedReader output = process.inputReader(UTF_8);
            String line = output.readLine();
            double senderBusy = 0;
            if (IoTask.READY.equals(line)) {
                try (Sent sent = sending.begin()) {
                    line = output.readLine();
                    senderBusy = isInterrupted() ? 0 : sent.busy();
                }
                process.getOutputStream().close(); // the sender has ended, now the receiver may
            }
            awaitEnd(path, process);
            return isInterrupted()
                    ? Optional.empty()
                    : Optional.of(sample(path, process, line).withSender(senderBusy));
        } finally {
            process.destroyForcibly();
        }
    }

    private void awaitEnd(final IoPath path, final Process process) throws InterruptedException {
        final long limit = START_LIMIT.toMillis() + plan.warmUpMillis() + plan.measureMillis();
        if (!process.waitFor(limit, TimeUnit.MILLISECONDS)) {
            throw new NodeFailedException(
                    "the " + path.label() + " process has not ended within " + limit / 1000 + " s", List.of());
        }
    }

    private static IoSample sample(final IoPath path, final Process process, final String line) throws IOException {
        final IoSample sample = line != null && line.startsWith("{") ? IoSample.fromLine(line) : null;
        if (sample != null && sample.errors() != null && !sample.errors().isEmpty()) {
            throw new NodeFailedException("the " + path.label() + " process could not start", sample.errors());
        }
        if (sample == null || process.exitValue() != 0) {
            throw new NodeFailedException(
                    "the " + path.label() + " process died (exit code " + process.exitValue() + ")", List.of());
        }
        if (sample.frames() == 0) {
            throw new NodeFailedException("no frame came through in the " + path.label() + " process", List.of());
        }
        return sample;
    }
}
