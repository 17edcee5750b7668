package io.millrace.dataplane.ingress;

import static io.millrace.dataplane.TestFrames6.ALL_NODES;
import static io.millrace.dataplane.TestFrames6.OURS;
import static io.millrace.dataplane.TestFrames6.PEER;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dataplane.CollectingSink;
import io.millrace.dataplane.FrameMeta;
import io.millrace.dataplane.TestFrames;
import io.millrace.dataplane.TestFrames6;
import io.millrace.dataplane.TestFrames6.Header;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.icmp.EchoResponder;
import io.millrace.dataplane.icmp.ErrorReporter;
import io.millrace.dataplane.neighbor.NeighborConfig;
import io.millrace.dataplane.neighbor.NeighborResolver;
import io.millrace.dataplane.neighbor.NeighborService;
import io.millrace.dataplane.neighbor.NeighborTable;
import io.millrace.dataplane.wire.Icmpv6Header;
import io.millrace.dataplane.wire.IpProtocol;
import io.millrace.dpdk.Mbuf;
import io.millrace.memory.Memory;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("N3")
@Tag("H14")
class Ipv6NonsenseTest {
    private static final int FRAMES = 100_000;
    private static final int[] NUMBERS = {
        IpProtocol.HOP_BY_HOP, IpProtocol.DESTINATION_OPTIONS, IpProtocol.ROUTING, IpProtocol.FRAGMENT, 51, 200
    };

    private final long seed = Long.getLong("millrace.seed", System.nanoTime());
    private final Random random = new Random(seed);

    /** Each frame ends in one of: a segment for TCP, an answer, a free place in the pool. */
    @Test
    void shouldStayWithinEachFrameAndLoseNoneWhateverItsBytes() {
        System.out.println("Ipv6NonsenseTest: -Dmillrace.seed=" + seed);
        try (TestFrames frames = new TestFrames()) {
            final TestFrames6 frames6 = new TestFrames6(frames);
            final CollectingSink sink = new CollectingSink();
            final CounterBlock counters = CounterBlock.allocate("test");
            final HostAddresses host = TestFrames6.host();
            final FrameClassifier classifier = new FrameClassifier(host);
            final EchoResponder echo =
                    new EchoResponder(host, frames.allocator, sink, counters, 1_000_000_000, 1_000_000_000);
            final ErrorReporter errors = new ErrorReporter(host, frames.allocator, sink, counters);
            final NeighborConfig config = NeighborConfig.defaults().withDuplicateProbes(0);
            try (NeighborTable table = new NeighborTable(config.entries());
                    NeighborResolver resolver = new NeighborResolver(host, table)) {
                final NeighborService neighbors =
                        new NeighborService(config, host, table, resolver, frames.allocator, sink, counters);
                neighbors.start(0);
                int accepted = 0;
                int dropped = 0;
                for (int i = 0; i < FRAMES; i++) {
                    final long now = i * 1_000_000L;
                    final long mbuf = nonsense(frames6);
                    final int meta = classifier.classify(mbuf);
                    if (meta < 0) {
                        dropped++;
                        errors.onDropped(mbuf, DropReason.of(meta), now);
                    } else {
                        accepted++;
                        assertThat(FrameMeta.l3Offset(meta)).isEqualTo(14);
                        assertThat(FrameMeta.l4Offset(meta) + 8)
                                .as("frame %d, kind %d", i, FrameMeta.kind(meta))
                                .isLessThanOrEqualTo(Mbuf.dataLength(mbuf));
                        switch (FrameMeta.kind(meta)) {
                            case FrameMeta.TCP6 -> {
                                final int segment = Mbuf.dataLength(mbuf) - FrameMeta.l4Offset(meta);
                                assertThat(Memory.getUnsignedByte(
                                                        Mbuf.dataAddress(mbuf) + FrameMeta.l4Offset(meta) + 12)
                                                >>> 4
                                                << 2)
                                        .as("frame %d", i)
                                        .isBetween(20, segment);
                                frames.allocator.free(mbuf);
                            }
                            case FrameMeta.ICMP6 -> {
                                if (Icmpv6Header.isNeighborDiscovery(
                                        Memory.getUnsignedByte(Mbuf.dataAddress(mbuf) + FrameMeta.l4Offset(meta)))) {
                                    neighbors.onFrame(mbuf, meta);
                                } else {
                                    echo.onIcmp6(mbuf, meta, now);
                                }
                            }
                            default -> frames.allocator.free(mbuf);
                        }
                    }
                    neighbors.poll(now);
                    for (final long answer : sink.frames) {
                        assertThat(Mbuf.dataLength(answer)).isBetween(14, 14 + 1500);
                        frames.allocator.free(answer);
                    }
                    sink.frames.clear();
                    assertThat(frames.pool.available()).as("frame %d", i).isEqualTo(256);
                }
                neighbors.close();
                assertThat(accepted)
                        .as("frames of which the test says something")
                        .isGreaterThan(FRAMES / 20);
                assertThat(dropped).isGreaterThan(FRAMES / 20);
            }
        }
    }

    private long nonsense(final TestFrames6 frames6) {
        final Header[] headers = new Header[random.nextInt(4)];
        for (int i = 0; i < headers.length; i++) {
            final byte[] bytes = new byte[8 * (1 + random.nextInt(4))];
            if (random.nextInt(3) == 0) {
                random.nextBytes(bytes);
            }
            bytes[1] = (byte) (random.nextInt(8) == 0 ? random.nextInt() : bytes.length / 8 - 1);
            headers[i] = new Header(NUMBERS[random.nextInt(random.nextInt(3) == 0 ? NUMBERS.length : 2)], bytes);
        }
        final byte[] body = new byte[random.nextInt(80)];
        random.nextBytes(body);
        final long mbuf = switch (random.nextInt(4)) {
            case 0 -> frames6.tcp(random.nextInt(100), headers);
            case 1 -> frames6.icmp(PEER, OURS, random.nextInt(256), random.nextInt(3), body, headers);
            case 2 -> frames6.icmp(PEER, ALL_NODES, 128 + random.nextInt(10), 0, body, headers);
            default -> frames6.packet(PEER, OURS, random.nextInt(256), body, headers);
        };
        TestFrames6.ip(mbuf).hopLimit(random.nextBoolean() ? 255 : 64);
        final int length = Mbuf.dataLength(mbuf);
        for (int flips = random.nextInt(3); flips > 0; flips--) {
            Memory.putByte(Mbuf.dataAddress(mbuf) + random.nextInt(length), random.nextInt());
        }
        if (random.nextInt(10) == 0) {
            Mbuf.length(mbuf, random.nextInt(length + 1));
        }
        return mbuf;
    }
}
