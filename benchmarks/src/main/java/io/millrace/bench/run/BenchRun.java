package io.millrace.bench.run;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * One run from the start of the two processes to their end. The processes are ended and the socket is deleted whatever
 * happens.
 *
 * <p>One thread; {@link #interrupt} is for any other.
 */
public final class BenchRun {
    private static final Duration START_LIMIT = Duration.ofSeconds(120);
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(10);
    private static final long SECOND = 1_000_000_000L;

    private final BenchPlan plan;
    private final Progress progress;
    private final PrintStream log;
    private final CountDownLatch interrupted = new CountDownLatch(1);

    /** Prepares a run that tells {@code progress} how it goes and {@code log} what its children print. */
    public BenchRun(final BenchPlan plan, final Progress progress, final PrintStream log) {
        this.plan = plan;
        this.progress = progress;
        this.log = log;
    }

    /** Ends the run early; its result covers what was measured. */
    public void interrupt() {
        interrupted.countDown();
    }

    /**
     * Runs.
     *
     * @throws NodeFailedException if a process could not start, or died before anything was measured.
     */
    public BenchResult run() throws IOException, InterruptedException {
        final Path socket = BenchPlan.socket();
        Files.deleteIfExists(socket);
        progress.phase("starting the server");
        try (ChildNode server = start("server", NodeArguments.server(plan, socket))) {
            final NodeReport serverReady = server.await(START_LIMIT);
            progress.phase("starting the generator");
            try (ChildNode generator = start("generator", NodeArguments.generator(plan, socket))) {
                final Moment ready = new Moment(serverReady, generator.await(START_LIMIT));
                progress.ready(ready);
                return measure(server, generator, ready);
            }
        } finally {
            Files.deleteIfExists(socket);
        }
    }

    private ChildNode start(final String name, final List<String> arguments) throws IOException {
        return ChildNode.start(name, JvmCommand.node(plan.jvmFlags(), arguments), log);
    }

    private BenchResult measure(final ChildNode server, final ChildNode generator, final Moment ready)
            throws InterruptedException {
        final Series warmUp = new Series(ask(server, generator, NodeCommand.START));
        watch(server, generator, plan.warmUp(), true, warmUp);
        if (warmUp.failure().isPresent()) {
            throw new NodeFailedException(warmUp.failure().get() + " during the warm-up", List.of());
        }
        final Series measured = new Series(ask(server, generator, NodeCommand.MARK));
        watch(server, generator, plan.duration(), false, measured);
        final Optional<NodeReport> drained =
                measured.failure().isPresent() ? Optional.empty() : drain(server, generator);
        return new BenchResult(plan, ready, measured, drained, isInterrupted());
    }

    /** Tells {@code progress} of each second until the time is over, the run is interrupted or a process fails. */
    private void watch(
            final ChildNode server,
            final ChildNode generator,
            final Duration time,
            final boolean warmUp,
            final Series series)
            throws InterruptedException {
        final long start = System.nanoTime();
        final long length = time.toNanos();
        boolean over = length == 0;
        for (long end = Math.min(SECOND, length); !over; end = Math.min(end + SECOND, length)) {
            over = interrupted.await(start + end - System.nanoTime(), TimeUnit.NANOSECONDS) || end == length;
            try {
                final Moment now = ask(server, generator, NodeCommand.SAMPLE);
                progress.second((System.nanoTime() - start) / 1e9, series.last(), now, warmUp);
                series.add(now);
            } catch (final NodeFailedException e) {
                series.fail(e.getMessage());
                over = true;
            }
        }
    }

    /** Lets the connections under way end, and asks the server what it still holds. */
    private static Optional<NodeReport> drain(final ChildNode server, final ChildNode generator)
            throws InterruptedException {
        generator.send(NodeCommand.STOP);
        generator.await(ANSWER_LIMIT);
        server.send(NodeCommand.SAMPLE);
        return Optional.of(server.await(ANSWER_LIMIT));
    }

    private boolean isInterrupted() {
        return interrupted.getCount() == 0;
    }

    /** Sends both the same command, then awaits both answers, so that they are of nearly the same moment. */
    private static Moment ask(final ChildNode server, final ChildNode generator, final String command)
            throws InterruptedException {
        server.send(command);
        generator.send(command);
        return new Moment(server.await(ANSWER_LIMIT), generator.await(ANSWER_LIMIT));
    }
}
