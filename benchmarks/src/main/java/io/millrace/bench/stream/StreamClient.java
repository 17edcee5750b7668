package io.millrace.bench.stream;

import io.millrace.dataplane.wire.IpAddress;
import io.millrace.tcp.TcpApplication;
import io.millrace.tcp.TcpHandler;
import io.millrace.tcp.TcpLoop;
import java.util.function.Function;

/**
 * Opens connections, some in each duty cycle, until all are open that are wanted. On the shard's thread, but for {@link
 * #start}, which is for any. Allocates its handler when it starts.
 */
public final class StreamClient implements TcpApplication {
    /** SYNs in one duty cycle, so that the server's queues take them. */
    private static final int MAX_BURST = 32;

    private final IpAddress server;
    private final int port;
    private final int connections;
    private final StreamMeter meter;
    private final Function<TcpLoop, TcpHandler> handlers;
    private TcpHandler handler;
    private int tried;
    private volatile boolean running;

    /**
     * Aims at one port of one server.
     *
     * @param handlers makes what is to be done with the connections of a shard.
     */
    public StreamClient(
            final IpAddress server,
            final int port,
            final int connections,
            final StreamMeter meter,
            final Function<TcpLoop, TcpHandler> handlers) {
        this.server = server;
        this.port = port;
        this.connections = connections;
        this.meter = meter;
        this.handlers = handlers;
    }

    /** Begins to open connections. */
    public void start() {
        running = true;
    }

    /** Whether {@link #start} was called. */
    boolean isRunning() {
        return running;
    }

    @Override
    public void onStart(final TcpLoop loop) {
        handler = handlers.apply(loop);
    }

    @Override
    public int doWork(final TcpLoop loop) {
        meter.latency().swapIfAsked();
        if (!running) {
            return 0;
        }
        final int burst = Math.min(connections - tried, MAX_BURST);
        int sent = 0;
        while (sent < burst && loop.connect(server, port, handler, 0) != 0) {
            sent++;
        }
        tried += sent;
        return sent;
    }
}
