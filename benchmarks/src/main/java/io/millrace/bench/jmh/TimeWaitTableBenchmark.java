package io.millrace.bench.jmh;

import io.millrace.tcp.table.TimeWaitTable;
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

/** TIME_WAIT in its steady state: the oldest entry expires, a new one begins. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {JvmFlags.NATIVE_ACCESS, JvmFlags.OPEN_MISC, JvmFlags.HEAP})
public class TimeWaitTableBenchmark {
    /** Entries in TIME_WAIT. */
    @Param({"1048576", "60000000"})
    public int entries;

    private final int[] expired = new int[1];
    private TimeWaitTable table;
    private int now;
    private int client;

    @Setup
    public void fill() {
        table = TimeWaitTable.forIpv4("time-wait", 0, entries, 1);
        while (append() != TimeWaitTable.NONE) {
            client++;
        }
        now = 1;
    }

    @TearDown
    public void free() {
        table.close();
    }

    @Benchmark
    public int expireAndAppend() {
        table.expired(now, expired);
        table.release(expired[0]);
        client++;
        final int slot = append();
        // the log turns around once a tick, so that the oldest is always just over
        now = client % entries == 0 ? now + 1 : now;
        return slot;
    }

    private int append() {
        return table.append(0, 0xffff_0a40_0000L + client, client << 16 | 9, 0, client, client, client, 0, 0, now);
    }
}
