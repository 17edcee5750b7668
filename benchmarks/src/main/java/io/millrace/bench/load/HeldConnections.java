package io.millrace.bench.load;

import io.millrace.dataplane.wire.IpAddress;
import io.millrace.memory.Memory;
import io.millrace.memory.MemoryRegion;
import io.millrace.tcp.CloseReason;
import io.millrace.tcp.TcpApplication;
import io.millrace.tcp.TcpConnection;
import io.millrace.tcp.TcpHandler;
import io.millrace.tcp.TcpLoop;
import java.util.concurrent.atomic.AtomicLongArray;
import org.agrona.DirectBuffer;

/**
 * Opens connections and holds them, idle, until it is told to {@link #release} them; then closes each. That a connection has
 * lived is shown by its orderly end. When all are open, and not before, another application has its turns.
 *
 * <p>One instance a shard, on its thread; {@link #start}, {@link #release} and the counts are for any thread. Allocates a word
 * off the heap for each connection when it is made, and nothing later.
 */
public final class HeldConnections implements TcpApplication, TcpHandler, AutoCloseable {
    /** SYNs, or FINs, in one duty cycle, so that neither fills the transmit queue at one stroke. */
    private static final int MAX_BURST = 64;

    private static final int OPEN = 0;
    private static final int LOST = 1;
    private static final int CLOSED = 2;
    private static final int COUNT = 3;

    private final IpAddress server;
    private final int port;
    private final int wanted;
    private final int concurrency;
    private final SourceAddresses sources;
    private final TcpApplication next;
    private final MemoryRegion ids;
    private final AtomicLongArray counts = new AtomicLongArray(COUNT);
    private int begun;
    private int opened;
    private int released;
    private volatile boolean running;
    private volatile boolean releasing;

    /**
     * Aims at one port of one server.
     *
     * @param wanted connections to hold on this shard.
     * @param concurrency most that are opened, or closed, at the same time.
     * @param next what goes on once they are open.
     */
    public HeldConnections(
            final IpAddress server,
            final int port,
            final int wanted,
            final int concurrency,
            final SourceAddresses sources,
            final TcpApplication next) {
        this.server = server;
        this.port = port;
        this.wanted = wanted;
        this.concurrency = concurrency;
        this.sources = sources;
        this.next = next;
        ids = MemoryRegion.allocate("held connections", Math.max(1, wanted) * (long) Long.BYTES);
    }

    /** Begins to open them. */
    public void start() {
        running = true;
    }

    /** Begins to close them. */
    public void release() {
        releasing = true;
    }

    /** Connections open now. */
    public long open() {
        return counts.get(OPEN);
    }

    /** Connections that were open and ended before they were released, or not in order. */
    public long lost() {
        return counts.get(LOST);
    }

    /** Connections that were released and have ended in order. */
    public long closed() {
        return counts.get(CLOSED);
    }

    @Override
    public void onStart(final TcpLoop loop) {
        next.onStart(loop);
    }

    @Override
    public int doWork(final TcpLoop loop) {
        if (releasing) {
            return release(loop) + next.doWork(loop);
        }
        if (opened < wanted && running) {
            return connect(loop);
        }
        return next.doWork(loop);
    }

    private int connect(final TcpLoop loop) {
        final int burst = Math.min(Math.min(concurrency - (begun - opened), wanted - begun), MAX_BURST);
        int sent = 0;
        while (sent < burst) {
            begun++;
            if (loop.connect(sources.next(), server, port, this, 0) == 0) {
                begun--;
                break;
            }
            sent++;
        }
        return sent;
    }

    private int release(final TcpLoop loop) {
        final int end = Math.min(Math.min(released + MAX_BURST, opened), (int) (closed() + lost()) + concurrency);
        int work = 0;
        for (; released < end; released++) {
            final TcpConnection connection =
                    loop.connection(Memory.getLong(ids.address() + (long) released * Long.BYTES));
            if (connection != null) {
                connection.close();
            }
            work++;
        }
        return work;
    }

    @Override
    public void onOpen(final TcpConnection connection) {
        Memory.putLong(ids.address() + (long) opened * Long.BYTES, connection.id());
        opened++;
        connection.attachment(1);
        add(OPEN, 1);
    }

    @Override
    public int onData(final TcpConnection connection, final DirectBuffer buffer, final int offset, final int length) {
        return length;
    }

    @Override
    public void onClosed(final TcpConnection connection, final CloseReason reason) {
        if (connection.attachment() == 0) {
            begun--; // was never open: tried again
            return;
        }
        add(OPEN, -1);
        add(releasing && reason == CloseReason.NORMAL ? CLOSED : LOST, 1);
    }

    private void add(final int index, final long count) {
        counts.setRelease(index, counts.getPlain(index) + count);
    }

    /** After the engine's end. */
    @Override
    public void close() {
        ids.close();
    }
}
