package io.millrace.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.port.MemoryPort;
import io.millrace.dataplane.port.MemoryPortConfig;
import io.millrace.dataplane.port.PacketPort;
import io.millrace.tcp.conversation.Family;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * In a steady state the polling thread allocates nothing on the heap: two engines, driven by this thread, open a connection,
 * echo a text and close, in both arrangements, with either side closing first.
 */
@ParameterizedClass(name = "{0}")
@EnumSource(Family.class)
class ZeroAllocationTest {
    @Parameter
    Family family;

    private static final UnsafeBuffer TEXT = new UnsafeBuffer(new byte[4_000]);
    private static final int WARM_UP = 40_000;
    private static final int MEASURED = 10_000;

    private final VirtualClock clock = new VirtualClock();
    private final MemoryPort.Pair cable = MemoryPort.pair(MemoryPortConfig.defaults());
    private TcpEngine server;
    private TcpEngine client;
    private TcpLoop clientLoop;
    private int closed;

    @AfterEach
    void cutCable() {
        client.close();
        server.close();
        cable.close();
    }

    private TcpEngine engine(
            final PacketPort port,
            final String address,
            final Arrangement arrangement,
            final TcpApplication application) {
        return TcpEngine.builder()
                .port(port, HostAddresses.builder(port.mac()).address(address).build())
                .config(TcpConfig.builder()
                        .maxConnections(100)
                        .synQueueCapacity(100)
                        .timeWaitCapacity(500)
                        .timeWaitIpv6Capacity(500)
                        .bufferPoolBytes(1 << 20)
                        .build())
                .arrangement(arrangement)
                .clock(clock)
                .application(shard -> application)
                .startManually();
    }

    /** Sends the text and counts what comes back. */
    private final class Asker implements TcpHandler {
        @Override
        public void onOpen(final TcpConnection connection) {
            connection.write(TEXT, 0, TEXT.capacity());
        }

        @Override
        public int onData(
                final TcpConnection connection, final DirectBuffer buffer, final int offset, final int length) {
            connection.attachment(connection.attachment() + length);
            if (connection.attachment() == TEXT.capacity()) {
                connection.close();
            }
            return length;
        }

        @Override
        public void onClosed(final TcpConnection connection, final CloseReason reason) {
            closed++;
        }
    }

    /** Sends back what comes, from the frames it came in or not; closes when all has come, or leaves that to the peer. */
    private record Echo(boolean closesFirst, boolean lends) implements TcpHandler {
        @Override
        public int onData(
                final TcpConnection connection, final DirectBuffer buffer, final int offset, final int length) {
            connection.attachment(connection.attachment() + length);
            final long frame = lends ? connection.retain() : 0;
            final int taken = frame == 0
                    ? connection.write(buffer, offset, length)
                    : connection.lend(buffer, offset, length, frame);
            if (closesFirst && connection.attachment() == TEXT.capacity()) {
                connection.close();
            }
            return taken;
        }

        @Override
        public void onReturned(final TcpConnection connection, final long token) {
            connection.release(token);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Arrangement.class,
            names = {"PIPELINE", "RUN_TO_COMPLETION"})
    void shouldOpenEchoAndCloseWithoutAllocating(final Arrangement arrangement) {
        server = engine(cable.left(), family.cidr, arrangement, loop -> {});
        client = engine(cable.right(), family.peerCidr, arrangement, loop -> clientLoop = loop);
        server.listen(ListenConfig.onPort(7), shard -> new Echo(false, false));
        server.listen(ListenConfig.onPort(8), shard -> new Echo(true, true));
        for (int waited = 0; waited < family.detectionMs; waited++) {
            server.poll();
            client.poll();
            clock.advanceMillis(1);
        }
        final TcpHandler asker = new Asker();
        connectAndClose(asker, WARM_UP);

        final long allocated = AllocatedBytes.of(() -> connectAndClose(asker, MEASURED));

        assertThat(allocated).isZero();
        assertThat(closed).isGreaterThanOrEqualTo(WARM_UP + MEASURED);
        assertThat(server.counters().getLast().get(Counter.TIME_WAIT_ENTERED)).isPositive();
        assertThat(client.counters().getLast().get(Counter.TIME_WAIT_ENTERED)).isPositive();
    }

    private void connectAndClose(final TcpHandler handler, final int rounds) {
        for (int i = 0; i < rounds; i++) {
            final int before = closed;
            clientLoop.connect(family.peer, family.engine, 7 + (i & 1), handler, 0);
            while (closed == before) {
                if (server.poll() + client.poll() == 0) {
                    clock.advanceMillis(1);
                }
            }
            clock.advanceMicros(100);
        }
    }
}
