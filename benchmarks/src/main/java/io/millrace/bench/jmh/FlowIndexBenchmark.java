package io.millrace.bench.jmh;

import io.millrace.tcp.table.FlowIndex;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
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

/**
 * The index of a shard, as full as it gets: a hit, a miss, and a removal with an insertion, of entries chosen at random; and
 * {@link #line}, which reads one line of it and does nothing else. What a look-up costs beyond that is the same in an index of
 * a thousand entries and in one of 60 million; what the line costs is the memory's.
 *
 * <p>Each look-up waits for the one before. In the engine those of a burst overlap, as in {@link #linesOfABurst}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {JvmFlags.NATIVE_ACCESS, JvmFlags.OPEN_MISC, JvmFlags.HEAP})
public class FlowIndexBenchmark {
    private static final int BURST = 32;
    /** Many enough that the lines of those looked up do not fit the caches. */
    private static final int MAXIMUM_SAMPLE = 1 << 22;

    /** Entries. */
    @Param({"1000", "1000000", "60000000"})
    public int entries;

    private final SplittableRandom random = new SplittableRandom(1);
    private int[] present;
    private int[] refs;
    private FlowIndex index;
    private int next;

    @Setup
    public void fill() {
        index = new FlowIndex("index", entries);
        present = new int[Math.min(entries, MAXIMUM_SAMPLE)];
        refs = new int[present.length];
        for (int slot = 0; slot < entries; slot++) {
            final int hash = random.nextInt();
            index.insert(hash, FlowIndex.ref(FlowIndex.TIME_WAIT, slot));
            // a random choice of those that are in
            final int place = slot < present.length ? slot : random.nextInt(slot + 1);
            if (place < present.length) {
                present[place] = hash;
                refs[place] = FlowIndex.ref(FlowIndex.TIME_WAIT, slot);
            }
        }
    }

    @TearDown
    public void free() {
        index.close();
    }

    /** The answer of one look-up chooses the next, so that the next can't begin before; {@code none} is 0. */
    private int nextHash(final long answer) {
        next = next + 1 + ((int) answer & none);
        if (next >= present.length) {
            next = 0;
        }
        return present[next];
    }

    /** Always 0, which the compiler does not know. */
    private int none;

    private long answer;

    @Benchmark
    public long line() {
        answer = index.touch(nextHash(answer));
        return answer;
    }

    /** The same for a burst, whose reads do not wait for each other: what a look-up pays for memory in the engine. */
    @Benchmark
    @OperationsPerInvocation(BURST)
    public long linesOfABurst() {
        long sum = 0;
        for (int i = 0; i < BURST; i++) {
            sum += index.touch(nextHash(0));
        }
        return sum;
    }

    @Benchmark
    public long hit() {
        answer = index.find(nextHash(answer));
        return answer;
    }

    @Benchmark
    public long miss() {
        answer = index.find(nextHash(answer) * 0x9e3779b9);
        return answer;
    }

    @Benchmark
    public int removeAndInsert() {
        final int hash = nextHash(answer);
        final int position = index.positionOf(hash, refs[next]);
        index.remove(position, hash);
        present[next] = random.nextInt();
        answer = index.insert(present[next], refs[next]);
        return position;
    }
}
