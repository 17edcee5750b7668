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

/**
 * The pipeline: IO cores poll the queue pairs, dealt out among them in turn, and a ring leads from each IO core to each
 * shard, another back. For a port a shard sends by queue pair {@code shard mod pairs}, on whichever IO core that is.
 * Belongs to the control thread.
 */
final class PipelineDatapath extends Datapath {
    private final List<CounterBlock> ioCounters;
    private final List<CounterBlock> shardCounters;
    private final List<IoAgent> agents = new ArrayList<>();
    private final List<RingEndpoint> endpoints = new ArrayList<>();
    private final FrameRing[][] inward;
    private final FrameRing[][] outward;
    /** How many queue pairs each IO core has. */
    private final int[] load;
    /** By port: the IO core of each of its queue pairs. */
    private final int[][] dealt = new int[PortFrames.PORTS][0];

    PipelineDatapath(
            final DatapathConfig config,
            final NanoClock clock,
            final List<CounterBlock> ioCounters,
            final List<CounterBlock> shardCounters) {
        super(config, shardCounters.size());
        this.ioCounters = List.copyOf(ioCounters);
        this.shardCounters = List.copyOf(shardCounters);
        final int ioCores = ioCounters.size();
        final int shards = shardCounters.size();
        inward = rings("to", ioCores, shards);
        outward = rings("from", ioCores, shards);
        load = new int[ioCores];
        for (int io = 0; io < ioCores; io++) {
            final PolledQueues queues = new PolledQueues(clock);
            final ShardDispatcher dispatcher = new ShardDispatcher(
                    steering(), inward[io], config.burstSize(), queues.frames(), ioCounters.get(io));
            final CommandQueue commands = new CommandQueue("io-" + io, ioCounters.get(io));
            agents.add(new IoAgent(clock, commands, queues, dispatcher, outward[io]));
        }
        for (int shard = 0; shard < shards; shard++) {
            endpoints.add(new RingEndpoint(
                    new CommandQueue("shard-" + shard, shardCounters.get(shard)),
                    ofShard(inward, shard),
                    ofShard(outward, shard),
                    shardCounters.get(shard),
                    config.burstSize()));
        }
    }

    private FrameRing[][] rings(final String direction, final int ioCores, final int shards) {
        final FrameRing[][] rings = new FrameRing[ioCores][shards];
        for (int io = 0; io < ioCores; io++) {
            for (int shard = 0; shard < shards; shard++) {
                rings[io][shard] =
                        new FrameRing("ring of io-" + io + " " + direction + " shard-" + shard, config().ringFrames());
            }
        }
        return rings;
    }

    private static FrameRing[] ofShard(final FrameRing[][] rings, final int shard) {
        return Stream.of(rings).map(ofIoCore -> ofIoCore[shard]).toArray(FrameRing[]::new);
    }

    static int ringFrames(final DatapathConfig config, final int ioCores, final int shards) {
        return 2 * ioCores * shards * FrameRing.maxFramesFor(config.ringFrames());
    }

    @Override
    void checkFits(final PacketPort port) {
        // every port does
    }

    @Override
    List<PolledQueue> attach(final AttachedPort port, final Conductor conductor) {
        final int pairs = port.port().queuePairs();
        final int[] ioCoreOf = deal(pairs);
        dealt[port.number()] = ioCoreOf;
        final HashAgreement agreement = new HashAgreement(steering(), false);
        final FrameAllocator[] allocators = new FrameAllocator[agents.size()];
        final PolledQueue[] queues = new PolledQueue[pairs];
        for (int queue = 0; queue < pairs; queue++) {
            final int io = ioCoreOf[queue];
            if (allocators[io] == null) {
                allocators[io] = port.port().pool().newAllocator(ioCounters.get(io));
            }
            final CounterBlock ofCore = ioCounters.get(io);
            queues[queue] = new PolledQueue(
                    port, queue, allocators[io], steering(port, agreement, queue, ofCore), config(), ofCore);
        }
        // the shards first: they must know the port before its frames come
        conductor.run(shardCommands(port, ioCoreOf));
        conductor.run(ioCommands(port, ioCoreOf, queues));
        return List.of(queues);
    }

    /** Deals queue pairs out: each to the IO core that has fewest. */
    private int[] deal(final int pairs) {
        final int[] ioCoreOf = new int[pairs];
        for (int queue = 0; queue < pairs; queue++) {
            int least = 0;
            for (int io = 1; io < load.length; io++) {
                least = load[io] < load[least] ? io : least;
            }
            load[least]++;
            ioCoreOf[queue] = least;
        }
        return ioCoreOf;
    }

    private List<Command> shardCommands(final AttachedPort port, final int[] ioCoreOf) {
        final List<Command> commands = new ArrayList<>();
        for (int shard = 0; shard < endpoints.size(); shard++) {
            final RingEndpoint endpoint = endpoints.get(shard);
            final RingSink sink = endpoint.sink(ioCoreOf[shard % ioCoreOf.length]);
            final ShardPort sender = ShardPort.of(
                    port, endpoints.size(), port.port().pool().newAllocator(shardCounters.get(shard)), sink);
            commands.add(new Command(endpoint.commands(), () -> endpoint.add(sender, port.port())));
        }
        return commands;
    }

    private List<Command> ioCommands(final AttachedPort port, final int[] ioCoreOf, final PolledQueue[] queues) {
        final List<Command> commands = new ArrayList<>();
        for (int io = 0; io < agents.size(); io++) {
            final int number = io;
            final IoAgent agent = agents.get(io);
            final List<PolledQueue> itsQueues = IntStream.range(0, queues.length)
                    .filter(queue -> ioCoreOf[queue] == number)
                    .mapToObj(queue -> queues[queue])
                    .toList();
            final PortSink[] sinkOfShard = new PortSink[endpoints.size()];
            for (int shard = 0; shard < sinkOfShard.length; shard++) {
                final int queue = shard % queues.length;
                sinkOfShard[shard] = ioCoreOf[queue] == io ? queues[queue].sink() : null;
            }
            commands.add(new Command(agent.commands(), () -> agent.add(port.number(), itsQueues, sinkOfShard)));
        }
        return commands;
    }

    @Override
    public void stopReceiving(final AttachedPort port, final Conductor conductor) {
        conductor.run(agents.stream()
                .map(agent -> new Command(agent.commands(), () -> agent.queues().stopReceiving(port.number())))
                .toList());
        awaitTaken("the shards take what port " + port.port().name() + " has received", inward, conductor);
    }

    @Override
    void detach(final AttachedPort port, final Conductor conductor) {
        final String what = "port " + port.port().name() + " sends what is left";
        conductor.awaitEach(
                what,
                endpoints.stream().map(RingEndpoint::commands).toList(),
                shard -> endpoints.get(shard).isDrained());
        conductor.run(endpoints.stream()
                .map(endpoint -> new Command(endpoint.commands(), () -> endpoint.remove(port.number(), port.port())))
                .toList());
        awaitTaken(what, outward, conductor);
        conductor.awaitEach(
                what,
                agents.stream().map(IoAgent::commands).toList(),
                io -> agents.get(io).queues().isDrained(port.number()));
        conductor.run(agents.stream()
                .map(agent -> new Command(agent.commands(), () -> agent.release(port.number())))
                .toList());
        for (final int io : dealt[port.number()]) {
            load[io]--;
        }
    }

    @Override
    public void idle(final List<Idling> ioCores, final List<Idling> shards) {
        for (int io = 0; io < agents.size(); io++) {
            agents.get(io).idle(ioCores.get(io));
        }
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
        return List.copyOf(agents);
    }

    @Override
    void closeRings(final PortFrames frames) {
        closeRings(inward, frames);
        closeRings(outward, frames);
    }
}
