package io.millrace.tcp.shard;

import io.millrace.dataplane.FrameBatch;
import io.millrace.dataplane.FrameConsumer;
import io.millrace.dataplane.FrameMeta;
import io.millrace.dataplane.core.CommandQueue;
import io.millrace.dataplane.core.ShardPort;
import io.millrace.dataplane.core.ShardPorts;
import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.ring.FrameRing;
import io.millrace.dataplane.wire.IpAddress;
import io.millrace.tcp.ConnectionOptions;
import io.millrace.tcp.ListenConfig;
import io.millrace.tcp.TcpConfig;
import io.millrace.tcp.TcpConnection;
import io.millrace.tcp.TcpConnectionFilter;
import io.millrace.tcp.TcpConnectionPage;
import io.millrace.tcp.TcpHandler;
import io.millrace.tcp.TcpListener;
import io.millrace.tcp.TcpLoop;
import io.millrace.tcp.TcpOccupancy;
import io.millrace.tcp.egress.SegmentWriter;
import io.millrace.tcp.state.ClosedState;
import io.millrace.tcp.state.Segment;
import io.millrace.tcp.state.Verdict;
import io.millrace.tcp.stream.ByteChain;
import io.millrace.tcp.stream.CongestionWindow;
import io.millrace.tcp.stream.Pacer;
import io.millrace.tcp.stream.PathMtu;
import io.millrace.tcp.stream.Reassembly;
import io.millrace.tcp.stream.ReceiveTuning;
import io.millrace.tcp.stream.RetainedFrames;
import io.millrace.tcp.stream.Streams;
import io.millrace.tcp.stream.Transmitter;
import io.millrace.tcp.table.FlowIndex;
import io.millrace.tcp.table.RecordSlab;
import io.millrace.tcp.table.TcbLayout;
import io.millrace.tcp.timer.BurstClock;
import io.millrace.tcp.timer.ConnectionTimers;
import io.millrace.tcp.timer.TimerLinks;
import io.millrace.tcp.timer.TimerWheel;
import java.util.List;

/**
 * One slice of the TCP engine: its SYN queue, accept queues, connections, TIME_WAIT entries and timers. Finds out what a
 * segment belongs to and hands it to whoever deals with that.
 *
 * <p>Its thread alone calls it, but for what it says of {@link #commands}. A duty cycle is {@link #onFrames} for what has arrived, then
 * {@link #poll} for what time, other threads and the application bring. Allocates when made, and nothing afterwards.
 */
public final class TcpShard implements FrameConsumer, TcpLoop, AutoCloseable {
    /** What {@link #retirePort} answers when the port's last connection is over. */
    public static final int RETIRED = -1;
    /** How much of each kind of due work one duty cycle does: bounds the time until the next frames. */
    private static final int WORK_LIMIT = 256;
    /**
     * For so many duty cycles in a row frames that wait go before timers, which is some 2 ms. A thread that was kept from its
     * core has both, and the frames may make the timers void: what it sends again would only add to what it is behind with.
     */
    private static final int TIMERS_WAIT_LIMIT = 256;
    /** Gauges are published once in so many duty cycles, a power of two. */
    private static final int PUBLISH_INTERVAL = 1 << 10;

    private final int number;
    private final int shards;
    private final boolean resetClosedPorts;
    private final CounterBlock counters;
    private final ShardPorts ports;
    private final CommandQueue commands;
    private final BurstClock clock;
    private final ShardTables tables;
    private final Listeners listeners;
    private final Handlers handlers = new Handlers();
    private final TimerWheel wheel;
    private final SegmentWriter writer;
    private final StrayResets strayResets;
    private final SynShedding shedding;
    private final TimeWaits timeWaits;
    private final Requests requests;
    private final Connections connections;
    private final Retirement retirement;
    private final IcmpErrors icmpErrors;
    private final HalfOpens halfOpens;
    private final PassiveOpen passiveOpen;
    private final ActiveOpen activeOpen;
    private final RetainedFrames retained;
    private final ShardOccupancy occupancy;
    private final ConnectionView view;
    private final ConnectionSurvey survey;
    private final Segment segment = new Segment();
    private final Lookahead lookahead;
    private final QuietTime quiet;
    private int cycle;
    private boolean framesWait;
    private int timersWaited;

    /** Makes a shard; everything it needs is in {@code context}. */
    public TcpShard(final ShardContext context) {
        number = context.shard();
        shards = context.steering().shards();
        counters = context.counters();
        ports = context.ports();
        commands = context.commands();
        final TcpConfig config = context.config();
        resetClosedPorts = config.resetClosedPorts();
        clock = new BurstClock(context.clock());
        quiet = new QuietTime(config.quietTimeMs(), clock, ports.frames(), counters);
        tables = new ShardTables(number, shards, config, context.secrets().flowHash());
        final int burst = Math.max(context.burst(), FrameRing.MESSAGE_FRAMES);
        lookahead = new Lookahead(tables, context.secrets().flowHash(), burst);
        wheel = new TimerWheel(
                tables.connections,
                new TimerLinks(
                        TcbLayout.TIMER_PREV_OFFSET,
                        TcbLayout.TIMER_NEXT_OFFSET,
                        TcbLayout.TIMER_BUCKET_OFFSET,
                        TcbLayout.TIMER_DEADLINE_OFFSET),
                clock.millis());
        listeners = new Listeners(handlers, tables.options, context.listenerCounters(), "shard-" + number);
        final ResolvedNextHops nextHops = new ResolvedNextHops(ports, counters);
        writer = new SegmentWriter(ports, counters, nextHops, context.secrets().flowLabels());
        final Replies replies = new Replies(writer, nextHops);
        strayResets = new StrayResets(replies, clock, counters, (config.strayResetsPerSecond() + shards - 1) / shards);
        shedding = new SynShedding(config.standingQueueMs(), burst, ports.frames(), lookahead, tables.shedSyns);
        final ConnectionTimers timers = new ConnectionTimers(wheel);
        final ByteChain chain = new ByteChain(tables.blocks);
        timeWaits = new TimeWaits(tables, replies, context.secrets().timestamps(), clock, counters, config);
        retained = new RetainedFrames(ports.frames(), counters);
        requests = new Requests(number, tables, chain, retained, counters);
        final CongestionWindow congestion = new CongestionWindow(tables.options, tables.bulk, clock);
        connections = new Connections(
                tables,
                handlers,
                replies,
                timeWaits,
                timers,
                writer,
                requests,
                chain,
                retained,
                congestion,
                clock,
                counters);
        final Streams streams = new Streams(
                writer,
                nextHops,
                chain,
                new Reassembly(tables.reassembly, tables.blocks, ports.frames()),
                tables.connections,
                tables.ranges,
                tables.recoveries,
                new ReceiveTuning(chain, tables.options, tables.bulk, clock),
                congestion,
                new Pacer(tables.options, tables.bulk, timers, clock),
                new PathMtu(tables.bulk, clock, counters),
                connections.callbacks(),
                retained,
                timers,
                clock,
                counters,
                tables.options,
                config.dataRetries());
        final Transmitter transmitter = streams.transmitter();
        connections.connect(streams);
        icmpErrors = new IcmpErrors(tables, connections, transmitter, counters);
        halfOpens = new HalfOpens(tables, listeners, replies, ports, clock, counters);
        retirement = new Retirement(ports, tables, connections, transmitter, halfOpens, retained, counters);
        passiveOpen = new PassiveOpen(
                tables,
                listeners,
                connections,
                replies,
                strayResets,
                context.secrets(),
                halfOpens,
                clock,
                counters,
                config,
                writer);
        activeOpen = new ActiveOpen(
                number,
                tables,
                handlers,
                connections,
                requests,
                timeWaits,
                transmitter,
                context.secrets(),
                context.steering(),
                clock,
                counters,
                config,
                writer);
        occupancy = new ShardOccupancy(counters, tables.bytes());
        view = new ConnectionView(requests);
        survey = new ConnectionSurvey(tables, requests, chain, clock);
    }

    /* Segments. */

    /**
     * {@inheritDoc}
     *
     * <p>In two passes: one reads the lines that each segment needs ({@link Lookahead}), one processes them in order.
     */
    @Override
    public void onFrames(final FrameBatch received) {
        clock.tick();
        if (quiet.lasts()) {
            quiet.discard(received);
            return;
        }
        framesWait = received.hasMore();
        final FrameBatch batch = shedding.admit(received);
        final int size = batch.size();
        lookahead.begin(batch);
        int segments = shedding.shed();
        if (segments > 0) {
            counters.add(Counter.SYNS_SHED, segments);
        }
        for (int i = 0; i < size; i++) {
            if (FrameMeta.kind(batch.meta(i)) < FrameMeta.ICMP4_ERROR) {
                process(batch.mbuf(i), batch.meta(i), i, lookahead.isFollowed(i, size));
                segments++;
            } else {
                processError(batch.mbuf(i), batch.meta(i), lookahead.hash(i));
            }
        }
        connections.settleHeld();
        counters.add(Counter.TCP_SEGMENTS_RECEIVED, segments);
    }

    private void processError(final long mbuf, final int meta, final int hash) {
        connections.settleHeld();
        writer.lend(mbuf, true);
        icmpErrors.onError(mbuf, meta, hash);
        writer.releaseLent();
    }

    private void process(final long mbuf, final int meta, final int number, final boolean more) {
        final int hash = lookahead.hash(number);
        segment.parse(mbuf, meta);
        if (segment.hasSenselessFlags()) {
            counters.increment(Counter.TCP_SENSELESS_FLAGS); // each state decides what becomes of it
        }
        writer.lend(mbuf, segment.textLength() == 0);
        final int position = tables.find(segment, hash, lookahead.position(number));
        if (position == FlowIndex.NONE) {
            connections.settleHeld();
            onUnknown(hash);
        } else {
            final int ref = tables.index.ref(position);
            final int slot = FlowIndex.slot(ref);
            if (FlowIndex.kind(ref) != FlowIndex.CONNECTION) {
                connections.settleHeld();
            }
            switch (FlowIndex.kind(ref)) {
                case FlowIndex.CONNECTION -> connections.onSegment(slot, segment, more);
                case FlowIndex.HALF_OPEN -> passiveOpen.onHalfOpenSegment(slot, position, segment);
                default -> onTimeWait(slot, position, hash);
            }
        }
        writer.releaseLent();
    }

    private void onUnknown(final int hash) {
        final Listener listener = listeners.of(segment.localHi(), segment.localLo(), segment.localPort());
        writer.lentMayBeOverwritten();
        if (listener != null) {
            passiveOpen.onSegment(listener, segment, hash);
            return;
        }
        final boolean answerable = Verdict.has(ClosedState.onSegment(segment), Verdict.RESET_SEGMENT);
        if (answerable && segment.isSyn()) {
            counters.increment(Counter.TCP_SYNS_REFUSED);
        }
        if (answerable && resetClosedPorts) {
            strayResets.answer(segment);
        } else {
            counters.increment(Counter.TCP_SEGMENTS_IGNORED);
        }
    }

    private void onTimeWait(final int slot, final int position, final int hash) {
        writer.lentMayBeOverwritten();
        final Listener listener = listeners.of(segment.localHi(), segment.localLo(), segment.localPort());
        if (timeWaits.onSegment(slot, position, segment, listener != null)) {
            passiveOpen.onReopeningSyn(listener, segment, hash, timeWaits.reopenedSndNxt());
        }
    }

    /* Time, other threads, the application's own doing. */

    /**
     * Does what is due apart from frames, and hands on what is to be sent.
     *
     * @return how much was done.
     */
    public int poll() {
        clock.tick();
        shedding.endCycle(clock.millis());
        int count = timeWaits.expire() + commands.run();
        if (framesWait && timersWaited < TIMERS_WAIT_LIMIT) {
            timersWaited++;
            framesWait = false;
            return count + 1;
        }
        timersWaited = 0;
        for (int i = 0; i < WORK_LIMIT; i++) {
            final int slot = wheel.poll(clock.millis());
            if (slot == RecordSlab.NONE) {
                break;
            }
            connections.onTimer(slot);
            count++;
        }
        if (wheel.isBehind()) {
            count++; // timers are still being moved down: no idling yet
        }
        return count + halfOpens.expire(WORK_LIMIT);
    }

    /** Ends a duty cycle: settles connections that were acted on outside their callbacks, and sends. */
    public int finish() {
        final int count = connections.settlePending();
        ports.flush();
        if ((++cycle & PUBLISH_INTERVAL - 1) == 0) {
            publish();
        }
        return count;
    }

    /** The engine ends: resets all connections, so that their peers learn of it. */
    void shutDown() {
        clock.tick();
        retirement.abortAll();
    }

    /** Publishes the gauges now. */
    public void publish() {
        occupancy.publish(tables, listeners);
    }

    /** What other threads want done on the shard's thread; any thread. */
    public CommandQueue commands() {
        return commands;
    }

    /**
     * Resets connections of a port that is about to go, and forgets its half-open ones, some in each call; and lets no new
     * one choose it.
     *
     * @param from 0 at first, then what the last call answered.
     * @return where to go on, or {@link #RETIRED} when there is none left.
     */
    public int retirePort(final int devicePort, final int from) {
        if (from == RETIRED) {
            return RETIRED;
        }
        clock.tick();
        return retirement.retire(devicePort, from);
    }

    /* The loop as applications see it. */

    @Override
    public int shard() {
        return number;
    }

    @Override
    public int shards() {
        return shards;
    }

    @Override
    public long nanoTime() {
        return clock.nanos();
    }

    @Override
    public TcpListener listen(final ListenConfig config, final TcpHandler handler) {
        return listen(config, handler, new Backlog(config.backlog()));
    }

    /** The same with an accept queue whose bound other shards share. */
    public TcpListener listen(final ListenConfig config, final TcpHandler handler, final Backlog backlog) {
        return listeners.open(this, config, handler, backlog);
    }

    @Override
    public List<TcpListener> listeners() {
        return listeners.open();
    }

    @Override
    public TcpListener listener(final IpAddress local, final int port) {
        return listeners.of(local.hi(), local.lo(), port);
    }

    /** Stops listening on every address of a port. */
    public void unlisten(final int port) {
        for (Listener listener = listeners.ofPort(port); listener != null; listener = listeners.ofPort(port)) {
            unlisten(listener);
        }
    }

    void unlisten(final Listener listener) {
        if (!listener.closed) {
            listeners.close(listener);
            retirement.drop(listener);
        }
    }

    int accept(final Listener listener, final int limit) {
        return listener.closed ? 0 : connections.accept(listener, limit);
    }

    @Override
    public long connect(
            final IpAddress local,
            final IpAddress remote,
            final int remotePort,
            final TcpHandler handler,
            final long attachment) {
        return connect(local, 0, remote, remotePort, defaultConnectionOptions(), handler, attachment);
    }

    @Override
    public long connect(
            final IpAddress local,
            final int localPort,
            final IpAddress remote,
            final int remotePort,
            final ConnectionOptions options,
            final TcpHandler handler,
            final long attachment) {
        final ShardPort by = ports.withAddress(local.hi(), local.lo());
        if (by == null || ports.withAddress(remote.hi(), remote.lo()) != null) { // a segment to ourselves meets no link
            counters.increment(Counter.NO_ROUTES);
            return 0;
        }
        if (quiet.lasts()) {
            counters.increment(Counter.QUIET_TIME_DROPS);
            return 0;
        }
        return activeOpen.connect(by.number(), local, localPort, remote, remotePort, options, handler, attachment);
    }

    @Override
    public long connect(final IpAddress remote, final int remotePort, final TcpHandler handler, final long attachment) {
        final ShardPort by = ports.towards(remote.hi(), remote.lo());
        final int local = by == null ? HostAddresses.NONE : by.host().sourceFor(remote.hi(), remote.lo());
        if (local == HostAddresses.NONE) {
            counters.increment(Counter.NO_ROUTES);
            return 0;
        }
        return connect(by.host().addresses().get(local).address(), remote, remotePort, handler, attachment);
    }

    @Override
    public int shardOf(final IpAddress local, final int localPort, final IpAddress remote, final int remotePort) {
        return activeOpen.shardOf(local, localPort, remote, remotePort);
    }

    @Override
    public ConnectionOptions defaultConnectionOptions() {
        return tables.options.get(ShardTables.DEFAULT_OPTIONS);
    }

    @Override
    public TcpConnection connection(final long id) {
        return requests.wrap(view, id) ? view : null;
    }

    @Override
    public boolean release(final long frame) {
        return retained.release(frame);
    }

    @Override
    public TcpConnectionPage connections(final TcpConnectionFilter filter, final long from) {
        return survey.page(filter, from);
    }

    @Override
    public TcpOccupancy occupancy() {
        return occupancy;
    }

    /** Gives the tables' memory back; the shard's thread has ended. */
    @Override
    public void close() {
        tables.close();
    }
}
