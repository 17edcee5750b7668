package io.millrace.bench.jmh;

import static io.millrace.bench.jmh.ShardUnderTest.BURST;

import io.millrace.apps.DiscardHandler;
import io.millrace.dataplane.wire.TcpFlags;
import io.millrace.tcp.ListenConfig;
import io.millrace.tcp.TcpConfig;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a flood meets: SYNs answered by a cookie because the SYN queue is full, an ACK whose cookie becomes a connection, and
 * SYNs to a port where nobody listens. In bursts of 32, on one shard with frames from memory. JMH's own figure has the
 * scripted peers in it; the engine's share of each phase is printed at the end.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = StatelessAnswerBenchmark.ITERATIONS, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {JvmFlags.NATIVE_ACCESS, JvmFlags.OPEN_MISC, JvmFlags.HEAP})
public class StatelessAnswerBenchmark {
    static final int ITERATIONS = 9;

    private static final int LISTENING_PORT = 9;
    private static final int CLOSED_PORT = 10;
    private static final int SYN_QUEUE = BURST;

    private final PhaseTimes phases = new PhaseTimes(
            "SYN to SYN-ACK with a cookie",
            "ACK with a cookie to connection",
            "SYN to a closed port to RST",
            "RST to the end of the connection",
            "the peers");
    private ShardUnderTest test;

    @Setup
    public void setUp() {
        test = new ShardUnderTest(TcpConfig.builder()
                .maxConnections(10_000)
                .timeWaitCapacity(10_000)
                .synQueueCapacity(SYN_QUEUE)
                .build());
        test.shard.listen(ListenConfig.onPort(LISTENING_PORT), new DiscardHandler());
        test.syns(LISTENING_PORT); // no time passes: they stay, and the queue stays full
        test.deliver();
        test.learn(BURST);
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
    public void cookieSent() {
        phases.begin();
        test.syns(LISTENING_PORT);
        phases.end(4);
        test.deliver();
        phases.end(0);
        test.learn(BURST);
        phases.end(4);
        test.shard.finish();
        phases.count(BURST);
    }

    @Benchmark
    @OperationsPerInvocation(BURST)
    public void cookieTaken() {
        phases.begin();
        test.syns(LISTENING_PORT);
        phases.end(4);
        test.deliver();
        phases.end(0);
        test.learn(BURST);
        test.segments(2, TcpFlags.ACK);
        phases.end(4);
        test.deliver();
        phases.end(1);
        test.learn(0);
        test.segments(2, TcpFlags.RST);
        phases.end(4);
        test.deliver();
        phases.end(3);
        test.shard.finish();
        phases.count(BURST);
    }

    @Benchmark
    @OperationsPerInvocation(BURST)
    public void resetSent() {
        phases.begin();
        test.syns(CLOSED_PORT);
        phases.end(4);
        test.deliver();
        phases.end(2);
        test.learn(BURST);
        phases.end(4);
        test.shard.finish();
        phases.count(BURST);
    }
}
