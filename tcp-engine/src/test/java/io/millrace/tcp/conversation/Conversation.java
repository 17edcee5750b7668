package io.millrace.tcp.conversation;

import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.port.MemoryPort;
import io.millrace.dataplane.port.MemoryPortConfig;
import io.millrace.dataplane.wire.IpAddress;
import io.millrace.tcp.ConnectionOptions;
import io.millrace.tcp.ListenConfig;
import io.millrace.tcp.TcpConfig;
import io.millrace.tcp.TcpConnection;
import io.millrace.tcp.TcpEngine;
import io.millrace.tcp.TcpListener;
import io.millrace.tcp.TcpLoop;
import io.millrace.tcp.TcpOccupancy;
import io.millrace.tcp.VirtualClock;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One engine on a virtual clock, and a peer on the other end of its cable that sends what the test says. {@link #run} takes
 * a script; the other methods are what scripts are made of. Closing it checks that no frame was lost.
 */
public final class Conversation implements AutoCloseable {
    private static final int FIRST_PEER_PORT = 40_000;
    private static final int GAUGE_INTERVAL = 1_024;
    private static final int ISN_TICK_MICROS = 4;
    private static final int DETECTION_STEP_MS = 1_100;

    private final VirtualClock clock = new VirtualClock();
    private final Family family;
    private final MemoryPort.Pair cable;
    private final int frames;
    private final Wire wire;
    private final Map<Integer, Flow> flows = new HashMap<>();
    private final Map<Integer, Long> ids = new HashMap<>();
    private final Set<Long> live = new HashSet<>();
    private final Map<Long, Integer> written = new HashMap<>();
    private final Witness witness = new Witness();
    private final Deque<String> events = ScriptedApplication.newEvents();
    private final List<String> trace = new ArrayList<>();
    private final TcpEngine engine;
    private TcpLoop loop;
    private Flow flow;
    private boolean nonsense;
    private ScriptedApplication application;
    private int listeningPort = 7;

    /** Over IPv4, with small tables and the engine's defaults for everything else. */
    public Conversation() {
        this(Family.IPV4, config -> config);
    }

    /** With small tables, settings of its own, and the engine's defaults for everything else. */
    public Conversation(final Family family, final UnaryOperator<TcpConfig.Builder> settings) {
        this.family = family;
        cable = MemoryPort.pair(MemoryPortConfig.defaults().withFrames(2_048).withMtu(family.mtu));
        frames = cable.pool().available();
        wire = new Wire(cable.right(), cable.left().mac().value(), family);
        engine = TcpEngine.builder()
                .port(
                        cable.left(),
                        HostAddresses.builder(cable.left().mac())
                                .address(family.cidr)
                                .build())
                .config(settings.apply(TcpConfig.builder()
                                .maxConnections(1_000)
                                .synQueueCapacity(100)
                                .timeWaitCapacity(1_000)
                                .timeWaitIpv6Capacity(1_000)
                                .bufferPoolBytes(4 << 20))
                        .build())
                .clock(clock)
                .application(shard -> newLoop -> loop = newLoop)
                .startManually();
        peer(FIRST_PEER_PORT);
        poll();
        for (int waited = 0; waited < family.detectionMs; waited += DETECTION_STEP_MS) {
            leap(DETECTION_STEP_MS);
        }
    }

    /** Runs a script; see {@link Script} for its language. */
    public Conversation run(final String script) {
        new Script(this).run(script);
        return this;
    }

    /** The engine, for what scripts cannot say. */
    public TcpEngine engine() {
        return engine;
    }

    /** The engine's event loop. */
    public TcpLoop loop() {
        return loop;
    }

    /** From here on the peer talks nonsense: that the bytes follow the pattern is checked no more. */
    public Conversation nonsense() {
        nonsense = true;
        return this;
    }

    /** Forgets what has come and was told so far, that long conversations do not fill the memory. */
    public void forget() {
        trace.clear();
        events.clear();
        flows.values().forEach(each -> each.arrivals.clear());
    }

    /** Sum of a counter over the engine. */
    public long count(final Counter counter) {
        return engine.counters().stream().mapToLong(block -> block.get(counter)).sum();
    }

    /** What the engine's tables hold now; the engine publishes it once in {@value #GAUGE_INTERVAL} duty cycles. */
    public TcpOccupancy occupancy() {
        for (int i = 0; i < GAUGE_INTERVAL; i++) {
            engine.poll();
        }
        return loop.occupancy();
    }

    /* Time. */

    long nowMs() {
        return clock.nanoTime() / 1_000_000;
    }

    /** Lets time pass a millisecond at a step. */
    public void advance(final long millis) {
        for (long i = 0; i < millis; i++) {
            clock.advanceMillis(1);
            poll();
        }
    }

    /** Lets time pass in one leap. */
    public void leap(final long millis) {
        clock.advanceMillis(millis);
        poll();
    }

    /** Runs the engine until it is at rest at the present moment, and takes what it has sent. */
    public void poll() {
        if (application != null && application.failure != null && !nonsense) {
            throw failure(application.failure);
        }
        int rounds = 0;
        int work;
        do {
            work = engine.poll();
            for (final TcpSegment segment : wire.receive()) {
                arrived(segment);
                work++;
            }
            if (++rounds > 10_000) {
                throw failure("the engine does not come to rest");
            }
        } while (work > 0);
    }

    private void arrived(final TcpSegment segment) {
        final Flow to = flows.computeIfAbsent(segment.destinationPort(), port -> new Flow(port, segment.sourcePort()));
        to.arrived(segment, nowMs());
        trace.add("%8d   < %s%s".formatted(nowMs(), SegmentLine.write(to, segment, true), name(to)));
        final String wrong = witness.engineSends(segment);
        if (!wrong.isEmpty()) {
            throw failure("the engine sent " + wrong);
        }
        if (to.engineIsnKnown && !nonsense) {
            for (int i = 0; i < segment.text().length; i++) {
                if (segment.text()[i] != ScriptedApplication.pattern(segment.seq() - to.engineIsn + i)) {
                    throw failure("wrong byte sent at " + (segment.seq() - to.engineIsn + i));
                }
            }
        }
    }

    /* The peer. */

    /** Goes on as the peer with another port: a flow of its own. */
    public Conversation peer(final int port) {
        flow = flows.computeIfAbsent(port, p -> new Flow(p, listeningPort));
        return this;
    }

    /** Has the present flow go to another port of the engine, from here on. */
    public Conversation to(final int enginePort) {
        flow.enginePort = enginePort;
        return this;
    }

    /** Forgets the flow of the present peer port: the next connection from it starts afresh, with {@code isn}. */
    void renew(final int isn) {
        final Flow old = flows.remove(flow.peerPort);
        peer(old.peerPort);
        flow.isn(isn);
    }

    Flow flow() {
        return flow;
    }

    void send(final SegmentLine line) {
        final TcpSegment segment = line.toSend(flow, nowMs());
        trace.add("%8d > %s%s".formatted(nowMs(), SegmentLine.write(flow, segment, false), name(flow)));
        flow.sent(segment, nowMs());
        witness.peerSends(segment);
        wire.send(segment);
        poll();
        witness.answered(segment);
    }

    /** The peer sends, and the engine does nothing yet; false if the segment found no room on the cable, and is lost. */
    public boolean offer(final String line) {
        final TcpSegment segment = SegmentLine.parse(line).toSend(flow, nowMs());
        flow.sent(segment, nowMs());
        witness.peerSends(segment);
        witness.answered(segment);
        return wire.offer(segment);
    }

    /** A SYN comes from an address and a port somewhere, of which nothing is remembered; the engine does nothing yet. */
    public boolean offerSyn(final IpAddress from, final int port) {
        final Flow nobodys = new Flow(port, listeningPort);
        final TcpSegment syn = SegmentLine.parse("S seq 0 <mss 1460>").toSend(nobodys, nowMs());
        witness.peerSends(syn);
        witness.answered(syn);
        return wire.offer(syn, from);
    }

    /** Runs one duty cycle of the engine, whose answers are lost; how much was done. */
    public int pollOnce() {
        final int work = engine.poll();
        wire.receive();
        return work;
    }

    /** Time passes, and the engine does nothing yet. */
    public void tick(final long millis) {
        clock.advanceMillis(millis);
    }

    /** An ICMP error about the segment of the engine with this number, relative, and so many bytes of text. */
    void send(final IcmpErrorLine error, final int seq, final int text) {
        trace.add("%8d ! %s mtu %d about seq %d".formatted(nowMs(), error.kind(), error.mtu(), seq));
        wire.send(
                error,
                new TcpSegment(
                        flow.enginePort,
                        flow.peerPort,
                        flow.engineIsn + seq,
                        0,
                        TcpSegment.ACK,
                        0,
                        0,
                        0,
                        new byte[0],
                        new byte[text]));
        poll();
    }

    /** The next segment of the present flow; null if none has come. */
    Flow.Arrival next() {
        return flow.arrivals.poll();
    }

    /**
     * Has the engine choose {@code isn} for the next connection of the present flow: opens one to see where its clock
     * stands, resets it, and lets the hours pass until the clock comes by.
     */
    void engineIsn(final int isn) {
        send(SegmentLine.parse("S seq 0 <mss 1460>"));
        final Flow.Arrival answer = next();
        if (answer == null || !answer.segment().is(TcpSegment.SYN)) {
            throw failure("no SYN-ACK to learn the engine's numbers from");
        }
        send(SegmentLine.parse("R"));
        clock.advanceMicros(
                ISN_TICK_MICROS * Integer.toUnsignedLong(isn - answer.segment().seq()));
        poll();
        renew(flow.peerIsn);
    }

    /** Takes the next segment of the present flow; its sequence number, absolute. */
    public int lastSeq() {
        return next().segment().seq();
    }

    /** The window field of the last segment that came on the present flow. */
    public int lastWindow() {
        return flow.arrivals.getLast().segment().window();
    }

    /** The SACK blocks of the last segment that came, which must acknowledge {@code ack}, relative. */
    public List<String> lastSack(final int ack) {
        final TcpSegment last = flow.arrivals.getLast().segment();
        if (last.ack() - flow.peerIsn != ack) {
            throw failure("the last segment does not acknowledge " + ack);
        }
        return Options.read(last.options(), flow.peerIsn).stream()
                .filter(option -> option.startsWith("sack "))
                .flatMap(option -> Stream.of(option.substring(5).split(" ")))
                .toList();
    }

    /** The TSval of the last segment that the engine has sent on the present flow. */
    public long lastTimestamp() {
        return Integer.toUnsignedLong(flow.tsLast);
    }

    /** Whether the engine has sent any of these numbers, relative, more than once. */
    public boolean resent(final int from, final int to) {
        return flow.resent.stream().anyMatch(range -> range[0] < to && range[1] > from);
    }

    /** The peer's port of the present flow. */
    public int peerPort() {
        return flow.peerPort;
    }

    /** The number that the engine expects next on the present flow, as far as the peer knows. */
    public int peerSndNxt() {
        return flow.sndNxt;
    }

    /** The number after everything that the engine has sent on the present flow. */
    public int engineSndNxt() {
        return flow.rcvNxt;
    }

    /* The application. */

    /** Listens with an application of this manner. */
    void listen(final ListenConfig config, final ScriptedApplication.Manner manner) {
        listeningPort = config.port();
        application = new ScriptedApplication(manner, events, ids, live);
        final ScriptedApplication handler = application;
        engine.listen(config, shard -> handler);
        flow.enginePort = config.port();
    }

    /** The engine's listener on a port. */
    TcpListener listener(final int port) {
        return loop.listener(family.engine, port);
    }

    /** Connects to the peer's port. */
    void connect(final int peerPort) {
        connectWith(peerPort, loop.defaultConnectionOptions());
    }

    /** Connects to the peer's port, with options. */
    public void connectWith(final int peerPort, final ConnectionOptions options) {
        flow = new Flow(peerPort, 0);
        flows.put(peerPort, flow);
        ids.put(peerPort, connectFrom(0, peerPort, options));
        poll();
    }

    /** Connects from a port of the engine; the connection's id, or 0. */
    public long connectFrom(final int enginePort, final int peerPort, final ConnectionOptions options) {
        application = new ScriptedApplication(ScriptedApplication.Manner.SINK, events, ids, live);
        return loop.connect(family.engine, enginePort, family.peer, peerPort, options, application, 0);
    }

    /** Listens with an application that takes nothing and does nothing. */
    public void listenWith(final ListenConfig config) {
        listen(config, ScriptedApplication.Manner.HOLD);
    }

    /** The connection of the present flow, or null if it is over. */
    public TcpConnection currentConnection() {
        return loop.connection(ids.getOrDefault(flow.peerPort, 0L));
    }

    /** Has the application write so many bytes of the pattern. */
    public int writeSome(final int count) {
        final TcpConnection connection = currentConnection();
        final int from = written.getOrDefault(connection.id(), 0);
        final byte[] text = new byte[count];
        for (int i = 0; i < count; i++) {
            text[i] = ScriptedApplication.pattern(from + i + 1);
        }
        final int taken = connection.write(new UnsafeBuffer(text), 0, count);
        written.put(connection.id(), from + taken);
        return taken;
    }

    /** Has the application take so many bytes more of what has come. */
    void take(final int count) {
        application.allowance += count;
        currentConnection().resume();
    }

    /** Has the applications abort every connection they have. */
    public void abortAll() {
        live.forEach(id -> loop.connection(id).abort());
        poll();
    }

    Deque<String> events() {
        return events;
    }

    /* What came of it. */

    /** A failure that shows everything that went over the wire. */
    AssertionError failure(final String message) {
        return new AssertionError(message + "\n      ms   > to the engine, < from it\n" + String.join("\n", trace));
    }

    void note(final String line) {
        trace.add("%8d %s".formatted(nowMs(), line));
    }

    /** Closes the engine; what it says at its end can be read afterwards. */
    public void closeEngine() {
        engine.close();
        wire.receive().forEach(this::arrived);
    }

    /** Closes the engine, and checks that every frame has come back to the pool. */
    @Override
    public void close() {
        engine.close();
        wire.receive();
        cable.left().close(); // the wire may have answered: such frames are nobody's but the cable's
        final int missing = frames - cable.pool().available();
        wire.close();
        cable.close();
        if (missing != 0) {
            throw failure(missing + " frames were not given back");
        }
    }

    private String name(final Flow of) {
        return flows.size() == 1 ? "" : " (peer " + of.peerPort + ")";
    }
}
