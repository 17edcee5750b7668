package io.millrace.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.port.MemoryPort;
import io.millrace.dataplane.port.MemoryPortConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** When an engine that the caller drives must not be driven: its memory has gone, or is about to go under its own feet. */
class DrivenEngineTest {
    private final VirtualClock clock = new VirtualClock();
    private final MemoryPort.Pair cable = MemoryPort.pair(MemoryPortConfig.defaults());
    private final HostAddresses host =
            HostAddresses.builder(cable.left().mac()).address("10.0.0.1/24").build();

    /** What the application does at its next turn; null for nothing. */
    private ThrowingCallable deed;

    private Throwable thrown;

    @AfterEach
    void close() {
        cable.close();
    }

    private TcpEngine engine(final Arrangement arrangement) {
        return TcpEngine.builder()
                .port(cable.left(), host)
                .arrangement(arrangement)
                .config(TcpConfig.builder()
                        .maxConnections(100)
                        .synQueueCapacity(100)
                        .timeWaitCapacity(100)
                        .bufferPoolBytes(1 << 20)
                        .build())
                .clock(clock)
                .application(shard -> new Doer())
                .startManually();
    }

    private final class Doer implements TcpApplication {
        @Override
        public void onStart(final TcpLoop loop) {
            // nothing to prepare
        }

        @Override
        public int doWork(final TcpLoop loop) {
            if (deed != null) {
                try {
                    deed.call();
                } catch (final Throwable e) { // whatever it is, the test looks at it
                    thrown = e;
                }
                deed = null;
            }
            return 0;
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Arrangement.class,
            names = {"AUTO"},
            mode = EnumSource.Mode.EXCLUDE)
    void shouldTouchNoMemoryOnceItIsClosed(final Arrangement arrangement) {
        final TcpEngine engine = engine(arrangement);
        engine.poll();
        engine.close();

        final Map<String, ThrowingCallable> calls = Map.of(
                "poll", engine::poll,
                "ask", () -> engine.ask(0, loop -> loop.connections(TcpConnectionFilter.all(), 0)),
                "listen", () -> engine.listen(ListenConfig.onPort(7), shard -> TcpConnection::write),
                "unlisten", () -> engine.unlisten(7),
                "listeners", engine::listeners,
                "addPort", () -> engine.addPort(cable.right(), host),
                "removePort", () -> engine.removePort(cable.left()));
        calls.forEach((name, call) -> assertThatIllegalStateException()
                .as(name)
                .isThrownBy(call)
                .withMessageContaining("the engine is closed"));
        assertThat(engine.execute(0, loop -> {})).isFalse();
        assertThat(engine.isRunning()).isFalse();
        engine.close();
    }

    @Test
    void shouldRefuseToGoWhileItRunsItsOwnDutyCycle() {
        final List<ThrowingCallable> deeds = new ArrayList<>();
        final TcpEngine engine = engine(Arrangement.PIPELINE);
        deeds.add(engine::close);
        deeds.add(engine::poll);
        deeds.add(() -> engine.removePort(cable.left()));
        deeds.add(() -> engine.addPort(cable.right(), host));
        for (final ThrowingCallable each : deeds) {
            deed = each;
            thrown = null;
            engine.poll();
            assertThat(thrown).isInstanceOf(IllegalStateException.class).hasMessageContaining("duty cycle");
        }
        assertThat(engine.isRunning()).isTrue();
        engine.close();
    }
}
