package io.millrace.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dataplane.core.IdleMode;
import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.port.FrameAllocator;
import io.millrace.dataplane.port.FrameBurst;
import io.millrace.dataplane.port.MemoryPort;
import io.millrace.dataplane.port.MemoryPortConfig;
import io.millrace.dataplane.wire.IpAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.agrona.DirectBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ports that come and go on an engine whose threads run, while its first port is in use. */
class PortsOnThreadsTest {
    private static final int FRAMES = 8_192;
    private static final int ROUNDS = 4;
    /** No more than frames may wait for a neighbor at once, so that no SYN has to be sent again. */
    private static final int CONNECTIONS = 3;

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    private static TcpConfig config() {
        return TcpConfig.builder()
                .maxConnections(1_000)
                .synQueueCapacity(300)
                .timeWaitCapacity(1_000)
                .bufferPoolBytes(1 << 20)
                .build();
    }

    private static MemoryPort.Pair cable(final int queuePairs) {
        return MemoryPort.pair(
                MemoryPortConfig.defaults().withQueuePairs(queuePairs).withFrames(FRAMES));
    }

    private static HostAddresses host(final MemoryPort port, final String address) {
        return HostAddresses.builder(port.mac()).address(address).build();
    }

    private static TcpEngine peer(final MemoryPort port, final String address) {
        return TcpEngine.builder()
                .port(port, host(port, address))
                .config(config())
                .idle(IdleMode.YIELD)
                .start();
    }

    private static final class Tally implements TcpHandler {
        final AtomicInteger open = new AtomicInteger();
        final AtomicInteger reset = new AtomicInteger();
        final AtomicInteger removed = new AtomicInteger();

        @Override
        public void onOpen(final TcpConnection connection) {
            open.incrementAndGet();
        }

        @Override
        public int onData(
                final TcpConnection connection, final DirectBuffer buffer, final int offset, final int length) {
            return length;
        }

        @Override
        public void onClosed(final TcpConnection connection, final CloseReason reason) {
            if (reason == CloseReason.RESET) {
                reset.incrementAndGet();
            } else if (reason == CloseReason.PORT_REMOVED) {
                removed.incrementAndGet();
            }
        }
    }

    private static void await(final String what, final BooleanSupplier condition) {
        final long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - deadline).as("waiting for %s", what).isNegative();
            LockSupport.parkNanos(100_000);
        }
    }

    private static Tally open(final TcpEngine peer, final String to) {
        final Tally tally = new Tally();
        for (int i = 0; i < CONNECTIONS; i++) {
            final long id = peer.ask(0, loop -> loop.connect(IpAddress.parse(to), 7, tally, 0));
            assertThat(id).isNotZero();
        }
        await("connections to " + to, () -> tally.open.get() == CONNECTIONS);
        return tally;
    }

    @ParameterizedTest
    @CsvSource({
        "RUN_TO_COMPLETION, 1, 0, 2",
        "RUN_TO_COMPLETION, 2, 0, 2",
        "PIPELINE, 2, 2, 2",
        "SINGLE_THREAD, 2, 0, 1"
    })
    void shouldTakePortsInAndOutUnderTraffic(
            final Arrangement arrangement, final int shards, final int ioCores, final int queuePairs) {
        final Tally ours = new Tally();
        try (MemoryPort.Pair first = cable(queuePairs)) {
            final TcpEngine.Builder builder = TcpEngine.builder()
                    .port(first.left(), host(first.left(), "10.0.0.1/24"))
                    .config(config())
                    .shards(shards)
                    .arrangement(arrangement)
                    .idle(IdleMode.YIELD);
            if (ioCores > 0) {
                builder.ioCores(ioCores);
            }
            try (TcpEngine engine = builder.start();
                    TcpEngine firstPeer = peer(first.right(), "10.0.0.2/24")) {
                engine.listen(ListenConfig.onPort(7), shard -> ours);
                final Tally stays = open(firstPeer, "10.0.0.1");
                for (int round = 1; round <= ROUNDS; round++) {
                    comeAndGo(engine, ours, queuePairs);
                    assertThat(ours.removed.get()).isEqualTo(round * CONNECTIONS);
                    open(firstPeer, "10.0.0.1");
                }
                assertThat(stays.reset.get()).isZero();
                assertThat(engine.isRunning()).isTrue();
            }
        }
    }

    private static void comeAndGo(final TcpEngine engine, final Tally ours, final int queuePairs) {
        try (MemoryPort.Pair second = cable(queuePairs)) {
            try (TcpEngine peer = peer(second.right(), "10.0.1.2/24")) {
                engine.addPort(second.left(), host(second.left(), "10.0.1.1/24"));
                final int openBefore = ours.open.get();
                final Tally tally = open(peer, "10.0.1.1");
                // A half-open connection has nobody to tell: its last ACK may still be under way.
                await("the last ACKs", () -> ours.open.get() == openBefore + CONNECTIONS);
                engine.removePort(second.left());
                await("resets", () -> tally.reset.get() == CONNECTIONS);
            }
            drain(second, second.left());
            drain(second, second.right());
            assertThat(second.pool().available()).as("every frame is home").isEqualTo(FRAMES);
        }
    }

    /** Frees what is still in a cable. */
    private static void drain(final MemoryPort.Pair cable, final MemoryPort port) {
        final FrameAllocator allocator = cable.pool().newAllocator();
        try (FrameBurst burst = new FrameBurst(64)) {
            for (int queue = 0; queue < port.queuePairs(); queue++) {
                while (port.rxQueue(queue).receive(burst) > 0) {
                    for (int i = 0; i < burst.size(); i++) {
                        allocator.free(burst.get(i));
                    }
                }
            }
        }
    }
}
