package io.millrace.bench.blast;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.bench.load.ArrivalSchedule;
import io.millrace.dataplane.Allocations;
import io.millrace.dataplane.TestFrames;
import io.millrace.dataplane.port.FrameBurst;
import io.millrace.dataplane.port.MemoryPort;
import io.millrace.dataplane.port.MemoryPortConfig;
import io.millrace.dataplane.wire.InternetChecksum;
import io.millrace.dataplane.wire.IpAddress;
import io.millrace.dataplane.wire.IpPrefix;
import io.millrace.dataplane.wire.IpProtocol;
import io.millrace.dataplane.wire.MacAddress;
import io.millrace.dataplane.wire.TcpFlags;
import io.millrace.dpdk.Mbuf;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A port that floods")
class BlastPortTest {
    private static final int PORT = 9;
    private static final long MICRO = 1_000;
    private static final IpPrefix LEGITIMATE = IpPrefix.parse("10.0.0.0/8");

    private final MemoryPort.Pair cable =
            MemoryPort.pair(MemoryPortConfig.defaults().withQueueCapacity(256));
    private final int total = cable.pool().available();
    private final TestFrames frames = new TestFrames(cable.pool());
    private final FrameBurst burst = new FrameBurst(256);
    private BlastPort port;
    private long now = 1;

    /** The peer of the test frames is the one who floods us. */
    private void open(final ArrivalSchedule schedule) {
        port = BlastPort.flood(
                cable.right(),
                SynFrames.likeLinux(IpAddress.ofIpv4(TestFrames.OUR_IP), PORT),
                new SpoofedFlows(false, 1),
                schedule,
                () -> now);
        port.start();
    }

    @AfterEach
    void shouldGiveEveryFrameBack() {
        arrived();
        burst.close();
        port.close();
        cable.left().close();
        final int missing = total - cable.pool().available();
        cable.pool().close();
        assertThat(missing).as("frames not given back").isZero();
    }

    private void poll() {
        assertThat(port.rxQueue(0).receive(burst)).isZero();
    }

    /** What the engine would send; whether there was room. */
    private boolean sendLegitimate() {
        burst.clear();
        burst.add(frames.tcp(0));
        final int sent = port.txQueue(0).transmit(burst);
        for (int i = 0; i < burst.size(); i++) {
            frames.allocator.free(burst.get(i));
        }
        return sent == 1;
    }

    private record Syn(int source, int port, int sequence) {}

    /** The SYNs that have come through, each of them checked; legitimate frames are left out. */
    private List<Syn> arrived() {
        final List<Syn> syns = new ArrayList<>();
        while (cable.left().rxQueue(0).receive(burst) > 0) {
            for (int i = 0; i < burst.size(); i++) {
                final long mbuf = burst.get(i);
                if (TestFrames.ip(mbuf).source() != TestFrames.PEER_IP) {
                    syns.add(checked(mbuf));
                }
                frames.allocator.free(mbuf);
            }
        }
        return syns;
    }

    private static Syn checked(final long mbuf) {
        final long at = Mbuf.dataAddress(mbuf);
        final int source = TestFrames.ip(mbuf).source();
        assertThat(Mbuf.dataLength(mbuf)).isEqualTo(74);
        assertThat(MacAddress.read(at)).isEqualTo(TestFrames.OUR_MAC);
        assertThat(MacAddress.read(at + 6)).isEqualTo(TestFrames.PEER_MAC);
        assertThat(InternetChecksum.isValid(InternetChecksum.sum(at + 14, 20))).isTrue();
        assertThat(InternetChecksum.isValid(InternetChecksum.sum(at + 34, 40)
                        + InternetChecksum.pseudoHeader(source, TestFrames.OUR_IP, IpProtocol.TCP, 40)))
                .isTrue();
        assertThat(TestFrames.ip(mbuf).totalLength()).isEqualTo(60);
        assertThat(TestFrames.ip(mbuf).destination()).isEqualTo(TestFrames.OUR_IP);
        assertThat(TestFrames.tcp(mbuf).destinationPort()).isEqualTo(PORT);
        assertThat(TestFrames.tcp(mbuf).dataOffset()).isEqualTo(40);
        assertThat(TestFrames.tcp(mbuf).flags()).isEqualTo(TcpFlags.SYN);
        assertThat(TestFrames.tcp(mbuf).sourcePort()).isGreaterThanOrEqualTo(1024);
        assertThat(IpAddress.ofIpv4(source).isUnicast()).isTrue();
        assertThat(LEGITIMATE.containsIpv4(source)).isFalse();
        return new Syn(
                source, TestFrames.tcp(mbuf).sourcePort(), TestFrames.tcp(mbuf).sequenceNumber());
    }

    @Test
    void shouldWaitForTheFirstLegitimateFrameForItsAddresses() {
        open(null);
        poll();
        assertThat(arrived()).isEmpty();

        sendLegitimate();
        poll();
        assertThat(arrived()).hasSize(BlastPort.MOST_SYNS);
    }

    @Test
    void shouldSendAsManyAsAreDueAndEachFromAnotherSource() {
        open(new ArrivalSchedule(1_000_000));
        sendLegitimate();
        poll();
        final Set<Syn> all = new HashSet<>(arrived());
        for (int i = 0; i < 1_000; i++) {
            now += 20 * MICRO;
            poll();
            all.addAll(arrived());
        }

        assertThat(all).hasSize(20_001);
        assertThat(all.stream().map(Syn::source).distinct()).hasSizeGreaterThan(19_900);
        assertThat(all.stream().map(Syn::source).map(source -> source >>> 24).distinct())
                .as("networks")
                .hasSize(116);
        assertThat(port.counts().sent()).isEqualTo(20_001);
        assertThat(port.counts().fullRounds()).isZero();
    }

    @Test
    void shouldNotMakeUpForALongStandstill() {
        open(new ArrivalSchedule(1_000));
        sendLegitimate();
        poll();
        now += 1_000_000 * MICRO;
        for (int i = 0; i < 10; i++) {
            poll();
        }

        assertThat(arrived()).as("one at first, and those of the last 10 ms").hasSize(11);
    }

    @Test
    void shouldLetTheEngineGoFirstWhereTheLinkIsFull() {
        open(null);
        sendLegitimate();
        for (int i = 0; i < 100; i++) {
            poll();
        }
        final long sent = port.counts().sent();
        assertThat(port.counts().fullRounds()).isPositive();
        while (sendLegitimate()) {
            // the link has room for a frame where it has none for many
        }
        arrived();
        poll();
        assertThat(port.counts().sent()).as("while the engine's frame waits").isEqualTo(sent);

        assertThat(sendLegitimate()).isTrue();
        poll();
        assertThat(port.counts().sent()).isGreaterThan(sent);
    }

    @Test
    void shouldEndWhenItIsToldTo() {
        open(null);
        sendLegitimate();
        port.stop();
        poll();

        assertThat(arrived()).isEmpty();
    }

    @Test
    void shouldAllocateNothing() {
        open(new ArrivalSchedule(1_000_000));
        sendLegitimate();

        assertThat(Allocations.bytesPer50Thousand(() -> {
                    now += 20 * MICRO;
                    port.rxQueue(0).receive(burst);
                    while (cable.left().rxQueue(0).receive(burst) > 0) {
                        for (int i = 0; i < burst.size(); i++) {
                            frames.allocator.free(burst.get(i));
                        }
                    }
                }))
                .isZero();
    }
}
