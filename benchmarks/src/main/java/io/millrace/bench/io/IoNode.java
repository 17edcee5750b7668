package io.millrace.bench.io;

import io.millrace.dataplane.port.DpdkPort;
import io.millrace.dataplane.port.DpdkPortConfig;
import io.millrace.dataplane.port.FrameAllocator;
import io.millrace.dataplane.port.FrameBurst;
import io.millrace.dpdk.Eal;
import io.millrace.dpdk.EthDev;
import io.millrace.dpdk.EthDevConfig;
import io.millrace.dpdk.EthRxQueue;
import io.millrace.dpdk.EthTxQueue;
import io.millrace.dpdk.Mbuf;
import io.millrace.dpdk.MbufCache;
import io.millrace.dpdk.Mempool;
import io.millrace.linux.CpuAffinity;
import io.millrace.linux.ThreadCpuClock;
import io.millrace.memory.Memory;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * A Java path's child process: opens the device, warms up, measures. The calling thread is pinned and polls; all memory
 * is taken before it does.
 */
public final class IoNode {
    private static final int RECEPTIONS_BETWEEN_CLOCK_READS = 1024;
    private static final long MILLISECOND = 1_000_000;

    /** For so long the first frame is waited for. */
    private static final long FIRST_FRAME_NANOS = TimeUnit.SECONDS.toNanos(60);

    private IoNode() {}

    /** Whoever has started this process. */
    public interface Parent {
        /** Frames may come. */
        void ready();

        /** This was measured; returns when the device may go. */
        void measured(IoSample sample) throws IOException;
    }

    /**
     * Measures a path once; an interrupt ends it early, in order.
     *
     * @param parent is told when frames may come, and what was measured, while the device is still there.
     * @throws io.millrace.dpdk.DpdkException when DPDK or the device can't be had; says what to do
     */
    public static void measure(final IoTask task, final IoPath path, final Parent parent) throws IOException {
        final String prefix = "millrace-" + ProcessHandle.current().pid();
        try (Eal eal = Eal.start(task.ealOptions(prefix))) {
            CpuAffinity.pin(task.cpu());
            if (path == IoPath.PORT) {
                overPort(eal, task, parent);
            } else {
                overDevice(eal, task, parent);
            }
        }
    }

    private static void overPort(final Eal eal, final IoTask task, final Parent parent) throws IOException {
        final DpdkPortConfig usual = DpdkPortConfig.of(task.device());
        // the loops take as many as they are told, other drivers know what suits them
        final DpdkPortConfig config =
                task.framesFirst() > 0 ? usual.withDescriptors(IoPlan.DESCRIPTORS, IoPlan.DESCRIPTORS) : usual;
        try (DpdkPort port = DpdkPort.open(eal, config);
                FrameBurst burst = new FrameBurst(task.burst())) {
            port.attachThread();
            final FrameAllocator frames = port.pool().newAllocator();
            for (int i = 0; i < task.framesFirst(); i++) {
                burst.add(prepared(frames.allocate(), i));
                port.txQueue(0).transmit(burst);
            }
            parent.ready();
            parent.measured(measure(new IoLoop.OverPort(port.rxQueue(0), port.txQueue(0), burst), task, eal));
            port.detachThread();
        }
    }

    private static void overDevice(final Eal eal, final IoTask task, final Parent parent) throws IOException {
        try (Mempool pool = Mempool.create(eal, "io", IoPlan.MBUFS);
                EthDev device = EthDev.attach(eal, task.device());
                MbufCache cache = pool.newCache();
                FrameBurst burst = new FrameBurst(task.burst())) {
            device.configure(EthDevConfig.builder().build(), pool);
            device.start();
            eal.registerThread();
            final EthRxQueue rx = device.rxQueue(0);
            final EthTxQueue tx = device.txQueue(0);
            for (int i = 0; i < task.framesFirst(); i++) {
                Memory.putLong(burst.address(), prepared(cache.alloc(), i));
                tx.transmit(burst.address(), 1);
            }
            parent.ready();
            parent.measured(measure(new IoLoop.OverDevice(rx, tx, burst.address(), task.burst()), task, eal));
            eal.unregisterThread();
        }
    }

    private static long prepared(final long mbuf, final int number) {
        if (mbuf == 0) {
            throw new IllegalStateException("the pool has no frame left for the first burst");
        }
        Mbuf.length(mbuf, IoPlan.FRAME_BYTES);
        Memory.fill(Mbuf.dataAddress(mbuf), IoPlan.FRAME_BYTES, (byte) number);
        return mbuf;
    }

    private static IoSample measure(final IoLoop loop, final IoTask task, final Eal eal) {
        final long begin = System.nanoTime();
        while (loop.run(RECEPTIONS_BETWEEN_CLOCK_READS) == 0
                && System.nanoTime() - begin < FIRST_FRAME_NANOS
                && !Thread.currentThread().isInterrupted()) {
            // nothing counts before the first frame is here
        }
        run(loop, task.warmUpMillis(), eal);
        return run(loop, task.measureMillis(), eal);
    }

    private static IoSample run(final IoLoop loop, final long millis, final Eal eal) {
        final long cpuStart = ThreadCpuClock.currentThreadNanos();
        final long start = System.nanoTime();
        long frames = 0;
        long took;
        do {
            frames += loop.run(RECEPTIONS_BETWEEN_CLOCK_READS);
            took = System.nanoTime() - start;
        } while (took < millis * MILLISECOND && !Thread.currentThread().isInterrupted());
        return new IoSample(frames, took, ThreadCpuClock.currentThreadNanos() - cpuStart, eal.version(), null, 0);
    }
}
