package io.millrace.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.port.MemoryPort;
import io.millrace.dataplane.port.MemoryPortConfig;
import io.millrace.dataplane.wire.IpAddress;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** When an engine's addresses can be used: its caller may wait for that, and is never told too early. */
@Tag("N3")
class EngineAddressesTest {
    private static final IpAddress IPV6 = IpAddress.parse("fd00::1");

    private final VirtualClock clock = new VirtualClock();

    private TcpEngine engine(final MemoryPort port, final String... addresses) {
        final HostAddresses.Builder host = HostAddresses.builder(port.mac());
        for (final String address : addresses) {
            host.address(address);
        }
        return TcpEngine.builder()
                .port(port, host.build())
                .config(TcpConfig.builder()
                        .maxConnections(100)
                        .synQueueCapacity(100)
                        .timeWaitCapacity(100)
                        .bufferPoolBytes(1 << 20)
                        .build())
                .clock(clock)
                .startManually();
    }

    @Test
    void shouldBeSettledAtOnceWithoutIpv6() {
        try (MemoryPort.Pair cable = MemoryPort.pair(MemoryPortConfig.defaults());
                TcpEngine engine = engine(cable.left(), "10.0.0.1/24")) {
            assertThat(engine.hasSettledAddresses()).isTrue();
        }
    }

    @Test
    void shouldSettleWhenNobodyHasClaimedTheIpv6AddressForASecond() {
        try (MemoryPort.Pair cable = MemoryPort.pair(MemoryPortConfig.defaults());
                TcpEngine engine = engine(cable.left(), "10.0.0.1/24", "fd00::1/64")) {
            assertThat(engine.hasSettledAddresses()).isFalse();
            assertThat(engine.isLocal(IPV6)).isFalse();
            engine.poll();
            clock.advanceMillis(999);
            engine.poll();
            assertThat(engine.hasSettledAddresses()).isFalse();
            for (int ms = 0; ms < 100; ms++) {
                clock.advanceMillis(1);
                engine.poll();
            }
            assertThat(engine.hasSettledAddresses()).isTrue();
            assertThat(engine.isLocal(IPV6)).isTrue();
        }
    }

    @Test
    void shouldNotCallAnAddressUsableThatNoThreadHasAskedForYet() {
        try (MemoryPort.Pair first = MemoryPort.pair(MemoryPortConfig.defaults());
                MemoryPort.Pair late = MemoryPort.pair(MemoryPortConfig.defaults());
                TcpEngine engine = engine(first.left(), "10.0.0.1/24")) {
            engine.addPort(
                    late.left(),
                    HostAddresses.builder(late.left().mac())
                            .address("fd00::1/64")
                            .build());
            assertThat(engine.hasSettledAddresses()).isFalse();
        }
    }
}
