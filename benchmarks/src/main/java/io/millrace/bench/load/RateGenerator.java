package io.millrace.bench.load;

import io.millrace.dataplane.wire.IpAddress;
import io.millrace.tcp.CloseReason;
import io.millrace.tcp.TcpApplication;
import io.millrace.tcp.TcpConnection;
import io.millrace.tcp.TcpHandler;
import io.millrace.tcp.TcpLoop;
import java.nio.ByteBuffer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Opens connections: in a closed loop, that keeps a set number of them under way, or in an open one, at a set rate whatever
 * becomes of them.
 *
 * <p>A connection counts as under way from its SYN until its last segment. What it is for is its {@link Conversation}: where
 * the server closes first this side answers its FIN at once, and the TIME_WAIT entry is the server's. The latency is the time
 * from the burst that sent the SYN to the burst that brought the SYN-ACK or, where there is a request, its answer; its start
 * is the connection's attachment.
 *
 * <p>In an open loop the latency begins when the connection was due, so that one which could not begin in time has waited
 * for it: a server that stalls doesn't keep those from the figures that would have met the stall (coordinated omission).
 * The number under way is bounded there too, for the memory; those beyond it are late.
 *
 * <p>One instance a shard, on its thread; {@link #start}, {@link #stop} and the counts are for any thread. Allocates nothing after
 * construction.
 */
public final class RateGenerator implements TcpApplication, TcpHandler {
    /** SYNs in one duty cycle, so that a start or a stall does not fill the transmit queue at one stroke. */
    private static final int MAX_BURST = 64;

    /** Set in the attachment once the connection has served its purpose; the clock never reaches this bit. */
    private static final long DONE = 1L << 62;

    /** Set in it besides if it was open before any SYN could have been sent again. */
    private static final long FIRST_TRY = 1L << 61;

    /** RFC 6298 §2.1: no SYN is sent again before. */
    private static final long INITIAL_TIMEOUT_NANOS = 1_000_000_000L;

    private final IpAddress server;
    private final int port;
    private final int concurrency;
    private final SourceAddresses sources;
    private final Conversation conversation;
    private final ArrivalSchedule schedule;
    private final DirectBuffer request;
    private final LoadCounts counts = new LoadCounts();
    private final LatencyRecorder latency = new LatencyRecorder();
    private TcpLoop loop;
    private int underWay;
    private boolean scheduled;
    private long taken;
    private volatile boolean running;

    /**
     * Aims at one port of one server.
     *
     * @param concurrency connections to keep under way on this shard; in an open loop the most.
     * @param conversation what each is for.
     * @param schedule when each is due, for this shard alone; null for a closed loop.
     */
    public RateGenerator(
            final IpAddress server,
            final int port,
            final int concurrency,
            final SourceAddresses sources,
            final Conversation conversation,
            final ArrivalSchedule schedule) {
        this.server = server;
        this.port = port;
        this.concurrency = concurrency;
        this.sources = sources;
        this.conversation = conversation;
        this.schedule = schedule;
        request = new UnsafeBuffer(ByteBuffer.allocateDirect(Math.max(1, conversation.requestBytes())));
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
        final long now = shard.nanoTime();
        final int burst = (int) Math.min(Math.min(concurrency - underWay, MAX_BURST), due(now));
        int sent = 0;
        while (sent < burst) {
            // onClosed may come from within connect; counted before, so that it is never counted twice
            underWay++;
            final long start = schedule == null ? now : schedule.next();
            if (shard.connect(sources.next(), server, port, this, start) == 0) {
                underWay--;
                counts.heldBack();
                break;
            }
            if (schedule != null) {
                schedule.take();
                taken++;
            }
            counts.attempted();
            sent++;
        }
        return sent;
    }

    /** How many may begin now. */
    private long due(final long now) {
        if (schedule == null) {
            return MAX_BURST;
        }
        if (!scheduled) {
            scheduled = true;
            schedule.start(now);
        }
        final long due = schedule.due(now);
        counts.offered(taken + due);
        return due;
    }

    @Override
    public void onOpen(final TcpConnection connection) {
        final long started = connection.attachment();
        final long nanos = loop.nanoTime() - started;
        connection.attachment(started | (nanos < INITIAL_TIMEOUT_NANOS ? FIRST_TRY : 0));
        counts.opened();
        if (conversation.hasRequest()) {
            connection.write(request, 0, conversation.requestBytes());
        } else {
            done(connection);
        }
    }

    @Override
    public int onData(final TcpConnection connection, final DirectBuffer buffer, final int offset, final int length) {
        if (length < conversation.requestBytes()) {
            return 0; // is offered again with the rest
        }
        done(connection);
        return length;
    }

    private void done(final TcpConnection connection) {
        final long attachment = connection.attachment();
        latency.record(loop.nanoTime() - (attachment & ~FIRST_TRY));
        connection.attachment(attachment | DONE);
        if (!conversation.serverCloses()) {
            ConversationServer.end(connection, conversation);
        }
    }

    @Override
    public void onClosed(final TcpConnection connection, final CloseReason reason) {
        underWay--;
        if (reason == orderly() && (connection.attachment() & DONE) != 0) {
            counts.closed((connection.attachment() & FIRST_TRY) != 0);
        } else {
            counts.failed(reason);
        }
    }

    /** How a connection ends that has gone as it should. */
    private CloseReason orderly() {
        if (!conversation.byReset()) {
            return CloseReason.NORMAL;
        }
        return conversation.serverCloses() ? CloseReason.RESET : CloseReason.ABORTED;
    }
}
