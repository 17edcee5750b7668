package io.millrace.bench.io;

import io.millrace.bench.run.ChildNode;
import io.millrace.bench.run.Interval;
import io.millrace.bench.run.NodeCommand;
import io.millrace.bench.run.NodeReport;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;

/** The process at the other end of a link, which keeps frames under way until it is closed. One thread. */
final class Sender implements IoRun.Sent {
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(10);

    private final ChildNode node;
    private final NodeReport begun;

    /** Starts it, and has it begin. */
    Sender(final List<String> command, final PrintStream log) throws IOException, InterruptedException {
        node = ChildNode.start("sender", command, log);
        try {
            node.await(START_LIMIT);
            node.send(NodeCommand.START);
            begun = node.await(ANSWER_LIMIT);
        } catch (final InterruptedException | RuntimeException e) {
            node.close();
            throw e;
        }
    }

    @Override
    public double busy() throws InterruptedException {
        node.send(NodeCommand.SAMPLE);
        return new Interval(begun, node.await(ANSWER_LIMIT)).busy();
    }

    @Override
    public void close() {
        node.close();
    }
}
