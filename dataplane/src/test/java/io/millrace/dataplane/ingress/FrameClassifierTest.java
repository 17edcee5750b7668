package io.millrace.dataplane.ingress;

import static io.millrace.dataplane.TestFrames.OUR_IP;
import static io.millrace.dataplane.TestFrames.OUR_MAC;
import static io.millrace.dataplane.TestFrames.PEER_IP;
import static io.millrace.dataplane.TestFrames.PEER_MAC;
import static io.millrace.dataplane.TestFrames.ethernet;
import static io.millrace.dataplane.TestFrames.ip;
import static io.millrace.dataplane.TestFrames.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dataplane.Allocations;
import io.millrace.dataplane.FrameMeta;
import io.millrace.dataplane.TestFrames;
import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.wire.ArpPacket;
import io.millrace.dataplane.wire.EtherType;
import io.millrace.dataplane.wire.InternetChecksum;
import io.millrace.dataplane.wire.IpAddress;
import io.millrace.dataplane.wire.IpProtocol;
import io.millrace.dataplane.wire.MacAddress;
import io.millrace.dataplane.wire.TcpFlags;
import io.millrace.dpdk.Mbuf;
import io.millrace.dpdk.MbufFlags;
import io.millrace.memory.Memory;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

@Tag("H14")
class FrameClassifierTest {
    private static final int FUZZED_FRAMES = 200_000;

    private final TestFrames frames = new TestFrames();
    private final HostAddresses host = HostAddresses.builder(new MacAddress(OUR_MAC))
            .address("10.0.0.1/24")
            .owned("10.64.0.0/12")
            .gateway("10.0.0.254")
            .build();
    private final FrameClassifier classifier = new FrameClassifier(host);

    @AfterEach
    void closePool() {
        frames.close();
    }

    @Test
    void shouldAcceptTcpAndTellWhereItsHeadersStart() {
        final int meta = classifier.classify(frames.tcp(5));

        assertThat(FrameMeta.kind(meta)).isEqualTo(FrameMeta.TCP4);
        assertThat(FrameMeta.l3Offset(meta)).isEqualTo(14);
        assertThat(FrameMeta.l4Offset(meta)).isEqualTo(34);
    }

    @Test
    void shouldCutEthernetPaddingOff() {
        final long mbuf = frames.tcp(1);
        Mbuf.length(mbuf, 60);

        assertThat(classifier.classify(mbuf)).isPositive();
        assertThat(Mbuf.dataLength(mbuf)).isEqualTo(14 + 41);
        assertThat(Mbuf.packetLength(mbuf)).isEqualTo(14 + 41);
    }

    @Test
    @Tag("N2")
    void shouldSkipIpOptions() {
        final long mbuf = frames.tcp(40);
        insertIpOptions(mbuf);

        final int meta = classifier.classify(mbuf);

        assertThat(FrameMeta.kind(meta)).isEqualTo(FrameMeta.TCP4);
        assertThat(FrameMeta.l4Offset(meta)).isEqualTo(14 + 28);
    }

    @Test
    @Tag("N5")
    void shouldTakeAPriorityTagOut() {
        final long mbuf = frames.tcp(9);
        insertVlanTag(mbuf, 0);

        final int meta = classifier.classify(mbuf);

        assertThat(FrameMeta.kind(meta)).isEqualTo(FrameMeta.TCP4);
        assertThat(FrameMeta.l3Offset(meta)).isEqualTo(14);
        assertThat(ethernet(mbuf).source()).isEqualTo(PEER_MAC);
        assertThat(ethernet(mbuf).destination()).isEqualTo(OUR_MAC);
        assertThat(ip(mbuf).source()).isEqualTo(PEER_IP);
    }

    @Test
    void shouldAcceptEveryAddressOfAnOwnedPrefix() {
        final int owned = IpAddress.parse("10.79.255.255").ipv4();

        assertThat(classifier.classify(frames.tcp(PEER_IP, owned, 1, 2, TcpFlags.SYN, 0)))
                .isPositive();
        assertThat(DropReason.of(classifier.classify(frames.tcp(PEER_IP, owned + 1, 1, 2, TcpFlags.SYN, 0))))
                .isEqualTo(DropReason.OTHER_ADDRESS);
    }

    @Test
    @Tag("N6")
    void shouldBelieveTheCardThatChecksumsAreGoodOrNotFilledIn() {
        final long good = MbufFlags.RX_IP_CHECKSUM_GOOD | MbufFlags.RX_L4_CHECKSUM_GOOD;
        final long none = MbufFlags.RX_IP_CHECKSUM_NONE | MbufFlags.RX_L4_CHECKSUM_NONE;
        for (final long flags : new long[] {good, none}) {
            final long mbuf = frames.tcp(3);
            ip(mbuf).checksum(1);
            tcp(mbuf).checksum(1);
            Mbuf.offloadFlags(mbuf, flags);

            assertThat(classifier.classify(mbuf)).isPositive();
        }
    }

    @Test
    @Tag("N6")
    void shouldBelieveTheCardThatAChecksumIsBad() {
        assertThat(reasonOf(frames.tcp(3), mbuf -> Mbuf.offloadFlags(mbuf, MbufFlags.RX_L4_CHECKSUM_BAD)))
                .isEqualTo(DropReason.TCP_CHECKSUM);
        assertThat(reasonOf(frames.tcp(3), mbuf -> Mbuf.offloadFlags(mbuf, MbufFlags.RX_IP_CHECKSUM_BAD)))
                .isEqualTo(DropReason.IP_CHECKSUM);
    }

    @Test
    @Tag("N6")
    void shouldAcceptAChecksumAKernelLeftToTheDeviceOnlyWhereTheseComeFrom() {
        final long mbuf = frames.tcp(11);
        tcp(mbuf)
                .checksum(InternetChecksum.uncomplemented(
                        InternetChecksum.pseudoHeader(PEER_IP, OUR_IP, IpProtocol.TCP, 31)));

        assertThat(DropReason.of(classifier.classify(mbuf))).isEqualTo(DropReason.TCP_CHECKSUM);
        final FrameClassifier besideAKernel = new FrameClassifier(host, true, false);
        assertThat(besideAKernel.classify(mbuf)).isPositive();
        tcp(mbuf).checksum(tcp(mbuf).checksum() + 1);
        assertThat(DropReason.of(besideAKernel.classify(mbuf))).isEqualTo(DropReason.TCP_CHECKSUM);
    }

    @Test
    @Tag("N6")
    void shouldNotBelieveTheCardThatAChecksumIsGoodWhereItWasNotAskedToLook() {
        final FrameClassifier unasked = new FrameClassifier(host, false, false);
        final long good = MbufFlags.RX_IP_CHECKSUM_GOOD | MbufFlags.RX_L4_CHECKSUM_GOOD;
        final long mbuf = frames.tcp(3);
        Mbuf.offloadFlags(mbuf, good);
        assertThat(unasked.classify(mbuf)).isPositive();
        tcp(mbuf).checksum(tcp(mbuf).checksum() + 1);
        assertThat(DropReason.of(unasked.classify(mbuf))).isEqualTo(DropReason.TCP_CHECKSUM);
        assertThat(classifier.classify(mbuf)).isPositive();
        // A device that is none, with the sender on this host, has nothing to look at.
        Mbuf.offloadFlags(mbuf, MbufFlags.RX_IP_CHECKSUM_NONE | MbufFlags.RX_L4_CHECKSUM_NONE);
        assertThat(unasked.classify(mbuf)).isPositive();

        final long header = frames.tcp(3);
        Mbuf.offloadFlags(header, good);
        Memory.putByte(Mbuf.dataAddress(header) + 24, (byte) (Memory.getByte(Mbuf.dataAddress(header) + 24) ^ 1));
        assertThat(DropReason.of(unasked.classify(header))).isEqualTo(DropReason.IP_CHECKSUM);
        Mbuf.offloadFlags(header, MbufFlags.RX_IP_CHECKSUM_BAD);
        assertThat(DropReason.of(unasked.classify(header))).isEqualTo(DropReason.IP_CHECKSUM);
    }

    @TestFactory
    Stream<DynamicTest> shouldDropEachMalformedShapeForItsReason() {
        final Map<String, Case> cases = new LinkedHashMap<>();
        cases.put("empty frame", breaking(DropReason.TRUNCATED_FRAME, m -> Mbuf.length(m, 0)));
        cases.put("half an Ethernet header", breaking(DropReason.TRUNCATED_FRAME, m -> Mbuf.length(m, 13)));
        cases.put("half an IP header", breaking(DropReason.TRUNCATED_FRAME, m -> Mbuf.length(m, 14 + 19)));
        cases.put("two segments", breaking(DropReason.SEGMENTED_FRAME, m -> Mbuf.segments(m, 2)));
        cases.put(
                "unknown EtherType",
                breaking(DropReason.UNKNOWN_ETHER_TYPE, m -> ethernet(m).etherType(0x88cc)));
        cases.put("IPv6", breaking(DropReason.IPV6, m -> ethernet(m).etherType(EtherType.IPV6)));
        cases.put("VLAN 5", breaking(DropReason.OTHER_VLAN, m -> insertVlanTag(m, 5)));
        cases.put("VLAN 5, taken out by the card", breaking(DropReason.OTHER_VLAN, m -> {
            Mbuf.offloadFlags(m, MbufFlags.RX_VLAN | MbufFlags.RX_VLAN_STRIPPED);
            Memory.putShort(m + 42, 5);
        }));
        cases.put("nothing behind a VLAN type", breaking(DropReason.TRUNCATED_FRAME, m -> {
            ethernet(m).etherType(EtherType.VLAN);
            Mbuf.length(m, 17);
        }));
        cases.put(
                "other station",
                breaking(DropReason.OTHER_STATION, m -> ethernet(m).destination(OUR_MAC + 1)));
        cases.put(
                "to the broadcast MAC",
                breaking(DropReason.LINK_BROADCAST, m -> ethernet(m).destination(-1)));
        cases.put(
                "to a multicast MAC",
                breaking(DropReason.LINK_BROADCAST, m -> ethernet(m).destination(0x01005e000001L)));
        cases.put(
                "from a group MAC",
                breaking(DropReason.BAD_SOURCE_MAC, m -> ethernet(m).source(0x01005e000001L)));
        cases.put(
                "from our own MAC",
                breaking(DropReason.BAD_SOURCE_MAC, m -> ethernet(m).source(OUR_MAC)));
        cases.put("IP version 5", breaking(DropReason.IP_VERSION, m -> Memory.putByte(ip(m).address(), 0x55)));
        cases.put("IHL 4", breaking(DropReason.IP_HEADER_LENGTH, m -> Memory.putByte(ip(m).address(), 0x44)));
        cases.put("IHL past the end", breaking(DropReason.IP_HEADER_LENGTH, m -> {
            Memory.putByte(ip(m).address(), 0x4f);
            Mbuf.length(m, 14 + 40);
        }));
        cases.put("total length below the header", breaking(DropReason.IP_TOTAL_LENGTH, m -> ip(m).totalLength(19)));
        cases.put("total length past the end", breaking(DropReason.IP_TOTAL_LENGTH, m -> Mbuf.length(m, 14 + 39)));
        cases.put("wrong IP checksum", breaking(DropReason.IP_CHECKSUM, m -> ip(m).checksum(ip(m).checksum() ^ 1)));
        cases.put(
                "fragment of what we don't speak",
                breakingIp(DropReason.UDP, m -> ip(m).protocol(17).fragment(0x2000)));
        cases.put(
                "fragment for another",
                breakingIp(
                        DropReason.OTHER_ADDRESS,
                        m -> ip(m).destination(0x0a000003).fragment(0x2000)));
        cases.put("from 0.0.0.0", source(DropReason.BAD_SOURCE_ADDRESS, "0.0.0.0"));
        cases.put("from loopback", source(DropReason.BAD_SOURCE_ADDRESS, "127.0.0.1"));
        cases.put("from multicast", source(DropReason.BAD_SOURCE_ADDRESS, "224.0.0.1"));
        cases.put("from class E", source(DropReason.BAD_SOURCE_ADDRESS, "240.1.2.3"));
        cases.put("from limited broadcast", source(DropReason.BAD_SOURCE_ADDRESS, "255.255.255.255"));
        cases.put("from directed broadcast", source(DropReason.BAD_SOURCE_ADDRESS, "10.0.0.255"));
        cases.put("from another address of ours", source(DropReason.BAD_SOURCE_ADDRESS, "10.64.0.9"));
        cases.put("to limited broadcast", destination(DropReason.BROADCAST_ADDRESS, "255.255.255.255"));
        cases.put("to directed broadcast", destination(DropReason.BROADCAST_ADDRESS, "10.0.0.255"));
        cases.put("to multicast", destination(DropReason.BROADCAST_ADDRESS, "239.1.1.1"));
        cases.put("to another host", destination(DropReason.OTHER_ADDRESS, "10.0.0.3"));
        cases.put("LAND", source(DropReason.LAND, "10.0.0.1"));
        cases.put("UDP", breakingIp(DropReason.UDP, m -> ip(m).protocol(17)));
        cases.put("GRE", breakingIp(DropReason.UNKNOWN_PROTOCOL, m -> ip(m).protocol(47)));
        cases.put("half a TCP header", breakingIp(DropReason.TCP_TRUNCATED, m -> ip(m).totalLength(39)));
        cases.put("data offset 4", breaking(DropReason.TCP_DATA_OFFSET, m -> tcp(m).dataOffset(16)));
        cases.put("data offset past the end", breaking(DropReason.TCP_DATA_OFFSET, m -> tcp(m).dataOffset(60)));
        cases.put(
                "wrong TCP checksum",
                breaking(DropReason.TCP_CHECKSUM, m -> tcp(m).checksum(tcp(m).checksum() ^ 0x8000)));
        cases.put("short ARP", new Case(DropReason.ARP_TRUNCATED, () -> frames.frame(EtherType.ARP, 27)));
        cases.put("ARP to another station", new Case(DropReason.OTHER_STATION, () -> {
            final long m = frames.arp(ArpPacket.REPLY, PEER_MAC, PEER_IP, OUR_MAC, OUR_IP);
            ethernet(m).destination(OUR_MAC + 1);
            return m;
        }));
        cases.put(
                "half an ICMP header",
                breakingIp(DropReason.ICMP_TRUNCATED, m -> ip(m).protocol(1).totalLength(27)));

        // what the classifier answers; the reassembler and the stage behind it have reasons of their own
        final EnumSet<DropReason> untested = EnumSet.allOf(DropReason.class);
        untested.removeIf(reason -> reason.name().startsWith("FRAGMENT_"));
        cases.values().forEach(c -> untested.remove(c.reason));
        untested.removeIf(reason -> reason.name().startsWith("IPV6_")); // Ipv6ClassifierTest has these
        assertThat(untested).isEmpty();
        return cases.entrySet().stream()
                .map(c -> DynamicTest.dynamicTest(c.getKey(), () -> {
                    final long mbuf = c.getValue().frame.get();
                    assertThat(DropReason.of(classifier.classify(mbuf))).isEqualTo(c.getValue().reason);
                    assertThat(DropReason.of(c.getValue().reason.code())).isEqualTo(c.getValue().reason);
                }));
    }

    @Test
    void shouldNeverThrowOrAcceptABrokenTcpFrameWhateverTheBytes() {
        final long seed = new Random().nextLong();
        System.out.println("FrameClassifierTest seed " + seed);
        final Random random = new Random(seed);
        final long mbuf = frames.allocator.allocate();
        for (int i = 0; i < FUZZED_FRAMES; i++) {
            final long pristine = frames.tcp(random.nextInt(30));
            final int length = Mbuf.dataLength(pristine);
            Mbuf.reset(mbuf);
            Mbuf.length(mbuf, length);
            Memory.copy(Mbuf.dataAddress(pristine), Mbuf.dataAddress(mbuf), length);
            frames.allocator.free(pristine);
            for (int flips = random.nextInt(4); flips > 0; flips--) {
                Memory.putByte(Mbuf.dataAddress(mbuf) + random.nextInt(length), random.nextInt());
            }
            Mbuf.length(mbuf, random.nextInt(10) == 0 ? random.nextInt(length + 1) : length);
            if (random.nextInt(3) == 0) {
                Mbuf.offloadFlags(mbuf, MbufFlags.RX_IP_CHECKSUM_GOOD | MbufFlags.RX_L4_CHECKSUM_GOOD);
            }

            final int meta = classifier.classify(mbuf);

            if (meta >= 0 && FrameMeta.kind(meta) == FrameMeta.TCP4) {
                final int segment = Mbuf.dataLength(mbuf) - FrameMeta.l4Offset(meta);
                assertThat(tcp(mbuf).dataOffset())
                        .as("seed %d frame %d", seed, i)
                        .isBetween(20, segment);
                assertThat(ip(mbuf).totalLength()).isEqualTo(Mbuf.dataLength(mbuf) - 14);
            }
        }
    }

    @Test
    void shouldAllocateNothing() {
        final long mbuf = frames.tcp(100);

        assertThat(Allocations.bytesPer50Thousand(() -> classifier.classify(mbuf)))
                .isZero();
    }

    private record Case(DropReason reason, Supplier<Long> frame) {}

    private DropReason reasonOf(final long mbuf, final Consumer<Long> change) {
        change.accept(mbuf);
        return DropReason.of(classifier.classify(mbuf));
    }

    private Case breaking(final DropReason reason, final Consumer<Long> change) {
        return new Case(reason, () -> {
            final long mbuf = frames.tcp(10);
            change.accept(mbuf);
            return mbuf;
        });
    }

    private Case breakingIp(final DropReason reason, final Consumer<Long> change) {
        return breaking(reason, change.andThen(m -> ip(m).updateChecksum()));
    }

    private Case source(final DropReason reason, final String address) {
        return new Case(reason, () -> frames.tcp(IpAddress.parse(address).ipv4(), OUR_IP, 80, 80, TcpFlags.SYN, 0));
    }

    private Case destination(final DropReason reason, final String address) {
        return new Case(
                reason, () -> frames.tcp(PEER_IP, IpAddress.parse(address).ipv4(), 40_000, 80, TcpFlags.SYN, 0));
    }

    private static void insertVlanTag(final long mbuf, final int vlanId) {
        final long frame = Mbuf.dataAddress(mbuf);
        Mbuf.dataOffset(mbuf, Mbuf.dataOffset(mbuf) - 4);
        Mbuf.length(mbuf, Mbuf.dataLength(mbuf) + 4);
        Memory.copy(frame, frame - 4, 12);
        Memory.putShortBE(frame + 8, EtherType.VLAN);
        Memory.putShortBE(frame + 10, vlanId);
    }

    private static void insertIpOptions(final long mbuf) {
        final long ip = ip(mbuf).address();
        final int length = ip(mbuf).totalLength();
        Memory.copy(ip + 20, ip + 28, length - 20);
        Memory.putLong(ip + 20, 0x0101_0101_0101_0101L);
        Memory.putByte(ip, 0x47);
        ip(mbuf).totalLength(length + 8).updateChecksum();
        Mbuf.length(mbuf, 14 + length + 8);
    }
}
