package io.millrace.dataplane.neighbor;

import static io.millrace.dataplane.TestFrames.OUR_MAC;
import static io.millrace.dataplane.TestFrames.PEER_MAC;
import static io.millrace.dataplane.TestFrames.ethernet;
import static io.millrace.dataplane.TestFrames6.ALL_NODES;
import static io.millrace.dataplane.TestFrames6.OURS;
import static io.millrace.dataplane.TestFrames6.OUR_LINK_LOCAL;
import static io.millrace.dataplane.TestFrames6.PEER;
import static io.millrace.dataplane.wire.Icmpv6Header.NEIGHBOR_ADVERTISEMENT;
import static io.millrace.dataplane.wire.Icmpv6Header.NEIGHBOR_SOLICITATION;
import static io.millrace.dataplane.wire.NeighborMessage.OVERRIDE;
import static io.millrace.dataplane.wire.NeighborMessage.SOLICITED;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dataplane.CollectingSink;
import io.millrace.dataplane.FrameMeta;
import io.millrace.dataplane.TestFrames;
import io.millrace.dataplane.TestFrames6;
import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.host.AddressState;
import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.ingress.FrameClassifier;
import io.millrace.dataplane.wire.EtherType;
import io.millrace.dataplane.wire.IpAddress;
import io.millrace.dataplane.wire.NeighborMessage;
import io.millrace.dpdk.Mbuf;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("N3")
class DiscoveryTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long OTHER_MAC = PEER_MAC + 0x100;
    private static final IpAddress OUR_GROUP = IpAddress.parse("ff02::1:ff00:1");
    private static final IpAddress PEER_GROUP = IpAddress.parse("ff02::1:ff00:2");

    private final TestFrames frames = new TestFrames();
    private final TestFrames6 frames6 = new TestFrames6(frames);
    private final CollectingSink sink = new CollectingSink();
    private final CounterBlock counters = CounterBlock.allocate("test");
    private final HostAddresses host = TestFrames6.host();
    private final FrameClassifier classifier = new FrameClassifier(host);
    private final NeighborConfig config = new NeighborConfig(64, SECOND, 3, 30 * SECOND, 600 * SECOND, 3, 1);
    private final NeighborTable table = new NeighborTable(config.entries());
    private final NeighborResolver resolver = new NeighborResolver(host, table);
    private final NeighborService service =
            new NeighborService(config, host, table, resolver, frames.allocator, sink, counters);
    private long now = -5 * SECOND;

    @BeforeEach
    void start() {
        service.start(now);
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
    void shouldAskForEachAddressBeforeItIsUsedThenAnnounceIt() {
        assertThat(state(OURS)).isEqualTo(AddressState.TENTATIVE);
        advance(0);
        assertThat(sent(NEIGHBOR_SOLICITATION)).isEqualTo(2);
        final long probe = firstIpv6();
        assertThat(TestFrames6.source(probe)).isEqualTo(IpAddress.ANY_IPV6);
        assertThat(TestFrames6.destination(probe)).isEqualTo(OUR_GROUP);
        assertThat(ethernet(probe).destination()).isEqualTo(0x3333_ff00_0001L);
        assertThat(Mbuf.dataLength(probe)).as("no option").isEqualTo(54 + 24);
        assertValid(probe);
        freeSent();

        advance(SECOND - 1);
        assertThat(state(OURS)).isEqualTo(AddressState.TENTATIVE);
        advance(SECOND);
        assertThat(state(OURS)).isEqualTo(AddressState.USABLE);
        assertThat(state(OUR_LINK_LOCAL)).isEqualTo(AddressState.USABLE);
        assertThat(sent(NEIGHBOR_ADVERTISEMENT)).isEqualTo(2);
        final long announcement = firstIpv6();
        assertThat(TestFrames6.destination(announcement)).isEqualTo(ALL_NODES);
        assertThat(message(announcement).flags()).isEqualTo(OVERRIDE);
        assertThat(message(announcement).linkLayerAddress(2, 32)).isEqualTo(OUR_MAC);
        assertValid(announcement);
    }

    @Test
    void shouldNotUseAnAddressThatAnotherStationHasAndGoOnWithTheRest() {
        advance(0);
        receive(advertisement(OURS, ALL_NODES, OURS, OVERRIDE, OTHER_MAC));
        assertThat(state(OURS)).isEqualTo(AddressState.DUPLICATE);
        freeSent();
        advance(SECOND);
        advance(5 * SECOND);

        assertThat(state(OURS)).isEqualTo(AddressState.DUPLICATE);
        assertThat(state(OUR_LINK_LOCAL)).isEqualTo(AddressState.USABLE);
        assertThat(counters.get(Counter.ND_DUPLICATES)).isEqualTo(1);
        freeSent();
        receive(solicitation(PEER, OUR_GROUP, OURS, PEER_MAC));
        assertThat(sink.frames).as("the address is not ours").isEmpty();
        receive(solicitation(PEER, IpAddress.parse("ff02::1:ff00:1"), OUR_LINK_LOCAL, PEER_MAC));
        assertThat(sent(NEIGHBOR_ADVERTISEMENT)).isEqualTo(1);
    }

    @Test
    void shouldAnswerTheStationThatHasTheAddressWeWantedToo() {
        advance(0);
        receive(advertisement(OURS, ALL_NODES, OURS, OVERRIDE, OTHER_MAC));
        advance(SECOND);
        freeSent();

        receive(solicitation(OURS, IpAddress.parse("ff02::1:ff00:1"), OUR_LINK_LOCAL, OTHER_MAC));
        assertThat(sent(NEIGHBOR_ADVERTISEMENT)).isEqualTo(1);
        assertThat(counters.get(Counter.ND_CONFLICTS)).as("we do not use it").isZero();
    }

    @Test
    void shouldGiveAnAddressUpThatAnotherAsksForAtTheSameTime() {
        advance(0);
        receive(solicitation(IpAddress.ANY_IPV6, OUR_GROUP, OURS, 0));

        assertThat(state(OURS)).isEqualTo(AddressState.DUPLICATE);
    }

    @Test
    void shouldNotAnswerForATentativeAddress() {
        advance(0);
        freeSent();
        receive(solicitation(PEER, OUR_GROUP, OURS, PEER_MAC));

        assertThat(sink.frames).isEmpty();
        assertThat(state(OURS)).isEqualTo(AddressState.TENTATIVE);
    }

    @Test
    void shouldAnswerASolicitationAndLearnTheAsker() {
        settle();
        receive(solicitation(PEER, OUR_GROUP, OURS, PEER_MAC));

        final long answer = sink.frames.getFirst();
        assertThat(ethernet(answer).destination()).isEqualTo(PEER_MAC);
        assertThat(ethernet(answer).source()).isEqualTo(OUR_MAC);
        assertThat(TestFrames6.source(answer)).isEqualTo(OURS);
        assertThat(TestFrames6.destination(answer)).isEqualTo(PEER);
        assertThat(message(answer).flags()).isEqualTo(SOLICITED | OVERRIDE);
        assertThat(message(answer).linkLayerAddress(2, 32)).isEqualTo(OUR_MAC);
        assertValid(answer);
        assertThat(macOf(PEER)).isEqualTo(PEER_MAC);
    }

    @Test
    void shouldAnswerForOwnedPrefixesAndDefendThemAgainstWhoAsksWhetherTheyAreFree() {
        settle();
        final IpAddress owned = IpAddress.parse("fd00:77::ab:cdef");
        receive(solicitation(PEER, IpAddress.parse("ff02::1:ffab:cdef"), owned, PEER_MAC));
        receive(solicitation(IpAddress.ANY_IPV6, OUR_GROUP, OURS, 0));

        assertThat(TestFrames6.source(sink.frames.getFirst())).isEqualTo(owned);
        assertThat(TestFrames6.destination(sink.frames.get(1))).isEqualTo(ALL_NODES);
        assertThat(message(sink.frames.get(1)).flags()).isEqualTo(OVERRIDE);
    }

    @Test
    void shouldResolveANextHopAndSendTheFramesThatWaited() {
        settle();
        final long waiting = frames6.tcp(1);
        assertThat(resolver.resolve(PEER.hi(), PEER.lo(), waiting)).isTrue();
        advance(0);

        final long question = sink.takeOnly();
        assertThat(ethernet(question).destination()).isEqualTo(0x3333_ff00_0002L);
        assertThat(TestFrames6.source(question)).isEqualTo(OURS);
        assertThat(TestFrames6.destination(question)).isEqualTo(PEER_GROUP);
        assertThat(message(question).targetLo()).isEqualTo(PEER.lo());
        assertThat(message(question).linkLayerAddress(1, 32)).isEqualTo(OUR_MAC);
        assertValid(question);
        frames.allocator.free(question);

        receive(advertisement(PEER, OURS, PEER, SOLICITED | OVERRIDE, PEER_MAC));
        assertThat(sink.frames).containsExactly(waiting);
        assertThat(ethernet(waiting).destination()).isEqualTo(PEER_MAC);
        assertThat(stateOf(PEER)).isEqualTo(NeighborTable.REACHABLE);
    }

    @Test
    void shouldAskTheGatewayForWhatIsNotOnTheLinkAndGiveUpAfterThreeTries() {
        settle();
        final IpAddress far = IpAddress.parse("2001:db8::1");
        resolver.resolve(far.hi(), far.lo(), frames6.tcp(1));
        for (int i = 0; i < 5; i++) {
            advance(SECOND);
        }

        assertThat(sent(NEIGHBOR_SOLICITATION)).isEqualTo(3);
        assertThat(new IpAddress(
                        message(sink.frames.getFirst()).targetHi(),
                        message(sink.frames.getFirst()).targetLo()))
                .hasToString("fd00::fe");
        assertThat(counters.get(Counter.NEIGHBORS_UNREACHABLE)).isEqualTo(1);
        assertThat(counters.get(Counter.NEIGHBOR_QUEUE_DROPS)).isEqualTo(1);
    }

    @Test
    void shouldProbeAReachableNeighborInUseByUnicastAndForgetItWhenItIsSilent() {
        settle();
        learnPeer();
        macOf(PEER);
        advance(31 * SECOND);

        assertThat(stateOf(PEER)).isEqualTo(NeighborTable.PROBE);
        final long probe = sink.frames.getFirst();
        assertThat(ethernet(probe).destination()).isEqualTo(PEER_MAC);
        assertThat(TestFrames6.destination(probe)).isEqualTo(PEER);
        advance(SECOND);
        advance(SECOND);
        advance(SECOND);
        assertThat(sent(NEIGHBOR_SOLICITATION)).isEqualTo(3);
        assertThat(macOf(PEER)).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        // flags; other MAC or the known one; state and MAC afterwards (RFC 4861 §7.2.5)
        "SO, other, REACHABLE, other",
        "S, other, STALE, known",
        "O, other, STALE, other",
        "-, other, STALE, known",
        "S, known, REACHABLE, known",
        "-, known, REACHABLE, known",
        "S, none, REACHABLE, known",
        "-, none, REACHABLE, known",
    })
    void shouldTakeAnAdvertisementOfAReachableNeighborByItsFlags(
            final String flags, final String mac, final String state, final String macAfter) {
        settle();
        learnPeer();
        final int bits = (flags.contains("S") ? SOLICITED : 0) | (flags.contains("O") ? OVERRIDE : 0);
        final long option = mac.equals("other") ? OTHER_MAC : mac.equals("known") ? PEER_MAC : 0;
        receive(advertisement(PEER, OURS, PEER, bits, option));

        assertThat(stateOf(PEER)).isEqualTo(state.equals("STALE") ? NeighborTable.STALE : NeighborTable.REACHABLE);
        assertThat(macOf(PEER)).isEqualTo(macAfter.equals("other") ? OTHER_MAC : PEER_MAC);
    }

    @Test
    void shouldLearnNothingFromAnAdvertisementNobodyAskedFor() {
        settle();
        receive(advertisement(PEER, OURS, PEER, SOLICITED | OVERRIDE, PEER_MAC));

        assertThat(macOf(PEER)).isZero();
    }

    @Test
    void shouldCountAConflictAndKeepTheAddress() {
        settle();
        receive(advertisement(OURS, ALL_NODES, OURS, OVERRIDE, OTHER_MAC));

        assertThat(counters.get(Counter.ND_CONFLICTS)).isEqualTo(1);
        assertThat(state(OURS)).isEqualTo(AddressState.USABLE);
    }

    @Test
    void shouldRejectWhatRfc4861Rejects() {
        settle();
        final IpAddress otherGroup = IpAddress.parse("ff02::1");
        broken(
                solicitation(PEER, OUR_GROUP, OURS, PEER_MAC),
                m -> TestFrames6.ip(m).hopLimit(254));
        broken(
                solicitation(PEER, OUR_GROUP, OURS, PEER_MAC),
                m -> message(m).icmp().checksum(1));
        broken(solicitation(PEER, OUR_GROUP, ALL_NODES, PEER_MAC), m -> {});
        broken(solicitation(PEER, OUR_GROUP, IpAddress.ofIpv4(0x0a000001), PEER_MAC), m -> {});
        broken(frames6.icmp(PEER, OUR_GROUP, NEIGHBOR_SOLICITATION, 1, body(0, OURS, 1, PEER_MAC)), TestFrames6::ip);
        broken(frames6.icmp(PEER, OURS, NEIGHBOR_SOLICITATION, 0, new byte[19]), m -> {});
        final byte[] zeroLength = body(0, OURS, 1, PEER_MAC);
        zeroLength[21] = 0;
        broken(frames6.icmp(PEER, OUR_GROUP, NEIGHBOR_SOLICITATION, 0, zeroLength), m -> {});
        final byte[] pastTheEnd = body(0, OURS, 1, PEER_MAC);
        pastTheEnd[21] = 2;
        broken(frames6.icmp(PEER, OUR_GROUP, NEIGHBOR_SOLICITATION, 0, pastTheEnd), m -> {});
        broken(solicitation(IpAddress.ANY_IPV6, OUR_GROUP, OURS, PEER_MAC), m -> {});
        broken(solicitation(IpAddress.ANY_IPV6, otherGroup, OURS, 0), m -> {});
        broken(advertisement(PEER, ALL_NODES, PEER, SOLICITED, PEER_MAC), m -> {});

        assertThat(counters.get(Counter.ND_MALFORMED)).isEqualTo(11);
        assertThat(sink.frames).isEmpty();
    }

    @Test
    void shouldLeaveRouterMessagesAndRedirectsAlone() {
        settle();
        for (final int type : new int[] {133, 134, 137}) {
            receive(frames6.icmp(PEER, ALL_NODES, type, 0, new byte[36]));
        }

        assertThat(counters.get(Counter.ICMP_UNUSED)).isEqualTo(3);
        assertThat(sink.frames).isEmpty();
    }

    private void settle() {
        advance(0);
        advance(SECOND);
        advance(3 * SECOND);
        freeSent();
    }

    private void learnPeer() {
        resolver.resolve(PEER.hi(), PEER.lo(), 0);
        advance(0);
        receive(advertisement(PEER, OURS, PEER, SOLICITED | OVERRIDE, PEER_MAC));
        assertThat(stateOf(PEER)).isEqualTo(NeighborTable.REACHABLE);
        freeSent();
    }

    private void receive(final long mbuf) {
        final int meta = classifier.classify(mbuf);
        assertThat(FrameMeta.kind(meta)).isEqualTo(FrameMeta.ICMP6);
        service.onFrame(mbuf, meta);
    }

    private void broken(final long mbuf, final Consumer<Long> change) {
        change.accept(mbuf);
        service.onFrame(mbuf, FrameMeta.of(FrameMeta.ICMP6, 14, 54));
    }

    private long solicitation(
            final IpAddress source, final IpAddress destination, final IpAddress target, final long mac) {
        final long mbuf = frames6.icmp(source, destination, NEIGHBOR_SOLICITATION, 0, body(0, target, 1, mac));
        TestFrames6.ip(mbuf).hopLimit(255);
        return mbuf;
    }

    private long advertisement(
            final IpAddress source,
            final IpAddress destination,
            final IpAddress target,
            final int flags,
            final long mac) {
        final long mbuf = frames6.icmp(source, destination, NEIGHBOR_ADVERTISEMENT, 0, body(flags, target, 2, mac));
        TestFrames6.ip(mbuf).hopLimit(255);
        return mbuf;
    }

    private static byte[] body(final int flags, final IpAddress target, final int option, final long mac) {
        final ByteBuffer body = ByteBuffer.allocate(mac == 0 ? 20 : 28);
        body.putInt(flags).putLong(target.hi()).putLong(target.lo());
        if (mac != 0) {
            body.put((byte) option).put((byte) 1).putShort((short) (mac >>> 32)).putInt((int) mac);
        }
        return body.array();
    }

    private void assertValid(final long mbuf) {
        assertThat(TestFrames6.ip(mbuf).hopLimit()).isEqualTo(255);
        assertThat(TestFrames6.ip(mbuf).payloadLength()).isEqualTo(Mbuf.dataLength(mbuf) - 54);
        assertThat(message(mbuf).icmp().isChecksumValid(TestFrames6.ip(mbuf).address(), Mbuf.dataLength(mbuf) - 54))
                .isTrue();
    }

    private static NeighborMessage message(final long mbuf) {
        return new NeighborMessage().wrap(Mbuf.dataAddress(mbuf) + 54);
    }

    private long firstIpv6() {
        return sink.frames.stream()
                .filter(f -> ethernet(f).etherType() == EtherType.IPV6)
                .findFirst()
                .orElseThrow();
    }

    private long sent(final int type) {
        return sink.frames.stream()
                .filter(f -> ethernet(f).etherType() == EtherType.IPV6
                        && message(f).icmp().type() == type)
                .count();
    }

    private AddressState state(final IpAddress own) {
        return host.state(host.numberOf(own.hi(), own.lo()));
    }

    private byte stateOf(final IpAddress neighbor) {
        return table.state(table.find(neighbor.hi(), neighbor.lo()));
    }

    private long macOf(final IpAddress destination) {
        return resolver.macTowards(destination.hi(), destination.lo());
    }

    private void advance(final long nanos) {
        now += nanos;
        service.poll(now);
    }

    private void freeSent() {
        sink.frames.forEach(frames.allocator::free);
        sink.frames.clear();
    }
}
