package io.millrace.bench.stream;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.millrace.bench.run.Addressing;
import io.millrace.bench.run.NodeReport;
import io.millrace.bench.run.ProcessMeter;
import io.millrace.dataplane.counters.Counter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The kernel's own TCP as one end of a bulk stream: a thread for each connection, which reads or writes with large buffers
 * and blocks. Made and asked by one thread; its threads end with the process.
 */
public final class KernelStream {
    private static final int BUFFER = 1 << 18;
    private static final Path SNMP = Path.of("/proc/net/snmp");

    private final boolean sends;
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong open = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final ProcessMeter process = new ProcessMeter();

    private KernelStream(final boolean sends) {
        this.sends = sends;
    }

    /** Listens, and serves whoever connects. */
    public static KernelStream server(final boolean sends) throws IOException {
        final KernelStream stream = new KernelStream(sends);
        final ServerSocketChannel listener = ServerSocketChannel.open()
                .bind(new InetSocketAddress(inet(Addressing.IPV4.server().toString()), Addressing.PORT), 1024);
        Thread.ofPlatform().daemon().name("accept").start(() -> stream.accept(listener));
        return stream;
    }

    /** Opens nothing until {@link #connect}. */
    public static KernelStream client(final boolean sends) {
        return new KernelStream(sends);
    }

    private static InetAddress inet(final String literal) throws IOException {
        return InetAddress.getByName(literal);
    }

    private void accept(final ServerSocketChannel listener) {
        try {
            while (true) {
                serve(listener.accept());
            }
        } catch (final IOException e) {
            failed.incrementAndGet();
        }
    }

    /** Opens connections to the server. */
    public void connect(final int connections) throws IOException {
        for (int i = 0; i < connections; i++) {
            serve(SocketChannel.open(
                    new InetSocketAddress(inet(Addressing.IPV4.server().toString()), Addressing.PORT)));
        }
    }

    private void serve(final SocketChannel channel) {
        open.incrementAndGet();
        Thread.ofPlatform().daemon().name("stream").start(() -> move(channel));
    }

    private void move(final SocketChannel channel) {
        final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
        try (channel) {
            int moved = 0;
            while (moved >= 0) {
                buffer.clear();
                moved = sends ? channel.write(buffer) : channel.read(buffer);
                if (!sends && moved > 0) {
                    bytes.addAndGet(moved);
                }
            }
        } catch (final IOException e) {
            failed.incrementAndGet();
        }
        open.decrementAndGet();
    }

    /** The first figures, after a collection. */
    public NodeReport ready() throws IOException {
        System.gc();
        return report(NodeReport.READY);
    }

    /** What has been moved until now, with the kernel's figures for the whole namespace, which is ours alone. */
    public NodeReport sample() throws IOException {
        return report(NodeReport.SAMPLE);
    }

    private NodeReport report(final String event) throws IOException {
        return new NodeReport(
                event,
                System.nanoTime(),
                counters(),
                null,
                null,
                null,
                null,
                process.cost(),
                event.equals(NodeReport.READY)
                        ? Map.of("tcp", System.getProperty("os.name") + " " + System.getProperty("os.version"))
                        : Map.of(),
                List.of(),
                new NodeReport.Stream(bytes.get(), 0, open.get(), failed.get()));
    }

    private static Map<String, Long> counters() throws IOException {
        final Map<String, Long> tcp = tcpFigures(Files.readAllLines(SNMP, US_ASCII));
        final Map<String, Long> counters = new TreeMap<>();
        counters.put(Counter.TCP_SEGMENTS_RECEIVED.name(), tcp.getOrDefault("InSegs", 0L));
        counters.put(Counter.TCP_SEGMENTS_SENT.name(), tcp.getOrDefault("OutSegs", 0L));
        counters.put(Counter.TCP_SEGMENTS_RETRANSMITTED.name(), tcp.getOrDefault("RetransSegs", 0L));
        return counters;
    }

    /** The figures of {@code Tcp:} in {@code /proc/net/snmp}, by their names: a line of names, then a line of values. */
    static Map<String, Long> tcpFigures(final List<String> lines) {
        final List<String[]> rows = lines.stream()
                .filter(line -> line.startsWith("Tcp:"))
                .map(line -> line.split(" +"))
                .toList();
        final Map<String, Long> figures = new HashMap<>();
        for (int i = 1; rows.size() == 2 && i < rows.getFirst().length; i++) {
            figures.put(rows.getFirst()[i], Long.parseLong(rows.getLast()[i]));
        }
        return figures;
    }
}
