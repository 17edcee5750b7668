package io.millrace.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.port.MemoryPort;
import io.millrace.dataplane.port.MemoryPortConfig;
import io.millrace.dataplane.port.PacketPort;
import io.millrace.dataplane.port.decorator.FaultInjector;
import io.millrace.dataplane.port.decorator.Faults;
import io.millrace.dataplane.wire.IpAddress;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a connection carries over a path that loses segments at random, beside what theory says of it: the response functions
 * of RFC 9438 §5.2 and §4.3. In virtual time, and by a seed: the same at every run. {@code -Dtest=ResponseFunctionTest}
 * prints the figures.
 */
@Tag("D3")
class ResponseFunctionTest {
    private static final int PORT = 9;
    private static final int BUFFER = 4 << 20;
    private static final long SEED = 9438;
    /** RFC 9438 §4.3: Reno's window, and CUBIC's Reno-friendly one, over the square root of the loss. */
    private static final double RENO = Math.sqrt(1.5);

    private final VirtualClock clock = new VirtualClock();
    private final MemoryPort.Pair cable =
            MemoryPort.pair(MemoryPortConfig.defaults().withFrames(8_192));
    private TcpLoop clientLoop;
    private long received;
    private int maxText;

    private TcpEngine engine(
            final PacketPort port,
            final String address,
            final CongestionAlgorithm congestion,
            final TcpApplication application) {
        return TcpEngine.builder()
                .port(port, HostAddresses.builder(port.mac()).address(address).build())
                .config(TcpConfig.builder()
                        .maxConnections(10)
                        .synQueueCapacity(10)
                        .timeWaitCapacity(10)
                        .bufferPoolBytes(4L * BUFFER)
                        .receiveBufferBytes(BUFFER)
                        .sendBufferBytes(BUFFER)
                        .congestion(congestion)
                        .build())
                .clock(clock)
                .application(shard -> application)
                .startManually();
    }

    private final class Source implements TcpHandler {
        private final UnsafeBuffer zeroes = new UnsafeBuffer(new byte[BUFFER + 1]); // more than there is room for

        @Override
        public void onOpen(final TcpConnection connection) {
            maxText = connection.maxSegmentBytes();
            onWritable(connection);
        }

        @Override
        public void onWritable(final TcpConnection connection) {
            connection.write(zeroes, 0, zeroes.capacity());
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
            received += length;
            return length;
        }
    }

    @ParameterizedTest(name = "{0}, loss {1}, {2} ms")
    @CsvSource({"CUBIC, 0.01, 20, 300, 0.1", "NEW_RENO, 0.01, 20, 300, 0.15"})
    void shouldCarryWhatTheResponseFunctionSays(
            final CongestionAlgorithm congestion,
            final double loss,
            final int rttMs,
            final int seconds,
            final double tolerance) {
        final Faults there =
                Faults.builder().loss(loss).delay(rttMs * 500_000L, 0).build();
        final Faults back = Faults.builder().delay(rttMs * 500_000L, 0).build();
        final FaultInjector path = new FaultInjector(cable.right(), back, there, SEED, clock);
        final TcpEngine server = engine(
                cable.left(), "10.0.0.1/24", congestion, loop -> loop.listen(ListenConfig.onPort(PORT), new Sink()));
        final TcpEngine client = engine(path, "10.0.0.2/24", congestion, loop -> clientLoop = loop);
        run(server, client, 1);
        clientLoop.connect(IpAddress.parse("10.0.0.2"), IpAddress.parse("10.0.0.1"), PORT, new Source(), 0);
        run(server, client, 10);
        received = 0;
        run(server, client, seconds);

        final double rtt = rttMs / 1_000.0;
        final double segments = (double) received / maxText / seconds * rtt;
        final double reno = RENO / Math.sqrt(loss);
        // C is 0.4, β is 0.7: RFC 9438 §5.2, figure 6
        final double cubic = Math.pow(0.4 * 3.7 / 1.2, 0.25) * Math.pow(rtt, 0.75) / Math.pow(loss, 0.75);
        final double expected = congestion == CongestionAlgorithm.CUBIC ? Math.max(cubic, reno) : reno;
        System.out.printf(
                "%s, loss %.4f, round trip %d ms: %.2f Mbit/s, a window of %.2f segments; RFC 9438 says %.2f"
                        + " (Reno %.2f, CUBIC's own %.2f): ratio %.3f%n",
                congestion,
                loss,
                rttMs,
                received * 8e-6 / seconds,
                segments,
                expected,
                reno,
                cubic,
                segments / expected);

        client.close();
        server.close();
        path.close();
        cable.close();
        assertThat(segments / expected).isCloseTo(1.0, within(tolerance));
    }

    /** A tenth of a millisecond at a step, so that a round trip is what it should be. */
    private void run(final TcpEngine server, final TcpEngine client, final int seconds) {
        for (int i = 0; i < seconds * 10_000; i++) {
            clock.advanceMicros(100);
            while (server.poll() + client.poll() > 0) {
                // until both are at rest
            }
        }
    }
}
