package io.millrace.dataplane.core;

import static io.millrace.dataplane.TestFrames.OUR_IP;
import static io.millrace.dataplane.TestFrames.OUR_MAC;
import static io.millrace.dataplane.TestFrames.PEER_IP;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dataplane.FrameConsumer;
import io.millrace.dataplane.FrameMeta;
import io.millrace.dataplane.TestFrames;
import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.flow.FlowSteering;
import io.millrace.dataplane.flow.HashAgreement;
import io.millrace.dataplane.flow.Toeplitz;
import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.port.FrameBurst;
import io.millrace.dataplane.port.MemoryPort;
import io.millrace.dataplane.port.MemoryPortConfig;
import io.millrace.dataplane.port.MemoryRss;
import io.millrace.dataplane.wire.MacAddress;
import io.millrace.dataplane.wire.TcpFlags;
import io.millrace.dpdk.Mbuf;
import io.millrace.dpdk.MbufFlags;
import io.millrace.memory.Memory;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.agrona.concurrent.Agent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Shards that poll their own queues, of a device whose receive-side scaling is right, or wrong in one way or another. */
@Tag("N6")
class SteeringFallbackTest {
    private static final int SHARDS = 4;
    private static final int FLOWS = 1000;

    private final HostAddresses host = HostAddresses.builder(new MacAddress(OUR_MAC))
            .address("10.0.0.1/24")
            .build();
    private final List<CounterBlock> counters = IntStream.range(0, SHARDS)
            .mapToObj(i -> CounterBlock.allocate("shard-" + i))
            .toList();
    private final Logger logger = Logger.getLogger(QueueSteering.class.getName());
    private final Warnings warnings = new Warnings();
    private final FrameBurst burst = new FrameBurst(32);
    private final int[] taken = new int[SHARDS];

    @BeforeEach
    void listen() {
        logger.setUseParentHandlers(false);
        logger.addHandler(warnings);
    }

    @AfterEach
    void close() {
        logger.removeHandler(warnings);
        logger.setUseParentHandlers(true);
        burst.close();
    }

    @ParameterizedTest
    @EnumSource(MemoryRss.class)
    void shouldBringEachFrameToTheShardOfItsFlowWhateverTheDeviceDoes(final MemoryRss rss) {
        final MemoryPortConfig config =
                MemoryPortConfig.defaults().withQueuePairs(SHARDS).withRss(rss);
        try (MemoryPort.Pair pair = MemoryPort.pair(config)) {
            final int free = pair.pool().available();
            try (Datapath path = Datapath.runToCompletion(DatapathConfig.defaults(), () -> 1, counters)) {
                path.attach(pair.left(), host, Conductor.BEFORE_START);
                path.endpoints().forEach(ShardEndpoint::onStart);
                final TestFrames frames = new TestFrames(pair.pool());
                for (int flow = 0; flow < FLOWS; flow++) {
                    send(pair, frames.tcp(PEER_IP, OUR_IP, 2000 + flow, 80, TcpFlags.SYN, 0));
                    cycle(path, frames);
                }
                cycle(path, frames);
                path.endpoints().forEach(ShardEndpoint::onClose);
            }
            for (int queue = 0; queue < SHARDS; queue++) { // what the host announced of itself
                discard(pair, queue);
            }
            assertThat(pair.pool().available()).isEqualTo(free);
        }
        assertThat(IntStream.of(taken).sum()).isEqualTo(FLOWS);
        assertThat(taken).doesNotContain(0);
        assertThat(sum(Counter.FRAMES_TO_TCP)).isEqualTo(FLOWS);
        assertThat(sum(Counter.SHARD_RING_DROPS)).isZero();
        final boolean right = rss == MemoryRss.RIGHT || rss == MemoryRss.RIGHT_UNTOLD;
        assertThat(sum(Counter.RSS_DISAGREEMENTS)).isEqualTo(right ? 0 : 1);
        assertThat(warnings.lines).hasSize(right ? 0 : 1);
        if (right) {
            assertThat(sum(Counter.RSS_COMPARISONS)).isEqualTo(SHARDS * (long) HashAgreement.FIRST_FRAMES);
            assertThat(sum(Counter.FRAMES_HANDED_OVER)).isZero();
        } else {
            assertThat(sum(Counter.RSS_COMPARISONS)).as("none after the first").isEqualTo(1);
            final boolean queues = rss != MemoryRss.OTHER_HASH;
            assertThat(sum(Counter.FRAMES_HANDED_OVER)).isEqualTo(queues ? FLOWS : 0);
            assertThat(warnings.lines.getFirst())
                    .contains(pair(queues), "steered in software", "--arrangement pipeline");
        }
    }

    private static String pair(final boolean queues) {
        return queues ? "memory-left gave queue" : "memory-left tells RSS hash 0x";
    }

    @Test
    void shouldCountAndFreeWhatAFullRingToAnotherShardDoesNotTake() {
        final MemoryPortConfig config = MemoryPortConfig.defaults()
                .withQueuePairs(SHARDS)
                .withQueueCapacity(4096)
                .withRss(MemoryRss.OTHER_QUEUE);
        try (MemoryPort.Pair pair = MemoryPort.pair(config)) {
            final int free = pair.pool().available();
            final int sent = 4000;
            try (Datapath path = Datapath.runToCompletion(DatapathConfig.defaults(), () -> 1, counters)) {
                path.attach(pair.left(), host, Conductor.BEFORE_START);
                path.endpoints().forEach(ShardEndpoint::onStart);
                final TestFrames frames = new TestFrames(pair.pool());
                int peerPort = 2000;
                for (int i = 0; i < sent; i++) {
                    while (path.steering().shardOfIpv4(PEER_IP, OUR_IP, peerPort, 80) != 0) {
                        peerPort++;
                    }
                    send(pair, frames.tcp(PEER_IP, OUR_IP, peerPort++ & 0xffff, 80, TcpFlags.SYN, 0));
                }
                for (int i = 0; i < sent; i++) { // shard 0 is not polled: nobody takes what is handed to it
                    path.endpoints().get(1).poll(batch -> taken[1] += batch.size(), 1);
                }
                path.endpoints().forEach(ShardEndpoint::onClose);
            }
            for (int queue = 0; queue < SHARDS; queue++) {
                discard(pair, queue);
            }
            assertThat(taken[1]).isZero();
            assertThat(sum(Counter.SHARD_RING_DROPS)).isPositive();
            assertThat(sum(Counter.FRAMES_HANDED_OVER) + sum(Counter.SHARD_RING_DROPS))
                    .isEqualTo(sum(Counter.FRAMES_RECEIVED))
                    .isEqualTo(sent);
            assertThat(pair.pool().available()).isEqualTo(free);
        }
    }

    @ParameterizedTest
    @EnumSource(MemoryRss.class)
    void shouldCompareOnAnIoCoreOnlyWhatTheDeviceTells(final MemoryRss rss) throws Exception {
        final MemoryPortConfig config = MemoryPortConfig.defaults().withRss(rss);
        try (MemoryPort.Pair pair = MemoryPort.pair(config);
                Datapath path =
                        Datapath.pipeline(DatapathConfig.defaults(), () -> 1, List.of(counters.getFirst()), counters)) {
            path.attach(pair.left(), host, Conductor.BEFORE_START);
            path.endpoints().forEach(ShardEndpoint::onStart);
            final Agent ioCore = path.ioAgents().getFirst();
            ioCore.onStart();
            final TestFrames frames = new TestFrames(pair.pool());
            for (int flow = 0; flow < FLOWS; flow++) {
                send(pair, frames.tcp(PEER_IP, OUR_IP, 2000 + flow, 80, TcpFlags.SYN, 0));
                ioCore.doWork();
                cycle(path, frames);
            }
            path.endpoints().forEach(ShardEndpoint::onClose);
            ioCore.onClose();
        }
        assertThat(IntStream.of(taken).sum()).isEqualTo(FLOWS);
        assertThat(warnings.lines).hasSize(rss == MemoryRss.OTHER_HASH ? 1 : 0);
        final long compared = rss == MemoryRss.OTHER_HASH ? 1 : HashAgreement.FIRST_FRAMES;
        assertThat(sum(Counter.RSS_COMPARISONS)).isEqualTo(rss.name().endsWith("_UNTOLD") ? 0 : compared);
        assertThat(sum(Counter.FRAMES_HANDED_OVER)).isZero();
    }

    @Test
    void shouldNotLoseItsTrustByASegmentThatADeviceMayHashOtherwise() {
        final QueueSteering steering = new QueueSteering(
                "nic",
                true,
                new FlowSteering(Toeplitz.standard(), SHARDS),
                new HashAgreement(new FlowSteering(Toeplitz.standard(), SHARDS), true).ofQueue(0),
                counters.getFirst());
        try (MemoryPort.Pair pair = MemoryPort.pair(MemoryPortConfig.defaults())) {
            final long mbuf = new TestFrames(pair.pool()).tcp(PEER_IP, OUR_IP, 2000, 80, TcpFlags.SYN, 4);
            final int hash = Toeplitz.standard().hashIpv4(PEER_IP, OUR_IP, 2000, 80);
            Mbuf.offloadFlags(mbuf, MbufFlags.RX_RSS_HASH);
            Mbuf.rssHash(mbuf, hash ^ 1);

            final int withOptions = FrameMeta.of(FrameMeta.TCP4, 14, 38); // its header moved up by 4 bytes of options
            Memory.copy(Mbuf.dataAddress(mbuf) + 34, Mbuf.dataAddress(mbuf) + 38, 20);
            assertThat(steering.hashOf(mbuf, withOptions)).isEqualTo(hash);
            assertThat(sum(Counter.RSS_COMPARISONS)).isZero();
            assertThat(warnings.lines).isEmpty();
        }
    }

    private void send(final MemoryPort.Pair pair, final long mbuf) {
        burst.clear();
        burst.add(mbuf);
        assertThat(pair.right().txQueue(0).transmit(burst)).isEqualTo(1);
    }

    private void cycle(final Datapath path, final TestFrames frames) {
        for (int shard = 0; shard < SHARDS; shard++) {
            path.endpoints().get(shard).poll(taker(path, shard, frames), 1);
        }
    }

    private FrameConsumer taker(final Datapath path, final int shard, final TestFrames frames) {
        return batch -> {
            for (int i = 0; i < batch.size(); i++) {
                final int peerPort = TestFrames.tcp(batch.mbuf(i)).sourcePort();
                assertThat(path.steering().shardOfIpv4(PEER_IP, OUR_IP, peerPort, 80))
                        .isEqualTo(shard);
                assertThat(Mbuf.port(batch.mbuf(i))).isZero();
                taken[shard]++;
                frames.allocator.free(batch.mbuf(i));
            }
        };
    }

    private void discard(final MemoryPort.Pair pair, final int queue) {
        while (pair.right().rxQueue(queue).receive(burst) > 0) {
            for (int i = 0; i < burst.size(); i++) {
                pair.pool().newAllocator().free(burst.get(i));
            }
        }
    }

    private long sum(final Counter counter) {
        return counters.stream().mapToLong(block -> block.get(counter)).sum();
    }

    /** What an operator would read. */
    private static final class Warnings extends Handler {
        private final List<String> lines = new ArrayList<>();

        @Override
        public void publish(final LogRecord line) {
            lines.add(line.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
