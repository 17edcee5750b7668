package io.millrace.tcp;

import io.millrace.dataplane.core.AttachedPort;
import io.millrace.dataplane.core.Conductor;
import io.millrace.dataplane.core.Conductor.Command;
import io.millrace.dataplane.core.Datapath;
import io.millrace.dataplane.core.DatapathConfig;
import io.millrace.dataplane.core.IdleMode;
import io.millrace.dataplane.core.PollingThread;
import io.millrace.dataplane.core.ShardEndpoint;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.counters.ListenerBlocks;
import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.port.PacketPort;
import io.millrace.dataplane.wire.IpAddress;
import io.millrace.tcp.shard.Backlog;
import io.millrace.tcp.shard.Secrets;
import io.millrace.tcp.shard.ShardAgent;
import io.millrace.tcp.shard.ShardContext;
import io.millrace.tcp.shard.TcpShard;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.NanoClock;

/**
 * A TCP engine on one or more ports: shards, each with a slice of the tables, and the polling threads that run them.
 *
 * <p>{@link Builder#start} runs it on threads of its own. {@link Builder#startManually} leaves the driving to the caller, who
 * calls {@link #poll}: so a test runs the whole engine on a virtual clock over an in-memory port. Methods may be called by any
 * thread but a polling one, unless they say otherwise; on an engine that is driven, by the thread that drives it. The ports
 * remain the caller's and are closed after the engine, or after their removal.
 */
public final class TcpEngine implements AutoCloseable {
    private final Datapath datapath;
    private final ArrangementChoice arrangement;
    private final List<TcpShard> shards = new ArrayList<>();
    private final List<CounterBlock> counters = new ArrayList<>();
    private final EngineAgents agents;
    private final EngineConductor conductor;
    private final TcpConfig config;
    private volatile EngineAddresses addresses = new EngineAddresses(List.of());
    private volatile boolean closed;

    private TcpEngine(final Builder builder, final boolean driven) {
        config = builder.config;
        conductor = new EngineConductor(this, driven);
        arrangement = builder.chooseArrangement();
        final List<CounterBlock> shardCounters = blocks(builder, "shard-", builder.shards);
        if (arrangement.arrangement() == Arrangement.RUN_TO_COMPLETION) {
            datapath = Datapath.runToCompletion(builder.datapath, builder.clock, shardCounters);
        } else {
            final List<CounterBlock> ioCounters = blocks(builder, "io-", Math.max(1, builder.ioCores));
            counters.addAll(ioCounters);
            datapath = Datapath.pipeline(builder.datapath, builder.clock, ioCounters, shardCounters);
        }
        counters.addAll(shardCounters);
        try {
            builder.ports.forEach((port, host) -> datapath.attach(port, host, Conductor.BEFORE_START));
            takeAddresses();
            final List<Agent> all = new ArrayList<>(datapath.ioAgents());
            final Secrets secrets = Secrets.draw(new SecureRandom(), builder.clock.nanoTime());
            for (int i = 0; i < builder.shards; i++) {
                all.add(addShard(i, builder, secrets, shardCounters.get(i)));
            }
            agents = new EngineAgents(all, all.size() - builder.shards);
        } catch (final RuntimeException e) {
            datapath.close();
            throw e;
        }
    }

    private static List<CounterBlock> blocks(final Builder builder, final String name, final int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> builder.counterBlocks.apply(name + i))
                .toList();
    }

    private Agent addShard(
            final int number, final Builder builder, final Secrets secrets, final CounterBlock shardCounters) {
        final ShardEndpoint endpoint = datapath.endpoints().get(number);
        final TcpShard shard = new TcpShard(new ShardContext(
                number,
                builder.config,
                secrets,
                datapath.steering(),
                builder.clock,
                endpoint.ports(),
                endpoint.commands(),
                shardCounters,
                builder.listenerBlocks,
                builder.datapath.burstSize()));
        shards.add(shard);
        return new ShardAgent(shard, endpoint, builder.application.apply(number), builder.clock);
    }

    /** Begins the configuration of an engine. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Runs one duty cycle of every agent, on an engine that was started manually; by one thread.
     *
     * @return how much was done; 0 when all is at rest until time goes on or frames come.
     * @throws IllegalStateException if the engine is closed, or this is a duty cycle of it.
     */
    public int poll() {
        requireOpen();
        return agents.poll();
    }

    /**
     * Listens on a port with every shard; returns when all do. The shards share the bound of the accept queue.
     *
     * @param perShard makes the handler of each shard; called on the shard's thread.
     * @return the listener of each shard, for use on that shard's thread.
     * @throws IllegalArgumentException if the port is taken; the message names it.
     */
    public List<TcpListener> listen(final ListenConfig config, final IntFunction<TcpHandler> perShard) {
        final Backlog backlog = new Backlog(config.backlog());
        final TcpListener[] listeners = new TcpListener[shards.size()];
        try {
            onEveryShard(
                    shard -> listeners[shard.shard()] = shard.listen(config, perShard.apply(shard.shard()), backlog));
        } catch (final IllegalArgumentException e) {
            onEveryShard(shard -> {
                if (listeners[shard.shard()] != null) {
                    listeners[shard.shard()].close();
                }
            });
            throw e;
        }
        return List.of(listeners);
    }

    /** What every listener has seen and holds, over all shards, in the order of their ports. */
    public List<TcpListenerStats> listeners() {
        final List<List<TcpListenerStats>> answers = new ArrayList<>();
        shards.forEach(shard -> answers.add(List.of()));
        onEveryShard(shard -> answers.set(
                shard.shard(),
                shard.listeners().stream().map(TcpListener::stats).toList()));
        final Map<String, TcpListenerStats> sums = new LinkedHashMap<>();
        answers.stream()
                .flatMap(List::stream)
                .sorted(Comparator.comparingInt(TcpListenerStats::port))
                .forEach(stats -> sums.merge(stats.port() + " " + stats.local(), stats, TcpListenerStats::plus));
        return List.copyOf(sums.values());
    }

    /** Stops listening on every address of a port, with every shard; returns when all have. */
    public void unlisten(final int localPort) {
        onEveryShard(shard -> shard.unlisten(localPort));
    }

    private void onEveryShard(final Consumer<TcpShard> action) {
        conductor.run(shards.stream()
                .map(shard -> new Command(shard.commands(), () -> action.accept(shard)))
                .toList());
    }

    /**
     * Takes in one more port while the engine runs; returns when its addresses answer.
     *
     * @throws IllegalArgumentException if one of the addresses is another port's too, or the port does not fit the
     *     arrangement; says which, and what to do.
     */
    public void addPort(final PacketPort port, final HostAddresses hosts) {
        refuseWithin("TcpEngine.addPort");
        synchronized (this) {
            requireOpen();
            datapath.attach(port, hosts, conductor);
            takeAddresses();
        }
        agents.checkCores(port);
    }

    private void takeAddresses() {
        addresses = new EngineAddresses(
                datapath.ports().stream().map(AttachedPort::host).toList());
    }

    /**
     * Lets a port go while the engine runs: connections of its addresses are reset, and end with
     * {@link CloseReason#PORT_REMOVED}; its half-open connections are forgotten, its TIME_WAIT entries heard of no more. When
     * this returns no thread uses the port, every frame of its pool has come home, and the caller may close it.
     *
     * @throws IllegalArgumentException if the engine has no such port.
     */
    public void removePort(final PacketPort port) {
        refuseWithin("TcpEngine.removePort");
        synchronized (this) {
            requireOpen();
            remove(port);
        }
    }

    private void remove(final PacketPort port) {
        final AttachedPort attached = datapath.ports().stream()
                .filter(candidate -> candidate.port() == port)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "port " + port.name() + " is none of this engine's: it has been removed, or never added"));
        datapath.stopReceiving(attached, conductor);
        final int[] next = new int[shards.size()];
        conductor.await("the connections of port " + port.name() + " end", () -> {
            onEveryShard(shard -> next[shard.shard()] = shard.retirePort(attached.number(), next[shard.shard()]));
            return IntStream.of(next).allMatch(place -> place == TcpShard.RETIRED);
        });
        datapath.release(attached, conductor);
        takeAddresses();
    }

    /** What waits for duty cycles, or frees what they use, must not be called in one. */
    private void refuseWithin(final String what) {
        PollingThread.refuse(what);
        agents.requireBetweenCycles(what);
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the engine is closed");
        }
    }

    /** The ports in use now. */
    public List<PacketPort> ports() {
        PollingThread.refuse("TcpEngine.ports"); // whoever holds the lock may be waiting for this very thread
        synchronized (this) {
            return datapath.ports().stream().map(AttachedPort::port).toList();
        }
    }

    /**
     * Has {@code command} run on the thread of a shard.
     *
     * @return false if too many commands wait there already, or the engine is closed.
     */
    public boolean execute(final int shard, final Consumer<TcpLoop> command) {
        final TcpShard target = shards.get(shard);
        return !closed && target.commands().submit(() -> command.accept(target));
    }

    /**
     * Runs {@code question} on the thread of a shard, and waits for its answer. On an engine that was started manually the
     * caller is that thread.
     *
     * @throws IllegalStateException if the engine has ended, or too many commands wait, or the caller is a polling thread.
     */
    public <T> T ask(final int shard, final Function<TcpLoop, T> question) {
        final TcpShard target = shards.get(shard);
        final AtomicReference<T> answer = new AtomicReference<>();
        conductor.run(List.of(new Command(target.commands(), () -> answer.set(question.apply(target)))));
        return answer.get();
    }

    /** The settings. */
    public TcpConfig config() {
        return config;
    }

    /** Whether an address is ours, and usable. */
    public boolean isLocal(final IpAddress address) {
        return addresses.isLocal(address);
    }

    /**
     * Whether of every address of ours it is known whether it is usable: IPv6 addresses are asked for on the link first
     * (RFC 4862 §5.4), IPv4 ones are usable at once.
     */
    public boolean hasSettledAddresses() {
        return addresses.areSettled();
    }

    /** Our own addresses, without the prefixes that are also ours. */
    public List<IpAddress> localAddresses() {
        return addresses.own();
    }

    /** The address to speak from to {@code remote}; empty when there is no way to it, or it is no unicast address. */
    public Optional<IpAddress> sourceFor(final IpAddress remote) {
        return addresses.sourceFor(remote);
    }

    /** How many shards there are. */
    public int shards() {
        return shards.size();
    }

    /** The arrangement in use; never AUTO. */
    public Arrangement arrangement() {
        return arrangement.arrangement();
    }

    /** Why it is this arrangement; reads after its name and a colon. */
    public String arrangementReason() {
        return arrangement.reason();
    }

    /** What a shard's tables hold. */
    public TcpOccupancy occupancy(final int shard) {
        return shards.get(shard).occupancy();
    }

    /** The counters of each polling thread: the IO cores' first, if there are any, then the shards'. */
    public List<CounterBlock> counters() {
        return List.copyOf(counters);
    }

    /** Whether every polling thread still runs; false once one has failed. */
    public boolean isRunning() {
        return !closed && agents.areRunning();
    }

    /** Resets the connections that are left, ends the polling threads and gives the tables' memory back. */
    @Override
    public void close() {
        refuseWithin("TcpEngine.close");
        synchronized (this) {
            if (!closed) {
                closed = true;
                end();
            }
        }
    }

    private void end() {
        agents.end();
        datapath.close();
        shards.forEach(TcpShard::close);
    }

    /** Settings of an engine; everything but the ports has a default. */
    public static final class Builder {
        private final Map<PacketPort, HostAddresses> ports = new LinkedHashMap<>();
        private TcpConfig config = TcpConfig.defaults();
        private DatapathConfig datapath = DatapathConfig.defaults();
        private int shards = 1;
        private int ioCores;
        private Arrangement arrangement = Arrangement.AUTO;
        private int[] cores = {};
        private IdleMode idle = IdleMode.ADAPTIVE;
        private NanoClock clock = System::nanoTime;
        private IntFunction<TcpApplication> application = shard -> loop -> {};
        private Function<String, CounterBlock> counterBlocks = CounterBlock::allocate;
        private ListenerBlocks listenerBlocks = ListenerBlocks.PRIVATE;

        private Builder() {}

        /** Adds a port to run on, with our addresses, networks and gateway on it; repeatable. */
        public Builder port(final PacketPort port, final HostAddresses addresses) {
            if (ports.putIfAbsent(port, addresses) != null) {
                throw new IllegalArgumentException("port " + port.name() + " is in use already: name it once");
            }
            return this;
        }

        /** TCP's settings. */
        public Builder config(final TcpConfig value) {
            config = value;
            return this;
        }

        /** The data plane's settings. */
        public Builder datapath(final DatapathConfig value) {
            datapath = value;
            return this;
        }

        /** How many IO cores the pipeline has, 1 to 64; 1 where nothing is said. */
        public Builder ioCores(final int value) {
            if (value < 1 || value > 64) {
                throw new IllegalArgumentException("IO cores " + value + " is out of range: give 1 to 64");
            }
            ioCores = value;
            return this;
        }

        /** How many shards, 1 to 128; each has a polling thread, but in a single thread. */
        public Builder shards(final int value) {
            if (value < 1 || value > 128) {
                throw new IllegalArgumentException("shards " + value + " is out of range: give 1 to 128");
            }
            shards = value;
            return this;
        }

        /** How threads share the work. */
        public Builder arrangement(final Arrangement value) {
            arrangement = value;
            return this;
        }

        /** CPUs to pin the polling threads to: the IO cores' first, if there are any, then the shards'. */
        public Builder cores(final int... cpus) {
            cores = cpus.clone();
            return this;
        }

        /** What a polling thread does when there is nothing to do. */
        public Builder idle(final IdleMode value) {
            idle = value;
            return this;
        }

        /** The clock; a virtual one in tests. */
        public Builder clock(final NanoClock value) {
            clock = value;
            return this;
        }

        /** Makes the application of each shard. */
        public Builder application(final IntFunction<TcpApplication> perShard) {
            application = perShard;
            return this;
        }

        /**
         * Where the counters of each polling thread are kept, by its name; such as {@code CountersFile::newBlock}, so that
         * other processes can read them.
         */
        public Builder counters(final Function<String, CounterBlock> newBlock) {
            counterBlocks = newBlock;
            return this;
        }

        /** Where the counters of listeners are kept; such as {@code CountersFile::listeners}, for the same reason. */
        public Builder listenerCounters(final ListenerBlocks blocks) {
            listenerBlocks = blocks;
            return this;
        }

        /** Makes the engine and starts its threads. */
        public TcpEngine start() {
            final TcpEngine engine = new TcpEngine(this, false);
            final boolean inTurn = engine.arrangement() == Arrangement.SINGLE_THREAD;
            engine.agents.start(inTurn, this::cpuOf, idle, engine.counters, engine.datapath);
            return engine;
        }

        /** Makes the engine without threads: the caller drives it by {@link TcpEngine#poll}. */
        public TcpEngine startManually() {
            final TcpEngine engine = new TcpEngine(this, true);
            engine.agents.startManually();
            return engine;
        }

        /** The CPU of a polling thread, by its place in the order of {@link #cores}. */
        private OptionalInt cpuOf(final int thread) {
            return thread < cores.length ? OptionalInt.of(cores[thread]) : OptionalInt.empty();
        }

        private ArrangementChoice chooseArrangement() {
            if (ports.isEmpty()) {
                throw new IllegalArgumentException("an engine needs a port with addresses: give at least one");
            }
            final ArrangementChoice choice = ArrangementChoice.of(
                    arrangement,
                    shards,
                    ioCores,
                    List.copyOf(ports.keySet()),
                    Runtime.getRuntime().availableProcessors());
            checkIoCores(choice.arrangement());
            return choice;
        }

        private void checkIoCores(final Arrangement chosen) {
            if (ioCores > 1 && chosen != Arrangement.PIPELINE) {
                throw new IllegalArgumentException(
                        ioCores + " IO cores: only the pipeline has more than one; use it, or leave them away");
            }
            final int pairs =
                    ports.keySet().stream().mapToInt(PacketPort::queuePairs).sum();
            if (ioCores > pairs) {
                throw new IllegalArgumentException(ioCores + " IO cores for " + pairs
                        + " queue pairs of all ports: give fewer IO cores, or the ports more queues");
            }
        }
    }
}
