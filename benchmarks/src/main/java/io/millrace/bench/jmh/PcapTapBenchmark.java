package io.millrace.bench.jmh;

import io.millrace.dataplane.port.FrameAllocator;
import io.millrace.dataplane.port.FrameBurst;
import io.millrace.dataplane.port.MemoryPort;
import io.millrace.dataplane.port.MemoryPortConfig;
import io.millrace.dataplane.port.PacketPort;
import io.millrace.dataplane.port.RxQueue;
import io.millrace.dataplane.port.TxQueue;
import io.millrace.dataplane.port.decorator.CaptureFilter;
import io.millrace.dataplane.port.decorator.CaptureRing;
import io.millrace.dataplane.port.decorator.CaptureSettings;
import io.millrace.dataplane.port.decorator.PcapTap;
import io.millrace.dpdk.Mbuf;
import io.millrace.memory.Memory;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.OffsetEpochNanoClock;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What a tap costs a frame that is received and sent back: not there, there with nobody watching, and capturing. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 3,
        jvmArgsAppend = {JvmFlags.NATIVE_ACCESS, JvmFlags.OPEN_MISC, JvmFlags.HEAP})
public class PcapTapBenchmark {
    private static final int BURST = 32;

    /** Whether there is a tap, and what it does. */
    @Param({"none", "detached", "filtered-out", "capturing"})
    public String tap;

    private MemoryPort.Pair cable;
    private FrameBurst burst;
    private RxQueue rx;
    private TxQueue tx;
    private RxQueue farRx;
    private TxQueue farTx;

    @Setup
    public void open() {
        cable = MemoryPort.pair(MemoryPortConfig.defaults());
        burst = new FrameBurst(BURST);
        PacketPort port = cable.left();
        if (!tap.equals("none")) {
            final PcapTap tapped = new PcapTap(port);
            port = tapped;
            final CaptureSettings settings = CaptureSettings.defaults();
            switch (tap) {
                case "capturing" -> CaptureRing.inMemory(List.of(tapped), settings, new OffsetEpochNanoClock());
                case "filtered-out" ->
                    CaptureRing.inMemory(
                            List.of(tapped),
                            settings.withFilter(CaptureFilter.parse("host 10.9.8.7 and tcp port 80")),
                            new OffsetEpochNanoClock());
                default -> {
                    // nobody watches
                }
            }
        }
        rx = port.rxQueue(0);
        tx = port.txQueue(0);
        farRx = cable.right().rxQueue(0);
        farTx = cable.right().txQueue(0);
        final FrameAllocator allocator = cable.pool().newAllocator();
        for (int i = 0; i < BURST; i++) {
            final long mbuf = allocator.allocate();
            Mbuf.length(mbuf, 64);
            Memory.fill(Mbuf.dataAddress(mbuf), 64, 0);
            Memory.putShortBE(Mbuf.dataAddress(mbuf) + 12, 0x0800);
            Memory.putByte(Mbuf.dataAddress(mbuf) + 14, 0x45);
            Memory.putByte(Mbuf.dataAddress(mbuf) + 23, 6);
            burst.add(mbuf);
        }
    }

    @TearDown
    public void close() {
        burst.close();
        cable.close();
    }

    @Benchmark
    @OperationsPerInvocation(BURST)
    public int receiveAndSend() {
        farTx.transmit(burst);
        int received = rx.receive(burst);
        if (received == 0) { // the cable's ring has come to its end
            received = rx.receive(burst);
        }
        tx.transmit(burst);
        if (farRx.receive(burst) == 0) {
            farRx.receive(burst);
        }
        return received;
    }
}
