package io.millrace.bench.profile;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.bench.profile.Place.Frame;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The place of a sample")
class PlaceTest {
    private static final String LOOP = "io.millrace.dataplane.core.DutyCycleAgent.doWork"
            + " org.agrona.concurrent.AgentRunner.workLoop java.lang.Thread.run";

    /** Methods with their classes, the innermost first. */
    private static Place place(final String stack) {
        return Place.of(Arrays.stream(stack.split(" "))
                .map(name ->
                        new Frame(name.substring(0, name.lastIndexOf('.')), name.substring(name.lastIndexOf('.') + 1)))
                .toList());
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(delimiter = '|', textBlock = """
            java.lang.invoke.LambdaForm$MH.invoke io.millrace.dpdk.ffm.HotCalls.burst io.millrace.dpdk.EthRxQueue.receive | DPDK_RECEIVE | DPDK, called by EthRxQueue.receive
            io.millrace.dpdk.ffm.HotCalls.burst io.millrace.dpdk.EthTxQueue.transmit | DPDK_SEND | DPDK, called by EthTxQueue.transmit
            io.millrace.dpdk.ffm.HotCalls.enqueue io.millrace.dpdk.Mempool.put | DPDK_OTHER | DPDK, called by Mempool.put
            io.millrace.dpdk.EthTxQueue.prepare | DATAPLANE | EthTxQueue.prepare
            org.agrona.UnsafeApi.getLong io.millrace.memory.Memory.getLong io.millrace.tcp.table.FlowIndex.find | TABLES | FlowIndex.find
            io.millrace.tcp.table.SynQueue$Level.next | TABLES | SynQueue.Level.next
            io.millrace.dataplane.core.PortSink.transmit | DATAPLANE | PortSink.transmit
            io.millrace.dataplane.ingress.FrameClassifier.classify | WIRE | FrameClassifier.classify
            io.millrace.tcp.state.SynchronizedState.processAck | TCP | SynchronizedState.processAck
            io.millrace.tcp.stream.Receiver.take | STREAMS | Receiver.take
            io.millrace.tcp.timer.TimerWheel.advance | TIMERS | TimerWheel.advance
            io.millrace.tcp.TcpConnection.close | APPLICATION | TcpConnection.close
            java.util.ArrayList.add io.millrace.bench.load.RateGenerator.doWork | APPLICATION | RateGenerator.doWork
            org.agrona.concurrent.BusySpinIdleStrategy.idle | IDLE | BusySpinIdleStrategy.idle
            io.millrace.linux.EventDescriptor.await io.millrace.dataplane.core.AdaptiveIdle.idle | IDLE | AdaptiveIdle.idle
            org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer.read io.millrace.dataplane.core.CommandQueue.drain | DATAPLANE | CommandQueue.drain
            org.agrona.concurrent.AgentRunner.doWork | DATAPLANE | AgentRunner.doWork
            """)
    void shouldBeOfTheInnermostMethodOfTheProject(final String stack, final Room room, final String method) {
        assertThat(place(stack + " " + LOOP)).isEqualTo(new Place(room, method));
    }

    @Test
    void shouldBeNoneWhereNothingOfTheProjectIsOnTheStack() {
        assertThat(place("java.lang.Object.wait java.lang.Thread.run").room()).isEqualTo(Room.OTHER);
        assertThat(Place.of(List.of()).room()).isEqualTo(Room.OTHER);
    }

    @Test
    void shouldHaveARoomInEveryPackageThatAPollingThreadMayRun() throws IOException {
        try (Stream<Path> sources = Files.walk(Path.of(".."))) {
            assertThat(sources.map(Path::toString)
                            .filter(path -> path.matches("\\.\\./(dataplane|tcp-engine)/src/main/java/.*\\.java")))
                    .isNotEmpty()
                    .allSatisfy(path -> assertThat(Room.of(path.replaceFirst(".*/src/main/java/", "")
                                    .replace(".java", "")
                                    .replace('/', '.')))
                            .isNotEqualTo(Room.OTHER));
        }
    }
}
