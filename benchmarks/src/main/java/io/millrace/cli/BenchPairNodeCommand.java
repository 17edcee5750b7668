package io.millrace.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.bench.profile.NodeRecording;
import io.millrace.bench.run.NodeArguments;
import io.millrace.bench.run.NodeReport;
import io.millrace.bench.run.NodeReporter;
import io.millrace.dataplane.port.MemoryPort;
import io.millrace.dataplane.port.MemoryPortConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * The hidden command of a benchmark's child process that is server and generator at once, joined by rings in its memory.
 * Each command on its standard input, and each report on its standard output, begins with the node's name. It ends when
 * its input does.
 */
@Command(name = "bench-pair-node", hidden = true)
final class BenchPairNodeCommand implements Callable<Integer> {
    private static final String SERVER = "server ";
    private static final String GENERATOR = "generator ";

    /** For both engines, each with a ring of 1024 frames each way. */
    private static final int FRAMES = 1 << 15;

    @Parameters(index = "0")
    private int queuePairs;

    @Parameters(index = "1..*", arity = "1..*")
    private List<String> nodes;

    @Override
    public Integer call() throws IOException {
        final PrintStream out = new PrintStream(System.out, true, UTF_8);
        final int between = nodes.indexOf(NodeArguments.BETWEEN_BOTH);
        final BenchNodeCommand server = node(nodes.subList(0, between));
        final BenchNodeCommand generator = node(nodes.subList(between + 1, nodes.size()));
        final MemoryPortConfig config =
                MemoryPortConfig.defaults().withQueuePairs(queuePairs).withFrames(FRAMES);
        try (NodeRecording ofServer = server.record();
                NodeRecording ofGenerator = generator.record();
                MemoryPort.Pair ports = MemoryPort.pair(config);
                EngineHost serving = EngineHost.over(ports.left(), server::addresses, server.plan())) {
            final NodeReporter serverReporter = server.begin(serving, List.of());
            try (EngineHost generating = EngineHost.over(ports.right(), generator::addresses, generator.plan())) {
                final NodeReporter generatorReporter = generator.begin(generating, List.of(serverReporter));
                out.println(SERVER + serverReporter.ready().toLine());
                out.println(GENERATOR + generatorReporter.ready().toLine());
                final BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, UTF_8));
                for (String line = commands.readLine(); line != null; line = commands.readLine()) {
                    out.println(
                            line.startsWith(SERVER)
                                    ? SERVER
                                            + server.answer(serving, serverReporter, line.substring(SERVER.length()))
                                                    .toLine()
                                    : GENERATOR
                                            + generator
                                                    .answer(
                                                            generating,
                                                            generatorReporter,
                                                            line.substring(GENERATOR.length()))
                                                    .toLine());
                }
            }
            return Millrace.OK;
        } catch (final BadInputException e) {
            out.println(SERVER + NodeReport.error(List.of(e.getMessage())).toLine());
            return Millrace.BAD_INPUT;
        }
    }

    private static BenchNodeCommand node(final List<String> arguments) {
        final BenchNodeCommand node = new BenchNodeCommand();
        new CommandLine(node).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(arguments.toArray(String[]::new));
        return node;
    }
}
