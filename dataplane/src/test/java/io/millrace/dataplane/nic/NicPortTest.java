package io.millrace.dataplane.nic;

import static io.millrace.dataplane.nic.NicFrames.flipped;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dataplane.TestFrames;
import io.millrace.dataplane.TestFrames6;
import io.millrace.dataplane.flow.FlowSteering;
import io.millrace.dataplane.flow.Toeplitz;
import io.millrace.dataplane.nic.NicLink.Arrival;
import io.millrace.dataplane.port.DpdkPort;
import io.millrace.dataplane.port.PortFeature;
import io.millrace.dataplane.port.PortStatistics;
import io.millrace.dataplane.port.TransmitChecksum;
import io.millrace.dataplane.wire.IpAddress;
import io.millrace.dpdk.Mbuf;
import io.millrace.dpdk.MbufFlags;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What a PCI NIC does for us, driven through VFIO: seen from both ends of a cable. */
@Tag("nic")
@ParameterizedClass(name = "{0}")
@MethodSource("pairs")
class NicPortTest {
    private static final int LEAST = 60;
    private static final int MOST = 1514;
    private static final int MOST_JUMBO = 9014;
    private static final int FLOWS = 512;

    private final NicPair pair;

    NicPortTest(final NicPair pair) {
        this.pair = pair;
    }

    static Stream<NicPair> pairs() {
        return NicPair.all().stream();
    }

    @Test
    void shouldCarryFramesOfEverySizeBothWays() {
        try (NicLink link = NicLink.open(pair, UnaryOperator.identity());
                NicFrames there = frames(link.near(), link.far());
                NicFrames back = frames(link.far(), link.near())) {
            System.out.println(link.near().description());
            final List<byte[]> sizes = ofSizes(there, LEAST, MOST, 1);
            assertArrived(sizes, link.exchange(link.near(), link.far(), sizes));
            final List<byte[]> again = ofSizes(back, LEAST, MOST, 1);
            assertArrived(again, link.exchange(link.far(), link.near(), again));
            for (final DpdkPort port : List.of(link.near(), link.far())) {
                final PortStatistics counts = port.statistics();
                assertThat(counts.rxFrames())
                        .as("frames received by the driver's count")
                        .isEqualTo(sizes.size());
                assertThat(counts.txFrames())
                        .as("frames sent by the driver's count")
                        .isEqualTo(sizes.size());
                assertThat(counts.rxMissed() + counts.rxErrors())
                        .as("frames missed, or wrong")
                        .isZero();
                assertThat(port.pool().available())
                        .isLessThanOrEqualTo(port.pool().capacity());
            }
        }
    }

    @Test
    void shouldCarryFramesOfEveryKindBothWays() {
        try (NicLink link = NicLink.open(pair, UnaryOperator.identity());
                NicFrames there = frames(link.near(), link.far());
                NicFrames back = frames(link.far(), link.near())) {
            there.ofEveryKind().forEach((kind, frame) -> {
                final int expected = pair.model().dropsMulticast() && NicFrames.isMulticast(frame) ? 0 : 1;
                final List<Arrival> arrivals = link.exchange(link.near(), link.far(), List.of(frame), expected);
                assertThat(arrivals).as(kind).hasSize(expected);
                arrivals.forEach(
                        arrival -> assertThat(arrival.isWhole(frame)).as(kind).isTrue());
            });
            there.tagged().forEach((kind, frame) -> {
                final List<Arrival> arrivals = link.exchange(
                        link.near(), link.far(), List.of(frame), pair.model().dropsTagged() ? 0 : 1);
                assertThat(arrivals).as(kind).hasSize(pair.model().dropsTagged() ? 0 : 1);
                arrivals.forEach(
                        arrival -> assertThat(arrival.isWhole(frame)).as(kind).isTrue());
            });
            final List<byte[]> all = List.copyOf(back.ofEveryKind().values());
            assertArrived(all, link.exchange(link.far(), link.near(), all));
        }
    }

    @Test
    void shouldLeaveTheTagsOfItsVlanToTheDevice() {
        try (NicLink link = NicLink.open(pair, config -> config.with(PortFeature.VLAN_OFFLOAD, true));
                NicFrames frames = frames(link.near(), link.far())) {
            link.far().receiveVlan(100);
            final byte[] plain = frames.tcp4(1460);
            final List<byte[]> tagged = List.of(NicFrames.tagged(plain, 100), NicFrames.tagged(frames.udp4(1000), 101));
            final List<Arrival> ours = link.exchange(link.near(), link.far(), tagged, 1);
            assertThat(ours).as("frames of our VLAN, not of another").hasSize(1);
            assertOfVlan(link.far(), plain, ours.getFirst());

            final boolean inserts = link.near().capabilities().vlanInsert();
            final List<Arrival> sent =
                    link.exchange(link.near(), link.far(), List.of(inserts ? plain : tagged.getFirst()), mbuf -> {
                        Mbuf.vlanTci(mbuf, 100);
                        Mbuf.offloadFlags(mbuf, inserts ? MbufFlags.TX_VLAN : 0);
                    });
            assertThat(sent).hasSize(1);
            assertOfVlan(link.far(), plain, sent.getFirst());
            System.out.println(
                    pair + ": VLAN tags taken out " + link.far().capabilities().vlanStrip() + ", put in " + inserts);
        }
    }

    private static void assertOfVlan(final DpdkPort port, final byte[] plain, final Arrival arrival) {
        final boolean stripped = port.capabilities().vlanStrip();
        assertThat((arrival.flags() & MbufFlags.RX_VLAN_STRIPPED) != 0).isEqualTo(stripped);
        assertThat(arrival.isWhole(stripped ? plain : NicFrames.tagged(plain, 100)))
                .isTrue();
        assertThat(arrival.vlanTci()).isEqualTo(stripped ? 100 : arrival.vlanTci());
    }

    @Test
    void shouldCarryJumboFramesInOneSegment() {
        try (NicLink link = NicLink.open(pair, config -> config.withMtu(9000));
                NicFrames frames = frames(link.near(), link.far())) {
            final List<byte[]> sizes = ofSizes(frames, MOST, MOST_JUMBO, 125);
            final List<Arrival> arrivals = link.exchange(link.near(), link.far(), sizes);
            assertArrived(sizes, arrivals);
            assertThat(arrivals).extracting(Arrival::segments).containsOnly(1);
        }
    }

    @Test
    void shouldReportOnChecksumsWhatItIsKnownToReport() {
        try (NicLink link = NicLink.open(pair, UnaryOperator.identity());
                NicFrames frames = frames(link.near(), link.far())) {
            assertThat(link.far().capabilities().rxChecksum()).isTrue();
            final Map<String, String> expected = new LinkedHashMap<>();
            final Map<String, String> reported = new LinkedHashMap<>();
            for (final Checked frame : checked(frames)) {
                final Arrival arrival = link.exchange(link.near(), link.far(), List.of(frame.bytes()))
                        .getFirst();
                assertThat(arrival.isWhole(frame.bytes())).as(frame.name()).isTrue();
                reported.put(frame.name(), "IP " + ip(arrival.flags()) + ", L4 " + l4(arrival.flags()));
                expected.put(
                        frame.name(),
                        "IP " + pair.model().ipChecksum(frame.ipv4(), frame.goodIp()) + ", L4 "
                                + pair.model().l4Checksum(frame.goodL4()));
            }
            assertThat(reported).isEqualTo(expected);
        }
    }

    /** Some report checksums all the same; of a good one nobody may say that it is bad. */
    @Test
    void shouldSayNothingWrongOfChecksumsWhereTheyAreNotAskedFor() {
        try (NicLink link = NicLink.open(pair, config -> config.with(PortFeature.OFFLOADS, false));
                NicFrames frames = frames(link.near(), link.far())) {
            assertThat(link.far().capabilities().rxChecksum()).isFalse();
            final Map<String, String> reported = new LinkedHashMap<>();
            for (final Checked frame : checked(frames)) {
                final Arrival arrival = link.exchange(link.near(), link.far(), List.of(frame.bytes()))
                        .getFirst();
                assertThat(arrival.isWhole(frame.bytes())).as(frame.name()).isTrue();
                reported.put(frame.name(), "IP " + ip(arrival.flags()) + ", L4 " + l4(arrival.flags()));
                final boolean all = pair.model().callsAllGoodUnasked();
                assertThat(ip(arrival.flags())).as(frame.name()).isIn(unasked(frame.goodIp(), all));
                assertThat(l4(arrival.flags())).as(frame.name()).isIn(unasked(frame.goodL4(), all));
            }
            System.out.println(pair + " without checksum offload: " + reported);
        }
    }

    private static List<String> unasked(final boolean good, final boolean all) {
        return all ? List.of("good") : List.of("unknown", good ? "good" : "bad");
    }

    @Test
    void shouldCompleteTheChecksumsOfFramesSent() {
        for (final boolean offloads : List.of(true, false)) {
            try (NicLink link = NicLink.open(pair, config -> config.with(PortFeature.OFFLOADS, offloads));
                    NicFrames frames = frames(link.near(), link.far())) {
                final TransmitChecksum checksum =
                        new TransmitChecksum(link.near().capabilities());
                for (final int text : List.of(0, 1, 100, 1399, 1400)) {
                    final byte[] right4 = frames.tcp4(text);
                    final byte[] wrong4 = flipped(flipped(right4, 24), 50);
                    assertCompleted(
                            right4,
                            link.exchange(
                                    link.near(), link.far(), List.of(wrong4), mbuf -> checksum.tcp4(mbuf, 14, 34, 0)));
                    final byte[] right6 = frames.tcp6(text);
                    final byte[] wrong6 = flipped(right6, 70);
                    assertCompleted(
                            right6,
                            link.exchange(
                                    link.near(), link.far(), List.of(wrong6), mbuf -> checksum.tcp6(mbuf, 14, 54, 0)));
                }
            }
        }
    }

    /** With the right checksum, or, of a virtual device, with the word that there is none to look at. */
    private static void assertCompleted(final byte[] right, final List<Arrival> arrivals) {
        assertThat(arrivals).hasSize(1);
        final Arrival arrival = arrivals.getFirst();
        assertThat(l4(arrival.flags())).isNotEqualTo("bad");
        if (!l4(arrival.flags()).equals("none")) {
            assertThat(arrival.isWhole(right)).as("right checksums").isTrue();
        }
    }

    @Test
    void shouldGiveEachQueueTheFlowsThatOurHashSays() {
        final int queues = pair.model().queuePairs();
        final FlowSteering steering = new FlowSteering(Toeplitz.standard(), queues);
        try (NicLink link = NicLink.open(pair, config -> config.withQueuePairs(queues));
                NicFrames frames = frames(link.near(), link.far())) {
            assertThat(link.far().capabilities().flowSteering())
                    .as("says that it steers flows")
                    .isEqualTo(queues == 1 || pair.model().steers());
            final Map<ByteBuffer, Integer> hashes = randomFlows(frames, steering.toeplitz());
            final List<Arrival> arrivals = link.exchange(
                    link.near(),
                    link.far(),
                    hashes.keySet().stream().map(ByteBuffer::array).toList());
            assertThat(arrivals).hasSize(hashes.size());
            final TreeSet<Integer> used = new TreeSet<>();
            final Map<String, Integer> told = new TreeMap<>(Map.of("IPv4", 0, "IPv6", 0));
            for (final Arrival arrival : arrivals) {
                final Integer hash = hashes.get(ByteBuffer.wrap(arrival.bytes()));
                assertThat(hash).as("a frame as it was sent").isNotNull();
                used.add(arrival.queue());
                final boolean ipv4 = arrival.bytes()[12] == 0x08;
                final String kind = ipv4 ? "IPv4" : "IPv6";
                assertThat(arrival.queue()).as(kind).isEqualTo(pair.model().steers() ? steering.shardOf(hash) : 0);
                if ((arrival.flags() & MbufFlags.RX_RSS_HASH) != 0) {
                    assertThat(arrival.hash()).isEqualTo(hash);
                    told.merge(kind, 1, Integer::sum);
                }
            }
            System.out.println(pair + ": " + queues + " queues asked for, " + arrivals.size() + " flows came by " + used
                    + ", with the hash that is ours: " + told);
            assertThat(used).hasSize(pair.model().steers() ? queues : 1);
            final int all = pair.model().tellsHash() ? arrivals.size() / 2 : 0;
            assertThat(told).isEqualTo(Map.of("IPv4", all, "IPv6", all));
        }
    }

    /** Frames of flows from anywhere, half of them IPv4, with their hashes by our key. */
    private static Map<ByteBuffer, Integer> randomFlows(final NicFrames frames, final Toeplitz toeplitz) {
        final long seed = System.nanoTime();
        System.out.println("seed " + seed);
        final Random random = new Random(seed);
        final Map<ByteBuffer, Integer> hashes = new LinkedHashMap<>();
        while (hashes.size() < FLOWS) {
            final int source = random.nextInt();
            final int port = random.nextInt(1 << 16);
            hashes.put(
                    ByteBuffer.wrap(frames.tcp4(source, TestFrames.OUR_IP, port, 80)),
                    toeplitz.hashIpv4(source, TestFrames.OUR_IP, port, 80));
            final IpAddress peer = new IpAddress(random.nextLong(), random.nextLong());
            final IpAddress ours = TestFrames6.OURS;
            hashes.put(
                    ByteBuffer.wrap(frames.tcp6(peer, ours)),
                    toeplitz.hashIpv6(peer.hi(), peer.lo(), ours.hi(), ours.lo(), 40_000, 80));
        }
        return hashes;
    }

    private static NicFrames frames(final DpdkPort from, final DpdkPort to) {
        return new NicFrames(from.mac(), to.mac());
    }

    private static List<byte[]> ofSizes(final NicFrames frames, final int least, final int most, final int step) {
        return IntStream.iterate(least, size -> size <= most, size -> size + step)
                .mapToObj(size -> frames.plain(size, size))
                .toList();
    }

    private static void assertArrived(final List<byte[]> sent, final List<Arrival> arrivals) {
        assertThat(arrivals).hasSize(sent.size());
        for (int i = 0; i < sent.size(); i++) {
            assertThat(arrivals.get(i).isWhole(sent.get(i)))
                    .as("frame " + i + " as it was sent")
                    .isTrue();
        }
    }

    /** A frame, and what is right with it. */
    private record Checked(String name, byte[] bytes, boolean ipv4, boolean goodIp, boolean goodL4) {}

    private static List<Checked> checked(final NicFrames frames) {
        return List.of(
                new Checked("TCP/IPv4", frames.tcp4(100), true, true, true),
                new Checked("TCP/IPv4, header wrong", flipped(frames.tcp4(100), 24), true, false, true),
                new Checked("TCP/IPv4, TCP wrong", flipped(frames.tcp4(100), 50), true, true, false),
                new Checked("UDP/IPv4", frames.udp4(100), true, true, true),
                new Checked("UDP/IPv4, header wrong", flipped(frames.udp4(100), 24), true, false, true),
                new Checked("UDP/IPv4, UDP wrong", flipped(frames.udp4(100), 40), true, true, false),
                new Checked("TCP/IPv6", frames.tcp6(100), false, true, true),
                new Checked("TCP/IPv6, TCP wrong", flipped(frames.tcp6(100), 70), false, true, false),
                new Checked("UDP/IPv6", frames.udp6(100), false, true, true),
                new Checked("UDP/IPv6, UDP wrong", flipped(frames.udp6(100), 60), false, true, false));
    }

    private static String ip(final long flags) {
        final long value = flags & MbufFlags.RX_IP_CHECKSUM_MASK;
        return value == MbufFlags.RX_IP_CHECKSUM_GOOD
                ? "good"
                : value == MbufFlags.RX_IP_CHECKSUM_BAD ? "bad" : value == 0 ? "unknown" : "none";
    }

    private static String l4(final long flags) {
        final long value = flags & MbufFlags.RX_L4_CHECKSUM_MASK;
        return value == MbufFlags.RX_L4_CHECKSUM_GOOD
                ? "good"
                : value == MbufFlags.RX_L4_CHECKSUM_BAD ? "bad" : value == 0 ? "unknown" : "none";
    }
}
