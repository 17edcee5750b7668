package io.millrace.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.port.FrameAllocator;
import io.millrace.dataplane.port.MemoryPort;
import io.millrace.dataplane.port.MemoryPortConfig;
import io.millrace.dataplane.port.PacketPort;
import io.millrace.dataplane.wire.IpAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Engines on ports that cut large segments, as NICs do: what leaves as a few frames of many mbufs comes as segments, each with
 * checksums of its own, which the receiver verifies in software.
 */
@Tag("D1")
class SegmentationTest {
    private static final int PORT = 9;
    private static final int LENGTH = 3_000_017; // no multiple of any segment size
    /** Frames that are left: more than the threads' stashes keep, fewer than a window of large segments takes. */
    private static final int FEW = 96;

    private final VirtualClock clock = new VirtualClock();
    private final byte[] text = new byte[LENGTH];
    private final byte[] received = new byte[LENGTH];
    private TcpLoop loop;
    private int taken;
    private int ended;

    private TcpEngine engine(final PacketPort port, final List<String> addresses, final TcpApplication application) {
        final HostAddresses.Builder host = HostAddresses.builder(port.mac());
        addresses.forEach(host::address);
        return TcpEngine.builder()
                .port(port, host.build())
                .config(TcpConfig.builder()
                        .maxConnections(10)
                        .synQueueCapacity(10)
                        .timeWaitCapacity(10)
                        .bufferPoolBytes(16 << 20)
                        .sendBufferBytes(1 << 20)
                        .receiveBufferBytes(1 << 20)
                        .build())
                .clock(clock)
                .application(shard -> application)
                .startManually();
    }

    private final class Source implements TcpHandler {
        private final UnsafeBuffer source = new UnsafeBuffer(text);
        private int written;

        @Override
        public void onOpen(final TcpConnection connection) {
            onWritable(connection);
        }

        @Override
        public void onWritable(final TcpConnection connection) {
            written += connection.write(source, written, LENGTH - written);
            if (written == LENGTH) {
                connection.shutdownOutput();
            }
        }

        @Override
        public int onData(
                final TcpConnection connection, final DirectBuffer buffer, final int offset, final int length) {
            return length;
        }
    }

    private final class Sink implements TcpHandler {
        @Override
        public int onData(
                final TcpConnection connection, final DirectBuffer buffer, final int offset, final int length) {
            buffer.getBytes(offset, received, taken, length);
            taken += length;
            return length;
        }

        @Override
        public void onPeerClosed(final TcpConnection connection) {
            ended++;
            connection.close();
        }
    }

    /** With few frames the ports' stashes and the flight compete for them. */
    @ParameterizedTest(name = "{0}, {1} frames, MTU {2}")
    @CsvSource({"10.0.0., 8192, 1500", "fd00::, 8192, 1500", "10.0.0., 8192, 576", "10.0.0., 150, 1500"})
    void shouldLeaveLargeSegmentsToThePort(final String network, final int frames, final int mtu) {
        new Random(LENGTH).nextBytes(text);
        final String prefix = network.contains(":") ? "/64" : "/24";
        try (MemoryPort.Pair cable = MemoryPort.pair(
                MemoryPortConfig.defaults().withFrames(frames).withMtu(mtu).withSegmentation(true))) {
            final TcpEngine server = engine(
                    cable.left(),
                    List.of(network + "1" + prefix),
                    it -> it.listen(ListenConfig.onPort(PORT), new Sink()));
            final TcpEngine client = engine(cable.right(), List.of(network + "2" + prefix), it -> loop = it);
            run(server, client, 2_000); // duplicate address detection
            loop.connect(IpAddress.parse(network + "1"), PORT, new Source(), 0);
            run(server, client, 60_000);

            assertThat(taken).isEqualTo(LENGTH);
            assertThat(Arrays.equals(text, received)).isTrue();
            assertThat(ended).isEqualTo(1);
            assertThat(count(server, Counter.DROP_TCP_CHECKSUM)).isZero();
            final int least = LENGTH / (mtu - 40) + 1;
            assertThat(count(client, Counter.TCP_SEGMENTS_SENT)).isGreaterThan(least);
            if (frames == 8192) {
                assertThat(count(client, Counter.TCP_SEGMENTS_RETRANSMITTED)).isZero();
                assertThat(count(server, Counter.TCP_SEGMENTS_RECEIVED))
                        .isEqualTo(count(client, Counter.TCP_SEGMENTS_SENT));
                assertThat(count(client, Counter.FRAMES_TRANSMITTED)).isLessThan(least / 4);
            }
            client.close();
            server.close();
            cable.left().close();
            cable.right().close();
            assertThat(cable.pool().available()).as("every frame has come back").isEqualTo(frames);
        }
    }

    @Test
    void shouldLoseNothingWhereThereAreTooFewFramesForALargeSegment() {
        new Random(LENGTH).nextBytes(text);
        final int frames = 8_192;
        try (MemoryPort.Pair cable =
                MemoryPort.pair(MemoryPortConfig.defaults().withFrames(frames).withSegmentation(true))) {
            final TcpEngine server = engine(
                    cable.left(), List.of("10.0.0.1/24"), it -> it.listen(ListenConfig.onPort(PORT), new Sink()));
            final TcpEngine client = engine(cable.right(), List.of("10.0.0.2/24"), it -> loop = it);
            run(server, client, 2_000); // duplicate address detection
            final FrameAllocator other = cable.pool().newAllocator();
            final long[] kept = new long[frames];
            int count = 0;
            while (cable.pool().available() > FEW) {
                kept[count++] = other.allocate();
            }
            loop.connect(IpAddress.parse("10.0.0.1"), PORT, new Source(), 0);
            run(server, client, 3_000);
            assertThat(taken).as("with few frames").isPositive().isLessThan(LENGTH);
            assertThat(count(client, Counter.FRAMES_EXHAUSTED)).isPositive();
            while (count > 0) {
                other.free(kept[--count]);
            }
            run(server, client, 10_000);

            assertThat(taken).isEqualTo(LENGTH);
            assertThat(Arrays.equals(text, received)).isTrue();
            assertThat(ended).isEqualTo(1);
            client.close();
            server.close();
            cable.left().close();
            cable.right().close();
            assertThat(cable.pool().available()).as("every frame has come back").isEqualTo(frames);
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

    private static long count(final TcpEngine engine, final Counter counter) {
        return engine.counters().stream().mapToLong(block -> block.get(counter)).sum();
    }
}
