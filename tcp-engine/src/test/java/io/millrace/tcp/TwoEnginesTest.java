package io.millrace.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.port.MemoryPort;
import io.millrace.dataplane.port.MemoryPortConfig;
import io.millrace.dataplane.wire.IpAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two engines on one cable in memory, on a virtual clock: whole connections, both roles at once. */
class TwoEnginesTest {
    private static final IpAddress SERVER = IpAddress.parse("10.0.0.1");
    private static final IpAddress CLIENT = IpAddress.parse("10.0.0.2");

    private final VirtualClock clock = new VirtualClock();
    private final List<String> events = new ArrayList<>();
    private MemoryPort.Pair cable;
    private TcpEngine server;
    private TcpEngine client;
    private TcpLoop clientLoop;

    @BeforeEach
    void connectCable() {
        cable = MemoryPort.pair(MemoryPortConfig.defaults());
        final TcpConfig config = TcpConfig.builder()
                .maxConnections(1_000)
                .synQueueCapacity(100)
                .timeWaitCapacity(1_000)
                .bufferPoolBytes(1 << 20)
                .build();
        server = TcpEngine.builder()
                .port(
                        cable.left(),
                        HostAddresses.builder(cable.left().mac())
                                .address("10.0.0.1/24")
                                .build())
                .config(config)
                .clock(clock)
                .startManually();
        client = TcpEngine.builder()
                .port(
                        cable.right(),
                        HostAddresses.builder(cable.right().mac())
                                .address("10.0.0.2/24")
                                .build())
                .config(config)
                .clock(clock)
                .application(shard -> loop -> clientLoop = loop)
                .startManually();
    }

    @AfterEach
    void cutCable() {
        client.close();
        server.close();
        cable.close();
    }

    private static void rest(final TcpEngine engine) {
        for (int cycle = 0; cycle < 100 && engine.poll() > 0; cycle++) {
            // until it is at rest
        }
    }

    private void run(final long millis) {
        for (long i = 0; i < millis; i++) {
            while (server.poll() + client.poll() > 0) {
                // until both are at rest
            }
            clock.advanceMillis(1);
        }
    }

    @Test
    void shouldOpenAndCloseWithTimeWaitOnTheSideThatClosesFirst() {
        server.listen(ListenConfig.onPort(9), shard -> closer());
        clientLoop.connect(CLIENT, SERVER, 9, recorder(), 0);
        run(100);

        assertThat(events).containsExactly("open", "end", "closed NORMAL");
        assertThat(server.occupancy(0).connections()).isZero();
        assertThat(client.occupancy(0).connections()).isZero();
        assertThat(count(server, Counter.TIME_WAIT_ENTERED)).isEqualTo(1);
        assertThat(count(client, Counter.TIME_WAIT_ENTERED)).isZero();
        assertThat(count(server, Counter.TCP_SEGMENTS_SENT))
                .as("SYN-ACK, FIN, ACK")
                .isEqualTo(3);
        assertThat(count(client, Counter.TCP_SEGMENTS_SENT)).as("SYN, ACK, FIN").isEqualTo(3);
    }

    /** A thread that was kept from its core comes back to timers that are over and to frames that make them void. */
    @Test
    @Tag("D3")
    void shouldReadWhatHasArrivedBeforeItSendsAnythingAgain() {
        server.listen(ListenConfig.onPort(9), shard -> closer());
        clientLoop.connect(CLIENT, SERVER, 9, recorder(), 0); // resolves the next hops
        run(10);
        for (int i = 0; i < 99; i++) {
            clientLoop.connect(CLIENT, SERVER, 9, recorder(), 0);
        }
        for (int round = 0; round < 10 && count(server, Counter.TCP_PASSIVE_OPENS) < 100; round++) {
            rest(client);
            rest(server);
        }
        rest(client); // has the server's FINs now, and has answered them
        clock.advanceMillis(3_000);
        run(10);

        assertThat(count(server, Counter.TIME_WAIT_ENTERED)).isEqualTo(100);
        assertThat(count(server, Counter.TCP_SEGMENTS_RETRANSMITTED)).isZero();
    }

    @Test
    void shouldEchoEveryByteInOrder() {
        server.listen(ListenConfig.onPort(7), shard -> new TcpHandler() {
            @Override
            public int onData(
                    final TcpConnection connection, final DirectBuffer buffer, final int offset, final int length) {
                return connection.write(buffer, offset, length);
            }
        });
        final StringBuilder sent = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            sent.append(i).append(' ');
        }
        final byte[] bytes = sent.toString().getBytes(StandardCharsets.US_ASCII);
        final StringBuilder received = new StringBuilder();
        clientLoop.connect(
                CLIENT,
                SERVER,
                7,
                new TcpHandler() {
                    private int written;

                    @Override
                    public void onOpen(final TcpConnection connection) {
                        onWritable(connection);
                    }

                    @Override
                    public void onWritable(final TcpConnection connection) {
                        written += connection.write(new UnsafeBuffer(bytes), written, bytes.length - written);
                        if (written == bytes.length) {
                            connection.shutdownOutput();
                        }
                    }

                    @Override
                    public int onData(
                            final TcpConnection connection,
                            final DirectBuffer buffer,
                            final int offset,
                            final int length) {
                        received.append(buffer.getStringWithoutLengthAscii(offset, length));
                        return length;
                    }

                    @Override
                    public void onClosed(final TcpConnection connection, final CloseReason reason) {
                        events.add("closed " + reason);
                    }
                },
                0);
        run(500);

        assertThat(events).containsExactly("closed NORMAL");
        assertThat(received.length()).isEqualTo(sent.length());
        assertThat(received.compareTo(sent)).isZero();
    }

    @Test
    void shouldTellARefusedConnectionFromOneToAHostThatIsNotThere() {
        clientLoop.connect(CLIENT, SERVER, 99, recorder(), 0);
        run(10);
        assertThat(events).containsExactly("closed REFUSED");
        events.clear();

        clientLoop.connect(CLIENT, IpAddress.parse("10.0.0.77"), 99, recorder(), 0);
        run(2_900);
        assertThat(events).isEmpty();
        run(500);
        assertThat(events).containsExactly("closed UNREACHABLE");
    }

    @Test
    void shouldSendItsFinOnceWhenThePeerClosesLater() {
        server.listen(ListenConfig.onPort(9), shard -> closer());
        clientLoop.connect(
                CLIENT,
                SERVER,
                9,
                new TcpHandler() {
                    @Override
                    public int onData(
                            final TcpConnection connection,
                            final DirectBuffer buffer,
                            final int offset,
                            final int length) {
                        return length;
                    }

                    @Override
                    public void onPeerClosed(final TcpConnection connection) {
                        connection.attachment(connection.id()); // and stays open
                    }
                },
                0);
        run(5_000);

        assertThat(count(server, Counter.TCP_SEGMENTS_SENT)).as("SYN-ACK, FIN").isEqualTo(2);
        assertThat(count(server, Counter.TCP_SEGMENTS_RETRANSMITTED)).isZero();
    }

    private TcpHandler closer() {
        return new TcpHandler() {
            @Override
            public void onOpen(final TcpConnection connection) {
                connection.close();
            }

            @Override
            public int onData(
                    final TcpConnection connection, final DirectBuffer buffer, final int offset, final int length) {
                return length;
            }
        };
    }

    private TcpHandler recorder() {
        return new TcpHandler() {
            @Override
            public void onOpen(final TcpConnection connection) {
                events.add("open");
            }

            @Override
            public int onData(
                    final TcpConnection connection, final DirectBuffer buffer, final int offset, final int length) {
                events.add("data " + buffer.getStringWithoutLengthAscii(offset, length));
                return length;
            }

            @Override
            public void onPeerClosed(final TcpConnection connection) {
                events.add("end");
                connection.close();
            }

            @Override
            public void onClosed(final TcpConnection connection, final CloseReason reason) {
                events.add("closed " + reason);
            }
        };
    }

    private static long count(final TcpEngine engine, final Counter counter) {
        return engine.counters().stream().mapToLong(block -> block.get(counter)).sum();
    }
}
