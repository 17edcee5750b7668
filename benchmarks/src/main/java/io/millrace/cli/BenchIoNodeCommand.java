package io.millrace.cli;

import io.millrace.bench.io.IoNode;
import io.millrace.bench.io.IoPath;
import io.millrace.bench.io.IoPlan;
import io.millrace.bench.io.IoSample;
import io.millrace.bench.link.Link;
import io.millrace.dpdk.DpdkException;
import io.millrace.linux.LinuxException;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * The hidden command of an io benchmark's child process: measures one path once, prints an {@link IoSample}, and ends
 * early when its standard input does.
 */
@Command(name = "bench-io-node", hidden = true)
final class BenchIoNodeCommand implements Callable<Integer> {
    @Parameters(index = "0")
    private IoPath path;

    @Option(names = "--link", required = true, converter = Converters.LoopingLink.class)
    private Link link;

    @Option(names = "--burst", required = true)
    private int burst;

    @Option(names = "--cpu", required = true)
    private int cpu;

    @Option(names = "--warm-up-ms", required = true)
    private int warmUpMillis;

    @Option(names = "--measure-ms", required = true)
    private int measureMillis;

    @Option(names = "--no-huge")
    private boolean noHuge;

    @Override
    public Integer call() throws IOException {
        final IoPlan plan = new IoPlan(link, burst, warmUpMillis, measureMillis, 1, cpu, !noHuge);
        final Thread polling = Thread.currentThread();
        Thread.ofPlatform().daemon().name("parent").start(() -> endWithParent(polling));
        try {
            System.out.println(IoNode.measure(plan, path).toLine());
            return Millrace.OK;
        } catch (final DpdkException | LinuxException e) {
            System.out.println(IoSample.failed(e.getMessage()).toLine());
            return Millrace.BAD_INPUT;
        }
    }

    private static void endWithParent(final Thread polling) {
        try {
            while (System.in.read() >= 0) {
                // nothing is ever sent
            }
        } catch (final IOException e) {
            // as good as its end
        }
        polling.interrupt();
    }
}
