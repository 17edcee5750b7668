package io.millrace.bench.jmh;

import io.millrace.tcp.table.RecordSlab;
import io.millrace.tcp.timer.TimerLinks;
import io.millrace.tcp.timer.TimerWheel;
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

/** The wheel of the retransmission timers: a timer that is set and cancelled, and one that is moved. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {JvmFlags.NATIVE_ACCESS, JvmFlags.OPEN_MISC, JvmFlags.HEAP})
public class TimerWheelBenchmark {
    /** A line for each, as in a connection's record. */
    private static final int RECORD_BYTES = 64;

    private static final int RTO_TICKS = 1_000;

    /** Connections with a running timer. */
    @Param({"1000", "1000000", "60000000"})
    public int timers;

    private final SplittableRandom random = new SplittableRandom(1);
    private RecordSlab records;
    private TimerWheel wheel;
    private int idle;

    @Setup
    public void fill() {
        records = new RecordSlab("connections", timers + 1, RECORD_BYTES);
        wheel = new TimerWheel(records, TimerLinks.at(0), 0);
        for (int i = 0; i < timers; i++) {
            wheel.schedule(records.allocate(), 1 + random.nextInt(60_000));
        }
        idle = records.allocate();
    }

    @TearDown
    public void free() {
        records.close();
    }

    @Benchmark
    public void scheduleAndCancel() {
        wheel.schedule(idle, RTO_TICKS);
        wheel.cancel(idle);
    }

    @Benchmark
    public int move() {
        final int slot = random.nextInt(timers);
        wheel.schedule(slot, RTO_TICKS + random.nextInt(RTO_TICKS));
        return slot;
    }
}
