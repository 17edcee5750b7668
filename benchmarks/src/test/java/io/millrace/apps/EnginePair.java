package io.millrace.apps;

import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.port.FrameAllocator;
import io.millrace.dataplane.port.FrameBurst;
import io.millrace.dataplane.port.MemoryPort;
import io.millrace.dataplane.port.MemoryPortConfig;
import io.millrace.dataplane.port.PacketPort;
import io.millrace.dataplane.wire.IpAddress;
import io.millrace.tcp.ListenConfig;
import io.millrace.tcp.TcpApplication;
import io.millrace.tcp.TcpConfig;
import io.millrace.tcp.TcpEngine;
import io.millrace.tcp.TcpHandler;
import io.millrace.tcp.TcpLoop;
import java.util.function.UnaryOperator;

/**
 * A server and a client engine on one cable in memory, on a virtual clock: for tests of what runs on the engine. One
 * thread drives both.
 */
public final class EnginePair implements AutoCloseable {
    /** The server's address. */
    public static final IpAddress SERVER = IpAddress.parse("10.0.0.1");
    /** Another one of the server's. */
    public static final IpAddress SERVER_IPV6 = IpAddress.parse("fd00::1");
    /** The client's address. */
    public static final IpAddress CLIENT = IpAddress.parse("10.0.0.2");

    private static final int GAUGES_PUBLISHED_EVERY = 1 << 10;

    private final MemoryPort.Pair cable = MemoryPort.pair(MemoryPortConfig.defaults());
    private final TcpEngine server;
    private final TcpEngine client;
    private TcpLoop clientLoop;
    private long nanos = 1_000_000_000L;

    /** A client without an application of its own. */
    public EnginePair() {
        this(loop -> {});
    }

    /** A client that runs {@code application}, and owns 10.64.0.0/16 besides its address. */
    public EnginePair(final TcpApplication application) {
        this(application, port -> port);
    }

    /** The same with something round the client's port. */
    public EnginePair(final TcpApplication application, final UnaryOperator<PacketPort> decorator) {
        final TcpConfig config = TcpConfig.builder()
                .maxConnections(1_000)
                .synQueueCapacity(1_000)
                .timeWaitCapacity(1 << 20)
                .bufferPoolBytes(1 << 24)
                .build();
        server = TcpEngine.builder()
                .port(
                        cable.left(),
                        HostAddresses.builder(cable.left().mac())
                                .address("10.0.0.1/24")
                                .gateway("10.0.0.2")
                                .address("fd00::1/64")
                                .gateway("fd00::2")
                                .build())
                .config(config)
                .clock(() -> nanos)
                .startManually();
        client = TcpEngine.builder()
                .port(
                        decorator.apply(cable.right()),
                        HostAddresses.builder(cable.right().mac())
                                .address("10.0.0.2/24")
                                .owned("10.64.0.0/16")
                                .address("fd00::2/64")
                                .owned("fd00:64::/112")
                                .build())
                .config(config)
                .clock(() -> nanos)
                .application(shard -> new Capturing(application))
                .startManually();
    }

    /** Keeps the loop for the test's own use. */
    private final class Capturing implements TcpApplication {
        private final TcpApplication application;

        Capturing(final TcpApplication application) {
            this.application = application;
        }

        @Override
        public void onStart(final TcpLoop loop) {
            clientLoop = loop;
            application.onStart(loop);
        }

        @Override
        public int doWork(final TcpLoop loop) {
            return application.doWork(loop);
        }
    }

    /** Puts an app on a port of the server. */
    public void serve(final App app, final int port) {
        serve(app.newHandler(), port);
    }

    /** Has {@code handler} take the connections of a port of the server. */
    public void serve(final TcpHandler handler, final int port) {
        server.listen(ListenConfig.onPort(port), shard -> handler);
    }

    /** Connects a client to a port of the server. */
    public void connect(final int port, final ScriptedClient script) {
        clientLoop.connect(CLIENT, SERVER, port, script, 0);
    }

    /** One duty cycle of each, then a microsecond goes by. */
    public void step() {
        step(1_000);
    }

    /** One duty cycle of each, then so many nanoseconds go by: for those who are never at rest. */
    public void step(final long nanosToPass) {
        server.poll();
        client.poll();
        nanos += nanosToPass;
    }

    /** Lets time pass in steps of a millisecond, each until both are at rest; the gauges are of the end. */
    public void run(final int millis) {
        for (int i = 0; i < millis; i++) {
            while (server.poll() + client.poll() > 0) {
                // until both are at rest
            }
            nanos += 1_000_000;
        }
        for (int i = 0; i < GAUGES_PUBLISHED_EVERY; i++) {
            server.poll();
            client.poll();
        }
    }

    /** The cable is cut for this long: all that the client sends is lost, and the server stands still. */
    public void cutFor(final int millis) {
        for (int i = 0; i < millis; i++) {
            while (client.poll() > 0) {
                loseWhatTheClientSent();
            }
            loseWhatTheClientSent();
            nanos += 1_000_000;
        }
    }

    private void loseWhatTheClientSent() {
        final FrameAllocator frames = cable.pool().newAllocator();
        try (FrameBurst lost = new FrameBurst(64)) {
            while (cable.left().rxQueue(0).receive(lost) > 0) {
                for (int i = 0; i < lost.size(); i++) {
                    frames.free(lost.get(i));
                }
            }
        }
    }

    /** Time goes by, and neither engine is polled: as if all the machine stood still. */
    public void standStill(final int millis) {
        nanos += millis * 1_000_000L;
    }

    /** The clock of both engines, ns. */
    public long nanoTime() {
        return nanos;
    }

    /** A counter of the server. */
    public long onServer(final Counter counter) {
        return server.counters().stream().mapToLong(block -> block.get(counter)).sum();
    }

    /** A counter of the client. */
    public long onClient(final Counter counter) {
        return client.counters().stream().mapToLong(block -> block.get(counter)).sum();
    }

    @Override
    public void close() {
        client.close();
        server.close();
        cable.close();
    }
}
