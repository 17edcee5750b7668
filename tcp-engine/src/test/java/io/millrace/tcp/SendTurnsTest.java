package io.millrace.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dataplane.core.DatapathConfig;
import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.port.MemoryPort;
import io.millrace.dataplane.port.MemoryPortConfig;
import io.millrace.dataplane.port.PacketPort;
import io.millrace.dataplane.wire.IpAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** More to send at once than a port's transmit queue holds, on a virtual clock: it waits in the connections and is not lost. */
class SendTurnsTest {
    private static final IpAddress SERVER = IpAddress.parse("10.0.0.1");
    private static final IpAddress CLIENT = IpAddress.parse("10.0.0.2");
    private static final int CONNECTIONS = 3_000;
    private static final int RETRIES = 3;
    private static final DatapathConfig USUAL = DatapathConfig.defaults();

    private final VirtualClock clock = new VirtualClock();
    private final List<Long> order = new ArrayList<>();
    private final List<Long> ids = new ArrayList<>();
    private final Map<CloseReason, Integer> closed = new EnumMap<>(CloseReason.class);
    private final UnsafeBuffer request = new UnsafeBuffer(new byte[64]);
    private final MemoryPort.Pair cable =
            MemoryPort.pair(MemoryPortConfig.defaults().withQueueCapacity(64));
    private TcpEngine server;
    private TcpEngine client;
    private TcpLoop loop;
    private long received;
    private int answered;

    @AfterEach
    void end() {
        client.close();
        server.close();
        cable.close();
    }

    private void start(final Arrangement arrangement) {
        server = engine(cable.left(), "10.0.0.1/24", arrangement, it -> {});
        client = engine(cable.right(), "10.0.0.2/24", arrangement, it -> loop = it);
        server.listen(ListenConfig.onPort(7).withBacklog(CONNECTIONS), shard -> new Answers());
    }

    private TcpEngine engine(
            final PacketPort port,
            final String address,
            final Arrangement arrangement,
            final TcpApplication application) {
        return TcpEngine.builder()
                .port(port, HostAddresses.builder(port.mac()).address(address).build())
                .config(TcpConfig.builder()
                        .maxConnections(2 * CONNECTIONS)
                        .synQueueCapacity(CONNECTIONS)
                        .timeWaitCapacity(CONNECTIONS)
                        .bufferPoolBytes(64 << 20)
                        .sendBufferBytes(4 << 20)
                        .receiveBufferBytes(4 << 20)
                        .dataRetries(RETRIES)
                        .build())
                .arrangement(arrangement)
                .datapath(new DatapathConfig(
                        USUAL.burstSize(),
                        64,
                        USUAL.neighbors(),
                        USUAL.echoRepliesPerSecond(),
                        USUAL.echoReplyBurst(),
                        USUAL.reassembly()))
                .clock(clock)
                .application(shard -> new TcpApplication() {
                    @Override
                    public void onStart(final TcpLoop started) {
                        application.onStart(started);
                    }

                    @Override
                    public int doWork(final TcpLoop running) {
                        return 0;
                    }
                })
                .startManually();
    }

    /** Sends each request back; notes whose it was, by its first bytes. */
    private final class Answers implements TcpHandler {
        @Override
        public int onData(
                final TcpConnection connection, final DirectBuffer buffer, final int offset, final int length) {
            final long sender = buffer.getLong(offset);
            if (order.isEmpty() || order.getLast() != sender) {
                order.add(sender);
            }
            received += length;
            if (length == request.capacity()) {
                connection.write(buffer, offset, length);
            }
            return length;
        }
    }

    private final class Asks implements TcpHandler {
        @Override
        public int onData(
                final TcpConnection connection, final DirectBuffer buffer, final int offset, final int length) {
            answered++;
            return length;
        }

        @Override
        public void onClosed(final TcpConnection connection, final CloseReason reason) {
            closed.merge(reason, 1, Integer::sum);
        }
    }

    private void open(final int count) {
        for (int i = 0; i < count; i++) {
            ids.add(loop.connect(CLIENT, SERVER, 7, new Asks(), i));
            if (i % 20 == 0) { // the first one alone: it resolves the next hops
                run(1);
            }
        }
        run(5);
    }

    private void run(final int millis) {
        for (int i = 0; i < millis; i++) {
            for (int round = 0; round < 10_000 && server.poll() + client.poll() > 0; round++) {
                // until both are at rest
            }
            clock.advanceMillis(1);
        }
    }

    private void write(final int number, final UnsafeBuffer text) {
        text.putLong(0, number);
        assertThat(loop.connection(ids.get(number)).write(text, 0, text.capacity()))
                .isEqualTo(text.capacity());
    }

    @ParameterizedTest
    @EnumSource(
            value = Arrangement.class,
            names = {"PIPELINE", "RUN_TO_COMPLETION"})
    @Tag("D1")
    void shouldLoseNothingAtItsOwnDoorAndKeepTheOrder(final Arrangement arrangement) {
        start(arrangement);
        open(CONNECTIONS);
        for (int i = 0; i < CONNECTIONS; i++) {
            write(i, request);
        }
        run(20);

        assertThat(order).isEqualTo(LongStream.range(0, CONNECTIONS).boxed().toList());
        assertThat(answered).isEqualTo(CONNECTIONS);
        assertThat(count(client, Counter.SEND_TURNS_AWAITED)).isGreaterThan(CONNECTIONS / 2);
        for (final TcpEngine engine : List.of(server, client)) {
            assertThat(count(engine, Counter.TRANSMIT_DROPS)).isZero();
            assertThat(count(engine, Counter.EGRESS_RING_DROPS)).isZero();
            assertThat(count(engine, Counter.TCP_SEGMENTS_RETRANSMITTED)).isZero();
        }
    }

    @Test
    @Tag("D1")
    void shouldLetWhoHasLittleToSendHaveATurnAmidBulk() {
        start(Arrangement.RUN_TO_COMPLETION);
        open(2);
        final UnsafeBuffer bulk = new UnsafeBuffer(new byte[2 << 20]);
        write(0, bulk); // opens the window
        run(20);
        assertThat(received).isEqualTo(bulk.capacity());
        order.clear();

        write(0, bulk);
        client.poll(); // the transmit queue is full now
        write(1, request);
        run(20);

        assertThat(received).isEqualTo(2L * bulk.capacity() + request.capacity());
        assertThat(order).containsExactly(0L, 1L, 0L);
        assertThat(count(client, Counter.TCP_SEGMENTS_RETRANSMITTED)).isZero();
    }

    @Test
    @Tag("D1")
    void shouldOpenMoreConnectionsAtOnceThanSynsFitTheQueue() {
        start(Arrangement.RUN_TO_COMPLETION);
        open(1); // resolves the next hops
        for (int i = 1; i < CONNECTIONS / 2; i++) {
            ids.add(loop.connect(CLIENT, SERVER, 7, new Asks(), i));
        }
        run(20);
        for (int i = 0; i < CONNECTIONS / 2; i++) {
            write(i, request);
        }
        run(20);

        assertThat(answered).isEqualTo(CONNECTIONS / 2);
        assertThat(count(client, Counter.TCP_SYN_RETRANSMITS)).isZero();
    }

    @Test
    @Tag("D3")
    void shouldGiveUpWhenThePortTakesNothingForAsLongAsAPeerMayBeSilent() {
        start(Arrangement.RUN_TO_COMPLETION);
        open(CONNECTIONS);
        for (int i = 0; i < CONNECTIONS; i++) {
            write(i, request);
        }
        for (int step = 0; step < 600; step++) { // a minute; the server is not there
            for (int cycle = 0; cycle < 40; cycle++) {
                client.poll();
            }
            clock.advanceMillis(100);
        }

        assertThat(closed).isEqualTo(Collections.singletonMap(CloseReason.TIMED_OUT, CONNECTIONS));
        assertThat(loop.occupancy().connections()).isZero();
    }

    private static long count(final TcpEngine engine, final Counter counter) {
        return engine.counters().stream().mapToLong(block -> block.get(counter)).sum();
    }
}
