package io.millrace.bench.load;

import io.millrace.dataplane.wire.IpAddress;
import io.millrace.tcp.CloseReason;
import io.millrace.tcp.TcpApplication;
import io.millrace.tcp.TcpConnection;
import io.millrace.tcp.TcpHandler;
import io.millrace.tcp.TcpLoop;
import org.agrona.DirectBuffer;

/**
 * Opens connections as fast as they end: a closed loop that keeps a set number of them under way.
 *
 * <p>A connection counts as under way from its SYN until its last segment; the server closes first, this side answers
 * its FIN at once, so the TIME_WAIT entry is the server's. The latency is the time from the burst that sent the SYN to
 * the burst that brought the SYN-ACK; its start is the connection's attachment.
 *
 * <p>One instance a shard, on its thread; {@link #start}, {@link #stop} and the counts are for any thread. Allocates nothing after
 * construction.
 */
public final class RateGenerator implements TcpApplication, TcpHandler {
    /** SYNs in one duty cycle, so that a start or a stall does not fill the transmit queue at one stroke. */
    private static final int MAX_BURST = 64;

    /** Set in the attachment once the connection is open; the clock never reaches this bit. */
    private static final long OPEN = 1L << 62;

    private final IpAddress server;
    private final int port;
    private final int concurrency;
    private final SourceAddresses sources;
    private final LoadCounts counts = new LoadCounts();
    private final LatencyRecorder latency = new LatencyRecorder();
    private TcpLoop loop;
    private int underWay;
    private volatile boolean running;

    /**
     * Aims at one port of one server.
     *
     * @param concurrency connections to keep under way on this shard.
     */
    public RateGenerator(final IpAddress server, final int port, final int concurrency, final SourceAddresses sources) {
        this.server = server;
        this.port = port;
        this.concurrency = concurrency;
        this.sources = sources;
    }

    /** What became of the connections; any thread. */
    public LoadCounts counts() {
        return counts;
    }

    /** How long opening took; for one reading thread. */
    public LatencyRecorder latency() {
        return latency;
    }

    /** Begins to open connections. */
    public void start() {
        running = true;
    }

    /** Opens no more connections; those under way go on to their end. */
    public void stop() {
        running = false;
    }

    @Override
    public void onStart(final TcpLoop shard) {
        loop = shard;
    }

    @Override
    public int doWork(final TcpLoop shard) {
        latency.swapIfAsked();
        if (!running) {
            return 0;
        }
        final int burst = Math.min(concurrency - underWay, MAX_BURST);
        final long now = shard.nanoTime();
        int sent = 0;
        while (sent < burst) {
            // onClosed may come from within connect; counted before, so that it is never counted twice
            underWay++;
            if (shard.connect(sources.next(), server, port, this, now) == 0) {
                underWay--;
                counts.heldBack();
                break;
            }
            counts.attempted();
            sent++;
        }
        return sent;
    }

    @Override
    public void onOpen(final TcpConnection connection) {
        final long started = connection.attachment();
        latency.record(loop.nanoTime() - started);
        connection.attachment(started | OPEN);
        counts.opened();
    }

    @Override
    public int onData(final TcpConnection connection, final DirectBuffer buffer, final int offset, final int length) {
        return length;
    }

    @Override
    public void onClosed(final TcpConnection connection, final CloseReason reason) {
        underWay--;
        if (reason == CloseReason.NORMAL && (connection.attachment() & OPEN) != 0) {
            counts.closed();
        } else {
            counts.failed(reason);
        }
    }
}
