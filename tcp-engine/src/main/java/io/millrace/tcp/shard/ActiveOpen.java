package io.millrace.tcp.shard;

import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.flow.FlowSteering;
import io.millrace.dataplane.wire.IpAddress;
import io.millrace.tcp.ConnectionOptions;
import io.millrace.tcp.TcpConfig;
import io.millrace.tcp.TcpHandler;
import io.millrace.tcp.TcpState;
import io.millrace.tcp.egress.SegmentWriter;
import io.millrace.tcp.isn.EphemeralPorts;
import io.millrace.tcp.isn.IsnGenerator;
import io.millrace.tcp.state.Transition;
import io.millrace.tcp.stream.ReceiveWindow;
import io.millrace.tcp.stream.RttEstimator;
import io.millrace.tcp.stream.Transmitter;
import io.millrace.tcp.table.FlowIndex;
import io.millrace.tcp.table.RecordSlab;
import io.millrace.tcp.table.Tcb;
import io.millrace.tcp.table.TcbFlags;
import io.millrace.tcp.table.TcbModes;
import io.millrace.tcp.timer.BurstClock;

/**
 * The client's side of the handshake, RFC 9293 §3.10.1: a local port whose return traffic comes to this shard, a record, and
 * a SYN. Owned by the shard's thread; allocates nothing.
 */
final class ActiveOpen {
    /** Candidates tried before giving up: with half the ports taken, one in a million connects fails wrongly. */
    private static final int MAX_ATTEMPTS_A_SHARD = 1 << 10;

    private final int shard;
    private final ShardTables tables;
    private final Handlers handlers;
    private final Connections connections;
    private final Requests requests;
    private final TimeWaits timeWaits;
    private final Transmitter transmitter;
    private final Secrets secrets;
    private final EphemeralPorts ports;
    private final FlowSteering steering;
    private final BurstClock clock;
    private final CounterBlock counters;
    private final Transition transitions;
    private final TcpConfig config;
    private final SegmentWriter writer;
    private final Tcb tcb = new Tcb();

    ActiveOpen(
            final int shard,
            final ShardTables tables,
            final Handlers handlers,
            final Connections connections,
            final Requests requests,
            final TimeWaits timeWaits,
            final Transmitter transmitter,
            final Secrets secrets,
            final FlowSteering steering,
            final BurstClock clock,
            final CounterBlock counters,
            final TcpConfig config,
            final SegmentWriter writer) {
        this.shard = shard;
        this.tables = tables;
        this.handlers = handlers;
        this.connections = connections;
        this.requests = requests;
        this.timeWaits = timeWaits;
        this.transmitter = transmitter;
        this.secrets = secrets;
        this.ports = new EphemeralPorts(secrets.ports(), config.firstEphemeralPort(), config.lastEphemeralPort());
        this.steering = steering;
        this.clock = clock;
        this.counters = counters;
        transitions = new Transition(counters);
        this.config = config;
        this.writer = writer;
    }

    /** Opens a connection by a port, which has the local address; its id, or 0 if there is no room or no free port. */
    long connect(
            final int devicePort,
            final IpAddress local,
            final int wantedPort,
            final IpAddress remote,
            final int remotePort,
            final ConnectionOptions options,
            final TcpHandler handler,
            final long attachment) {
        final int handlerNumber = handlers.acquire(handler);
        final int optionsNumber = tables.options.acquire(options);
        final long id =
                connect(devicePort, local, wantedPort, remote, remotePort, optionsNumber, handlerNumber, attachment);
        handlers.release(handlerNumber); // the connection has its own hold on them, if there is one
        tables.options.release(optionsNumber);
        return id;
    }

    private long connect(
            final int devicePort,
            final IpAddress local,
            final int wantedPort,
            final IpAddress remote,
            final int remotePort,
            final int options,
            final int handler,
            final long attachment) {
        final int localPort = wantedPort == 0
                ? choosePort(local, remote, remotePort)
                : isUsable(local, remote, remotePort, wantedPort) ? wantedPort : 0;
        if (localPort == 0) {
            counters.increment(Counter.EPHEMERAL_PORTS_EXHAUSTED);
            return 0;
        }
        final int slot = tables.connections.allocate();
        if (slot == RecordSlab.NONE) {
            counters.increment(Counter.CONNECTION_TABLE_OVERFLOWS);
            return 0;
        }
        final int tuplePorts = remotePort << 16 | localPort;
        final int flowHash = tables.hash.hash(remote.hi(), remote.lo(), local.hi(), local.lo(), tuplePorts);
        final int iss = iss(flowHash, local, remote, tuplePorts);
        final int position = tables.index.insert(flowHash, FlowIndex.ref(FlowIndex.CONNECTION, slot));
        if (position == FlowIndex.NONE) {
            counters.increment(Counter.CONNECTION_TABLE_OVERFLOWS);
            tables.connections.free(slot);
            return 0;
        }
        counters.increment(Counter.TCP_ACTIVE_OPENS);
        tcb.wrap(slot, tables.connections.address(slot));
        fill(devicePort, local, remote, tuplePorts, position, iss, tables.options.get(options));
        connections.use(tcb, handler, options);
        tcb.attachment(attachment);
        transitions.to(tcb, TcpState.SYN_SENT);
        transmitter.sendSyn(tcb);
        return requests.id(tcb);
    }

    /** The ISN; where the tuple is in TIME_WAIT the entry ends, and the ISN is beyond the old connection's numbers. */
    private int iss(final int flowHash, final IpAddress local, final IpAddress remote, final int tuplePorts) {
        final int isn = secrets.isn().isn(remote.hi(), remote.lo(), local.hi(), local.lo(), tuplePorts, clock.nanos());
        final int position = tables.find(flowHash, remote.hi(), remote.lo(), local.hi(), local.lo(), tuplePorts);
        if (position == FlowIndex.NONE) {
            return isn;
        }
        timeWaits.reuse(position);
        return IsnGenerator.beyond(isn, timeWaits.reopenedSndNxt());
    }

    private void fill(
            final int devicePort,
            final IpAddress local,
            final IpAddress remote,
            final int tuplePorts,
            final int indexPosition,
            final int iss,
            final ConnectionOptions options) {
        tcb.reset();
        tcb.indexPosition(indexPosition);
        tcb.remoteHi(remote.hi());
        tcb.remoteLo(remote.lo());
        tcb.localHi(local.hi());
        tcb.localLo(local.lo());
        tcb.ports(tuplePorts);
        tcb.devicePort(devicePort);
        tcb.set(TcbFlags.ACTIVE_OPEN
                | TcbFlags.ACCEPTED
                | (remote.isIpv4() ? 0 : TcbFlags.IPV6)
                | (config.timestamps() ? TcbFlags.TIMESTAMPS : 0)
                | (config.sack() ? TcbFlags.SACK : 0)
                | (config.windowScaling() ? TcbFlags.WINDOW_SCALE : 0));
        if (options.ecn()) {
            tcb.enter(TcbModes.ECN);
        }
        final int receiveBuffer = options.receiveBufferBytes();
        tcb.rcvWndShift(config.windowScaling() ? ReceiveWindow.shiftFor(receiveBuffer) : 0);
        tcb.tsOffset(secrets.timestamps().of(remote.hi(), remote.lo(), local.hi(), local.lo(), tuplePorts));
        tcb.iss(iss);
        tcb.sndUna(iss);
        tcb.sndNxt(iss + 1);
        tcb.sndMax(iss + 1);
        tcb.rcvAdv(options.synWindow()); // the window of our SYN, until RCV.NXT is known
        tcb.mss(options.announcedMss(writer.maxMss(devicePort, !remote.isIpv4())));
        tcb.rto(RttEstimator.INITIAL_RTO_MS);
        tcb.rttSampled(clock.micros()); // our SYN's round trip begins
        tcb.progressMs(clock.millis());
    }

    /** A free local port; 0 if none was found. */
    private int choosePort(final IpAddress local, final IpAddress remote, final int remotePort) {
        final long sequence = ports.sequence(remote.hi(), remote.lo(), local.hi(), local.lo(), remotePort);
        final int attempts = Math.min(ports.count(), MAX_ATTEMPTS_A_SHARD * steering.shards());
        for (int i = 0; i < attempts; i++) {
            final int port = ports.next(sequence);
            if (isUsable(local, remote, remotePort, port)) {
                return port;
            }
        }
        return 0;
    }

    private boolean isUsable(final IpAddress local, final IpAddress remote, final int remotePort, final int localPort) {
        return shardOf(local, localPort, remote, remotePort) == shard
                && isFree(local, remote, remotePort << 16 | localPort);
    }

    /** The shard that gets what the peer sends on such a connection. */
    int shardOf(final IpAddress local, final int localPort, final IpAddress remote, final int remotePort) {
        return steering.shards() == 1
                ? 0
                : steering.shardOf(remote.hi(), remote.lo(), local.hi(), local.lo(), remotePort, localPort);
    }

    private boolean isFree(final IpAddress local, final IpAddress remote, final int tuplePorts) {
        final int flowHash = tables.hash.hash(remote.hi(), remote.lo(), local.hi(), local.lo(), tuplePorts);
        final int position = tables.find(flowHash, remote.hi(), remote.lo(), local.hi(), local.lo(), tuplePorts);
        return position == FlowIndex.NONE || timeWaits.isReusable(position);
    }
}
