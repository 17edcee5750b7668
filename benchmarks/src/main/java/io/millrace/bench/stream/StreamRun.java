package io.millrace.bench.stream;

import io.millrace.bench.link.Cable;
import io.millrace.bench.link.Link;
import io.millrace.bench.link.VethPair;
import io.millrace.bench.link.VethPair.End;
import io.millrace.bench.run.Addressing;
import io.millrace.bench.run.ChildNode;
import io.millrace.bench.run.JvmCommand;
import io.millrace.bench.run.Moment;
import io.millrace.bench.run.NodeCommand;
import io.millrace.bench.run.NodeFailedException;
import io.millrace.bench.run.NodeReport;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Runs the pairings of a plan, each with two processes of its own, which are ended whatever happens, as the link is removed.
 * One thread; {@link #interrupt} is for any other.
 */
public final class StreamRun {
    private static final Duration START_LIMIT = Duration.ofSeconds(120);
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(10);

    private final StreamPlan plan;
    private final Consumer<StreamResult> progress;
    private final PrintStream log;
    private final CountDownLatch interrupted = new CountDownLatch(1);

    /** Prepares a run that hands each result to {@code progress} and tells {@code log} what its children print. */
    public StreamRun(final StreamPlan plan, final Consumer<StreamResult> progress, final PrintStream log) {
        this.plan = plan;
        this.progress = progress;
        this.log = log;
    }

    /** Ends the run early: what is being measured is measured until now, what was to follow is left out. */
    public void interrupt() {
        interrupted.countDown();
    }

    /** Whether it was ended early. */
    public boolean isInterrupted() {
        return interrupted.getCount() == 0;
    }

    /**
     * Runs.
     *
     * @throws NodeFailedException if a process could not start, or died, or nothing came through.
     */
    public List<StreamResult> run() throws IOException, InterruptedException {
        final List<StreamResult> results = new ArrayList<>();
        for (final Pairing pairing : plan.pairings()) {
            if (!isInterrupted()) {
                final StreamResult result = pairing.engineServer() ? overVhost(pairing) : overVeth(pairing);
                results.add(result);
                progress.accept(result);
            }
        }
        return results;
    }

    private StreamResult overVhost(final Pairing pairing) throws IOException, InterruptedException {
        try (Cable cable = Cable.open(Link.VHOST, Addressing.GENERATOR_MAC)) {
            return measure(
                    pairing,
                    JvmCommand.node(plan.jvmFlags(), StreamArguments.server(plan, cable.server())),
                    JvmCommand.node(plan.jvmFlags(), StreamArguments.client(plan, cable.generator())));
        }
    }

    private StreamResult overVeth(final Pairing pairing) throws IOException, InterruptedException {
        try (VethPair veth = VethPair.create(
                plan.mtu(),
                End.kernel(Addressing.IPV4.serverPrefix().toString()),
                pairing.engineClient()
                        ? End.ENGINE
                        : End.kernel(Addressing.IPV4.generator().toString()))) {
            final List<String> client = pairing.engineClient()
                    ? StreamArguments.client(plan, Cable.packetPort(VethPair.CLIENT_DEVICE, plan.mtu()))
                    : StreamArguments.kernel(plan, "client");
            return measure(
                    pairing,
                    veth.inServer(JvmCommand.node(plan.jvmFlags(), StreamArguments.kernel(plan, "server"))),
                    veth.inClient(JvmCommand.node(plan.jvmFlags(), client)));
        }
    }

    private StreamResult measure(
            final Pairing pairing, final List<String> serverCommand, final List<String> clientCommand)
            throws IOException, InterruptedException {
        try (ChildNode server = ChildNode.start("server", serverCommand, log)) {
            final NodeReport serverReady = server.await(START_LIMIT);
            try (ChildNode client = ChildNode.start("client", clientCommand, log)) {
                final Moment ready = Moment.now(serverReady, client.await(START_LIMIT));
                ChildNode.ask(server, client, NodeCommand.START, ANSWER_LIMIT);
                await(plan.warmUp());
                final Moment first = ChildNode.ask(server, client, NodeCommand.MARK, ANSWER_LIMIT);
                await(plan.duration());
                final Moment last = ChildNode.ask(server, client, NodeCommand.SAMPLE, ANSWER_LIMIT);
                return checked(new StreamResult(pairing, plan.pattern(), plan.direction(), ready, first, last));
            }
        }
    }

    private StreamResult checked(final StreamResult result) {
        if (result.bytes() == 0 && !isInterrupted()) {
            throw new NodeFailedException(result.pairing().label() + ": no byte came through", List.of());
        }
        return result;
    }

    @SuppressWarnings("ReturnValueIgnored")
    private void await(final Duration time) throws InterruptedException {
        interrupted.await(time.toNanos(), TimeUnit.NANOSECONDS); // early or not: what there was is measured
    }
}
