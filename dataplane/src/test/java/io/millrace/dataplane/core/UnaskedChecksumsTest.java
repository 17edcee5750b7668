package io.millrace.dataplane.core;

import static io.millrace.dataplane.TestFrames.OUR_MAC;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dataplane.TestFrames;
import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.port.FrameBurst;
import io.millrace.dataplane.port.MemoryPort;
import io.millrace.dataplane.port.MemoryPortConfig;
import io.millrace.dataplane.port.PacketPort;
import io.millrace.dataplane.port.RxQueue;
import io.millrace.dataplane.wire.MacAddress;
import io.millrace.dpdk.Mbuf;
import io.millrace.dpdk.MbufFlags;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A device that calls every checksum good, though it was not asked to look: igb, as DPDK drives it. */
@Tag("N6")
class UnaskedChecksumsTest {
    private final HostAddresses host = HostAddresses.builder(new MacAddress(OUR_MAC))
            .address("10.0.0.1/24")
            .build();

    @Test
    void shouldLookAtTheChecksumsItself() {
        final CounterBlock counters = CounterBlock.allocate("shard-0");
        try (MemoryPort.Pair pair = MemoryPort.pair(MemoryPortConfig.defaults());
                FrameBurst burst = new FrameBurst(32);
                Datapath path = Datapath.runToCompletion(DatapathConfig.defaults(), () -> 1, List.of(counters))) {
            assertThat(pair.left().capabilities().rxChecksum()).isFalse();
            path.attach(callingAllGood(pair.left()), host, Conductor.BEFORE_START);
            path.endpoints().forEach(ShardEndpoint::onStart);
            final TestFrames frames = new TestFrames(pair.pool());
            final long wrong = frames.tcp(3);
            TestFrames.tcp(wrong).checksum(TestFrames.tcp(wrong).checksum() + 1);
            burst.add(wrong);
            burst.add(frames.tcp(3));
            assertThat(pair.right().txQueue(0).transmit(burst)).isEqualTo(2);
            path.endpoints()
                    .getFirst()
                    .poll(
                            batch -> {
                                for (int i = 0; i < batch.size(); i++) {
                                    frames.allocator.free(batch.mbuf(i));
                                }
                            },
                            1);
            path.endpoints().forEach(ShardEndpoint::onClose);
        }
        assertThat(counters.get(Counter.FRAMES_TO_TCP)).isEqualTo(1);
        assertThat(counters.get(Counter.DROP_TCP_CHECKSUM)).isEqualTo(1);
    }

    private static PacketPort callingAllGood(final PacketPort port) {
        final RxQueue queue = port.rxQueue(0);
        final RxQueue calling = delegate(RxQueue.class, (proxy, method, arguments) -> {
            final Object result = method.invoke(queue, arguments);
            if (method.getName().equals("receive")) {
                final FrameBurst burst = (FrameBurst) arguments[0];
                for (int i = 0; i < burst.size(); i++) {
                    Mbuf.offloadFlags(burst.get(i), MbufFlags.RX_IP_CHECKSUM_GOOD | MbufFlags.RX_L4_CHECKSUM_GOOD);
                }
            }
            return result;
        });
        return delegate(
                PacketPort.class,
                (proxy, method, arguments) ->
                        method.getName().equals("rxQueue") ? calling : method.invoke(port, arguments));
    }

    private static <T> T delegate(final Class<T> type, final InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
