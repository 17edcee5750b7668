package io.millrace.bench.jmh;

import io.millrace.dataplane.flow.Toeplitz;
import io.millrace.tcp.isn.FlowHash;
import io.millrace.tcp.isn.SipHash;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The three hashes of a segment's way: Toeplitz chooses the shard, the flow hash the bucket, SipHash the ISN. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {JvmFlags.NATIVE_ACCESS, JvmFlags.OPEN_MISC, JvmFlags.HEAP})
public class HashBenchmark {
    private static final int SERVER = 0x0a000001;
    private static final long MAPPED_SERVER = 0xffff_0a00_0001L;

    private final Toeplitz toeplitz = Toeplitz.standard();
    private final SipHash sipHash = new SipHash(0x0706050403020100L, 0x0f0e0d0c0b0a0908L);
    private final FlowHash flowHash = new FlowHash(1, 2);
    private int client = 0x0a400000;

    @Benchmark
    public int toeplitzIpv4() {
        return toeplitz.hashIpv4(++client, SERVER, client & 0xffff, 9);
    }

    @Benchmark
    public int flowHash() {
        return flowHash.hash(0, ++client, 0, MAPPED_SERVER, client << 16 | 9);
    }

    @Benchmark
    public long sipHashOfATuple() {
        return sipHash.hash(++client, SERVER, (long) client << 16 | 9);
    }
}
