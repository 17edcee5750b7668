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
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Measures the paths in turn, each in a process of its own, as often as the plan says. One thread; a child ends with its
 * standard input, so none outlives this process.
 */
public final class IoRun {
    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    private final IoPlan plan;
    private final Consumer<String> lines;

    /** Prepares a run that tells {@code lines} how it goes. */
    public IoRun(final IoPlan plan, final Consumer<String> lines) {
        this.plan = plan;
        this.lines = lines;
    }

    /**
     * Runs.
     *
     * @throws NodeFailedException if a process could not start, or died.
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
            for (final Map.Entry<IoPath, List<IoSample>> entry : samples.entrySet()) {
                final IoPath path = entry.getKey();
                entry.getValue().add(measure(path, path == IoPath.C ? c.command(plan) : javaCommand(path)));
            }
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

    /** Lets a child run to its end; its one line fits into the pipe. */
    private IoSample measure(final IoPath path, final List<String> command) throws IOException, InterruptedException {
        final Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            final long limit = START_LIMIT.toMillis() + plan.warmUpMillis() + plan.measureMillis();
            if (!process.waitFor(limit, TimeUnit.MILLISECONDS)) {
                throw new NodeFailedException(
                        "the " + path.label() + " process has not ended within " + limit / 1000 + " s", List.of());
            }
            return sample(path, process);
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
