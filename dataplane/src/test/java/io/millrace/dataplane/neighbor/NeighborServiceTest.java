package io.millrace.dataplane.neighbor;

import static io.millrace.dataplane.TestFrames.OUR_IP;
import static io.millrace.dataplane.TestFrames.OUR_MAC;
import static io.millrace.dataplane.TestFrames.PEER_IP;
import static io.millrace.dataplane.TestFrames.PEER_MAC;
import static io.millrace.dataplane.TestFrames.ethernet;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dataplane.CollectingSink;
import io.millrace.dataplane.FrameMeta;
import io.millrace.dataplane.TestFrames;
import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.wire.ArpPacket;
import io.millrace.dataplane.wire.EtherType;
import io.millrace.dataplane.wire.IpAddress;
import io.millrace.dataplane.wire.MacAddress;
import io.millrace.dpdk.Mbuf;
import io.millrace.memory.Memory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("N1")
class NeighborServiceTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int GATEWAY = IpAddress.parse("10.0.0.254").ipv4();
    private static final int FAR_AWAY = IpAddress.parse("192.0.2.1").ipv4();

    private final TestFrames frames = new TestFrames();
    private final CollectingSink sink = new CollectingSink();
    private final CounterBlock counters = CounterBlock.allocate("test");
    private final HostAddresses host = HostAddresses.builder(new MacAddress(OUR_MAC))
            .address("10.0.0.1/24")
            .owned("10.64.0.0/12")
            .gateway("10.0.0.254")
            .build();
    private final NeighborConfig config = new NeighborConfig(64, SECOND, 3, 30 * SECOND, 600 * SECOND, 3, 1);
    private final NeighborTable table = new NeighborTable(config.entries());
    private final NeighborResolver resolver = new NeighborResolver(host, table);
    private final NeighborService service =
            new NeighborService(config, host, table, resolver, frames.allocator, sink, counters);
    private static final int ARP_META = FrameMeta.of(FrameMeta.ARP, 14, 14);

    private long now = -5 * SECOND; // a monotonic clock may start anywhere

    @BeforeEach
    void startPastTheAnnouncements() {
        service.start(now);
        advance(0);
        advance(2 * SECOND);
        assertThat(sink.frames).hasSize(2);
        freeSent();
    }

    @AfterEach
    void shouldLeakNoFrame() {
        freeSent();
        service.close();
        assertThat(frames.pool.available()).isEqualTo(256);
        resolver.close();
        table.close();
        frames.close();
    }

    @Test
    void shouldAnswerARequestForOurAddressAndLearnTheAsker() {
        onArp(frames.arp(ArpPacket.REQUEST, PEER_MAC, PEER_IP, 0, OUR_IP));

        final long reply = sink.frames.getFirst();
        assertThat(ethernet(reply).destination()).isEqualTo(PEER_MAC);
        assertThat(ethernet(reply).source()).isEqualTo(OUR_MAC);
        assertThat(arp(reply).operation()).isEqualTo(ArpPacket.REPLY);
        assertThat(arp(reply).senderMac()).isEqualTo(OUR_MAC);
        assertThat(arp(reply).senderIp()).isEqualTo(OUR_IP);
        assertThat(arp(reply).targetMac()).isEqualTo(PEER_MAC);
        assertThat(arp(reply).targetIp()).isEqualTo(PEER_IP);
        assertThat(Mbuf.packetLength(reply)).isEqualTo(42);
        assertThat(resolver.macTowards(0, IpAddress.lowWord(PEER_IP))).isEqualTo(PEER_MAC);
    }

    @Test
    void shouldAnswerForEveryAddressOfAnOwnedPrefixAndForNoOther() {
        onArp(frames.arp(
                ArpPacket.REQUEST,
                PEER_MAC,
                PEER_IP,
                0,
                IpAddress.parse("10.77.1.2").ipv4()));
        assertThat(arp(sink.frames.getFirst()).senderIp())
                .isEqualTo(IpAddress.parse("10.77.1.2").ipv4());
        freeSent();

        onArp(frames.arp(
                ArpPacket.REQUEST,
                PEER_MAC,
                PEER_IP,
                0,
                IpAddress.parse("10.0.0.7").ipv4()));
        assertThat(sink.frames).isEmpty();
        assertThat(counters.get(Counter.ARP_REPLIES_SENT)).isEqualTo(1);
    }

    @Test
    void shouldAnswerAProbeFromNobodyWithoutLearningIt() {
        onArp(frames.arp(ArpPacket.REQUEST, PEER_MAC, 0, 0, OUR_IP));

        assertThat(ethernet(sink.frames.getFirst()).destination()).isEqualTo(PEER_MAC);
        assertThat(table.macOf(0, IpAddress.lowWord(0))).isZero();
    }

    @Test
    void shouldDropMalformedPackets() {
        final long wrongHardware = frames.arp(ArpPacket.REQUEST, PEER_MAC, PEER_IP, 0, OUR_IP);
        Memory.putShortBE(Mbuf.dataAddress(wrongHardware) + 14, 6);
        onArp(wrongHardware);
        onArp(frames.arp(3, PEER_MAC, PEER_IP, 0, OUR_IP));
        onArp(frames.arp(ArpPacket.REPLY, PEER_MAC, 0, OUR_MAC, OUR_IP));
        onArp(frames.arp(ArpPacket.REQUEST, MacAddress.BROADCAST, PEER_IP, 0, OUR_IP));
        onArp(frames.arp(ArpPacket.REQUEST, 0, PEER_IP, 0, OUR_IP));
        onArp(frames.arp(
                ArpPacket.REQUEST, PEER_MAC, IpAddress.parse("224.0.0.1").ipv4(), 0, OUR_IP));
        onArp(frames.arp(
                ArpPacket.REQUEST, PEER_MAC, IpAddress.parse("10.0.0.255").ipv4(), 0, OUR_IP));

        assertThat(sink.frames).isEmpty();
        assertThat(counters.get(Counter.ARP_MALFORMED)).isEqualTo(7);
    }

    @Test
    void shouldResolveANextHopAndSendTheFramesThatWaited() {
        assertThat(resolver.macTowards(0, IpAddress.lowWord(PEER_IP))).isZero();
        final long first = outgoing();
        final long second = outgoing();
        assertThat(resolver.resolve(0, IpAddress.lowWord(PEER_IP), first)).isTrue();
        assertThat(resolver.resolve(0, IpAddress.lowWord(PEER_IP), second)).isTrue();
        advance(0);

        final long request = sink.takeOnly();
        assertThat(ethernet(request).destination()).isEqualTo(MacAddress.BROADCAST);
        assertThat(arp(request).operation()).isEqualTo(ArpPacket.REQUEST);
        assertThat(arp(request).senderIp()).isEqualTo(OUR_IP);
        assertThat(arp(request).targetIp()).isEqualTo(PEER_IP);
        frames.allocator.free(request);

        onArp(frames.arp(ArpPacket.REPLY, PEER_MAC, PEER_IP, OUR_MAC, OUR_IP));

        assertThat(sink.frames).containsExactly(first, second);
        assertThat(sink.frames)
                .allSatisfy(f -> assertThat(ethernet(f).destination()).isEqualTo(PEER_MAC));
        assertThat(resolver.macTowards(0, IpAddress.lowWord(PEER_IP))).isEqualTo(PEER_MAC);
    }

    @Test
    void shouldSendAFrameForAKnownNextHopAtOnce() {
        learnPeer();
        final long frame = outgoing();
        resolver.resolve(0, IpAddress.lowWord(PEER_IP), frame);
        advance(0);

        assertThat(ethernet(sink.frames.getFirst()).destination()).isEqualTo(PEER_MAC);
    }

    @Test
    void shouldSendByTheGatewayToWhatIsNotOnTheLink() {
        resolver.resolve(0, IpAddress.lowWord(FAR_AWAY), 0);
        advance(0);
        assertThat(arp(sink.frames.getFirst()).targetIp()).isEqualTo(GATEWAY);
        assertThat(resolver.resolve(1, 1, 0))
                .as("IPv6, to which there is no way")
                .isFalse();
    }

    @Test
    void shouldAskThreeTimesOneSecondApartThenGiveUpAndDropWhatWaited() {
        resolver.resolve(0, IpAddress.lowWord(PEER_IP), outgoing());
        advance(0);
        assertThat(sink.frames).hasSize(1);
        advance(SECOND / 2);
        assertThat(sink.frames).hasSize(1);
        advance(SECOND / 2);
        assertThat(sink.frames).hasSize(2);
        advance(SECOND);
        assertThat(sink.frames).hasSize(3);
        assertThat(counters.get(Counter.NEIGHBORS_UNREACHABLE)).isZero();
        advance(SECOND);
        assertThat(sink.frames).hasSize(3);
        assertThat(counters.get(Counter.NEIGHBORS_UNREACHABLE)).isEqualTo(1);
        assertThat(counters.get(Counter.NEIGHBOR_QUEUE_DROPS)).isEqualTo(1);

        resolver.resolve(0, IpAddress.lowWord(PEER_IP), 0);
        advance(0);
        assertThat(sink.frames).hasSize(4);
    }

    @Test
    void shouldKeepTheNewestFramesOfAFullQueue() {
        final long[] waiting = new long[5];
        for (int i = 0; i < waiting.length; i++) {
            waiting[i] = outgoing();
            resolver.resolve(0, IpAddress.lowWord(PEER_IP), waiting[i]);
        }
        advance(0);
        freeSent();
        assertThat(counters.get(Counter.NEIGHBOR_QUEUE_DROPS)).isEqualTo(2);

        learnPeer();
        assertThat(sink.frames).containsExactly(waiting[2], waiting[3], waiting[4]);
    }

    @Test
    void shouldVerifyAnEntryInUseByUnicastWhenItsTimeIsOverAndForgetItWhenNobodyAnswers() {
        learnPeer();
        resolver.macTowards(0, IpAddress.lowWord(PEER_IP));
        advance(30 * SECOND);

        assertThat(ethernet(sink.frames.getFirst()).destination()).isEqualTo(PEER_MAC);
        assertThat(resolver.macTowards(0, IpAddress.lowWord(PEER_IP))).isEqualTo(PEER_MAC);
        advance(SECOND);
        advance(SECOND);
        assertThat(sink.frames).hasSize(3);
        advance(SECOND);
        assertThat(resolver.macTowards(0, IpAddress.lowWord(PEER_IP))).isZero();
    }

    @Test
    void shouldLeaveAnEntryNobodyUsesAloneUntilItIsUsed() {
        learnPeer();
        advance(31 * SECOND);
        advance(100 * SECOND);
        assertThat(sink.frames).isEmpty();

        assertThat(resolver.macTowards(0, IpAddress.lowWord(PEER_IP))).isEqualTo(PEER_MAC);
        advance(SECOND);
        assertThat(ethernet(sink.frames.getFirst()).destination()).isEqualTo(PEER_MAC);
        onArp(frames.arp(ArpPacket.REPLY, PEER_MAC, PEER_IP, OUR_MAC, OUR_IP));
        advance(31 * SECOND);
        advance(600 * SECOND);
        assertThat(resolver.macTowards(0, IpAddress.lowWord(PEER_IP))).isZero();
    }

    @Test
    void shouldFollowAGratuitousArpForAKnownNeighborOnly() {
        final long newMac = PEER_MAC + 0x10;
        onArp(frames.arp(ArpPacket.REQUEST, newMac, PEER_IP, 0, PEER_IP));
        assertThat(resolver.macTowards(0, IpAddress.lowWord(PEER_IP))).isZero();

        learnPeer();
        onArp(frames.arp(ArpPacket.REQUEST, newMac, PEER_IP, 0, PEER_IP));
        assertThat(resolver.macTowards(0, IpAddress.lowWord(PEER_IP))).isEqualTo(newMac);
        advance(SECOND);
        assertThat(ethernet(sink.frames.getFirst()).destination()).isEqualTo(newMac);
    }

    @Test
    void shouldUseALearnedSourceAddressAndVerifyIt() {
        resolver.learn(0, IpAddress.lowWord(PEER_IP), PEER_MAC);
        advance(0);
        assertThat(resolver.macTowards(0, IpAddress.lowWord(PEER_IP))).isEqualTo(PEER_MAC);
        advance(SECOND);

        assertThat(ethernet(sink.frames.getFirst()).destination()).isEqualTo(PEER_MAC);
        assertThat(arp(sink.frames.getFirst()).targetIp()).isEqualTo(PEER_IP);
    }

    @Test
    void shouldNotLetALearnedAddressReplaceAKnownOne() {
        learnPeer();
        resolver.learn(0, IpAddress.lowWord(PEER_IP), PEER_MAC + 1);
        resolver.learn(0, IpAddress.lowWord(FAR_AWAY), PEER_MAC + 1);
        resolver.learn(0, IpAddress.lowWord(OUR_IP), PEER_MAC + 1);
        advance(0);

        assertThat(resolver.macTowards(0, IpAddress.lowWord(PEER_IP))).isEqualTo(PEER_MAC);
        assertThat(resolver.macTowards(0, IpAddress.lowWord(FAR_AWAY))).isZero();
        assertThat(resolver.macTowards(0, IpAddress.lowWord(OUR_IP))).isZero();
    }

    @Test
    void shouldDefendOurAddressAtMostEveryTenSeconds() {
        onArp(frames.arp(ArpPacket.REQUEST, PEER_MAC, OUR_IP, 0, OUR_IP));
        onArp(frames.arp(ArpPacket.REPLY, PEER_MAC, OUR_IP, OUR_MAC, OUR_IP));

        assertThat(counters.get(Counter.ARP_CONFLICTS)).isEqualTo(2);
        assertThat(sink.frames.stream().filter(f -> ethernet(f).destination() == MacAddress.BROADCAST))
                .hasSize(1);
        assertThat(resolver.macTowards(0, IpAddress.lowWord(OUR_IP))).isZero();
    }

    @Test
    void shouldMakeRoomForNewNeighborsInAFullTable() {
        for (int i = 2; i < 250; i++) {
            onArp(frames.arp(ArpPacket.REQUEST, PEER_MAC + i, PEER_IP - 2 + i, 0, OUR_IP));
            assertThat(resolver.macTowards(0, IpAddress.lowWord(PEER_IP - 2 + i)))
                    .isEqualTo(PEER_MAC + i);
            freeSent();
        }
        assertThat(counters.get(Counter.NEIGHBOR_TABLE_OVERFLOWS)).isPositive();
    }

    @Test
    void shouldTakeArpFramesHandedOverByOtherThreads() {
        assertThat(resolver.handOver(frames.arp(ArpPacket.REQUEST, PEER_MAC, PEER_IP, 0, OUR_IP), ARP_META))
                .isTrue();
        advance(0);

        assertThat(arp(sink.frames.getFirst()).operation()).isEqualTo(ArpPacket.REPLY);
    }

    private void learnPeer() {
        resolver.resolve(0, IpAddress.lowWord(PEER_IP), 0);
        advance(0);
        sink.frames.removeIf(f -> {
            final boolean isArp = ethernet(f).etherType() == EtherType.ARP;
            if (isArp) {
                frames.allocator.free(f);
            }
            return isArp;
        });
        onArp(frames.arp(ArpPacket.REPLY, PEER_MAC, PEER_IP, OUR_MAC, OUR_IP));
    }

    private void advance(final long nanos) {
        now += nanos;
        service.poll(now);
        now += 100_000_000L; // past the next look at the timers
        service.poll(now);
        now -= nanos == 0 ? 0 : 100_000_000L;
    }

    private void freeSent() {
        sink.frames.forEach(frames.allocator::free);
        sink.frames.clear();
    }

    private long outgoing() {
        return frames.frame(EtherType.IPV4, 40);
    }

    private static ArpPacket arp(final long mbuf) {
        return new ArpPacket().wrap(Mbuf.dataAddress(mbuf) + 14);
    }

    private void onArp(final long mbuf) {
        service.onFrame(mbuf, ARP_META);
    }
}
