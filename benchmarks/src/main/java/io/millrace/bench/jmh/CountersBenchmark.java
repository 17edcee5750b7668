package io.millrace.bench.jmh;

import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.port.FrameAllocator;
import io.millrace.dataplane.port.FrameBurst;
import io.millrace.dataplane.port.MemoryPort;
import io.millrace.dataplane.port.MemoryPortConfig;
import io.millrace.dataplane.port.RxQueue;
import io.millrace.dataplane.port.TxQueue;
import io.millrace.dpdk.Mbuf;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What counting costs: an operation is a burst of {@value #BURST} frames received from a port in memory and sent back, with
 * and without the counters the engine adds to for each burst. The difference is to be within the error. Each frame's length
 * is read in both cases, as the engine reads it anyway.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 3,
        jvmArgsAppend = {JvmFlags.NATIVE_ACCESS, JvmFlags.OPEN_MISC, JvmFlags.HEAP})
public class CountersBenchmark {
    private static final int BURST = 32;
    private static final int FRAME_BYTES = 64;

    /** Whether it counts. */
    @Param({"false", "true"})
    public boolean counting;

    private MemoryPort.Pair cable;
    private CounterBlock counters;
    private FrameBurst burst;
    private RxQueue rx;
    private TxQueue tx;
    private RxQueue farRx;
    private TxQueue farTx;

    @Setup
    public void open() {
        cable = MemoryPort.pair(MemoryPortConfig.defaults());
        counters = CounterBlock.allocate("benchmark");
        rx = cable.left().rxQueue(0);
        tx = cable.left().txQueue(0);
        farRx = cable.right().rxQueue(0);
        farTx = cable.right().txQueue(0);
        burst = new FrameBurst(BURST);
        final FrameAllocator allocator = cable.pool().newAllocator();
        for (int i = 0; i < BURST; i++) {
            final long mbuf = allocator.allocate();
            Mbuf.length(mbuf, FRAME_BYTES);
            burst.add(mbuf);
        }
    }

    @TearDown
    public void close() {
        burst.close();
        cable.close();
    }

    @Benchmark
    public long receiveAndSend() {
        farTx.transmit(burst);
        // Twice, should the cable's ring have come to its end in the middle of the burst.
        final int received = rx.receive(burst) > 0 ? burst.size() : rx.receive(burst);
        long bytes = 0;
        for (int i = 0; i < received; i++) {
            bytes += Mbuf.packetLength(burst.get(i));
        }
        tx.transmit(burst);
        if (counting) {
            counters.add(Counter.FRAMES_RECEIVED, received);
            counters.add(Counter.BYTES_RECEIVED, bytes);
            counters.add(Counter.FRAMES_TO_TCP, received);
            counters.add(Counter.FRAMES_TRANSMITTED, received);
            counters.add(Counter.BYTES_TRANSMITTED, bytes);
        }
        return bytes + (farRx.receive(burst) > 0 ? 0 : farRx.receive(burst));
    }
}
