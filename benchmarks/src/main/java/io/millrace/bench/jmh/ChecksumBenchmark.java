package io.millrace.bench.jmh;

import io.millrace.dataplane.wire.InternetChecksum;
import io.millrace.dataplane.wire.IpProtocol;
import io.millrace.memory.MemoryRegion;
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

/** The TCP checksum, pseudo header included, over segments from a bare ACK to a full one. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {JvmFlags.NATIVE_ACCESS, JvmFlags.OPEN_MISC, JvmFlags.HEAP})
public class ChecksumBenchmark {
    /** Header and payload, bytes. */
    @Param({"20", "40", "1460"})
    public int length;

    private MemoryRegion memory;

    @Setup
    public void allocate() {
        memory = MemoryRegion.allocate("segment", 4096);
    }

    @TearDown
    public void free() {
        memory.close();
    }

    @Benchmark
    public int tcpChecksum() {
        return InternetChecksum.checksum(InternetChecksum.pseudoHeader(0x0a000001, 0x0a400002, IpProtocol.TCP, length)
                + InternetChecksum.sum(memory.address(), length));
    }

    @Benchmark
    public int incrementalUpdate() {
        return InternetChecksum.update(length, 0x1234, 0x4321);
    }
}
