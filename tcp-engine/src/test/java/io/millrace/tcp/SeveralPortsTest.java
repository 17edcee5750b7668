package io.millrace.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.ingress.DropReason;
import io.millrace.dataplane.port.FrameBurst;
import io.millrace.dataplane.port.MemoryPort;
import io.millrace.dataplane.port.MemoryPortConfig;
import io.millrace.dataplane.port.PacketPort;
import io.millrace.dataplane.wire.IpAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** An engine on three cables in memory, each with an engine of one shard at its other end, on a virtual clock. */
class SeveralPortsTest {
    private static final int CABLES = 3;
    private static final int FRAMES = 8_192;
    private static final int CONNECTIONS = 12;
    private static final byte[] TEXT = "over whichever port".getBytes(StandardCharsets.US_ASCII);

    private final VirtualClock clock = new VirtualClock();
    private final List<MemoryPort.Pair> cables = new ArrayList<>();
    private final List<TcpEngine> peers = new ArrayList<>();
    private final TcpLoop[] peerLoops = new TcpLoop[CABLES];
    private final List<TcpLoop> loops = new ArrayList<>();
    /** Connections of the second cable. */
    private final List<Long> opened = new ArrayList<>();

    private final List<CloseReason> ended = new ArrayList<>();
    private TcpEngine engine;

    /** How the engine under test shares the work. */
    private record Setup(Arrangement arrangement, int shards, int ioCores, int queuePairs) {}

    static Stream<Arguments> setups() {
        return Stream.of(
                        new Setup(Arrangement.RUN_TO_COMPLETION, 1, 0, 1),
                        new Setup(Arrangement.RUN_TO_COMPLETION, 1, 0, 2),
                        new Setup(Arrangement.RUN_TO_COMPLETION, 3, 0, 3),
                        new Setup(Arrangement.PIPELINE, 1, 1, 1),
                        new Setup(Arrangement.PIPELINE, 3, 2, 2),
                        new Setup(Arrangement.PIPELINE, 2, 3, 3),
                        new Setup(Arrangement.SINGLE_THREAD, 3, 0, 2))
                .map(Arguments::of);
    }

    private static TcpConfig config() {
        return TcpConfig.builder()
                .maxConnections(1_000)
                .synQueueCapacity(300)
                .timeWaitCapacity(1_000)
                .bufferPoolBytes(1 << 20)
                .build();
    }

    private void start(final Setup setup, final int attached) {
        final TcpEngine.Builder builder = TcpEngine.builder()
                .config(config())
                .shards(setup.shards)
                .arrangement(setup.arrangement)
                .clock(clock)
                .application(shard -> loops::add);
        if (setup.ioCores > 0) {
            builder.ioCores(setup.ioCores);
        }
        for (int i = 0; i < CABLES; i++) {
            final int number = i;
            final MemoryPort.Pair cable = MemoryPort.pair(
                    MemoryPortConfig.defaults().withQueuePairs(setup.queuePairs).withFrames(FRAMES));
            cables.add(cable);
            if (i < attached) {
                builder.port(cable.left(), ours(i));
            }
            peers.add(TcpEngine.builder()
                    .port(cable.right(), theirs(i))
                    .config(config())
                    .clock(clock)
                    .application(shard -> loop -> peerLoops[number] = loop)
                    .startManually());
        }
        engine = builder.startManually();
        engine.listen(ListenConfig.onPort(7), shard -> new Echo());
    }

    private HostAddresses ours(final int cable) {
        return HostAddresses.builder(cables.get(cable).left().mac())
                .address("10.0." + cable + ".1/24")
                .build();
    }

    private HostAddresses theirs(final int cable) {
        return HostAddresses.builder(cables.get(cable).right().mac())
                .address("10.0." + cable + ".2/24")
                .build();
    }

    private static IpAddress our(final int cable) {
        return IpAddress.parse("10.0." + cable + ".1");
    }

    private static IpAddress their(final int cable) {
        return IpAddress.parse("10.0." + cable + ".2");
    }

    @AfterEach
    void everyFrameComesHome() {
        if (engine == null) {
            return;
        }
        engine.close();
        peers.forEach(TcpEngine::close);
        for (final MemoryPort.Pair cable : cables) {
            drain(cable, cable.left());
            drain(cable, cable.right());
            assertThat(cable.pool().available()).isEqualTo(FRAMES);
            cable.close();
        }
    }

    /** Frees what is still in a cable. */
    private static void drain(final MemoryPort.Pair cable, final MemoryPort port) {
        final var allocator = cable.pool().newAllocator();
        try (FrameBurst burst = new FrameBurst(64)) {
            for (int queue = 0; queue < port.queuePairs(); queue++) {
                while (port.rxQueue(queue).receive(burst) > 0) {
                    for (int i = 0; i < burst.size(); i++) {
                        allocator.free(burst.get(i));
                    }
                }
            }
        }
    }

    private void run(final int millis) {
        for (int i = 0; i < millis; i++) {
            for (int round = 0; round < 1_000 && poll() > 0; round++) {
                // until all are at rest
            }
            clock.advanceMillis(1);
        }
    }

    private int poll() {
        return engine.poll()
                + peers.stream()
                        .filter(TcpEngine::isRunning)
                        .mapToInt(TcpEngine::poll)
                        .sum();
    }

    private final class Echo implements TcpHandler {
        @Override
        public void onOpen(final TcpConnection connection) {
            if (connection.localAddress().equals(our(1))) {
                opened.add(connection.id());
            }
        }

        @Override
        public int onData(
                final TcpConnection connection, final DirectBuffer buffer, final int offset, final int length) {
            final long frame = connection.retain(); // which a port that goes must have back
            return frame == 0
                    ? connection.write(buffer, offset, length)
                    : connection.lend(buffer, offset, length, frame);
        }

        @Override
        public void onReturned(final TcpConnection connection, final long frame) {
            connection.release(frame);
        }

        @Override
        public void onClosed(final TcpConnection connection, final CloseReason reason) {
            ended.add(reason);
        }
    }

    /** Says its text, and counts what comes back. */
    private static final class Speaker implements TcpHandler {
        private final List<CloseReason> closed = new ArrayList<>();
        private final List<Long> open = new ArrayList<>();
        private int heard;

        @Override
        public void onOpen(final TcpConnection connection) {
            open.add(connection.id());
            connection.write(new UnsafeBuffer(TEXT), 0, TEXT.length);
        }

        @Override
        public int onData(
                final TcpConnection connection, final DirectBuffer buffer, final int offset, final int length) {
            heard += length;
            return length;
        }

        @Override
        public void onClosed(final TcpConnection connection, final CloseReason reason) {
            closed.add(reason);
        }
    }

    private Speaker speakFrom(final int cable) {
        final Speaker speaker = new Speaker();
        for (int i = 0; i < CONNECTIONS; i++) {
            assertThat(peerLoops[cable].connect(their(cable), our(cable), 7, speaker, 0))
                    .isNotZero();
        }
        return speaker;
    }

    @ParameterizedTest
    @MethodSource("setups")
    @Tag("H14")
    void shouldServeEveryPortAndAccountForEveryFrame(final Setup setup) {
        start(setup, CABLES);
        final List<Speaker> speakers = Stream.of(0, 1, 2).map(this::speakFrom).toList();
        run(1_500);

        assertThat(speakers).allMatch(speaker -> speaker.heard == CONNECTIONS * TEXT.length);
        for (final CounterBlock block : engine.counters()) {
            long sorted = block.get(Counter.FRAMES_TO_HOST);
            for (final DropReason reason : DropReason.values()) {
                sorted += block.get(reason.counter());
            }
            assertThat(sorted + block.get(Counter.FRAMES_TO_TCP))
                    .as(block.name())
                    .isEqualTo(block.get(Counter.FRAMES_RECEIVED));
        }
        assertThat(engine.counters().stream().mapToLong(block -> block.get(Counter.TCP_PASSIVE_OPENS)))
                .satisfies(opens -> assertThat(
                                opens.stream().mapToLong(Long::longValue).sum())
                        .isEqualTo(CABLES * CONNECTIONS));
    }

    @ParameterizedTest
    @MethodSource("setups")
    void shouldConnectByThePortThatLeadsToThePeer(final Setup setup) {
        start(setup, CABLES);
        peers.forEach(peer -> peer.listen(ListenConfig.onPort(9), shard -> new Echo()));
        final Speaker speaker = new Speaker();
        for (final TcpLoop loop : loops) {
            for (int cable = 0; cable < CABLES; cable++) {
                assertThat(loop.connect(their(cable), 9, speaker, 0)).isNotZero();
                assertThat(loop.connect(our(cable), their(cable), 9, speaker, 0))
                        .isNotZero();
            }
            assertThat(loop.connect(IpAddress.parse("10.9.9.9"), 9, speaker, 0))
                    .as("without a way")
                    .isZero();
            assertThat(loop.connect(IpAddress.parse("10.9.9.9"), their(0), 9, speaker, 0))
                    .as("from another's address")
                    .isZero();
        }
        run(1_500);

        assertThat(speaker.heard).isEqualTo(loops.size() * 2 * CABLES * TEXT.length);
        for (int cable = 0; cable < CABLES; cable++) {
            assertThat(peers.get(cable).counters().getFirst().get(Counter.TCP_PASSIVE_OPENS))
                    .isEqualTo(loops.size() * 2L);
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void shouldTakeInAPortAndLetOneGoWhileItRuns(final Setup setup) {
        start(setup, 2);
        final Speaker stays = speakFrom(0);
        final Speaker goes = speakFrom(1);
        run(1_500);
        final long closing = opened.getLast();
        loops.stream()
                .map(loop -> loop.connection(closing))
                .filter(Objects::nonNull)
                .forEach(TcpConnection::close);
        run(5); // one connection is in TIME_WAIT
        peerLoops[1].connect(their(1), our(1), 7, new Speaker(), 0);
        peers.get(1).poll();
        engine.poll(); // and one is half open

        engine.removePort(cables.get(1).left());
        run(1_500);
        assertThat(halfOpen())
                .as("half-open connections of the port that has gone")
                .isZero();

        assertThat(ended).containsOnly(CloseReason.PORT_REMOVED, CloseReason.NORMAL);
        assertThat(ended.stream().filter(reason -> reason == CloseReason.PORT_REMOVED))
                .hasSize(CONNECTIONS - 1);
        assertThat(goes.closed.stream().filter(reason -> reason == CloseReason.RESET))
                .hasSize(CONNECTIONS - 1);
        assertThat(stays.closed).isEmpty();
        assertThat(engine.ports()).containsExactly(cables.get(0).left());
        peers.get(1).close();
        drain(cables.get(1), cables.get(1).left());
        drain(cables.get(1), cables.get(1).right());
        assertThat(cables.get(1).pool().available()).as("every frame is home").isEqualTo(FRAMES);

        engine.addPort(cables.get(2).left(), ours(2));
        final Speaker comes = speakFrom(2);
        run(1_500);
        assertThat(comes.heard).isEqualTo(CONNECTIONS * TEXT.length);
        assertThat(stays.open).hasSize(CONNECTIONS);
        run(70_000); // the TIME_WAIT entry of the port that has gone comes to its end
        assertThat(engine.isRunning()).isTrue();
    }

    private int halfOpen() {
        return engine.listeners().stream().mapToInt(TcpListenerStats::halfOpen).sum();
    }

    @Test
    void shouldRefuseAnAddressThatIsAnotherPortsToo() {
        start(new Setup(Arrangement.RUN_TO_COMPLETION, 1, 0, 1), 1);
        final PacketPort second = cables.get(1).left();
        final HostAddresses overlapping = HostAddresses.builder(second.mac())
                .address("10.0.1.1/24")
                .owned("10.0.0.0/29")
                .build();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> engine.addPort(second, overlapping))
                .withMessage("address 10.0.0.0/29 of port memory-left belongs to port memory-left too:"
                        + " give each port addresses of its own");
    }

    @Test
    void shouldRefuseToRemoveAPortThatIsNotThere() {
        start(new Setup(Arrangement.RUN_TO_COMPLETION, 1, 0, 1), 1);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> engine.removePort(cables.get(1).left()))
                .withMessageContaining("none of this engine's");
    }
}
