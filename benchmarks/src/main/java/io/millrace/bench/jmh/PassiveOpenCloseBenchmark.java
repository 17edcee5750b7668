package io.millrace.bench.jmh;

import io.millrace.apps.CloseHandler;
import io.millrace.apps.DiscardHandler;
import io.millrace.dataplane.FrameBatch;
import io.millrace.dataplane.core.CommandQueue;
import io.millrace.dataplane.core.ShardPort;
import io.millrace.dataplane.core.ShardPorts;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.counters.ListenerBlocks;
import io.millrace.dataplane.flow.FlowSteering;
import io.millrace.dataplane.flow.Toeplitz;
import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.neighbor.NeighborResolver;
import io.millrace.dataplane.neighbor.NeighborTable;
import io.millrace.dataplane.port.FrameAllocator;
import io.millrace.dataplane.port.MemoryFramePool;
import io.millrace.dataplane.port.PortCapabilities;
import io.millrace.dataplane.port.TransmitChecksum;
import io.millrace.dataplane.wire.MacAddress;
import io.millrace.dataplane.wire.TcpFlags;
import io.millrace.tcp.ListenConfig;
import io.millrace.tcp.TcpConfig;
import io.millrace.tcp.shard.Secrets;
import io.millrace.tcp.shard.ShardContext;
import io.millrace.tcp.shard.TcpShard;
import java.security.SecureRandom;
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
 * One shard, alone, with frames from memory: a connection opened by its peer, closed by the application, through TIME_WAIT
 * to its end. Three segments in (SYN, ACK, FIN), three out (SYN-ACK, FIN, ACK), in bursts of 32, while so many connections
 * are open and idle. Virtual time passes at such a pace that TIME_WAIT holds the given number in steady state, and each
 * entry that is added lets another one expire. What the scripted peers cost is in the figure; {@link #peersAlone} says how
 * much that is, so that the engine alone is the difference.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 7, time = 2)
@Fork(
        value = 1,
        jvmArgsAppend = {JvmFlags.NATIVE_ACCESS, JvmFlags.OPEN_MISC, JvmFlags.HEAP})
public class PassiveOpenCloseBenchmark {
    private static final int BURST = 32;
    private static final int CLOSE_PORT = 9;
    private static final int IDLE_PORT = 10;
    private static final long TIME_WAIT_NANOS = 60_000_000_000L;

    /** Connections open and idle. */
    @Param("1000000")
    public int open;

    /** Entries in TIME_WAIT. */
    @Param({"100000", "10000000"})
    public int timeWait;

    private final int[] addresses = new int[BURST];
    private final int[] ports = new int[BURST];
    private final int[] sequences = new int[BURST];
    private final FrameBatch batch = new FrameBatch(BURST);
    private MemoryFramePool pool;
    private NeighborResolver neighbors;
    private NeighborTable table;
    private ScriptedClient client;
    private TcpShard shard;
    private long nanos = 1_000_000_000L;
    private int next;

    @Setup
    public void setUp() {
        pool = new MemoryFramePool("frames", 4_096, 2_048);
        final MacAddress mac = MacAddress.parse("02:00:00:00:00:01");
        final FrameAllocator frames = pool.newAllocator();
        client = new ScriptedClient(frames, BURST, 0x0200_0000_0002L, mac.value());
        table = new NeighborTable(64);
        final HostAddresses host =
                HostAddresses.builder(mac).address("10.0.0.1/8").build();
        neighbors = new NeighborResolver(host, table);
        final CounterBlock counters = CounterBlock.allocate("shard");
        final ShardPorts shardPorts = new ShardPorts();
        shardPorts.add(new ShardPort(
                ScriptedClient.PORT,
                mac.value(),
                1_500,
                host,
                neighbors,
                new TransmitChecksum(PortCapabilities.NONE),
                frames,
                client));
        shard = new TcpShard(new ShardContext(
                0,
                TcpConfig.builder()
                        .maxConnections(open + 10_000)
                        .timeWaitCapacity(timeWait + timeWait / 4)
                        .build(),
                Secrets.draw(new SecureRandom(), nanos),
                new FlowSteering(Toeplitz.standard(), 1),
                () -> nanos,
                shardPorts,
                new CommandQueue("shard-0", counters),
                counters,
                ListenerBlocks.PRIVATE,
                BURST));
        shard.listen(ListenConfig.onPort(CLOSE_PORT), new CloseHandler());
        shard.listen(ListenConfig.onPort(IDLE_PORT), new DiscardHandler());
        for (int i = 0; i < open; i += BURST) {
            handshake(IDLE_PORT);
            client.forget();
        }
        for (int i = 0; i < timeWait; i += BURST) {
            openAndClose();
        }
    }

    @TearDown
    public void tearDown() {
        System.out.printf(
                "open %,d, TIME_WAIT %,d%n",
                shard.occupancy().connections(), shard.occupancy().timeWait());
        shard.close();
        client.close();
        neighbors.close();
        table.close();
        pool.close();
    }

    @Benchmark
    @OperationsPerInvocation(BURST)
    public void openAndClose() {
        handshake(CLOSE_PORT);
        for (int i = 0; i < BURST; i++) { // the answers to the ACKs are the server's FINs
            sequences[i] = client.seq(i);
        }
        client.forget();
        for (int i = 0; i < BURST; i++) {
            client.segment(batch, addresses[i], ports[i], 2, sequences[i] + 1, TcpFlags.FIN | TcpFlags.ACK, now());
        }
        exchange(BURST);
        client.forget();
        nanos += TIME_WAIT_NANOS / timeWait * BURST;
        shard.poll();
        shard.finish();
    }

    /** The same segments written by the peers, and as many answers read and let go, with no engine between them. */
    @Benchmark
    @OperationsPerInvocation(BURST)
    public void peersAlone() {
        for (int step = 0; step < 3; step++) {
            for (int i = 0; i < BURST; i++) {
                final int number = next++;
                addresses[i] = 0x0a40_0000 + number / 60_000;
                ports[i] = 1_024 + number % 60_000 << 16 | CLOSE_PORT;
                if (step == 0) {
                    client.syn(batch, addresses[i], ports[i], 1, now());
                } else {
                    client.segment(batch, addresses[i], ports[i], 2, sequences[i] + 1, TcpFlags.ACK, now());
                }
            }
            for (int i = 0; i < BURST; i++) {
                client.send(batch.mbuf(i));
            }
            batch.clear();
            for (int i = 0; i < BURST; i++) {
                sequences[i] = client.seq(i);
            }
            client.forget();
        }
    }

    private void handshake(final int port) {
        for (int i = 0; i < BURST; i++) {
            final int number = next++;
            addresses[i] = 0x0a40_0000 + number / 60_000;
            ports[i] = 1_024 + number % 60_000 << 16 | port;
            client.syn(batch, addresses[i], ports[i], 1, now());
        }
        exchange(BURST);
        for (int i = 0; i < BURST; i++) {
            sequences[i] = client.seq(i);
        }
        client.forget();
        for (int i = 0; i < BURST; i++) {
            client.segment(batch, addresses[i], ports[i], 2, sequences[i] + 1, TcpFlags.ACK, now());
        }
        exchange(port == CLOSE_PORT ? BURST : 0);
    }

    private void exchange(final int answers) {
        shard.onFrames(batch);
        batch.clear();
        if (client.caught() != answers) {
            throw new IllegalStateException(answers + " answers expected, not " + client.caught());
        }
    }

    private int now() {
        return (int) (nanos / 1_000_000);
    }
}
