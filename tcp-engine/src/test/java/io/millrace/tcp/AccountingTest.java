package io.millrace.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.ingress.DropReason;
import io.millrace.dataplane.port.FrameAllocator;
import io.millrace.dataplane.port.FrameBurst;
import io.millrace.dataplane.port.MemoryPort;
import io.millrace.dataplane.port.MemoryPortConfig;
import io.millrace.dataplane.port.PacketPort;
import io.millrace.dataplane.port.Vlan;
import io.millrace.dataplane.port.decorator.VlanPort;
import io.millrace.dpdk.Mbuf;
import io.millrace.memory.Memory;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The account of frames")
class AccountingTest {
    private static final int ROUNDS = 6_000;
    private static final int VLAN = 100;

    private final VirtualClock clock = new VirtualClock();
    private final FrameBurst burst = new FrameBurst(64);
    private long seen;

    @ParameterizedTest(name = "{0}, {1} shards, VLAN {2}")
    @CsvSource({
        "PIPELINE, 1, false",
        "PIPELINE, 2, true",
        "RUN_TO_COMPLETION, 1, true",
        "RUN_TO_COMPLETION, 2, false",
        "RUN_TO_COMPLETION, 2, true"
    })
    @Tag("H14")
    @Tag("N2")
    @Tag("N5")
    void shouldBeExactWhateverArrives(final Arrangement arrangement, final int shards, final boolean vlan) {
        final long seed = new Random().nextLong();
        System.out.println("AccountingTest seed " + seed);
        final Random random = new Random(seed);
        final WireFrames frames = new WireFrames(random);
        final int queues = arrangement == Arrangement.PIPELINE ? 1 : shards;
        try (MemoryPort.Pair cable = MemoryPort.pair(MemoryPortConfig.defaults().withQueuePairs(queues))) {
            final PacketPort port = vlan ? new VlanPort(cable.left(), new Vlan(VLAN, 0)) : cable.left();
            final FrameAllocator allocator = cable.pool().newAllocator();
            final List<CounterBlock> counters;
            long sent = 0;
            try (TcpEngine engine = engine(port, arrangement, shards)) {
                counters = engine.counters();
                engine.listen(ListenConfig.onPort(7), shard -> TcpConnection::write);
                for (int round = 0; round < ROUNDS; round++) {
                    for (final byte[] frame : frames.any()) {
                        final byte[] wire = broken(vlan ? WireFrames.tagged(frame, vlanId(random)) : frame, random);
                        sent += random.nextInt(40) == 0 ? 0 : send(cable.right(), allocator, wire);
                    }
                    engine.poll();
                    if (round % 8 == 0) {
                        clock.advanceMillis(random.nextInt(200));
                        discard(cable.right(), allocator);
                    }
                }
                clock.advanceMillis(61_000);
                for (int i = 0; i < 100; i++) {
                    engine.poll();
                }
                assertReceived(counters, port, sent);
                assertThat(sum(counters, Counter.FRAMES_HANDED_OVER) > 0)
                        .as("fragments come by one queue, whatever the shard of the segment they make")
                        .isEqualTo(queues > 1);
            }
            discard(cable.right(), allocator);
            assertSent(counters, port);
            assertThat(cable.pool().available())
                    .isEqualTo(MemoryPortConfig.defaults().frames());
        }
        burst.close();
    }

    private static void assertReceived(final List<CounterBlock> counters, final PacketPort port, final long sent) {
        long dropped = 0;
        for (final DropReason reason : DropReason.values()) {
            dropped += sum(counters, reason.counter());
        }
        final long received = sum(counters, Counter.FRAMES_RECEIVED);
        final long whole = sum(counters, Counter.IP_REASSEMBLED) + sum(counters, Counter.IP6_REASSEMBLED);
        assertThat(received).isEqualTo(sent).isEqualTo(port.statistics().rxFrames());
        assertThat(sum(counters, Counter.BYTES_RECEIVED))
                .isLessThanOrEqualTo(port.statistics().rxBytes());
        assertThat(received + whole)
                .as("where each frame went")
                .isEqualTo(sum(counters, Counter.FRAMES_TO_TCP)
                        + sum(counters, Counter.FRAMES_TO_HOST)
                        + sum(counters, Counter.FRAGMENTS_ABSORBED)
                        + dropped);
        assertThat(sum(counters, Counter.FRAGMENTS_ABSORBED))
                .isEqualTo(sum(counters, Counter.FRAGMENTS_REASSEMBLED)
                        + sum(counters, Counter.FRAGMENTS_DISCARDED)
                        + sum(counters, Counter.FRAGMENTS_HELD));
        assertThat(sum(counters, Counter.FRAMES_TO_TCP))
                .isEqualTo(sum(counters, Counter.TCP_SEGMENTS_RECEIVED) + sum(counters, Counter.SHARD_RING_DROPS));
        assertThat(whole).isPositive();
        assertThat(dropped).isPositive();
        assertThat(sum(counters, Counter.FRAGMENTS_HELD))
                .as("all their time is over")
                .isZero();
    }

    private void assertSent(final List<CounterBlock> counters, final PacketPort port) {
        assertThat(sum(counters, Counter.FRAMES_TRANSMITTED))
                .isEqualTo(port.statistics().txFrames())
                .isEqualTo(seen)
                .isPositive();
    }

    private TcpEngine engine(final PacketPort port, final Arrangement arrangement, final int shards) {
        return TcpEngine.builder()
                .port(
                        port,
                        HostAddresses.builder(port.mac())
                                .address("10.0.0.1/24")
                                .address("fd00::1/64")
                                .build())
                .config(TcpConfig.builder()
                        .maxConnections(2_000)
                        .synQueueCapacity(500)
                        .timeWaitCapacity(2_000)
                        .bufferPoolBytes(4 << 20)
                        .build())
                .shards(shards)
                .arrangement(arrangement)
                .clock(clock)
                .startManually();
    }

    private static int vlanId(final Random random) {
        return random.nextInt(10) == 0 ? random.nextInt(3) + VLAN - 1 : VLAN;
    }

    /** The frame, or one in four times the frame with a byte changed or its end cut off. */
    private static byte[] broken(final byte[] frame, final Random random) {
        if (random.nextInt(4) != 0) {
            return frame;
        }
        if (random.nextInt(3) == 0) {
            return Arrays.copyOf(frame, 1 + random.nextInt(frame.length));
        }
        frame[random.nextInt(frame.length)] = (byte) random.nextInt();
        return frame;
    }

    private int send(final PacketPort wire, final FrameAllocator allocator, final byte[] frame) {
        final long mbuf = allocator.allocate();
        Mbuf.length(mbuf, frame.length);
        for (int i = 0; i < frame.length; i++) {
            Memory.putByte(Mbuf.dataAddress(mbuf) + i, frame[i]);
        }
        burst.clear();
        burst.add(mbuf);
        if (wire.txQueue(0).transmit(burst) == 0) {
            allocator.free(mbuf);
            return 0;
        }
        return 1;
    }

    private void discard(final PacketPort wire, final FrameAllocator allocator) {
        for (int queue = 0; queue < wire.queuePairs(); queue++) {
            while (wire.rxQueue(queue).receive(burst) > 0) {
                seen += burst.size();
                for (int i = 0; i < burst.size(); i++) {
                    allocator.free(burst.get(i));
                }
            }
        }
    }

    private static long sum(final List<CounterBlock> counters, final Counter counter) {
        return counters.stream().mapToLong(block -> block.get(counter)).sum();
    }
}
