package io.millrace.bench.jmh;

import static io.millrace.bench.jmh.ShardUnderTest.BURST;

import io.millrace.apps.CloseHandler;
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
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One shard, alone, with frames from memory: a connection opened by its peer, closed by the application, through TIME_WAIT
 * to its end. Three segments in (SYN, ACK, FIN), three out (SYN-ACK, FIN, ACK), in bursts of 32, while so many connections
 * are open and idle. Virtual time passes at such a pace that TIME_WAIT holds the given number in steady state, and each
 * entry that is added lets another one expire. What the scripted peers cost is in the figure; {@link #peersAlone} says how
 * much that is, so that the engine alone is the difference. {@link #phases} says where the time goes.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = PassiveOpenCloseBenchmark.ITERATIONS, time = 2)
@Fork(
        value = 1,
        jvmArgsAppend = {JvmFlags.NATIVE_ACCESS, JvmFlags.OPEN_MISC, JvmFlags.HEAP})
public class PassiveOpenCloseBenchmark {
    static final int ITERATIONS = 7;

    private static final int CLOSE_PORT = 9;
    private static final int IDLE_PORT = 10;
    private static final long TIME_WAIT_NANOS = 60_000_000_000L;

    /** Connections open and idle. */
    @Param("1000000")
    public int open;

    /** Entries in TIME_WAIT. */
    @Param({"100000", "10000000"})
    public int timeWait;

    private final PhaseTimes phases = new PhaseTimes(
            "SYN to SYN-ACK",
            "ACK to connection, accepted and closed: FIN",
            "FIN to ACK, and into TIME_WAIT",
            "end of TIME_WAIT, timers, rest of the cycle",
            "the peers");
    private ShardUnderTest test;

    @Setup
    public void setUp() {
        test = new ShardUnderTest(TcpConfig.builder()
                .maxConnections(open + 10_000)
                .timeWaitCapacity(timeWait + timeWait / 4)
                .build());
        test.shard.listen(ListenConfig.onPort(CLOSE_PORT), new CloseHandler());
        test.shard.listen(ListenConfig.onPort(IDLE_PORT), new DiscardHandler());
        for (int i = 0; i < open; i += BURST) {
            handshake(IDLE_PORT);
            test.learn(0);
        }
        for (int i = 0; i < timeWait; i += BURST) {
            openAndClose();
        }
    }

    @TearDown(Level.Iteration)
    public void endIteration() {
        phases.endIteration();
    }

    @TearDown
    public void tearDown() {
        phases.print(ITERATIONS);
        System.out.printf(
                "open %,d, TIME_WAIT %,d%n",
                test.shard.occupancy().connections(), test.shard.occupancy().timeWait());
        test.close();
    }

    @Benchmark
    @OperationsPerInvocation(BURST)
    public void openAndClose() {
        handshake(CLOSE_PORT);
        test.learn(BURST); // the answers to the ACKs are the server's FINs
        test.segments(2, TcpFlags.FIN | TcpFlags.ACK);
        test.deliver();
        test.learn(BURST);
        pass();
    }

    private void handshake(final int port) {
        test.syns(port);
        test.deliver();
        test.learn(BURST);
        test.segments(2, TcpFlags.ACK);
        test.deliver();
    }

    private void pass() {
        test.nanos += TIME_WAIT_NANOS / timeWait * BURST;
        test.shard.poll();
        test.shard.finish();
    }

    /** The same, with the clock read between the phases; their times are printed at the end. */
    @Benchmark
    @OperationsPerInvocation(BURST)
    public void phases() {
        phases.begin();
        test.syns(CLOSE_PORT);
        phases.end(4);
        test.deliver();
        phases.end(0);
        test.learn(BURST);
        test.segments(2, TcpFlags.ACK);
        phases.end(4);
        test.deliver();
        phases.end(1);
        test.learn(BURST);
        test.segments(2, TcpFlags.FIN | TcpFlags.ACK);
        phases.end(4);
        test.deliver();
        phases.end(2);
        test.learn(BURST);
        phases.end(4);
        pass();
        phases.end(3);
        phases.count(BURST);
    }

    /** The same segments written by the peers, and as many answers read and let go, with no engine between them. */
    @Benchmark
    @OperationsPerInvocation(BURST)
    public void peersAlone() {
        test.syns(CLOSE_PORT);
        test.bounce();
        test.learn(BURST);
        test.segments(2, TcpFlags.ACK);
        test.bounce();
        test.learn(BURST);
        test.segments(2, TcpFlags.FIN | TcpFlags.ACK);
        test.bounce();
        test.learn(BURST);
    }
}
