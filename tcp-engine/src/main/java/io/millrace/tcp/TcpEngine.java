package io.millrace.tcp;

import io.millrace.dataplane.core.CoreCheck;
import io.millrace.dataplane.core.CoreCheck.Poller;
import io.millrace.dataplane.core.CoreCheck.PortNode;
import io.millrace.dataplane.core.Datapath;
import io.millrace.dataplane.core.DatapathConfig;
import io.millrace.dataplane.core.IdleMode;
import io.millrace.dataplane.core.Idling;
import io.millrace.dataplane.core.PollingThread;
import io.millrace.dataplane.core.ShardEndpoint;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.port.PacketPort;
import io.millrace.dataplane.port.PortStatistics;
import io.millrace.dataplane.wire.IpAddress;
import io.millrace.tcp.shard.Backlog;
import io.millrace.tcp.shard.Secrets;
import io.millrace.tcp.shard.ShardAgent;
import io.millrace.tcp.shard.ShardContext;
import io.millrace.tcp.shard.TcpShard;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.NanoClock;

/**
 * A TCP engine on one port: shards, each with a slice of the tables and a polling thread.
 *
 * <p>{@link Builder#start} runs it on threads of its own. {@link Builder#startManually} leaves the driving to the caller, who
 * calls {@link #poll}: so a test runs the whole engine on a virtual clock over an in-memory port. Methods may be called by any
 * thread, unless they say otherwise. The port remains the caller's and is closed after the engine.
 */
public final class TcpEngine implements AutoCloseable {
    /** How often one who waits for a shard's answer makes sure that the engine still runs. */
    private static final int ANSWER_CHECK_MILLIS = 500;

    private final PacketPort port;
    private final Datapath datapath;
    private final Arrangement arrangement;
    private final List<TcpShard> shards = new ArrayList<>();
    private final List<Agent> agents = new ArrayList<>();
    private final List<CounterBlock> counters = new ArrayList<>();
    private final List<PollingThread> threads = new ArrayList<>();
    private final HostAddresses addresses;
    private final TcpConfig config;
    private volatile boolean closed;

    private TcpEngine(final Builder builder) {
        port = builder.port;
        addresses = builder.addresses;
        config = builder.config;
        arrangement = builder.resolveArrangement();
        final List<CounterBlock> shardCounters = new ArrayList<>();
        for (int i = 0; i < builder.shards; i++) {
            shardCounters.add(builder.counterBlocks.apply("shard-" + i));
        }
        if (arrangement == Arrangement.PIPELINE) {
            final CounterBlock ioCounters = builder.counterBlocks.apply("io-core");
            counters.add(ioCounters);
            datapath = Datapath.pipeline(
                    port, builder.addresses, builder.datapath, builder.clock, ioCounters, shardCounters);
        } else {
            datapath = Datapath.runToCompletion(port, builder.addresses, builder.datapath, shardCounters);
        }
        counters.addAll(shardCounters);
        datapath.ioAgent().ifPresent(agents::add);
        final Secrets secrets = Secrets.draw(new SecureRandom(), builder.clock.nanoTime());
        for (int i = 0; i < builder.shards; i++) {
            addShard(i, builder, secrets, shardCounters.get(i));
        }
    }

    private void addShard(
            final int number, final Builder builder, final Secrets secrets, final CounterBlock shardCounters) {
        final ShardEndpoint endpoint = datapath.endpoints().get(number);
        final TcpShard shard = new TcpShard(new ShardContext(
                number,
                builder.config,
                secrets,
                datapath.steering(),
                builder.clock,
                endpoint.allocator(),
                endpoint.sink(),
                datapath.neighbors(),
                shardCounters,
                datapath.transmitChecksum(),
                builder.addresses.mac(),
                port.mtu(),
                builder.datapath.burstSize()));
        shards.add(shard);
        agents.add(new ShardAgent(shard, endpoint, builder.application.apply(number), builder.clock));
    }

    /** Begins the configuration of an engine. */
    public static Builder builder() {
        return new Builder();
    }

    private void startThreads(final Builder builder) {
        final List<Poller> pollers = new ArrayList<>();
        for (int i = 0; i < agents.size(); i++) {
            pollers.add(new Poller(agents.get(i).roleName(), builder.cpuOf(i)));
        }
        final PortNode node = new PortNode(port.name(), port.numaNode());
        CoreCheck.ofThisMachine().log(pollers, List.of(node), builder.idle);
        for (int i = 0; i < agents.size(); i++) {
            final OptionalInt cpu = builder.cpuOf(i);
            final Idling idling = Idling.of(builder.idle, counters.get(i));
            threads.add(PollingThread.start(agents.get(i), cpu, idling, counters.get(i)));
        }
    }

    private void startManually() {
        agents.forEach(Agent::onStart);
    }

    /**
     * Runs one duty cycle of every agent, on an engine that was started manually; by one thread.
     *
     * @return how much was done; 0 when all is at rest until time goes on or frames come.
     */
    public int poll() {
        int work = 0;
        try {
            for (int i = 0; i < agents.size(); i++) {
                work += agents.get(i).doWork();
            }
        } catch (final RuntimeException e) {
            throw e;
        } catch (final Exception e) {
            throw new IllegalStateException("an agent failed", e);
        }
        return work;
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

    /** Stops listening on every address of a port, with every shard; returns when all have. */
    public void unlisten(final int localPort) {
        onEveryShard(shard -> shard.unlisten(localPort));
    }

    private void onEveryShard(final Consumer<TcpShard> action) {
        if (threads.isEmpty()) {
            shards.forEach(action);
            return;
        }
        final List<CompletableFuture<Void>> done = new ArrayList<>();
        for (final TcpShard shard : shards) {
            final CompletableFuture<Void> future = new CompletableFuture<>();
            done.add(future);
            if (!shard.submit(() -> complete(future, action, shard))) {
                throw new IllegalStateException("shard " + shard.shard() + " has too many commands waiting");
            }
        }
        try {
            done.forEach(CompletableFuture::join);
        } catch (final CompletionException e) {
            if (e.getCause() instanceof IllegalArgumentException mistake) {
                throw mistake;
            }
            throw e;
        }
    }

    private static void complete(
            final CompletableFuture<Void> future, final Consumer<TcpShard> action, final TcpShard shard) {
        try {
            action.accept(shard);
            future.complete(null);
        } catch (final RuntimeException e) {
            future.completeExceptionally(e);
        }
    }

    /**
     * Has {@code command} run on the thread of a shard.
     *
     * @return false if too many commands wait there already.
     */
    public boolean execute(final int shard, final Consumer<TcpLoop> command) {
        final TcpShard target = shards.get(shard);
        return target.submit(() -> command.accept(target));
    }

    /**
     * Runs {@code question} on the thread of a shard, and waits for its answer. On an engine that was started manually the
     * caller is that thread.
     *
     * @throws IllegalStateException if the engine has ended, or too many commands wait.
     */
    public <T> T ask(final int shard, final Function<TcpLoop, T> question) {
        final TcpShard target = shards.get(shard);
        if (threads.isEmpty()) {
            return question.apply(target);
        }
        final CompletableFuture<T> answer = new CompletableFuture<>();
        final boolean taken = target.submit(() -> {
            try {
                answer.complete(question.apply(target));
            } catch (final RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        if (!taken) {
            throw new IllegalStateException("shard " + shard + " has too many commands waiting");
        }
        while (true) {
            try {
                return answer.get(ANSWER_CHECK_MILLIS, TimeUnit.MILLISECONDS);
            } catch (final TimeoutException e) {
                if (!isRunning() && !answer.isDone()) {
                    throw new IllegalStateException("the engine has ended", e);
                }
            } catch (final ExecutionException e) {
                throw e.getCause() instanceof RuntimeException mistake ? mistake : new IllegalStateException(e);
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while shard " + shard + " was asked", e);
            }
        }
    }

    /** The settings. */
    public TcpConfig config() {
        return config;
    }

    /** Whether an address is ours, and usable. */
    public boolean isLocal(final IpAddress address) {
        return addresses.isLocal(address.hi(), address.lo());
    }

    /** Our own addresses, without the prefixes that are also ours. */
    public List<IpAddress> localAddresses() {
        return IntStream.range(0, addresses.count())
                .mapToObj(number -> new IpAddress(addresses.hi(number), addresses.lo(number)))
                .toList();
    }

    /** The address to speak from to {@code remote}; empty when there is no way to it, or it is no unicast address. */
    public Optional<IpAddress> sourceFor(final IpAddress remote) {
        final boolean unicast = remote.isIpv4()
                ? remote.ipv4() >>> 28 < 0xe && remote.ipv4() != 0 && !addresses.isBroadcast(remote.ipv4())
                : remote.hi() >>> 56 != 0xff && (remote.hi() | remote.lo()) != 0;
        if (!unicast || addresses.wayTo(remote.hi(), remote.lo()) < 0) {
            return Optional.empty();
        }
        final int number = addresses.sourceFor(remote.hi(), remote.lo());
        return number == HostAddresses.NONE
                ? Optional.empty()
                : Optional.of(new IpAddress(addresses.hi(number), addresses.lo(number)));
    }

    /** How many shards there are. */
    public int shards() {
        return shards.size();
    }

    /** The arrangement in use; never AUTO. */
    public Arrangement arrangement() {
        return arrangement;
    }

    /** What a shard's tables hold. */
    public TcpOccupancy occupancy(final int shard) {
        return shards.get(shard).occupancy();
    }

    /** The counters of each polling thread: in the pipeline the IO core's first, then the shards'. */
    public List<CounterBlock> counters() {
        return List.copyOf(counters);
    }

    /** What the port has counted. */
    public PortStatistics portStatistics() {
        return port.statistics();
    }

    /** Whether every polling thread still runs; false once one has failed. */
    public boolean isRunning() {
        return !closed && threads.stream().noneMatch(thread -> thread.failure().isPresent());
    }

    /** Resets the connections that are left, ends the polling threads and gives the tables' memory back. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        for (int i = threads.size() - 1; i >= 0; i--) { // the shards first, the IO core last
            threads.get(i).close();
        }
        if (threads.isEmpty()) {
            for (int i = agents.size() - 1; i >= 0; i--) {
                agents.get(i).onClose();
            }
        }
        datapath.close();
        shards.forEach(TcpShard::close);
    }

    /** Settings of an engine; everything but the port and the addresses has a default. */
    public static final class Builder {
        private PacketPort port;
        private HostAddresses addresses;
        private TcpConfig config = TcpConfig.defaults();
        private DatapathConfig datapath = DatapathConfig.defaults();
        private int shards = 1;
        private Arrangement arrangement = Arrangement.AUTO;
        private int[] cores = {};
        private IdleMode idle = IdleMode.ADAPTIVE;
        private NanoClock clock = System::nanoTime;
        private IntFunction<TcpApplication> application = shard -> loop -> {};
        private Function<String, CounterBlock> counterBlocks = CounterBlock::allocate;

        private Builder() {}

        /** The port to run on. */
        public Builder port(final PacketPort value) {
            port = value;
            return this;
        }

        /** Our addresses, networks and gateway. */
        public Builder addresses(final HostAddresses value) {
            addresses = value;
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

        /** How many shards, 1 to 128; each has a polling thread. */
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

        /** CPUs to pin the polling threads to: in the pipeline the IO core's first, then the shards'. */
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

        /** Makes the engine and starts its threads. */
        public TcpEngine start() {
            final TcpEngine engine = new TcpEngine(checked());
            engine.startThreads(this);
            return engine;
        }

        /** Makes the engine without threads: the caller drives it by {@link TcpEngine#poll}. */
        public TcpEngine startManually() {
            final TcpEngine engine = new TcpEngine(checked());
            engine.startManually();
            return engine;
        }

        /** The CPU of a polling thread, by its place in the order of {@link #cores}. */
        private OptionalInt cpuOf(final int thread) {
            return thread < cores.length ? OptionalInt.of(cores[thread]) : OptionalInt.empty();
        }

        private Builder checked() {
            if (port == null || addresses == null) {
                throw new IllegalArgumentException("an engine needs a port and addresses: set both");
            }
            return this;
        }

        private Arrangement resolveArrangement() {
            if (arrangement != Arrangement.AUTO) {
                return arrangement;
            }
            final boolean oneEach = shards == 1 || port.capabilities().flowSteering() && port.queuePairs() == shards;
            return oneEach ? Arrangement.RUN_TO_COMPLETION : Arrangement.PIPELINE;
        }
    }
}
