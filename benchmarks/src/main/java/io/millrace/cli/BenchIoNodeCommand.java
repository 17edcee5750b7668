package io.millrace.cli;

import io.millrace.bench.io.IoNode;
import io.millrace.bench.io.IoPath;
import io.millrace.bench.io.IoSample;
import io.millrace.bench.io.IoTask;
import io.millrace.dpdk.Devargs;
import io.millrace.dpdk.DpdkException;
import io.millrace.linux.LinuxException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * The hidden command of an io benchmark's child process: measures one path once, prints an {@link IoSample}, and ends
 * early when its standard input does.
 */
@Command(name = "bench-io-node", hidden = true)
final class BenchIoNodeCommand implements Callable<Integer>, IoNode.Parent {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    @Parameters(index = "0")
    private IoPath path;

    @Option(names = "--device", required = true, converter = Converters.Device.class)
    private Devargs device;

    /** 0 where somebody else sends, to whom it is said when he may. */
    @Option(names = "--frames-first", required = true)
    private int framesFirst;

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
        final IoTask task = new IoTask(device, framesFirst, burst, warmUpMillis, measureMillis, cpu, !noHuge);
        final Thread polling = Thread.currentThread();
        Thread.ofPlatform().daemon().name("parent").start(() -> endWithParent(polling));
        try {
            IoNode.measure(task, path, this);
            return Millrace.OK;
        } catch (final DpdkException | LinuxException e) {
            System.out.println(IoSample.failed(e.getMessage()).toLine());
            return Millrace.BAD_INPUT;
        }
    }

    @Override
    public void ready() {
        if (framesFirst == 0) {
            System.out.println(IoTask.READY);
        }
    }

    /** A driver whose other end goes while it polls may die of it: the sender goes first, of which the input's end tells. */
    @Override
    public void measured(final IoSample sample) throws IOException {
        System.out.println(sample.toLine());
        while (framesFirst == 0 && !Thread.currentThread().isInterrupted()) {
            LockSupport.park();
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
        try {
            if (!polling.join(PATIENCE)) {
                Runtime.getRuntime().halt(Millrace.FAILED); // it waits for a sender that has ended too
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
