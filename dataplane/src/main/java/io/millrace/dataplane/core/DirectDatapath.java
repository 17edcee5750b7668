package io.millrace.dataplane.core;

import io.millrace.dataplane.core.Conductor.Command;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.flow.HashAgreement;
import io.millrace.dataplane.port.FrameAllocator;
import io.millrace.dataplane.port.PacketPort;
import io.millrace.dataplane.port.PortFrames;
import io.millrace.dataplane.ring.FrameRing;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.NanoClock;

/** Run to completion: each shard has queue pairs of its own. Belongs to the control thread. */
final class DirectDatapath extends Datapath {
    /** What a shard hands over to another at once; little, where the device steers as it should. */
    private static final int CROSSING_FRAMES = 256;

    private final List<CounterBlock> counters;
    private final List<DirectEndpoint> endpoints = new ArrayList<>();
    /** Rings from shard to shard; none from one to itself. */
    private final FrameRing[][] crossings;

    DirectDatapath(final DatapathConfig config, final NanoClock clock, final List<CounterBlock> shardCounters) {
        super(config, shardCounters.size());
        counters = List.copyOf(shardCounters);
        final int shards = counters.size();
        crossings = new FrameRing[shards][shards];
        for (int from = 0; from < shards; from++) {
            for (int to = 0; to < shards; to++) {
                crossings[from][to] =
                        from == to ? null : new FrameRing("ring of shard-" + from + " to shard-" + to, CROSSING_FRAMES);
            }
        }
        for (int shard = 0; shard < shards; shard++) {
            final CommandQueue commands = new CommandQueue("shard-" + shard, counters.get(shard));
            final PolledQueues queues = new PolledQueues(clock);
            endpoints.add(
                    shards == 1
                            ? new DirectEndpoint(commands, queues)
                            : new DirectEndpoint(commands, queues, crossing(shard, queues)));
        }
    }

    private ShardCrossing crossing(final int shard, final PolledQueues queues) {
        final FrameRing[] inward =
                Stream.of(crossings).map(ofShard -> ofShard[shard]).toArray(FrameRing[]::new);
        return new ShardCrossing(
                shard,
                steering(),
                crossings[shard],
                inward,
                queues.frames(),
                counters.get(shard),
                config().burstSize());
    }

    static int ringFrames(final int shards) {
        return shards * (shards - 1) * FrameRing.maxFramesFor(CROSSING_FRAMES);
    }

    @Override
    void checkFits(final PacketPort port) {
        final int shards = endpoints.size();
        if (port.queuePairs() < shards) {
            throw new IllegalArgumentException(shards + " shards on port " + port.name() + " with " + port.queuePairs()
                    + " queue pairs: use fewer shards, or the pipeline");
        }
        if (shards > 1 && !(port.capabilities().flowSteering() && port.queuePairs() == shards)) {
            throw new IllegalArgumentException("port " + port.name() + " does not steer flows to " + shards
                    + " shards by its own queues: use one shard, or the pipeline");
        }
    }

    @Override
    List<PolledQueue> attach(final AttachedPort port, final Conductor conductor) {
        final List<PolledQueue> all = new ArrayList<>();
        final List<Command> known = new ArrayList<>();
        final List<Command> receive = new ArrayList<>();
        final HashAgreement agreement = new HashAgreement(steering(), endpoints.size() > 1);
        for (int shard = 0; shard < endpoints.size(); shard++) {
            final DirectEndpoint endpoint = endpoints.get(shard);
            final CounterBlock ofShard = counters.get(shard);
            final FrameAllocator allocator = port.port().pool().newAllocator(ofShard);
            final List<PolledQueue> queues = queuesOf(shard, port)
                    .mapToObj(queue -> new PolledQueue(
                            port, queue, allocator, steering(port, agreement, queue, ofShard), config(), ofShard))
                    .toList();
            final ShardPort sender = ShardPort.of(
                    port, endpoints.size(), allocator, queues.getFirst().sink());
            known.add(new Command(endpoint.commands(), () -> endpoint.add(sender)));
            receive.add(new Command(endpoint.commands(), () -> endpoint.receive(queues)));
            all.addAll(queues);
        }
        conductor.run(known); // by all, before any of them may hand over frames of it
        conductor.run(receive);
        return all;
    }

    private IntStream queuesOf(final int shard, final AttachedPort port) {
        return endpoints.size() == 1 ? IntStream.range(0, port.port().queuePairs()) : IntStream.of(shard);
    }

    @Override
    public void stopReceiving(final AttachedPort port, final Conductor conductor) {
        conductor.run(endpoints.stream()
                .map(endpoint ->
                        new Command(endpoint.commands(), () -> endpoint.queues().stopReceiving(port.number())))
                .toList());
        awaitTaken("the shards take what port " + port.port().name() + " has received", crossings, conductor);
    }

    @Override
    void detach(final AttachedPort port, final Conductor conductor) {
        conductor.awaitEach(
                "port " + port.port().name() + " sends what is left",
                endpoints.stream().map(DirectEndpoint::commands).toList(),
                shard -> endpoints.get(shard).queues().isDrained(port.number()));
        final List<Command> releases = new ArrayList<>();
        for (final DirectEndpoint endpoint : endpoints) {
            // shard 0 last: what the others still asked of the neighbors is its to free
            releases.addFirst(new Command(endpoint.commands(), () -> endpoint.remove(port.number())));
        }
        releases.forEach(release -> conductor.run(List.of(release)));
    }

    @Override
    public void idle(final List<Idling> ioCores, final List<Idling> shards) {
        for (int shard = 0; shard < endpoints.size(); shard++) {
            endpoints.get(shard).idle(shards.get(shard));
        }
    }

    @Override
    public List<ShardEndpoint> endpoints() {
        return List.copyOf(endpoints);
    }

    @Override
    public List<Agent> ioAgents() {
        return List.of();
    }

    @Override
    void closeRings(final PortFrames frames) {
        closeRings(crossings, frames);
    }
}
