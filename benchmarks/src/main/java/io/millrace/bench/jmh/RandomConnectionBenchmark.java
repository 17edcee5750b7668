package io.millrace.bench.jmh;

import static io.millrace.bench.jmh.ShardUnderTest.BURST;

import io.millrace.apps.DiscardHandler;
import io.millrace.dataplane.wire.TcpFlags;
import io.millrace.tcp.ListenConfig;
import io.millrace.tcp.TcpConfig;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
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
 * A bare acknowledgment, in a burst of 32, each to one of so many open connections chosen at random: the least that a segment
 * can cost, and what of it is waiting for the connection's record.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = RandomConnectionBenchmark.ITERATIONS, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {JvmFlags.NATIVE_ACCESS, JvmFlags.OPEN_MISC, JvmFlags.HEAP})
public class RandomConnectionBenchmark {
    static final int ITERATIONS = 7;

    private static final int PORT = 9;

    /** Connections open; a multiple of 32. */
    @Param({"1024", "16384", "1048576"})
    public int open;

    private final PhaseTimes phases = new PhaseTimes("a bare acknowledgment", "the peers");
    private final SplittableRandom random = new SplittableRandom(1);
    private int[] iss;
    private ShardUnderTest test;

    @Setup
    public void setUp() {
        test = new ShardUnderTest(
                TcpConfig.builder().maxConnections(open).timeWaitCapacity(1_000).build());
        test.shard.listen(ListenConfig.onPort(PORT), new DiscardHandler());
        iss = new int[open];
        for (int opened = 0; opened < open; opened += BURST) {
            test.syns(PORT);
            test.deliver();
            test.learn(BURST);
            for (int i = 0; i < BURST; i++) {
                iss[opened + i] = test.iss(i);
            }
            test.segments(2, TcpFlags.ACK);
            test.deliver();
            test.learn(0);
        }
        test.shard.publish();
        if (test.shard.occupancy().connections() != open) {
            throw new IllegalStateException(test.shard.occupancy().connections() + " connections, not " + open);
        }
    }

    @TearDown(Level.Iteration)
    public void endIteration() {
        phases.endIteration();
    }

    @TearDown
    public void tearDown() {
        phases.print(ITERATIONS);
        test.close();
    }

    @Benchmark
    @OperationsPerInvocation(BURST)
    public void acknowledgment() {
        phases.begin();
        for (int i = 0; i < BURST; i++) {
            final int number = random.nextInt(open);
            test.acknowledgment(number, PORT, iss[number]);
        }
        phases.end(1);
        test.deliver();
        phases.end(0);
        test.learn(0);
        test.shard.finish();
        phases.end(1);
        phases.count(BURST);
    }
}
