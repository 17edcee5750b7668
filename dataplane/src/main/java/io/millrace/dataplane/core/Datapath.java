package io.millrace.dataplane.core;

import io.millrace.dataplane.FrameBatch;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.flow.FlowSteering;
import io.millrace.dataplane.flow.Toeplitz;
import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.ingress.FrameClassifier;
import io.millrace.dataplane.neighbor.NeighborResolver;
import io.millrace.dataplane.neighbor.NeighborService;
import io.millrace.dataplane.neighbor.NeighborTable;
import io.millrace.dataplane.port.FrameAllocator;
import io.millrace.dataplane.port.PacketPort;
import io.millrace.dataplane.port.TransmitChecksum;
import io.millrace.dataplane.reassembly.Reassembler;
import io.millrace.dataplane.ring.FrameRing;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.NanoClock;

/**
 * Everything between one port and the shards, wired for one arrangement; see the package. Made and closed by the engine's
 * control thread; its endpoints and its agent belong to polling threads. The port remains the caller's.
 */
public final class Datapath implements AutoCloseable {
    private final PacketPort port;
    private final HostAddresses host;
    private final DatapathConfig config;
    private final FlowSteering steering;
    private final NeighborTable table;
    private final NeighborResolver resolver;
    private final List<FrameRing> rings = new ArrayList<>();
    private final List<ShardEndpoint> endpoints = new ArrayList<>();
    private Optional<NeighborService> neighborService = Optional.empty();
    private Optional<Agent> ioAgent = Optional.empty();

    private Datapath(final PacketPort port, final HostAddresses host, final DatapathConfig config, final int shards) {
        this.port = port;
        this.host = host;
        this.config = config;
        steering = new FlowSteering(Toeplitz.standard(), shards);
        table = new NeighborTable(config.neighbors().entries());
        resolver = new NeighborResolver(host, table);
    }

    /**
     * Each shard polls a queue pair of its own: shard {@code s} has queue {@code s}.
     *
     * @param shardCounters the counters of each shard's thread; as many shards as these
     * @throws IllegalArgumentException when the port has too few queues, or does not steer flows to them as we would
     */
    public static Datapath runToCompletion(
            final PacketPort port,
            final HostAddresses host,
            final DatapathConfig config,
            final List<CounterBlock> shardCounters) {
        final int shards = shardCounters.size();
        if (port.queuePairs() < shards) {
            throw new IllegalArgumentException(shards + " shards on port " + port.name() + " with " + port.queuePairs()
                    + " queue pairs: use fewer shards, or the pipeline");
        }
        if (shards > 1 && !(port.capabilities().flowSteering() && port.queuePairs() == shards)) {
            throw new IllegalArgumentException("port " + port.name() + " does not steer flows to " + shards
                    + " shards by its own queues: use one shard, or the pipeline");
        }
        final Datapath path = new Datapath(port, host, config, shards);
        for (int shard = 0; shard < shards; shard++) {
            path.endpoints.add(path.queueEndpoint(shard, shardCounters.get(shard)));
        }
        return path;
    }

    /**
     * One IO core polls queue pair 0 and passes frames to and from the shards by rings.
     *
     * @param clock the IO core's clock
     * @param ioCounters the counters of the IO core's thread
     * @param shardCounters the counters of each shard's thread; as many shards as these
     */
    public static Datapath pipeline(
            final PacketPort port,
            final HostAddresses host,
            final DatapathConfig config,
            final NanoClock clock,
            final CounterBlock ioCounters,
            final List<CounterBlock> shardCounters) {
        final Datapath path = new Datapath(port, host, config, shardCounters.size());
        path.buildPipeline(clock, ioCounters, shardCounters);
        return path;
    }

    private QueueEndpoint queueEndpoint(final int queue, final CounterBlock counters) {
        final FrameAllocator allocator = port.pool().newAllocator();
        final PortSink sink = new PortSink(port.txQueue(queue), allocator, counters);
        final Optional<NeighborService> service =
                queue == 0 ? Optional.of(neighborService(allocator, sink, counters)) : Optional.empty();
        final HostResponder responder = service.<HostResponder>map(
                        s -> new HostResponder.Owner(host, config, allocator, sink, counters, s))
                .orElseGet(() -> new HostResponder.Forwarder(host, config, allocator, sink, counters, resolver));
        final IngressStage ingress =
                ingress(queue, responder, new OwnFlows.OfShard(steering, queue), allocator, counters);
        return new QueueEndpoint(port, ingress, sink, allocator, service);
    }

    private void buildPipeline(
            final NanoClock clock, final CounterBlock ioCounters, final List<CounterBlock> shardCounters) {
        final int shards = shardCounters.size();
        final FrameRing[] inward = new FrameRing[shards];
        final FrameRing[] outward = new FrameRing[shards];
        for (int shard = 0; shard < shards; shard++) {
            inward[shard] = ring("ring to shard " + shard);
            outward[shard] = ring("ring from shard " + shard);
            final FrameAllocator allocator = port.pool().newAllocator();
            final RingSink sink = new RingSink(outward[shard], allocator, shardCounters.get(shard));
            endpoints.add(new RingEndpoint(port, inward[shard], sink, allocator, config.burstSize()));
        }
        final FrameAllocator allocator = port.pool().newAllocator();
        final PortSink sink = new PortSink(port.txQueue(0), allocator, ioCounters);
        final NeighborService service = neighborService(allocator, sink, ioCounters);
        final HostResponder responder = new HostResponder.Owner(host, config, allocator, sink, ioCounters, service);
        final IngressStage ingress = ingress(0, responder, new OwnFlows.Every(), allocator, ioCounters);
        final ShardDispatcher dispatcher =
                new ShardDispatcher(steering, inward, config.burstSize(), allocator, ioCounters);
        ioAgent = Optional.of(new IoAgent(port, clock, ingress, dispatcher, service, outward, sink));
    }

    private FrameRing ring(final String name) {
        final FrameRing ring = new FrameRing(name, config.ringFrames());
        rings.add(ring);
        return ring;
    }

    private NeighborService neighborService(
            final FrameAllocator allocator, final PortSink sink, final CounterBlock counters) {
        final NeighborService service =
                new NeighborService(config.neighbors(), host, table, resolver, allocator, sink, counters);
        neighborService = Optional.of(service);
        return service;
    }

    private IngressStage ingress(
            final int queue,
            final HostResponder responder,
            final OwnFlows ownFlows,
            final FrameAllocator allocator,
            final CounterBlock counters) {
        return new IngressStage(
                port.rxQueue(queue),
                new FrameClassifier(host, port.capabilities().partialChecksums()),
                responder,
                new Reassembler(config.reassembly(), allocator, counters, responder::onReassemblyTimeout),
                ownFlows,
                allocator,
                counters,
                port.capabilities().rssHash(),
                config.burstSize());
    }

    /** Frames the pipeline's rings can hold in all: what a pool must have beyond descriptors and stashes. */
    public static int framesInRings(final DatapathConfig config, final int shards) {
        return 2 * shards * FrameRing.maxFramesFor(config.ringFrames());
    }

    /** The port it serves. */
    public PacketPort port() {
        return port;
    }

    /** Our addresses on the port. */
    public HostAddresses host() {
        return host;
    }

    /** The way to neighbors; any thread. */
    public NeighborResolver neighbors() {
        return resolver;
    }

    /** Which shard a flow belongs to; any thread. */
    public FlowSteering steering() {
        return steering;
    }

    /** Completes checksums as the port needs it; any thread. */
    public TransmitChecksum transmitChecksum() {
        return new TransmitChecksum(port.capabilities());
    }

    /** One endpoint for each shard, by its number. */
    public List<ShardEndpoint> endpoints() {
        return List.copyOf(endpoints);
    }

    /** The IO core's agent; present in the pipeline. */
    public Optional<Agent> ioAgent() {
        return ioAgent;
    }

    /**
     * Frees what is left in the rings; after every polling thread has ended, the shards' first and the IO core's last, and
     * before the port is closed.
     */
    @Override
    public void close() {
        neighborService.ifPresent(NeighborService::close);
        final FrameAllocator allocator = port.pool().newAllocator();
        final FrameBatch batch = new FrameBatch(FrameRing.MESSAGE_FRAMES);
        for (final FrameRing ring : rings) {
            while (ring.drain(batch) > 0) {
                for (int i = 0; i < batch.size(); i++) {
                    allocator.free(batch.mbuf(i));
                }
                batch.clear();
            }
            ring.close();
        }
        resolver.close();
        table.close();
    }
}
