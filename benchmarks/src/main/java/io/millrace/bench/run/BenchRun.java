package io.millrace.bench.run;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

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
        final Watch watch = new Watch(server, generator, interrupted);
        final Series warmUp = new Series(watch.ask(NodeCommand.START));
        hold(watch, warmUp);
        final boolean settled = warmUp(watch, warmUp);
        if (warmUp.failure().isPresent()) {
            throw new NodeFailedException(warmUp.failure().get() + " during the warm-up", List.of());
        }
        final Series measured = new Series(watch.ask(NodeCommand.MARK));
        watch.watch(plan.duration(), measured, second -> {
            progress.second(second.elapsed(), second.before(), second.now());
        });
        final Optional<Moment> drained = measured.failure().isPresent() ? Optional.empty() : drain(server, generator);
        return new BenchResult(plan, ready, warmUp, settled, measured, drained, isInterrupted());
    }

    /** Waits until as many connections are open as are to be held. */
    private void hold(final Watch watch, final Series warmUp) throws InterruptedException {
        final int wanted = plan.offer().held();
        final Standstill standstill = new Standstill(PATIENCE_SECONDS);
        long open = 0;
        while (open < wanted && warmUp.failure().isEmpty() && !isInterrupted()) {
            watch.watch(Duration.ofSeconds(1), warmUp, second -> {});
            open = warmUp.last().generator().load().held().open();
            progress.phase("opening connections: %,d of %,d".formatted(open, wanted));
            if (open < wanted && standstill.reached(open, warmUp.seconds())) {
                throw new NodeFailedException(
                        "no more than " + open + " of " + wanted + " connections could be opened", List.of());
            }
        }
    }

    /** Lets the load run for as long as the plan says and, within its bounds, until the rate has settled; whether it has. */
    private boolean warmUp(final Watch watch, final Series warmUp) throws InterruptedException {
        final SteadyState steady = new SteadyState(plan.untilFull());
        return watch.warmUp(
                plan.warmUp(),
                plan.settle(),
                warmUp,
                steady,
                progress,
                second -> steady.add(
                        second.now().rateSince(second.before()), second.now().timeWaitGrowthSince(second.before())));
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
