package io.millrace.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.port.MemoryPort;
import io.millrace.dataplane.port.MemoryPortConfig;
import io.millrace.dataplane.port.PacketPort;
import io.millrace.dataplane.port.decorator.FaultInjector;
import io.millrace.dataplane.port.decorator.Faults;
import io.millrace.tcp.conversation.Family;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Two engines on a bad cable, seeded: every byte once and in order, every connection to its end, and nothing left over. */
@Tag("D1")
@ParameterizedClass(name = "{0}")
@EnumSource(Family.class)
class FaultyCableTest {
    private static final int PORT = 7;
    private static final int MEGABYTE = 1 << 20;
    private static final int CONNECTIONS = 2_000;

    private final SplittableRandom random = Seed.random();
    private final VirtualClock clock = new VirtualClock();
    private final MemoryPort.Pair cable = MemoryPort.pair(MemoryPortConfig.defaults());
    private final int frames = cable.pool().available();
    private TcpLoop clientLoop;
    private TcpLoop serverLoop;
    private TcpEngine server;

    @Parameter
    Family family;

    private FaultInjector faulty;
    private TcpEngine client;

    @BeforeEach
    void startServer() {
        server = engine(cable.left(), family.cidr, shard -> loop -> serverLoop = loop);
    }

    private void connectBy(final Faults faults) {
        faulty = new FaultInjector(cable.right(), faults, faults, random.nextLong(), clock);
        client = engine(faulty, family.peerCidr, shard -> loop -> clientLoop = loop);
        run(family.detectionMs);
    }

    /** Every kind of fault with the chance given, and frames late by up to 5 ms. */
    private static Faults everything(final double chance) {
        return Faults.builder()
                .loss(chance)
                .burstLoss(chance / 3, 0.3)
                .duplicate(chance)
                .reorder(chance, 5_000_000)
                .corrupt(chance)
                .delay(2_000_000, 1_000_000)
                .build();
    }

    private TcpEngine engine(
            final PacketPort port, final String address, final IntFunction<TcpApplication> application) {
        return TcpEngine.builder()
                .port(port, HostAddresses.builder(port.mac()).address(address).build())
                .config(TcpConfig.builder()
                        .maxConnections(4_000)
                        .synQueueCapacity(4_000)
                        .timeWaitCapacity(4_000)
                        .timeWaitIpv6Capacity(4_000)
                        .bufferPoolBytes(16 << 20)
                        .build())
                .clock(clock)
                .application(application)
                .startManually();
    }

    @AfterEach
    void cutCable() {
        client.close();
        server.close();
        faulty.close();
        cable.left().close();
        final int missing = frames - cable.pool().available();
        cable.pool().close();
        assertThat(missing).as("frames not given back").isZero();
    }

    private void run(final long millis) {
        for (long i = 0; i < millis; i++) {
            for (int round = 0; round < 100 && server.poll() + client.poll() > 0; round++) {
                // until both are at rest
            }
            clock.advanceMillis(1);
        }
    }

    /** Sends a megabyte and takes one, checking every byte. */
    private static final class Megabyte implements TcpHandler {
        private int written;
        private int read;
        private long id;
        private CloseReason closed;

        private static byte at(final int position) {
            return (byte) (position * 31 + (position >>> 8) * 17 + (position >>> 16) * 7);
        }

        @Override
        public void onOpen(final TcpConnection connection) {
            id = connection.id();
            onWritable(connection);
        }

        @Override
        public void onWritable(final TcpConnection connection) {
            final byte[] piece = new byte[MEGABYTE - written];
            for (int i = 0; i < piece.length; i++) {
                piece[i] = at(written + i);
            }
            written += connection.write(new UnsafeBuffer(piece), 0, piece.length);
            if (written == MEGABYTE) {
                connection.shutdownOutput();
            }
        }

        @Override
        public int onData(
                final TcpConnection connection, final DirectBuffer buffer, final int offset, final int length) {
            for (int i = 0; i < length; i++) {
                if (buffer.getByte(offset + i) != at(read + i)) {
                    throw new IllegalStateException("wrong byte at " + (read + i));
                }
            }
            read += length;
            return length;
        }

        @Override
        public void onPeerClosed(final TcpConnection connection) {
            if (written == MEGABYTE) {
                connection.close();
            }
        }

        @Override
        public void onClosed(final TcpConnection connection, final CloseReason reason) {
            closed = reason;
        }
    }

    @RepeatedTest(3)
    void shouldCarryAMegabyteEachWay() {
        final Megabyte atServer = new Megabyte();
        final Megabyte atClient = new Megabyte();
        server.listen(ListenConfig.onPort(PORT), shard -> atServer);
        connectBy(Faults.builder()
                .loss(0.03)
                .duplicate(0.02)
                .reorder(0.05, 2_000_000)
                .corrupt(0.01)
                .build());
        clientLoop.connect(family.peer, family.engine, PORT, atClient, 0);
        for (int second = 0; second < 900 && (atServer.closed == null || atClient.closed == null); second++) {
            run(1_000);
        }

        assertThat(atServer.read).isEqualTo(MEGABYTE);
        assertThat(atClient.read).isEqualTo(MEGABYTE);
        assertThat(atServer.closed).isEqualTo(CloseReason.NORMAL);
        assertThat(atClient.closed).isEqualTo(CloseReason.NORMAL);
        assertThat(count(server, Counter.DROP_TCP_CHECKSUM)).isPositive();
        assertThat(count(server, Counter.OUT_OF_ORDER_QUEUED)).isPositive();
    }

    @RepeatedTest(2)
    void shouldCarryAMegabyteEachWayWithATenthOfEverything() {
        final Megabyte atServer = new Megabyte();
        final Megabyte atClient = new Megabyte();
        server.listen(ListenConfig.onPort(PORT), shard -> atServer);
        connectBy(everything(0.1));
        clientLoop.connect(family.peer, family.engine, PORT, atClient, 0);
        for (int second = 0; second < 20_000 && (atServer.closed == null || atClient.closed == null); second++) {
            run(1_000);
            if (atClient.closed != null && atClient.id == 0) {
                // This cable may lose every question for the neighbor, or every SYN or its answer: then one tries
                // again.
                atClient.closed = null;
                clientLoop.connect(family.peer, family.engine, PORT, atClient, 0);
            }
        }

        assertThat(atServer.read).isEqualTo(MEGABYTE);
        assertThat(atClient.read).isEqualTo(MEGABYTE);
        for (final Counter counter : List.of(
                Counter.FAULT_LOST,
                Counter.FAULT_DUPLICATED,
                Counter.FAULT_CORRUPTED,
                Counter.FAULT_REORDERED,
                Counter.FAULT_DELAYED)) {
            assertThat(faulty.counters())
                    .allSatisfy(block -> assertThat(block.get(counter))
                            .as("%s in %s", counter, block.name())
                            .isPositive());
        }
    }

    /** How a sender of a megabyte gets on: what it has acknowledged, and what it did since, and when last. */
    private static final class Progress {
        private static final int ROUNDING_MS = 2;

        private final TcpEngine engine;
        private final TcpLoop loop;
        private final Megabyte sender;
        private int acknowledged = -1;
        private long waitsBefore;
        private long timeoutMs;
        private long deeds;
        private long sinceMs;

        private Progress(final TcpEngine engine, final TcpLoop loop, final Megabyte sender) {
            this.engine = engine;
            this.loop = loop;
            this.sender = sender;
        }

        private int acknowledged(final TcpConnection connection) {
            return sender.written - (loop.defaultConnectionOptions().sendBufferBytes() - connection.writable());
        }

        /**
         * What RFC 6298 makes of the round trips. No constant of the cable bounds it: where acknowledgments were lost, the
         * next may echo what arrived long before (RFC 7323 §4.3), and that is a sample, too.
         */
        private int timeoutMs() {
            return loop.connections(TcpConnectionFilter.all(), 0)
                    .connections()
                    .getFirst()
                    .rto();
        }

        private long waits() {
            return count(engine, Counter.TCP_TIMEOUTS) + count(engine, Counter.TCP_LOSS_PROBES);
        }

        /**
         * After k time-outs or probes that brought nothing the next comes within 2^k of them (RFC 6298 §5.5). It counts from
         * the last acknowledgment (§5.3), or from when RACK has last sent something again (RFC 8985 §6.3), if that was later.
         */
        private void check(final long nowMs) {
            final TcpConnection connection = loop.connection(sender.id);
            final int now = connection == null ? sender.written : acknowledged(connection);
            final long did = waits() + count(engine, Counter.TCP_SEGMENTS_RETRANSMITTED);
            if (now != acknowledged || now == sender.written) {
                acknowledged = now;
                waitsBefore = waits();
                timeoutMs = 0;
                sinceMs = nowMs;
            } else if (did != deeds) {
                sinceMs = nowMs;
            }
            deeds = did;
            final long waits = waits() - waitsBefore;
            if (waits == 0 && connection != null) {
                timeoutMs = Math.max(timeoutMs, timeoutMs());
            }
            assertThat(nowMs - sinceMs)
                    .as("ms of silence at byte %d after %d time-outs and probes", now, waits)
                    .isLessThanOrEqualTo((timeoutMs << waits) + ROUNDING_MS);
        }
    }

    @RepeatedTest(4)
    @Tag("D3")
    @Tag("D4")
    void shouldNeverStandStillForLongerThanATimeoutAllows() {
        final Megabyte atServer = new Megabyte();
        final Megabyte atClient = new Megabyte();
        server.listen(ListenConfig.onPort(PORT), shard -> atServer);
        connectBy(Faults.builder()
                .loss(random.nextDouble(0.1))
                .duplicate(random.nextDouble(0.1))
                .reorder(random.nextDouble(0.1), 1_000_000L * (1 + random.nextInt(5)))
                .delay(1_000_000L * (1 + random.nextInt(9)), 1_000_000)
                .build());
        long id = 0;
        while (atClient.id == 0 || atServer.id == 0) {
            if (clientLoop.connection(id) == null) { // every question for the neighbor may be lost: one tries again
                id = clientLoop.connect(family.peer, family.engine, PORT, atClient, 0);
            }
            run(1);
        }
        final Progress ofClient = new Progress(client, clientLoop, atClient);
        final Progress ofServer = new Progress(server, serverLoop, atServer);
        long ms = 0;
        for (; ms < 3_000_000 && (atServer.read < MEGABYTE || atClient.read < MEGABYTE); ms++) {
            run(1);
            ofClient.check(ms);
            ofServer.check(ms);
        }

        assertThat(atServer.read).isEqualTo(MEGABYTE);
        assertThat(atClient.read).isEqualTo(MEGABYTE);
        run(100_000);
        assertThat(count(client, Counter.FLIGHT_RECORDS) + count(server, Counter.FLIGHT_RECORDS))
                .isZero();
    }

    /** Sends ten bytes, and closes when they have come back. */
    private static final class TenBytes implements TcpHandler {
        private static final UnsafeBuffer TEXT = new UnsafeBuffer("ten bytes!".getBytes());
        private final Map<CloseReason, Integer> closed = new EnumMap<>(CloseReason.class);

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
            closed.merge(reason, 1, Integer::sum);
        }
    }

    @RepeatedTest(2)
    @Tag("C1")
    @Tag("H5")
    @Tag("T4")
    void shouldLeaveNothingBehindOfThousandsOfConnections() {
        server.listen(ListenConfig.onPort(PORT), shard -> TcpConnection::write);
        final TenBytes handler = new TenBytes();
        connectBy(Faults.builder()
                .loss(0.05)
                .duplicate(0.02)
                .reorder(0.05, 2_000_000)
                .corrupt(0.01)
                .build());
        for (int i = 0; i < CONNECTIONS; i++) {
            assertThat(clientLoop.connect(family.peer, family.engine, PORT, handler, 0))
                    .isNotZero();
            if (i % 10 == 9) {
                run(1);
            }
        }
        for (int second = 0; second < 600 && inUse() > 0; second++) {
            run(1_000);
        }

        assertThat(handler.closed).isEqualTo(Map.of(CloseReason.NORMAL, CONNECTIONS));
        assertThat(inUse()).isZero();
        assertThat(count(client, Counter.TIME_WAIT_ENTERED)).isEqualTo(CONNECTIONS);
    }

    private long inUse() {
        long sum = 0;
        for (final TcpEngine engine : new TcpEngine[] {server, client}) {
            for (int i = 0; i < 1_024; i++) { // gauges are published once in so many duty cycles
                engine.poll();
            }
            final TcpOccupancy occupancy = engine.occupancy(0);
            sum += occupancy.connections() + occupancy.halfOpen() + occupancy.acceptQueue() + occupancy.timeWait();
        }
        return sum;
    }

    private static long count(final TcpEngine engine, final Counter counter) {
        return engine.counters().stream().mapToLong(block -> block.get(counter)).sum();
    }
}
