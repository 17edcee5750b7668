package io.millrace.tcp;

import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.port.MemoryPort;
import io.millrace.dataplane.port.MemoryPortConfig;
import io.millrace.dataplane.port.PacketPort;
import io.millrace.dataplane.port.decorator.FaultInjector;
import io.millrace.dataplane.port.decorator.Faults;
import io.millrace.dataplane.wire.IpAddress;
import java.util.function.UnaryOperator;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A sender, a receiver that takes everything, and a path between them that is as long, as narrow and as lossy as a test
 * wants. In virtual time, and by a seed: the same at every run.
 */
final class SimulatedPath implements AutoCloseable {
    private static final int PORT = 9;
    private static final int BUFFER = 4 << 20;

    private final VirtualClock clock = new VirtualClock();
    private final MemoryPort.Pair cable =
            MemoryPort.pair(MemoryPortConfig.defaults().withFrames(8_192));
    private final FaultInjector path;
    private final TcpEngine receiver;
    private final TcpEngine sender;
    private final Source source = new Source();
    private TcpLoop senderLoop;
    private long id;
    private long received;
    private int maxText;

    /**
     * A path that nobody has sent anything over yet.
     *
     * @param there what befalls text.
     * @param back what befalls acknowledgments.
     * @param settings changes those of both engines.
     */
    SimulatedPath(
            final Faults there, final Faults back, final long seed, final UnaryOperator<TcpConfig.Builder> settings) {
        path = new FaultInjector(cable.right(), back, there, seed, clock);
        final TcpApplication sink = loop -> loop.listen(ListenConfig.onPort(PORT), new Sink());
        receiver = engine(cable.left(), "10.0.0.1/24", settings, sink);
        sender = engine(path, "10.0.0.2/24", settings, loop -> senderLoop = loop);
        runMillis(1_000);
    }

    private TcpEngine engine(
            final PacketPort port,
            final String address,
            final UnaryOperator<TcpConfig.Builder> settings,
            final TcpApplication application) {
        final TcpConfig.Builder config = TcpConfig.builder()
                .maxConnections(10)
                .synQueueCapacity(10)
                .timeWaitCapacity(10)
                .bufferPoolBytes(4L * BUFFER)
                .receiveBufferBytes(BUFFER)
                .sendBufferBytes(BUFFER);
        return TcpEngine.builder()
                .port(port, HostAddresses.builder(port.mac()).address(address).build())
                .config(settings.apply(config).build())
                .clock(clock)
                .application(shard -> application)
                .startManually();
    }

    /** Sends what it is told to, and once it is to send without end all that there is room for. */
    private final class Source implements TcpHandler {
        private final UnsafeBuffer zeroes = new UnsafeBuffer(new byte[BUFFER + 1]); // more than there is room for
        private boolean endless;

        @Override
        public void onOpen(final TcpConnection connection) {
            maxText = connection.maxSegmentBytes();
            onWritable(connection);
        }

        @Override
        public void onWritable(final TcpConnection connection) {
            if (endless) {
                connection.write(zeroes, 0, zeroes.capacity());
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
            received += length;
            return length;
        }
    }

    /** Opens the connection; what it sends comes of {@link #send} and {@link #sendWithoutEnd}. */
    void open() {
        id = senderLoop.connect(IpAddress.parse("10.0.0.2"), IpAddress.parse("10.0.0.1"), PORT, source, 0);
        for (int i = 0; i < 10_000 && maxText == 0; i++) {
            step();
        }
    }

    /** Writes so many bytes, no more than there is room for. */
    void send(final int bytes) {
        final int written = senderLoop.connection(id).write(source.zeroes, 0, bytes);
        if (written != bytes) {
            throw new IllegalStateException("room for " + written + " of " + bytes + " bytes");
        }
    }

    /** From now on there is always more to send. */
    void sendWithoutEnd() {
        source.endless = true;
        source.onWritable(senderLoop.connection(id));
    }

    /** From now on nothing is written but by {@link #send}. */
    void sendNoMore() {
        source.endless = false;
    }

    /** Lets time pass, a tenth of a millisecond at a step, so that a round trip is what it should be. */
    void runMillis(final int millis) {
        for (int i = 0; i < millis * 10; i++) {
            step();
        }
    }

    private void step() {
        clock.advanceMicros(100);
        while (receiver.poll() + sender.poll() > 0) {
            // until both are at rest
        }
    }

    /** Bytes that the receiver's application has taken. */
    long received() {
        return received;
    }

    /** Bytes of text in a full segment. */
    int maxText() {
        return maxText;
    }

    /** What TCP knows of the connection. */
    TcpConnectionInfo info() {
        return senderLoop
                .connections(TcpConnectionFilter.all(), 0)
                .connections()
                .getFirst();
    }

    /** Counts of the sender. */
    long count(final Counter counter) {
        return sender.counters().stream().mapToLong(block -> block.get(counter)).sum();
    }

    /** Frames that found the queue of the path full. */
    long queueDrops() {
        return path.counters().stream()
                .mapToLong(block -> block.get(Counter.FAULT_QUEUE_DROPS))
                .sum();
    }

    @Override
    public void close() {
        sender.close();
        receiver.close();
        path.close();
        cable.close();
    }
}
