package io.millrace.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.port.MemoryPort;
import io.millrace.dataplane.port.MemoryPortConfig;
import io.millrace.dataplane.port.PacketPort;
import io.millrace.dataplane.wire.IpAddress;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.agrona.DirectBuffer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Engines of three shards: every segment of a flow comes to the shard that has it, in both arrangements. */
class ShardedEnginesTest {
    private static final IpAddress SERVER = IpAddress.parse("10.0.0.1");
    private static final IpAddress CLIENT = IpAddress.parse("10.0.0.2");
    private static final int SHARDS = 3;
    private static final int CONNECTIONS_A_SHARD = 200;

    private final VirtualClock clock = new VirtualClock();
    private final TcpLoop[] loops = new TcpLoop[SHARDS];
    private final Map<CloseReason, Integer> closed = new EnumMap<>(CloseReason.class);

    private TcpEngine engine(
            final PacketPort port,
            final String address,
            final Arrangement arrangement,
            final IntFunction<TcpApplication> application) {
        return TcpEngine.builder()
                .port(port, HostAddresses.builder(port.mac()).address(address).build())
                .config(TcpConfig.builder()
                        .maxConnections(3_000)
                        .synQueueCapacity(3_000)
                        .timeWaitCapacity(3_000)
                        .bufferPoolBytes(4 << 20)
                        .build())
                .shards(SHARDS)
                .arrangement(arrangement)
                .clock(clock)
                .application(application)
                .startManually();
    }

    private final class Closer implements TcpHandler {
        @Override
        public void onOpen(final TcpConnection connection) {
            connection.close();
        }

        @Override
        public int onData(
                final TcpConnection connection, final DirectBuffer buffer, final int offset, final int length) {
            return length;
        }

        @Override
        public void onClosed(final TcpConnection connection, final CloseReason reason) {
            closed.merge(reason, 1, Integer::sum);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Arrangement.class,
            names = {"PIPELINE", "RUN_TO_COMPLETION"})
    @Tag("H15")
    void shouldOpenAndCloseFromEveryShardToEveryShard(final Arrangement arrangement) {
        final int queues = arrangement == Arrangement.PIPELINE ? 1 : SHARDS;
        try (MemoryPort.Pair cable = MemoryPort.pair(MemoryPortConfig.defaults().withQueuePairs(queues));
                TcpEngine server = engine(cable.left(), "10.0.0.1/24", arrangement, shard -> loop -> {});
                TcpEngine client =
                        engine(cable.right(), "10.0.0.2/24", arrangement, shard -> loop -> loops[shard] = loop)) {
            server.listen(ListenConfig.onPort(7), shard -> TcpConnection::write);
            for (int i = 0; i < CONNECTIONS_A_SHARD; i++) {
                for (final TcpLoop loop : loops) {
                    assertThat(loop.connect(CLIENT, SERVER, 7, new Closer(), 0)).isNotZero();
                }
                run(server, client, 1);
            }
            run(server, client, 2_000);

            assertThat(closed).isEqualTo(Map.of(CloseReason.NORMAL, SHARDS * CONNECTIONS_A_SHARD));
            assertThat(shards(server)).allMatch(shard -> shard.get(Counter.TCP_PASSIVE_OPENS) > 0);
            assertThat(shards(client)).allMatch(shard -> shard.get(Counter.TCP_ACTIVE_OPENS) == CONNECTIONS_A_SHARD);
            assertThat(shards(client)).allMatch(shard -> shard.get(Counter.TCP_RESETS_SENT) == 0);
        }
    }

    private void run(final TcpEngine server, final TcpEngine client, final int millis) {
        for (int i = 0; i < millis; i++) {
            for (int round = 0; round < 1_000 && server.poll() + client.poll() > 0; round++) {
                // until both are at rest
            }
            clock.advanceMillis(1);
        }
    }

    private static List<CounterBlock> shards(final TcpEngine engine) {
        final List<CounterBlock> blocks = engine.counters();
        return blocks.subList(blocks.size() - SHARDS, blocks.size());
    }
}
