package io.millrace.bench.io;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.bench.run.JvmCommand;
import io.millrace.bench.run.NodeFailedException;
import java.io.IOException;
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
    private Process current;
    private boolean interrupted;

    /** Prepares a run that tells {@code lines} how it goes. */
    public IoRun(final IoPlan plan, final Consumer<String> lines) {
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
                    measure(path, path == IoPath.C ? c.command(plan) : javaCommand(path))
                            .ifPresent(sample -> run.put(path, sample));
                }
            } catch (final NodeFailedException e) {
                if (i == 0) {
                    throw e;
                }
                // what was measured so far is not lost
                final String why = String.join("; ", e.causes().isEmpty() ? List.of(e.getMessage()) : e.causes());
                return new IoResult(plan, samples, c.compiler(), false, Optional.of(why));
            }
            if (isInterrupted()) {
                return new IoResult(plan, samples, c.compiler(), true, Optional.empty());
            }
            run.forEach((path, sample) -> samples.get(path).add(sample));
            lines.accept(IoTable.row(i, samples));
        }
        return new IoResult(plan, samples, c.compiler());
    }

    private List<String> javaCommand(final IoPath path) {
        final List<String> arguments = new ArrayList<>(List.of(
                "bench-io-node",
                path.label(),
                "--link=" + plan.link().label(),
                "--burst=" + plan.burst(),
                "--cpu=" + plan.cpu(),
                "--warm-up-ms=" + plan.warmUpMillis(),
                "--measure-ms=" + plan.measureMillis()));
        if (!plan.hugePages()) {
            arguments.add("--no-huge");
        }
        return JvmCommand.node(List.of(), arguments);
    }

    /** Lets a child run to its end, of which its one line fits into the pipe; nothing where it was interrupted. */
    private Optional<IoSample> measure(final IoPath path, final List<String> command)
            throws IOException, InterruptedException {
        if (isInterrupted()) {
            return Optional.empty();
        }
        final Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        begin(process);
        try {
            final long limit = START_LIMIT.toMillis() + plan.warmUpMillis() + plan.measureMillis();
            if (!process.waitFor(limit, TimeUnit.MILLISECONDS)) {
                throw new NodeFailedException(
                        "the " + path.label() + " process has not ended within " + limit / 1000 + " s", List.of());
            }
            return isInterrupted() ? Optional.empty() : Optional.of(sample(path, process));
        } finally {
            process.destroyForcibly();
        }
    }

    private static IoSample sample(final IoPath path, final Process process) throws IOException {
        final String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        final IoSample sample = output.startsWith("{") ? IoSample.fromLine(output) : null;
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
