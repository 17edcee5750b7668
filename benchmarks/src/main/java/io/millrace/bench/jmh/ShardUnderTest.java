package io.millrace.bench.jmh;

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
import io.millrace.tcp.TcpConfig;
import io.millrace.tcp.shard.Secrets;
import io.millrace.tcp.shard.ShardContext;
import io.millrace.tcp.shard.TcpShard;
import java.security.SecureRandom;

/**
 * One shard of the engine, alone, with scripted peers and frames from memory, on virtual time. The peers come in bursts, each
 * with an address and a port of its own. One thread.
 */
final class ShardUnderTest implements AutoCloseable {
    /** Segments in a burst. */
    static final int BURST = 32;

    private static final int PEERS_AN_ADDRESS = 60_000;

    final TcpShard shard;
    final ScriptedClient client;
    long nanos = 1_000_000_000L;

    private final int[] addresses = new int[BURST];
    private final int[] ports = new int[BURST];
    private final int[] sequences = new int[BURST];
    private final FrameBatch batch = new FrameBatch(BURST);
    private final MemoryFramePool pool = new MemoryFramePool("frames", 4_096, 2_048);
    private final NeighborTable table = new NeighborTable(64);
    private final NeighborResolver neighbors;
    private int next;

    ShardUnderTest(final TcpConfig config) {
        final MacAddress mac = MacAddress.parse("02:00:00:00:00:01");
        final FrameAllocator frames = pool.newAllocator();
        client = new ScriptedClient(frames, BURST, 0x0200_0000_0002L, mac.value());
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
                0,
                client));
        shard = new TcpShard(new ShardContext(
                0,
                config,
                Secrets.draw(new SecureRandom(), nanos),
                new FlowSteering(Toeplitz.standard(), 1),
                () -> nanos,
                shardPorts,
                new CommandQueue("shard-0", counters),
                counters,
                ListenerBlocks.PRIVATE,
                BURST));
    }

    /** Makes the SYNs of a burst of new peers to a port. */
    void syns(final int port) {
        for (int i = 0; i < BURST; i++) {
            final int number = next++;
            addresses[i] = address(number);
            ports[i] = ports(number, port);
            client.syn(batch, addresses[i], ports[i], 1, now());
        }
    }

    private static int address(final int number) {
        return 0x0a40_0000 + number / PEERS_AN_ADDRESS;
    }

    private static int ports(final int number, final int port) {
        return 1_024 + number % PEERS_AN_ADDRESS << 16 | port;
    }

    /** Makes an acknowledgment of the peer that was the {@code number}th, from 0 on, to open a connection to a port. */
    void acknowledgment(final int number, final int port, final int iss) {
        client.segment(batch, address(number), ports(number, port), 2, iss + 1, TcpFlags.ACK, now());
    }

    /** The initial sequence number of peer {@code i} of the burst, as {@link #learn} has read it. */
    int iss(final int i) {
        return sequences[i];
    }

    /** Makes segments of the same peers that acknowledge the answers which {@link #learn} has read. */
    void segments(final int seq, final int flags) {
        for (int i = 0; i < BURST; i++) {
            client.segment(batch, addresses[i], ports[i], seq, sequences[i] + 1, flags, now());
        }
    }

    /** Gives the shard the burst. */
    void deliver() {
        shard.onFrames(batch);
        batch.clear();
    }

    /** Sends the burst back where it came from, with no engine between. */
    void bounce() {
        for (int i = 0; i < BURST; i++) {
            client.send(batch.mbuf(i));
        }
        batch.clear();
    }

    /** Fails unless so many answers have come; reads their sequence numbers and lets them go. */
    void learn(final int answers) {
        if (client.caught() != answers) {
            throw new IllegalStateException(answers + " answers expected, not " + client.caught());
        }
        for (int i = 0; i < answers; i++) {
            sequences[i] = client.seq(i);
        }
        client.forget();
    }

    private int now() {
        return (int) (nanos / 1_000_000);
    }

    @Override
    public void close() {
        shard.close();
        client.close();
        neighbors.close();
        table.close();
        pool.close();
    }
}
