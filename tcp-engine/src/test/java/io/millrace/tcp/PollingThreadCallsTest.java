package io.millrace.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.millrace.dataplane.core.IdleMode;
import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.port.MemoryPort;
import io.millrace.dataplane.port.MemoryPortConfig;
import io.millrace.dataplane.wire.IpAddress;
import io.millrace.tcp.socket.Sockets;
import io.millrace.tcp.socket.TcpSocket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What waits for a polling thread, called by one: it would wait for itself, so it is refused. */
class PollingThreadCallsTest {
    private static final int PATIENCE_SECONDS = 60;

    /** Has a call made on the shard's thread; what it threw, or null. */
    private static Throwable onShard(final TcpEngine engine, final ThrowingCallable call) throws Exception {
        final CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        assertThat(engine.execute(0, loop -> {
                    try {
                        call.call();
                        thrown.complete(null);
                    } catch (final Throwable e) { // whatever it is, the test looks at it
                        thrown.complete(e);
                    }
                }))
                .isTrue();
        return thrown.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    @Test
    void shouldRefuseEveryCallThatWaitsAndSayWhatToDoInstead() throws Exception {
        try (MemoryPort.Pair cable = MemoryPort.pair(MemoryPortConfig.defaults());
                TcpEngine engine = TcpEngine.builder()
                        .port(
                                cable.left(),
                                HostAddresses.builder(cable.left().mac())
                                        .address("10.0.0.1/24")
                                        .build())
                        .config(TcpConfig.builder()
                                .maxConnections(100)
                                .synQueueCapacity(100)
                                .timeWaitCapacity(100)
                                .bufferPoolBytes(1 << 20)
                                .build())
                        .idle(IdleMode.YIELD)
                        .start()) {
            final Sockets sockets = new Sockets(engine);
            final TcpSocket socket = sockets.open(false);
            final HostAddresses other = HostAddresses.builder(cable.right().mac())
                    .address("10.0.1.1/24")
                    .build();
            final Map<String, ThrowingCallable> calls = Map.of(
                    "ask", () -> engine.ask(0, TcpLoop::shard),
                    "listen", () -> engine.listen(ListenConfig.onPort(7), shard -> null),
                    "unlisten", () -> engine.unlisten(7),
                    "listeners", engine::listeners,
                    "ports", engine::ports,
                    "addPort", () -> engine.addPort(cable.right(), other),
                    "removePort", () -> engine.removePort(cable.left()),
                    "close", engine::close,
                    "connect", () -> socket.connect(IpAddress.parse("10.0.0.2"), 7));
            for (final Map.Entry<String, ThrowingCallable> call : calls.entrySet()) {
                final Throwable thrown = onShard(engine, call.getValue());
                assertThatIllegalStateException()
                        .as(call.getKey())
                        .isThrownBy(() -> {
                            throw thrown;
                        })
                        .withMessageEndingWith(" waits for polling threads, and shard-0 is one: call it from another"
                                + " thread, or use TcpEngine.execute, which does not wait");
            }
            assertThat(engine.ask(0, TcpLoop::shard)).as("the shard goes on").isZero();
            assertThat(engine.ports()).isEqualTo(List.of(cable.left()));
        }
    }
}
