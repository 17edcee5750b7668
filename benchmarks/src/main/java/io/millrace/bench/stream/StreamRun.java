package io.millrace.bench.stream;

import io.millrace.bench.link.Cable;
import io.millrace.bench.link.VethPair;
import io.millrace.bench.link.VethPair.End;
import io.millrace.bench.run.Addressing;
import io.millrace.bench.run.ChildNode;
import io.millrace.bench.run.JvmCommand;
import io.millrace.bench.run.Moment;
import io.millrace.bench.run.NodeCommand;
import io.millrace.bench.run.NodeFailedException;
import io.millrace.bench.run.NodeReport;
import io.millrace.bench.run.Progress;
import io.millrace.bench.run.Series;
import io.millrace.bench.run.SteadyState;
import io.millrace.bench.run.Watch;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * One run of one pairing, with two processes of its own, which are ended whatever happens, as the link is removed. One thread;
 * {@link #interrupt} is for any other.
 */
final class StreamRun implements StreamSession.Run {
    private static final Duration START_LIMIT = Duration.ofSeconds(120);

    private final StreamPlan plan;
    private final Pairing pairing;
    private final Progress progress;
    private final PrintStream log;
    private final CountDownLatch interrupted = new CountDownLatch(1);

    /** Prepares a run that tells {@code progress} how it goes and {@code log} what its children print. */
    StreamRun(final StreamPlan plan, final Pairing pairing, final Progress progress, final PrintStream log) {
        this.plan = plan;
        this.pairing = pairing;
        this.progress = progress;
        this.log = log;
    }

    @Override
    public void interrupt() {
        interrupted.countDown();
    }

    @Override
    public StreamResult run() throws IOException, InterruptedException {
        return pairing.engineServer() ? betweenEngines() : overVeth();
    }

    @Override
    public void probe() throws IOException, InterruptedException {
        if (!pairing.engineClient()) {
            return;
        }
        progress.phase("trying whether " + pairing.label() + " can be measured");
        try (VethPair veth = veth();
                ChildNode client = ChildNode.start("client", overVeth(veth), log)) {
            client.await(START_LIMIT, progress::waiting);
        }
    }

    private StreamResult betweenEngines() throws IOException, InterruptedException {
        try (Cable cable = Cable.open(plan.link(), Addressing.GENERATOR_MAC, plan.mtu())) {
            return measure(
                    cable.atServer(JvmCommand.node(plan.jvmFlags(), StreamArguments.server(plan, cable.server()))),
                    cable.atGenerator(
                            JvmCommand.node(plan.jvmFlags(), StreamArguments.client(plan, cable.generator()))));
        }
    }

    private StreamResult overVeth() throws IOException, InterruptedException {
        try (VethPair veth = veth()) {
            return measure(
                    veth.inServer(JvmCommand.node(plan.jvmFlags(), StreamArguments.kernel(plan, "server"))),
                    overVeth(veth));
        }
    }

    private VethPair veth() throws IOException, InterruptedException {
        return VethPair.create(
                plan.mtu(),
                End.kernel(plan.addressing().serverPrefix().toString()),
                pairing.engineClient()
                        ? End.ENGINE
                        : End.kernel(plan.addressing().generator().toString()));
    }

    /** The command of the client there. */
    private List<String> overVeth(final VethPair veth) {
        return veth.inClient(JvmCommand.node(
                plan.jvmFlags(),
                pairing.engineClient()
                        ? StreamArguments.client(plan, Cable.packetPort(VethPair.CLIENT_DEVICE, plan.mtu()))
                        : StreamArguments.kernel(plan, "client")));
    }

    private StreamResult measure(final List<String> serverCommand, final List<String> clientCommand)
            throws IOException, InterruptedException {
        progress.phase("starting the server");
        try (ChildNode server = ChildNode.start("server", serverCommand, log)) {
            final NodeReport serverReady = server.await(START_LIMIT, progress::waiting);
            progress.phase("starting the client");
            try (ChildNode client = ChildNode.start("client", clientCommand, log)) {
                final Moment ready = Moment.now(serverReady, client.await(START_LIMIT, progress::waiting));
                progress.ready(ready);
                return measure(new Watch(server, client, interrupted), ready);
            }
        }
    }

    private StreamResult measure(final Watch watch, final Moment ready) throws InterruptedException {
        final Series warmUp = new Series(watch.ask(NodeCommand.START));
        final boolean settled = warmUp(watch, warmUp);
        if (warmUp.failure().isPresent()) {
            throw new NodeFailedException(warmUp.failure().get() + " during the warm-up", List.of());
        }
        final Series measured = new Series(watch.ask(NodeCommand.MARK));
        watch.watch(plan.duration(), measured, second -> {
            progress.second(second.elapsed(), second.before(), second.now());
        });
        final boolean early = interrupted.getCount() == 0;
        final StreamResult result = new StreamResult(plan, pairing, ready, warmUp, settled, measured, early);
        if (result.isWhole() && result.bytes() == 0) {
            throw new NodeFailedException(pairing.label() + ": no byte came through", List.of());
        }
        return result;
    }

    private boolean warmUp(final Watch watch, final Series warmUp) throws InterruptedException {
        final SteadyState steady = new SteadyState(false);
        return watch.warmUp(
                plan.warmUp(),
                plan.settle(),
                warmUp,
                steady,
                progress,
                second -> steady.add(StreamResult.figure(plan.traffic(), second), 0));
    }
}
