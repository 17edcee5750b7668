package io.millrace.bench.jmh;

import io.millrace.tcp.table.FlowIndex;
import java.util.SplittableRandom;
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

/** The index of a shard, with seven eighths of its capacity in it: a hit, a miss, and a removal with an insertion. Every access is a cache miss. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {JvmFlags.NATIVE_ACCESS, JvmFlags.OPEN_MISC, JvmFlags.HEAP})
public class FlowIndexBenchmark {
    private static final int SAMPLE = 1 << 16;

    /** Room for entries. */
    @Param({"65536", "1048576", "67108864"})
    public int capacity;

    private final int[] present = new int[SAMPLE];
    private final SplittableRandom random = new SplittableRandom(1);
    private FlowIndex index;
    private int next;

    @Setup
    public void fill() {
        index = new FlowIndex("index", capacity);
        final int entries = capacity / 8 * 7;
        for (int slot = 0; slot < entries; slot++) {
            final int hash = random.nextInt();
            index.insert(hash, FlowIndex.ref(FlowIndex.TIME_WAIT, slot));
            // a random choice of those that are in
            final int place = slot < SAMPLE ? slot : random.nextInt(slot + 1);
            if (place < SAMPLE) {
                present[place] = hash;
            }
        }
    }

    @TearDown
    public void free() {
        index.close();
    }

    @Benchmark
    public int hit() {
        return index.find(present[++next & SAMPLE - 1]);
    }

    @Benchmark
    public int miss() {
        return index.find(++next * 0x9e3779b9);
    }

    @Benchmark
    public int removeAndInsert() {
        final int at = ++next & SAMPLE - 1;
        final int position = index.find(present[at]);
        final int ref = index.ref(position);
        index.remove(position, present[at]);
        present[at] = random.nextInt();
        index.insert(present[at], ref);
        return ref;
    }
}
