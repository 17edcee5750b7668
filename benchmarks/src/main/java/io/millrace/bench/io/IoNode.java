package io.millrace.bench.io;

import io.millrace.dataplane.port.DpdkPort;
import io.millrace.dataplane.port.DpdkPortConfig;
import io.millrace.dataplane.port.FrameAllocator;
import io.millrace.dataplane.port.FrameBurst;
import io.millrace.dpdk.Eal;
import io.millrace.dpdk.EalOptions;
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

/**
 * A Java path's child process: opens the device, warms up, measures. The calling thread is pinned and polls; all memory
 * is taken before it does.
 */
public final class IoNode {
    private static final int RECEPTIONS_BETWEEN_CLOCK_READS = 1024;
    private static final long MILLISECOND = 1_000_000;

    private IoNode() {}

    /** How DPDK is started, for each path alike. */
    static EalOptions ealOptions(final IoPlan plan, final String filePrefix) {
        return EalOptions.builder()
                .filePrefix(filePrefix)
                .hugePages(plan.hugePages())
                .device(plan.link().loop())
                .build();
    }

    /**
     * Measures a path once; an interrupt ends it early, in order.
     *
     * @throws io.millrace.dpdk.DpdkException when DPDK or the device can't be had; says what to do
     */
    public static IoSample measure(final IoPlan plan, final IoPath path) {
        final String prefix = "millrace-" + ProcessHandle.current().pid();
        try (Eal eal = Eal.start(ealOptions(plan, prefix))) {
            CpuAffinity.pin(plan.cpu());
            return path == IoPath.PORT ? overPort(eal, plan) : overDevice(eal, plan);
        }
    }

    private static IoSample overPort(final Eal eal, final IoPlan plan) {
        final DpdkPortConfig config =
                DpdkPortConfig.of(plan.link().loop()).withDescriptors(IoPlan.DESCRIPTORS, IoPlan.DESCRIPTORS);
        try (DpdkPort port = DpdkPort.open(eal, config);
                FrameBurst burst = new FrameBurst(plan.burst())) {
            port.attachThread();
            final FrameAllocator frames = port.pool().newAllocator();
            for (int i = 0; i < plan.framesUnderWay(); i++) {
                burst.add(prepared(frames.allocate(), i));
                port.txQueue(0).transmit(burst);
            }
            final IoSample sample = measure(new IoLoop.OverPort(port.rxQueue(0), port.txQueue(0), burst), plan, eal);
            port.detachThread();
            return sample;
        }
    }

    private static IoSample overDevice(final Eal eal, final IoPlan plan) {
        try (Mempool pool = Mempool.create(eal, "io", IoPlan.MBUFS);
                EthDev device = EthDev.attach(eal, plan.link().loop());
                MbufCache cache = pool.newCache();
                FrameBurst burst = new FrameBurst(plan.burst())) {
            device.configure(EthDevConfig.builder().build(), pool);
            device.start();
            eal.registerThread();
            final EthRxQueue rx = device.rxQueue(0);
            final EthTxQueue tx = device.txQueue(0);
            for (int i = 0; i < plan.framesUnderWay(); i++) {
                Memory.putLong(burst.address(), prepared(cache.alloc(), i));
                tx.transmit(burst.address(), 1);
            }
            final IoSample sample = measure(new IoLoop.OverDevice(rx, tx, burst.address(), plan.burst()), plan, eal);
            eal.unregisterThread();
            return sample;
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

    private static IoSample measure(final IoLoop loop, final IoPlan plan, final Eal eal) {
        run(loop, plan.warmUpMillis(), eal);
        return run(loop, plan.measureMillis(), eal);
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
        return new IoSample(frames, took, ThreadCpuClock.currentThreadNanos() - cpuStart, eal.version(), null);
    }
}
