package io.millrace.bench.jmh;

import io.millrace.tcp.table.RecordSlab;
import io.millrace.tcp.timer.TimerLinks;
import io.millrace.tcp.timer.TimerWheel;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
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
 * How late timers go off, by the real clock, while so many are pending: each is set for a minute ahead, and again when it has
 * gone off, so that of 60 million a million are due each second. The wheel is polled as a shard does, a bounded number of
 * timers in a duty cycle. The score is the time that one cycle takes; what counts is printed after each iteration.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 5)
@Measurement(iterations = TimerLatenessBenchmark.ITERATIONS, time = 10)
@Fork(
        value = 1,
        jvmArgsAppend = {JvmFlags.NATIVE_ACCESS, JvmFlags.OPEN_MISC, JvmFlags.HEAP})
public class TimerLatenessBenchmark {
    static final int ITERATIONS = 3;

    private static final int RECORD_BYTES = 64;
    private static final int WAIT_MS = 60_000;
    /** Timers that a shard serves in one duty cycle at most. */
    private static final int CYCLE = 256;

    private static final long NANOS_PER_MS = 1_000_000;

    /** Pending timers. */
    @Param({"1000000", "60000000"})
    public int timers;

    private final Histogram latenessMs = new Histogram(2);
    private RecordSlab records;
    private TimerWheel wheel;
    private long begun;

    @Setup
    public void fill() {
        records = new RecordSlab("connections", timers, RECORD_BYTES);
        wheel = new TimerWheel(records, TimerLinks.at(0), 0);
        final SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < timers; i++) {
            wheel.schedule(records.allocate(), 1 + random.nextInt(WAIT_MS));
        }
        begun = System.nanoTime();
    }

    @Benchmark
    public int cycle() {
        final int now = (int) ((System.nanoTime() - begun) / NANOS_PER_MS);
        int count = 0;
        for (; count < CYCLE; count++) {
            final int slot = wheel.poll(now);
            if (slot == TimerWheel.NONE) {
                break;
            }
            latenessMs.recordValue(now - wheel.deadline(slot));
            wheel.schedule(slot, now + WAIT_MS);
        }
        return count;
    }

    @TearDown(Level.Iteration)
    public void report() {
        System.out.printf(
                "%,d timers pending, %,d went off: late by p50 %d, p99.9 %d, at most %d ms; ",
                wheel.size(),
                latenessMs.getTotalCount(),
                latenessMs.getValueAtPercentile(50),
                latenessMs.getValueAtPercentile(99.9),
                latenessMs.getMaxValue());
        latenessMs.reset();
    }

    @TearDown
    public void free() {
        records.close();
    }
}
