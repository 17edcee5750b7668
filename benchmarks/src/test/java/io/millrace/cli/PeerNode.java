package io.millrace.cli;

import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.tcp.TcpApplication;
import io.millrace.tcp.TcpEngine;
import io.millrace.tcp.TcpLoop;
import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * An engine of one shard in a process of its own, for tests against another TCP: {@code serve}'s ports, capture and bad
 * cable, and in place of apps an application of the test.
 *
 * <p>Prints {@code ready} when it listens and {@code done} when the application says so, runs until SIGTERM, waits for its
 * connections to end, and then prints the application's report and the counters.
 */
@Command(name = "node")
public final class PeerNode implements Callable<Integer> {
    private static final long LOOK_MILLIS = 20;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    @CommandLine.ArgGroup(exclusive = false, multiplicity = "1..*")
    private List<PortOptions> ports;

    @Option(names = "--no-huge")
    private boolean noHuge;

    @CommandLine.Mixin
    private TableOptions tables;

    @CommandLine.Mixin
    private PortDecoration decoration;

    @Parameters(description = "A class that is an Application, and the words for its constructor.")
    private List<String> words;

    private final PrintWriter out = new PrintWriter(System.out, true);

    /** What it runs; has a public constructor that takes a list of words. */
    public interface Application extends TcpApplication {
        /** Whether all that it set out to do is done; asked by the main thread. */
        boolean isDone();

        /** Prints what has become of its connections, on the main thread when the engine has ended. */
        void report(PrintWriter out);
    }

    public static void main(final String[] arguments) {
        System.exit(new CommandLine(new PeerNode()).execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        final Application application = newApplication();
        final CountDownLatch end = new CountDownLatch(1);
        try (Interrupts interrupts = Interrupts.handledBy(end::countDown)) {
            final List<CounterBlock> counters = new ArrayList<>();
            try (EngineHost host = EngineHost.open(plan(application))) {
                counters.addAll(host.engine().counters());
                while (!host.engine().hasSettledAddresses()) {
                    Thread.sleep(LOOK_MILLIS);
                }
                out.println("ready");
                boolean told = false;
                while (!end.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                    if (!told && application.isDone()) {
                        out.println("done");
                        told = true;
                    }
                }
                awaitEndOfConnections(host.engine());
            }
            application.report(out);
            counters.addAll(decoration.counters());
            CounterTable.print(out, counters);
            return interrupts.exitCode(Millrace.OK);
        }
    }

    private Application newApplication() throws ReflectiveOperationException {
        try {
            return Class.forName(words.getFirst())
                    .asSubclass(Application.class)
                    .getConstructor(List.class)
                    .newInstance(words.subList(1, words.size()));
        } catch (final InvocationTargetException e) {
            throw new IllegalArgumentException(words + ": " + e.getCause(), e);
        }
    }

    /** The peer's last segments may still be on their way. */
    private void awaitEndOfConnections(final TcpEngine engine) throws InterruptedException {
        final long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (engine.ask(0, PeerNode::underWay) > 0 && System.nanoTime() < deadline) {
            Thread.sleep(LOOK_MILLIS);
        }
        out.println("left " + engine.ask(0, PeerNode::underWay));
    }

    private static long underWay(final TcpLoop loop) {
        return loop.occupancy().connections() + loop.occupancy().halfOpen();
    }

    private EngineHost.Plan plan(final TcpApplication application) {
        return new EngineHost.Plan(
                ports.stream().map(PortOptions::plan).toList(),
                !noHuge,
                1,
                Optional.empty(),
                EngineNames.arrangement("auto"),
                EngineNames.idle("adaptive"),
                decoration,
                builder -> builder.config(tables.toConfig()).application(shard -> application));
    }
}
