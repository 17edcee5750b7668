package io.millrace.dataplane.core;

import static io.millrace.dataplane.TestFrames.OUR_IP;
import static io.millrace.dataplane.TestFrames.OUR_MAC;
import static io.millrace.dataplane.TestFrames.PEER_IP;
import static io.millrace.dataplane.TestFrames.PEER_MAC;
import static io.millrace.dataplane.TestFrames.ethernet;
import static io.millrace.dataplane.TestFrames.ip;
import static io.millrace.dataplane.TestFrames.tcp;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.millrace.dataplane.Allocations;
import io.millrace.dataplane.FrameConsumer;
import io.millrace.dataplane.TestFrames;
import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.ingress.DropReason;
import io.millrace.dataplane.port.FrameBurst;
import io.millrace.dataplane.port.MemoryPort;
import io.millrace.dataplane.port.MemoryPortConfig;
import io.millrace.dataplane.wire.ArpPacket;
import io.millrace.dataplane.wire.EtherType;
import io.millrace.dataplane.wire.IcmpHeader;
import io.millrace.dataplane.wire.IpAddress;
import io.millrace.dataplane.wire.MacAddress;
import io.millrace.dataplane.wire.TcpFlags;
import io.millrace.dpdk.Mbuf;
import io.millrace.memory.Memory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.agrona.concurrent.Agent;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class DatapathTest {
    private static final long SECOND = 1_000_000_000L;

    private final HostAddresses host = HostAddresses.builder(new MacAddress(OUR_MAC))
            .address("10.0.0.1/24")
            .gateway("10.0.0.254")
            .build();
    private final CounterBlock ioCounters = CounterBlock.allocate("io");
    private long now = 1;

    @Test
    @Tag("N4")
    void shouldAnswerPingInEitherArrangement() {
        for (final boolean pipeline : new boolean[] {false, true}) {
            try (Bench bench = new Bench(pipeline, 1)) {
                bench.discardSent();
                bench.inject(bench.frames.echoRequest(100));
                bench.cycle(2);

                final long reply = bench.takeOnlySent();
                assertThat(ip(reply).destination()).isEqualTo(PEER_IP);
                assertThat(new IcmpHeader().wrap(ip(reply).address() + 20).type())
                        .isEqualTo(IcmpHeader.ECHO_REPLY);
                bench.free(reply);
            }
        }
    }

    @Test
    @Tag("N1")
    void shouldAnnounceItsAddressAtStartAndAnswerArp() {
        for (final boolean pipeline : new boolean[] {false, true}) {
            try (Bench bench = new Bench(pipeline, 1)) {
                bench.cycle(1);
                final long announcement = bench.takeOnlySent();
                final ArpPacket arp = new ArpPacket().wrap(Mbuf.dataAddress(announcement) + 14);
                assertThat(arp.senderIp()).isEqualTo(OUR_IP);
                assertThat(arp.targetIp()).isEqualTo(OUR_IP);
                assertThat(ethernet(announcement).destination()).isEqualTo(MacAddress.BROADCAST);
                bench.free(announcement);

                bench.inject(bench.frames.arp(ArpPacket.REQUEST, PEER_MAC, PEER_IP, 0, OUR_IP));
                bench.cycle(2);
                bench.free(bench.takeOnlySent());
                assertThat(bench.port.neighbors().macTowards(0, IpAddress.lowWord(PEER_IP)))
                        .isEqualTo(PEER_MAC);
            }
        }
    }

    @Test
    @Tag("N1")
    void shouldResolveForAShardThatDoesNotOwnTheNeighbors() {
        for (final boolean pipeline : new boolean[] {false, true}) {
            try (Bench bench = new Bench(pipeline, 3)) {
                bench.discardSent();
                final long waiting = bench.frames.frame(EtherType.IPV4, 40);
                assertThat(bench.port.neighbors().resolve(0, IpAddress.lowWord(PEER_IP), waiting))
                        .isTrue();
                bench.cycle(1);
                bench.free(bench.takeOnlySent());
                bench.inject(bench.frames.arp(ArpPacket.REPLY, PEER_MAC, PEER_IP, OUR_MAC, OUR_IP));
                bench.cycle(2);

                assertThat(bench.takeOnlySent()).isEqualTo(waiting);
                assertThat(ethernet(waiting).destination()).isEqualTo(PEER_MAC);
                bench.free(waiting);
            }
        }
    }

    @Test
    void shouldBringEachFlowToItsShardAndItsAnswersBack() {
        for (final boolean pipeline : new boolean[] {false, true}) {
            try (Bench bench = new Bench(pipeline, 3)) {
                bench.discardSent();
                for (int port = 2000; port < 2200; port++) {
                    bench.inject(bench.frames.tcp(PEER_IP, OUR_IP, port, 80, TcpFlags.SYN, 0));
                    bench.cycle(1);
                }
                bench.cycle(20);

                for (int shard = 0; shard < 3; shard++) {
                    assertThat(bench.ports.get(shard)).isNotEmpty();
                    for (final int port : bench.ports.get(shard)) {
                        assertThat(bench.path.steering().shardOfIpv4(PEER_IP, OUR_IP, port, 80))
                                .isEqualTo(shard);
                    }
                }
                final List<Long> answers = bench.takeSent();
                assertThat(answers).hasSize(200);
                answers.forEach(bench::free);
            }
        }
    }

    @Test
    @Tag("H14")
    void shouldAccountForEveryFrameReceived() {
        final long seed = new Random().nextLong();
        System.out.println("DatapathTest seed " + seed);
        final Random random = new Random(seed);
        try (Bench bench = new Bench(true, 2)) {
            int injected = 0;
            for (int i = 0; i < 20_000; i++) {
                final long mbuf = switch (random.nextInt(3)) {
                    case 0 -> bench.frames.tcp(random.nextInt(50));
                    case 1 -> bench.frames.echoRequest(random.nextInt(50));
                    default -> bench.frames.arp(ArpPacket.REQUEST, PEER_MAC, PEER_IP, 0, OUR_IP);
                };
                if (random.nextBoolean()) {
                    final int at = random.nextInt(Mbuf.dataLength(mbuf));
                    Memory.putByte(Mbuf.dataAddress(mbuf) + at, random.nextInt());
                }
                bench.inject(mbuf);
                injected++;
                if (i % 16 == 0) {
                    bench.cycle(1);
                    bench.takeSent().forEach(bench::free);
                }
            }
            bench.cycle(50);

            long dropped = 0;
            for (final DropReason reason : DropReason.values()) {
                dropped += ioCounters.get(reason.counter());
            }
            assertThat(dropped).isPositive();
            assertThat(ioCounters.get(Counter.FRAMES_RECEIVED)).isEqualTo(injected);
            assertThat(ioCounters.get(Counter.FRAMES_TO_TCP) + ioCounters.get(Counter.FRAMES_TO_HOST) + dropped)
                    .isEqualTo(injected);
            assertThat(ioCounters.get(Counter.FRAMES_TO_TCP))
                    .isEqualTo(bench.ports.stream().mapToInt(List::size).sum());
            assertThat(ioCounters.get(Counter.SHARD_RING_DROPS)).isZero();
        }
    }

    @Test
    void shouldDropAndCountWhatTheDeviceDoesNotTake() {
        try (MemoryPort.Pair pair = MemoryPort.pair(MemoryPortConfig.defaults())) {
            final TestFrames frames = new TestFrames(pair.pool());
            try (PortSink sink = new PortSink(burst -> 0, frames.allocator, ioCounters)) {
                for (int i = 0; i < 556; i++) {
                    assertThat(sink.hasRoom()).as("for a frame that can wait").isEqualTo(i < 256);
                    sink.send(frames.tcp(0));
                }
                assertThat(ioCounters.get(Counter.TRANSMIT_DROPS)).isEqualTo(556 - 512);
                assertThat(sink.pending()).isEqualTo(512);
            }
            assertThat(ioCounters.get(Counter.FRAMES_TRANSMITTED)).isZero();
            assertThat(pair.pool().available()).isEqualTo(8192);
        }
    }

    @Test
    void shouldRefuseMoreShardsThanThePortHasQueues() {
        try (MemoryPort.Pair pair = MemoryPort.pair(MemoryPortConfig.defaults());
                Datapath path = Datapath.runToCompletion(
                        DatapathConfig.defaults(), () -> now, List.of(ioCounters, CounterBlock.allocate("two")))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> path.attach(pair.left(), host, Conductor.BEFORE_START))
                    .withMessageContaining("2 shards")
                    .withMessageContaining("pipeline");
        }
    }

    /** Runs so many lists of commands, then one command of the next, and says that it failed; the rest as it should be. */
    private static Conductor failingAfter(final int lists) {
        return new Conductor() {
            private int left = lists;

            @Override
            public void run(final List<Command> commands) {
                if (left-- == 0) {
                    commands.getFirst().action().run();
                    throw new IllegalStateException("too many commands waiting");
                }
                commands.forEach(command -> command.action().run());
            }

            @Override
            public void await(final String what, final BooleanSupplier condition) {
                assertThat(condition.getAsBoolean()).as(what).isTrue();
            }
        };
    }

    @Test
    void shouldLeaveNoThreadWithAPortThatCameOnlyHalfway() {
        for (int step = 0; step < 4; step++) {
            final boolean pipeline = step % 2 == 0;
            final int lists = step / 2;
            try (Bench bench = new Bench(pipeline, 3);
                    MemoryPort.Pair late =
                            MemoryPort.pair(MemoryPortConfig.defaults().withQueuePairs(3))) {
                bench.discardSent();
                final HostAddresses more = HostAddresses.builder(new MacAddress(OUR_MAC))
                        .address("10.0.1.1/24")
                        .build();

                assertThatIllegalStateException()
                        .isThrownBy(() -> bench.path.attach(late.left(), more, failingAfter(lists)))
                        .withMessage("too many commands waiting");
                bench.cycle(2);

                assertThat(bench.path.ports()).containsExactly(bench.port);
                for (final ShardEndpoint endpoint : bench.path.endpoints()) {
                    assertThat(endpoint.ports().get(1)).isNull();
                }
                final AttachedPort second = bench.path.attach(late.left(), more, Conductor.BEFORE_START);
                bench.cycle(2);
                assertThat(second.number()).isEqualTo(1);
            }
        }
    }

    @Test
    void shouldAllocateNothingInEitherArrangement() {
        for (final boolean pipeline : new boolean[] {false, true}) {
            try (Bench bench = new Bench(pipeline, 1)) {
                bench.discardSent();
                bench.record = false;
                final FrameBurst burst = bench.far;
                burst.clear();
                for (int i = 0; i < 8; i++) {
                    burst.add(bench.frames.tcp(0));
                    ethernetBack(burst.get(i));
                }
                assertThat(Allocations.bytesPer50Thousand(() -> {
                            for (int i = 0; i < burst.size(); i++) {
                                ethernetBack(burst.get(i));
                            }
                            bench.pair.right().txQueue(0).transmit(burst);
                            bench.cycle(2);
                            bench.pair.right().rxQueue(0).receive(burst);
                        }))
                        .as("pipeline %s", pipeline)
                        .isZero();
                for (int i = 0; i < burst.size(); i++) {
                    bench.free(burst.get(i));
                }
            }
        }
    }

    private static void ethernetBack(final long mbuf) {
        MacAddress.write(Mbuf.dataAddress(mbuf), OUR_MAC);
        MacAddress.write(Mbuf.dataAddress(mbuf) + 6, PEER_MAC);
    }

    /** A datapath on the left port, single-threaded; shards send back each TCP frame; the right port is the wire. */
    private final class Bench implements AutoCloseable {
        final MemoryPort.Pair pair;
        final TestFrames frames;
        final Datapath path;
        final AttachedPort port;
        final List<List<Integer>> ports;
        final FrameBurst far = new FrameBurst(64);
        boolean record = true;
        private final FrameConsumer[] consumers;
        private final ShardEndpoint[] endpoints;
        private final Agent io;

        Bench(final boolean pipeline, final int shards) {
            pair = MemoryPort.pair(MemoryPortConfig.defaults().withQueuePairs(pipeline ? 1 : shards));
            frames = new TestFrames(pair.pool());
            final List<CounterBlock> counters = IntStream.range(0, shards)
                    .mapToObj(i -> CounterBlock.allocate("shard-" + i))
                    .toList();
            final DatapathConfig config = new DatapathConfig(
                    32,
                    2048,
                    DatapathConfig.defaults().neighbors(),
                    1_000_000,
                    1_000_000,
                    DatapathConfig.defaults().reassembly());
            path = pipeline
                    ? Datapath.pipeline(config, () -> now, List.of(ioCounters), counters)
                    : Datapath.runToCompletion(config, () -> now, counters);
            port = path.attach(pair.left(), host, Conductor.BEFORE_START);
            io = pipeline ? path.ioAgents().getFirst() : null;
            endpoints = path.endpoints().toArray(ShardEndpoint[]::new);
            ports = IntStream.range(0, shards)
                    .<List<Integer>>mapToObj(i -> new ArrayList<>())
                    .toList();
            consumers = new FrameConsumer[shards];
            for (int i = 0; i < shards; i++) {
                final int shard = i;
                consumers[i] = batch -> {
                    for (int f = 0; f < batch.size(); f++) {
                        if (record) {
                            ports.get(shard).add(tcp(batch.mbuf(f)).sourcePort());
                        }
                        MacAddress.write(Mbuf.dataAddress(batch.mbuf(f)), PEER_MAC);
                        MacAddress.write(Mbuf.dataAddress(batch.mbuf(f)) + 6, OUR_MAC);
                        endpoints[shard].ports().get(port.number()).sink().send(batch.mbuf(f));
                    }
                    endpoints[shard].ports().flush();
                };
                endpoints[i].onStart();
            }
            if (io != null) {
                io.onStart();
            }
        }

        void inject(final long mbuf) {
            far.clear();
            far.add(mbuf);
            assertThat(pair.right().txQueue(0).transmit(far)).isEqualTo(1);
        }

        void cycle(final int times) {
            for (int i = 0; i < times; i++) {
                now += SECOND / 1000;
                doWork();
                for (int s = 0; s < endpoints.length; s++) {
                    endpoints[s].poll(consumers[s], now);
                }
                doWork();
            }
        }

        private void doWork() {
            if (io != null) {
                try {
                    io.doWork();
                } catch (final Exception e) {
                    throw new AssertionError(e);
                }
            }
        }

        List<Long> takeSent() {
            final List<Long> sent = new ArrayList<>();
            for (int queue = 0; queue < pair.right().queuePairs(); queue++) {
                while (pair.right().rxQueue(queue).receive(far) > 0) {
                    for (int i = 0; i < far.size(); i++) {
                        sent.add(far.get(i));
                    }
                }
            }
            return sent;
        }

        long takeOnlySent() {
            final List<Long> sent = takeSent();
            assertThat(sent).hasSize(1);
            return sent.getFirst();
        }

        void discardSent() {
            cycle(1);
            takeSent().forEach(this::free);
            now += 3 * SECOND;
            cycle(1);
            takeSent().forEach(this::free);
        }

        void free(final long mbuf) {
            frames.allocator.free(mbuf);
        }

        @Override
        public void close() {
            for (final ShardEndpoint endpoint : endpoints) {
                endpoint.onClose();
            }
            if (io != null) {
                io.onClose();
            }
            takeSent().forEach(this::free);
            path.close();
            assertThat(pair.pool().available()).isEqualTo(8192);
            far.close();
            pair.close();
        }
    }
}
