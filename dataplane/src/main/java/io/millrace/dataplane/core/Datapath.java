package io.millrace.dataplane.core;

import io.millrace.dataplane.FrameBatch;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.flow.FlowSteering;
import io.millrace.dataplane.flow.HashAgreement;
import io.millrace.dataplane.flow.Toeplitz;
import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.port.FrameAllocator;
import io.millrace.dataplane.port.PacketPort;
import io.millrace.dataplane.port.PortFrames;
import io.millrace.dataplane.ring.FrameRing;
import io.millrace.dataplane.wire.IpPrefix;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.NanoClock;

/**
 * Everything between the ports and the shards, wired for one arrangement; see the package. Ports come and go, before and
 * while the polling threads run. Made, changed and closed by one control thread at a time; its endpoints and agents belong
 * to polling threads. The ports remain the caller's.
 *
 * <p>A port goes in three steps: {@link #stopReceiving}, then the shards end what they have on it, then {@link #release}.
 */
public abstract sealed class Datapath implements AutoCloseable permits DirectDatapath, PipelineDatapath {
    private final DatapathConfig config;
    private final FlowSteering steering;
    private final AttachedPort[] ports = new AttachedPort[PortFrames.PORTS];
    private final List<List<PolledQueue>> queues = new ArrayList<>();

    Datapath(final DatapathConfig config, final int shards) {
        this.config = config;
        steering = new FlowSteering(Toeplitz.standard(), shards);
        for (int i = 0; i < PortFrames.PORTS; i++) {
            queues.add(List.of());
        }
    }

    /**
     * Each shard polls queue pairs of its own: of every port shard {@code s} has queue {@code s}, and a shard that is alone
     * has them all.
     *
     * @param clock the polling threads' clock
     * @param shardCounters the counters of each shard's thread; as many shards as these
     */
    public static Datapath runToCompletion(
            final DatapathConfig config, final NanoClock clock, final List<CounterBlock> shardCounters) {
        return new DirectDatapath(config, clock, shardCounters);
    }

    /**
     * IO cores poll the queue pairs of all ports, and pass frames to and from the shards by rings.
     *
     * @param clock the polling threads' clock
     * @param ioCounters the counters of each IO core's thread; as many IO cores as these
     * @param shardCounters the counters of each shard's thread; as many shards as these
     */
    public static Datapath pipeline(
            final DatapathConfig config,
            final NanoClock clock,
            final List<CounterBlock> ioCounters,
            final List<CounterBlock> shardCounters) {
        return new PipelineDatapath(config, clock, ioCounters, shardCounters);
    }

    /** Frames the rings can hold in all, in whichever arrangement: what a pool must have beyond descriptors and stashes. */
    public static int framesInRings(final DatapathConfig config, final int ioCores, final int shards) {
        return Math.max(PipelineDatapath.ringFrames(config, ioCores, shards), DirectDatapath.ringFrames(shards));
    }

    /**
     * Takes in a port.
     *
     * @throws IllegalArgumentException when an address of it is another port's too, or it does not fit the arrangement
     * @throws IllegalStateException when a thread does not take it over; if one has failed, the port must stay open until
     *     this is closed
     */
    public final AttachedPort attach(final PacketPort port, final HostAddresses host, final Conductor conductor) {
        ports().forEach(other -> checkApart(port, host, other));
        checkFits(port);
        final AttachedPort attached = new AttachedPort(freeNumber(), port, host, config.neighbors());
        try {
            queues.set(attached.number(), attach(attached, conductor));
        } catch (final RuntimeException e) {
            takeBack(attached, conductor, e);
            throw e;
        }
        ports[attached.number()] = attached;
        return attached;
    }

    /** A port did not come as far as it should: some threads may know it, which must forget it before its memory goes. */
    private void takeBack(final AttachedPort attached, final Conductor conductor, final RuntimeException reason) {
        try {
            stopReceiving(attached, conductor);
            detach(attached, conductor);
            attached.close();
        } catch (
                final RuntimeException
                        e) { // a thread has failed, or the engine is closed: who knows who polls it still
            reason.addSuppressed(e);
            ports[attached.number()] = attached;
        }
    }

    private int freeNumber() {
        for (int number = 0; number < ports.length; number++) {
            if (ports[number] == null) {
                return number;
            }
        }
        throw new IllegalArgumentException(ports.length + " ports are in use, no more can be: remove one first");
    }

    private static void checkApart(final PacketPort port, final HostAddresses host, final AttachedPort other) {
        if (port == other.port()) {
            throw new IllegalArgumentException("port " + port.name() + " is in use already: name it once");
        }
        own(host)
                .forEach(mine -> own(other.host())
                        .filter(theirs -> mine.contains(theirs.address()) || theirs.contains(mine.address()))
                        .findFirst()
                        .ifPresent(theirs -> {
                            throw new IllegalArgumentException("address " + named(mine) + " of port " + port.name()
                                    + " belongs to port " + other.port().name()
                                    + " too: give each port addresses of its own");
                        }));
    }

    private static String named(final IpPrefix prefix) {
        final boolean single = prefix.length() == (prefix.address().isIpv4() ? 32 : 128);
        return single ? prefix.address().toString() : prefix.toString();
    }

    /** What is ours on a port, each own address as a prefix of itself alone. */
    private static Stream<IpPrefix> own(final HostAddresses host) {
        return Stream.concat(
                host.addresses().stream()
                        .map(prefix ->
                                new IpPrefix(prefix.address(), prefix.address().isIpv4() ? 32 : 128)),
                host.owned().stream());
    }

    /** Throws when the port does not fit the arrangement. */
    abstract void checkFits(PacketPort port);

    /** Builds the port's stages and has the polling threads take them over; one for each queue pair. */
    abstract List<PolledQueue> attach(AttachedPort port, Conductor conductor);

    /** Leaves further frames of a port to the device; returns when all that came before have been given to their shards. */
    public abstract void stopReceiving(AttachedPort port, Conductor conductor);

    /**
     * Lets go of a port by which no shard sends any more: what the shards have sent leaves, as far as the device takes it;
     * returns when no thread knows the port, and every frame of its pool has come home.
     */
    public final void release(final AttachedPort port, final Conductor conductor) {
        detach(port, conductor);
        queues.set(port.number(), List.of());
        ports[port.number()] = null;
        port.close();
    }

    abstract void detach(AttachedPort port, Conductor conductor);

    final DatapathConfig config() {
        return config;
    }

    /** The ports, in the order of their numbers. */
    public final List<AttachedPort> ports() {
        return Stream.of(ports)
                .flatMap(port -> Optional.ofNullable(port).stream())
                .toList();
    }

    /**
     * Tells how the polling threads idle, so that whoever leaves something for one that sleeps wakes it; before they start.
     *
     * @param ioCores the IO cores', by number
     * @param shards the shards', by number; the same one more than once where one thread runs several
     */
    public abstract void idle(List<Idling> ioCores, List<Idling> shards);

    /** Which shard a flow belongs to; any thread. */
    public final FlowSteering steering() {
        return steering;
    }

    /** One endpoint for each shard, by its number. */
    public abstract List<ShardEndpoint> endpoints();

    /** The agents of the IO cores, by number; none in run to completion. */
    public abstract List<Agent> ioAgents();

    /**
     * Frees what is left; after every polling thread has ended, the shards' first and the IO cores' last, and before the
     * ports are closed.
     */
    @Override
    public final void close() {
        queues.forEach(ofPort -> ofPort.forEach(PolledQueue::closeNeighbors));
        final PortFrames frames = new PortFrames();
        for (final AttachedPort port : ports()) {
            final FrameAllocator allocator = port.port().pool().newAllocator();
            frames.add(port.number(), allocator);
        }
        closeRings(frames);
        ports().forEach(AttachedPort::close);
    }

    /** Gives up the rings, and frees what is in them. */
    abstract void closeRings(PortFrames frames);

    /** Gives up these rings, where there are any. */
    static void closeRings(final FrameRing[][] rings, final PortFrames frames) {
        final FrameBatch batch = new FrameBatch(FrameRing.MESSAGE_FRAMES);
        present(rings).forEach(ring -> {
            while (ring.drain(batch) > 0) {
                for (int i = 0; i < batch.size(); i++) {
                    frames.free(batch.mbuf(i));
                }
                batch.clear();
            }
            ring.close();
        });
    }

    /** Waits until what is in the rings now has been taken out of them. */
    static void awaitTaken(final String what, final FrameRing[][] rings, final Conductor conductor) {
        final List<FrameRing> all = present(rings).toList();
        final long[] marks = all.stream().mapToLong(FrameRing::produced).toArray();
        conductor.await(
                what,
                () -> IntStream.range(0, marks.length).allMatch(i -> all.get(i).hasConsumed(marks[i])));
    }

    private static Stream<FrameRing> present(final FrameRing[][] rings) {
        return Stream.of(rings).flatMap(Stream::of).filter(Objects::nonNull);
    }

    final QueueSteering steering(
            final AttachedPort attached,
            final HashAgreement agreement,
            final int queue,
            final CounterBlock pollersCounters) {
        final PacketPort port = attached.port();
        return new QueueSteering(
                port.name(), port.capabilities().rssHash(), steering, agreement.ofQueue(queue), pollersCounters);
    }
}
