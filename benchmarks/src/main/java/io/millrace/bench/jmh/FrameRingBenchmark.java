package io.millrace.bench.jmh;

import io.millrace.dataplane.FrameBatch;
import io.millrace.dataplane.ring.FrameRing;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Group;
import org.openjdk.jmh.annotations.GroupThreads;
import org.openjdk.jmh.annotations.Level;
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
 * The hand-off from core to core: one thread offers batches, another drains them. Read {@code framesTaken}: frame
 * descriptors that came through, in operations a microsecond, so in millions a second. The threads need a core each.
 */
@State(Scope.Group)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {JvmFlags.NATIVE_ACCESS, JvmFlags.OPEN_MISC, JvmFlags.HEAP})
public class FrameRingBenchmark {
    /** Frames in a batch. */
    @Param({"1", "32"})
    public int batch;

    private FrameRing ring;

    @Setup
    public void allocate() {
        ring = new FrameRing("ring", 4096);
    }

    @TearDown
    public void free() {
        ring.close();
    }

    /** What the producer holds. */
    @State(Scope.Thread)
    public static class Full {
        private FrameBatch frames;

        @Setup
        public void fill(final FrameRingBenchmark benchmark) {
            frames = new FrameBatch(benchmark.batch);
            for (int i = 0; i < benchmark.batch; i++) {
                frames.add(i + 1, i, i);
            }
        }
    }

    /** What the consumer holds, and how much it took. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    public static class Empty {
        /** Frames that came through. */
        public long framesTaken;

        private final FrameBatch frames = new FrameBatch(256);

        @Setup(Level.Iteration)
        public void reset() {
            framesTaken = 0;
        }
    }

    @Benchmark
    @Group("handOff")
    @GroupThreads(1)
    public int offer(final Full full) {
        return ring.offer(full.frames, 0);
    }

    @Benchmark
    @Group("handOff")
    @GroupThreads(1)
    public int drain(final Empty empty) {
        empty.frames.clear();
        final int taken = ring.drain(empty.frames);
        empty.framesTaken += taken;
        return taken;
    }
}
