package io.millrace.dataplane.core;

import static io.millrace.dataplane.TestFrames.OUR_IP;
import static io.millrace.dataplane.TestFrames.OUR_MAC;
import static io.millrace.dataplane.TestFrames.PEER_IP;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dataplane.FrameConsumer;
import io.millrace.dataplane.TestFrames;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.port.FrameBurst;
import io.millrace.dataplane.port.MemoryPort;
import io.millrace.dataplane.port.MemoryPortConfig;
import io.millrace.dataplane.wire.IpAddress;
import io.millrace.dataplane.wire.MacAddress;
import io.millrace.dataplane.wire.TcpFlags;
import java.util.List;
import org.agrona.concurrent.Agent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whoever leaves something for a polling thread rings its doorbell: each is armed here by hand, as if it slept. */
class WakeUpTest {
    private final HostAddresses host = HostAddresses.builder(new MacAddress(OUR_MAC))
            .address("10.0.0.1/24")
            .build();
    private final CounterBlock counters = CounterBlock.allocate("test");
    private final Idling io = Idling.of(IdleMode.ADAPTIVE, counters);
    private final List<Idling> shards =
            List.of(Idling.of(IdleMode.ADAPTIVE, counters), Idling.of(IdleMode.ADAPTIVE, counters));
    private final FrameBurst burst = new FrameBurst(32);
    private long now = 1;

    @AfterEach
    void close() {
        io.close();
        shards.forEach(Idling::close);
        burst.close();
    }

    @Test
    void shouldWakeIoCoreAndShardOfThePipelineForWhatIsTheirs() throws Exception {
        try (MemoryPort.Pair pair = MemoryPort.pair(MemoryPortConfig.defaults());
                Datapath path = Datapath.pipeline(
                        DatapathConfig.defaults(), () -> now, List.of(counters), List.of(counters, counters))) {
            final AttachedPort port = path.attach(pair.left(), host, Conductor.BEFORE_START);
            path.idle(List.of(io), shards);
            final Agent ioCore = path.ioAgents().getFirst();
            path.endpoints().forEach(ShardEndpoint::onStart);
            ioCore.onStart();
            ioCore.doWork();
            final int peerPort = peerPortOf(path, 1);

            armAll();
            send(pair, peerPort);
            assertRung("a frame", io);

            armAll();
            ioCore.doWork();
            assertRung("the IO core has dispatched it", shards.get(1));

            armAll();
            final ShardEndpoint shard = path.endpoints().get(1);
            shard.poll(echoingBy(shard, port), now);
            shard.ports().flush();
            assertRung("the shard has answered", io);

            armAll();
            port.neighbors().resolve(0, IpAddress.lowWord(PEER_IP + 1), 0);
            assertRung("a wish to the neighbors", io);

            armAll();
            path.endpoints().get(0).commands().submit(() -> {});
            assertRung("a command", shards.get(0));

            ioCore.doWork();
            path.endpoints().forEach(ShardEndpoint::onClose);
            ioCore.onClose();
        }
    }

    @Test
    void shouldWakeEachShardOfRunToCompletionForItsOwnQueue() {
        try (MemoryPort.Pair pair = MemoryPort.pair(MemoryPortConfig.defaults().withQueuePairs(2));
                Datapath path =
                        Datapath.runToCompletion(DatapathConfig.defaults(), () -> now, List.of(counters, counters))) {
            path.idle(List.of(), shards);
            final AttachedPort port =
                    path.attach(pair.left(), host, Conductor.BEFORE_START); // comes later: watched too
            path.endpoints().forEach(ShardEndpoint::onStart);

            for (int shard = 0; shard < 2; shard++) {
                armAll();
                send(pair, peerPortOf(path, shard));
                assertRung("a frame", shards.get(shard));

                armAll();
                path.endpoints().get(shard).commands().submit(() -> {});
                assertRung("a command", shards.get(shard));
            }
            armAll();
            port.neighbors().resolve(0, IpAddress.lowWord(PEER_IP + 1), 0);
            assertRung("a wish to the neighbors", shards.get(0));

            path.stopReceiving(port, Conductor.BEFORE_START);
            armAll();
            send(pair, peerPortOf(path, 1));
            assertRung("a frame of a port that is going");
            path.endpoints().forEach(ShardEndpoint::onClose);
        }
    }

    private static int peerPortOf(final Datapath path, final int shard) {
        int peerPort = 2000;
        while (path.steering().shardOfIpv4(PEER_IP, OUR_IP, peerPort, 80) != shard) {
            peerPort++;
        }
        return peerPort;
    }

    private void send(final MemoryPort.Pair pair, final int peerPort) {
        burst.clear();
        burst.add(new TestFrames(pair.pool()).tcp(PEER_IP, OUR_IP, peerPort, 80, TcpFlags.SYN, 0));
        assertThat(pair.right().txQueue(0).transmit(burst)).isEqualTo(1);
    }

    private static FrameConsumer echoingBy(final ShardEndpoint shard, final AttachedPort port) {
        return batch -> {
            for (int i = 0; i < batch.size(); i++) {
                shard.ports().get(port.number()).sink().send(batch.mbuf(i));
            }
        };
    }

    private void armAll() {
        io.doorbell().arm();
        shards.forEach(shard -> shard.doorbell().arm());
    }

    private void assertRung(final String by, final Idling... woken) {
        final List<Idling> expected = List.of(woken);
        assertThat(io.doorbell().disarm()).as("IO core, by " + by).isEqualTo(expected.contains(io));
        for (int shard = 0; shard < shards.size(); shard++) {
            assertThat(shards.get(shard).doorbell().disarm())
                    .as("shard " + shard + ", by " + by)
                    .isEqualTo(expected.contains(shards.get(shard)));
        }
    }
}
