package io.millrace.bench.run;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One run from the start of the two processes to their end. The processes are ended and the link is removed whatever
 * happens.
 *
 * <p>One thread; {@link #interrupt} is for any other.
 */
public final class BenchRun implements BenchSession.Run {
    private static final Duration START_LIMIT = Duration.ofSeconds(120);
    private static final Duration DRAIN_LIMIT = Duration.ofSeconds(90);
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(10);
    private static final String SERVER = "server";
    private static final String GENERATOR = "generator";
    private static final long SECOND = 1_000_000_000L;
    /** For how long no further connection may be opened before no more are waited for. */
    private static final double PATIENCE_SECONDS = 10;

    private final BenchPlan plan;
    private final Lineup lineup;
    private final Progress progress;
    private final PrintStream log;
    private final CountDownLatch interrupted = new CountDownLatch(1);

    /** Prepares a run that tells {@code progress} how it goes and {@code log} what its children print. */
    public BenchRun(final BenchPlan plan, final Lineup lineup, final Progress progress, final PrintStream log) {
        this.plan = plan;
        this.lineup = lineup;
        this.progress = progress;
        this.log = log;
    }

    /** Ends the run early; its result covers what was measured. */
    @Override
    public void interrupt() {
        interrupted.countDown();
    }

    /**
     * Runs.
     *
     * @throws NodeFailedException if a process could not start, or died before anything was measured.
     */
    @Override
    public BenchResult run() throws IOException, InterruptedException {
        if (lineup.inOneProcess(plan)) {
            return inOneProcess();
        }
        try (Lineup.Stage stage = lineup.open(plan)) {
            return inTwoProcesses(stage);
        }
    }

    private BenchResult inTwoProcesses(final Lineup.Stage stage) throws IOException, InterruptedException {
        try (ChildNode server = startServer(stage)) {
            final NodeReport serverReady = awaitReady(server);
            progress.phase("starting the generator");
            try (ChildNode generator = start(GENERATOR, stage.generator())) {
                return measure(server, generator, serverReady);
            }
        }
    }

    private ChildNode startServer(final Lineup.Stage stage) throws IOException {
        if (stage.server().isEmpty()) {
            return ChildNode.absent();
        }
        progress.phase("starting the server");
        return start(SERVER, stage.server());
    }

    private BenchResult inOneProcess() throws IOException, InterruptedException {
        progress.phase("starting the server and the generator");
        final List<String> command = JvmCommand.node(plan.jvmFlags(), NodeArguments.both(plan));
        final List<ChildNode> nodes = ChildNode.startInOne(List.of(SERVER, GENERATOR), command, log);
        try (ChildNode server = nodes.getFirst();
                ChildNode generator = nodes.getLast()) {
            return measure(server, generator, awaitReady(server));
        }
    }

    private ChildNode start(final String name, final List<String> command) throws IOException {
        return ChildNode.start(name, command, log);
    }

    private NodeReport awaitReady(final ChildNode node) throws InterruptedException {
        return node.await(START_LIMIT, progress::waiting);
    }

    private BenchResult measure(final ChildNode server, final ChildNode generator, final NodeReport serverReady)
            throws InterruptedException {
        final Moment ready = Moment.now(serverReady, awaitReady(generator));
        progress.ready(ready);
        final Series warmUp = new Series(ChildNode.ask(server, generator, NodeCommand.START, ANSWER_LIMIT));
        hold(server, generator, warmUp);
        final boolean settled = warmUp(server, generator, warmUp);
        if (warmUp.failure().isPresent()) {
            throw new NodeFailedException(warmUp.failure().get() + " during the warm-up", List.of());
        }
        final Series measured = new Series(ChildNode.ask(server, generator, NodeCommand.MARK, ANSWER_LIMIT));
        watch(server, generator, plan.duration(), measured, second -> {
            progress.second(measured.seconds(), second.before(), second.now());
        });
        final Optional<Moment> drained = measured.failure().isPresent() ? Optional.empty() : drain(server, generator);
        return new BenchResult(plan, ready, warmUp, settled, measured, drained, isInterrupted());
    }

    /** Waits until as many connections are open as are to be held. */
    private void hold(final ChildNode server, final ChildNode generator, final Series warmUp)
            throws InterruptedException {
        final int wanted = plan.offer().held();
        final Standstill standstill = new Standstill(PATIENCE_SECONDS);
        long open = 0;
        while (open < wanted && warmUp.failure().isEmpty() && !isInterrupted()) {
            watch(server, generator, Duration.ofSeconds(1), warmUp, second -> {});
            open = warmUp.last().generator().load().held().open();
            progress.phase("opening connections: %,d of %,d".formatted(open, wanted));
            if (open < wanted && standstill.reached(open, warmUp.seconds())) {
                throw new NodeFailedException(
                        "no more than " + open + " of " + wanted + " connections could be opened", List.of());
            }
        }
    }

    /** Lets the load run for as long as the plan says and, within its bounds, until the rate has settled; whether it has. */
    private boolean warmUp(final ChildNode server, final ChildNode generator, final Series warmUp)
            throws InterruptedException {
        final SteadyState steady = new SteadyState(plan.untilFull());
        final Consumer<Second> listener = second -> {
            steady.add(second.now().rateSince(second.before()), second.now().timeWaitGrowthSince(second.before()));
            progress.warmUp(
                    warmUp.seconds(),
                    plan.warmUp().plus(plan.settle()),
                    steady.reached(),
                    second.before(),
                    second.now());
        };
        watch(server, generator, plan.warmUp(), warmUp, listener);
        for (long left = plan.settle().toSeconds();
                left > 0 && !steady.reached() && warmUp.failure().isEmpty() && !isInterrupted();
                left--) {
            watch(server, generator, Duration.ofSeconds(1), warmUp, listener);
        }
        return steady.reached();
    }

    /** A second that is over: what was asked before it, and after. */
    private record Second(Moment before, Moment now) {}

    /** Tells the listener of each second until the time is over, the run is interrupted or a process fails. */
    private void watch(
            final ChildNode server,
            final ChildNode generator,
            final Duration time,
            final Series series,
            final Consumer<Second> listener)
            throws InterruptedException {
        final long start = System.nanoTime();
        final long length = time.toNanos();
        boolean over = length == 0;
        for (long end = Math.min(SECOND, length); !over; end = Math.min(end + SECOND, length)) {
            over = interrupted.await(start + end - System.nanoTime(), TimeUnit.NANOSECONDS) || end == length;
            try {
                final Second second =
                        new Second(series.last(), ChildNode.ask(server, generator, NodeCommand.SAMPLE, ANSWER_LIMIT));
                series.add(second.now());
                listener.accept(second);
            } catch (final NodeFailedException e) {
                series.fail(e.getMessage());
                over = true;
            }
        }
    }

    /** Lets the connections under way end, and asks the server what it still holds. */
    private static Optional<Moment> drain(final ChildNode server, final ChildNode generator)
            throws InterruptedException {
        generator.send(NodeCommand.STOP);
        final NodeReport ended = generator.await(DRAIN_LIMIT);
        server.send(NodeCommand.SAMPLE);
        return Optional.of(Moment.now(server.await(ANSWER_LIMIT), ended));
    }

    private boolean isInterrupted() {
        return interrupted.getCount() == 0;
    }
}
