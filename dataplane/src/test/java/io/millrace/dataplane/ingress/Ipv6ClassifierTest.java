package io.millrace.dataplane.ingress;

import static io.millrace.dataplane.TestFrames.OUR_MAC;
import static io.millrace.dataplane.TestFrames.ethernet;
import static io.millrace.dataplane.TestFrames6.ALL_NODES;
import static io.millrace.dataplane.TestFrames6.OURS;
import static io.millrace.dataplane.TestFrames6.OUR_LINK_LOCAL;
import static io.millrace.dataplane.TestFrames6.PADDING;
import static io.millrace.dataplane.TestFrames6.PEER;
import static io.millrace.dataplane.TestFrames6.SKIPPED_OPTION;
import static io.millrace.dataplane.TestFrames6.ip;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dataplane.Allocations;
import io.millrace.dataplane.FrameMeta;
import io.millrace.dataplane.TestFrames;
import io.millrace.dataplane.TestFrames6;
import io.millrace.dataplane.TestFrames6.Header;
import io.millrace.dataplane.host.AddressState;
import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.wire.IcmpHeader;
import io.millrace.dataplane.wire.Icmpv6Header;
import io.millrace.dataplane.wire.IpAddress;
import io.millrace.dataplane.wire.IpProtocol;
import io.millrace.dataplane.wire.MacAddress;
import io.millrace.dpdk.Mbuf;
import io.millrace.dpdk.MbufFlags;
import io.millrace.memory.Memory;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

@Tag("N3")
@Tag("H14")
class Ipv6ClassifierTest {
    private static final int HOP_BY_HOP = IpProtocol.HOP_BY_HOP;
    private static final int DESTINATION = IpProtocol.DESTINATION_OPTIONS;
    private static final int ROUTING = IpProtocol.ROUTING;

    private final TestFrames frames = new TestFrames();
    private final TestFrames6 frames6 = new TestFrames6(frames);
    private final HostAddresses host = TestFrames6.host();
    private final FrameClassifier classifier = new FrameClassifier(host);

    @AfterEach
    void closePool() {
        frames.close();
    }

    @TestFactory
    Stream<DynamicTest> shouldAcceptEachGoodShapeAndTellWhereItsHeadersStart() {
        final byte[] routing = {0, 0, 0, 0, 0, 0, 0, 0};
        final Map<String, Good> cases = new LinkedHashMap<>();
        cases.put("TCP", new Good(FrameMeta.TCP6, 54, () -> frames6.tcp(5)));
        cases.put(
                "TCP to link-local",
                new Good(FrameMeta.TCP6, 54, () -> frames6.tcp(address("fe80::9"), OUR_LINK_LOCAL, 5)));
        cases.put(
                "TCP to an owned prefix",
                new Good(FrameMeta.TCP6, 54, () -> frames6.tcp(PEER, address("fd00:77::abcd"), 5)));
        cases.put(
                "TCP behind padding",
                new Good(FrameMeta.TCP6, 62, () -> frames6.tcp(5, new Header(HOP_BY_HOP, PADDING.clone()))));
        cases.put(
                "TCP behind all that is read over",
                new Good(
                        FrameMeta.TCP6,
                        86,
                        () -> frames6.tcp(
                                5,
                                new Header(HOP_BY_HOP, SKIPPED_OPTION.clone()),
                                new Header(DESTINATION, SKIPPED_OPTION.clone()),
                                new Header(ROUTING, routing.clone()),
                                new Header(DESTINATION, PADDING.clone()))));
        cases.put(
                "TCP behind the longest options",
                new Good(FrameMeta.TCP6, 54 + 192, () -> frames6.tcp(5, new Header(DESTINATION, padding(192)))));
        cases.put(
                "a fragment",
                new Good(
                        FrameMeta.FRAGMENT6,
                        62,
                        () -> frames6.tcp(
                                5,
                                new Header(HOP_BY_HOP, PADDING.clone()),
                                new Header(IpProtocol.FRAGMENT, new byte[8]))));
        cases.put("echo", new Good(FrameMeta.ICMP6, 54, () -> echo(PEER, OURS)));
        cases.put("echo to all nodes", new Good(FrameMeta.ICMP6, 54, () -> echo(address("fe80::9"), ALL_NODES)));
        cases.put(
                "a question whether our address is free",
                new Good(FrameMeta.ICMP6, 54, () -> echo(IpAddress.ANY_IPV6, address("ff02::1:ff00:1"))));
        cases.put(
                "another station with our address",
                new Good(FrameMeta.ICMP6, 54, () -> frames6.icmp(OURS, ALL_NODES, 136, 0, new byte[20])));
        cases.put(
                "an error about a segment of ours",
                new Good(FrameMeta.ICMP6_ERROR, 54, () -> error(1, quotedTcp(OURS, PEER), 8)));
        cases.put(
                "an error about a segment of ours behind options",
                new Good(
                        FrameMeta.ICMP6_ERROR,
                        54,
                        () -> error(2, frames6.tcp(OURS, PEER, 5, new Header(DESTINATION, PADDING.clone())), 8)));
        cases.put(
                "an error about another's segment",
                new Good(FrameMeta.ICMP6, 54, () -> error(1, quotedTcp(address("fd00::3"), PEER), 8)));
        cases.put(
                "an error that quotes too little",
                new Good(FrameMeta.ICMP6, 54, () -> error(1, quotedTcp(OURS, PEER), 7 - 20)));
        cases.put("an error with a wrong checksum", new Good(FrameMeta.ICMP6, 54, () -> {
            final long mbuf = error(1, quotedTcp(OURS, PEER), 8);
            Memory.putByte(Mbuf.dataAddress(mbuf) + 56, 0x55);
            return mbuf;
        }));
        cases.put(
                "an echo reply that quotes a segment",
                new Good(FrameMeta.ICMP6, 54, () -> error(129, quotedTcp(OURS, PEER), 8)));
        return cases.entrySet().stream()
                .map(c -> DynamicTest.dynamicTest(c.getKey(), () -> {
                    final int meta = classifier.classify(c.getValue().frame.get());
                    assertThat(meta < 0 ? DropReason.of(meta) : null).isNull();
                    assertThat(FrameMeta.kind(meta)).isEqualTo(c.getValue().kind);
                    assertThat(FrameMeta.l3Offset(meta)).isEqualTo(14);
                    assertThat(FrameMeta.l4Offset(meta)).isEqualTo(c.getValue().l4Offset);
                }));
    }

    @TestFactory
    Stream<DynamicTest> shouldDropEachBadShapeForItsReason() {
        final Map<String, Bad> cases = new LinkedHashMap<>();
        cases.put("half a header", breaking(DropReason.TRUNCATED_FRAME, m -> Mbuf.length(m, 14 + 39)));
        cases.put("version 4", breaking(DropReason.IP_VERSION, m -> Memory.putByte(ip(m).address(), 0x40)));
        cases.put("payload past the end", breaking(DropReason.IP_TOTAL_LENGTH, m -> ip(m).payloadLength(31)));
        cases.put(
                "to another station",
                breaking(DropReason.OTHER_STATION, m -> ethernet(m).destination(OUR_MAC + 1)));
        cases.put(
                "to the broadcast MAC",
                breaking(DropReason.LINK_BROADCAST, m -> ethernet(m).destination(-1)));
        cases.put("from ::", tcp(DropReason.BAD_SOURCE_ADDRESS, "::", "fd00::1"));
        cases.put("from loopback", tcp(DropReason.BAD_SOURCE_ADDRESS, "::1", "fd00::1"));
        cases.put("from multicast", tcp(DropReason.BAD_SOURCE_ADDRESS, "ff02::1", "fd00::1"));
        cases.put("from another of ours", tcp(DropReason.BAD_SOURCE_ADDRESS, "fd00:77::1", "fd00::1"));
        cases.put(
                "from another of ours behind options",
                new Bad(
                        DropReason.BAD_SOURCE_ADDRESS,
                        () -> frames6.tcp(address("fd00:77::1"), OURS, 5, new Header(DESTINATION, PADDING.clone()))));
        cases.put(
                "from a mapped IPv4 address",
                breaking(DropReason.BAD_SOURCE_ADDRESS, m -> ip(m).source(0, IpAddress.lowWord(0x0a000002))));
        cases.put(
                "to our mapped IPv4 address",
                breaking(DropReason.OTHER_ADDRESS, m -> ip(m).destination(0, IpAddress.lowWord(0x0a000001))));
        cases.put("LAND", tcp(DropReason.LAND, "fd00::1", "fd00::1"));
        cases.put("to another host", tcp(DropReason.OTHER_ADDRESS, "fd00::2", "fd00::3"));
        cases.put("TCP to all nodes", tcp(DropReason.BROADCAST_ADDRESS, "fd00::2", "ff02::1"));
        cases.put(
                "to a group that is not ours",
                new Bad(DropReason.BROADCAST_ADDRESS, () -> echo(PEER, address("ff02::2"))));
        cases.put(
                "wrong TCP checksum",
                breaking(DropReason.TCP_CHECKSUM, m -> Memory.putByte(Mbuf.dataAddress(m) + 54 + 16, 1)));
        cases.put(
                "TCP checksum 0",
                breaking(DropReason.TCP_CHECKSUM, m -> Memory.putShortBE(Mbuf.dataAddress(m) + 54 + 16, 0)));
        cases.put(
                "bad TCP checksum, as the card says",
                breaking(DropReason.TCP_CHECKSUM, m -> Mbuf.offloadFlags(m, MbufFlags.RX_L4_CHECKSUM_BAD)));
        cases.put(
                "wrong TCP checksum behind an extension header, good as the card says",
                new Bad(DropReason.TCP_CHECKSUM, () -> {
                    final long mbuf = frames6.tcp(5, new Header(HOP_BY_HOP, PADDING.clone()));
                    Memory.putByte(Mbuf.dataAddress(mbuf) + 62 + 16, 1);
                    Mbuf.offloadFlags(mbuf, MbufFlags.RX_L4_CHECKSUM_GOOD);
                    return mbuf;
                }));
        cases.put("half a TCP header", breaking(DropReason.TCP_TRUNCATED, m -> ip(m).payloadLength(19)));
        cases.put(
                "data offset past the end",
                breaking(DropReason.TCP_DATA_OFFSET, m -> Memory.putByte(Mbuf.dataAddress(m) + 54 + 12, 0xf0)));
        cases.put("UDP", breaking(DropReason.UDP, m -> ip(m).nextHeader(17)));
        cases.put("AH", breaking(DropReason.UNKNOWN_PROTOCOL, m -> ip(m).nextHeader(51)));
        cases.put("ICMP of IPv4", breaking(DropReason.UNKNOWN_PROTOCOL, m -> ip(m).nextHeader(1)));
        cases.put("nothing", breaking(DropReason.IPV6_NO_NEXT_HEADER, m -> ip(m).nextHeader(59)));
        cases.put(
                "half an ICMPv6 header",
                breaking(DropReason.ICMP_TRUNCATED, m -> ip(m).nextHeader(58).payloadLength(7)));
        cases.put(
                "half a fragment header",
                breaking(
                        DropReason.IPV6_EXTENSION_TRUNCATED,
                        m -> ip(m).nextHeader(44).payloadLength(7)));
        cases.put("options past the end", breaking(DropReason.IPV6_EXTENSION_TRUNCATED, m -> {
            ip(m).nextHeader(60);
            Memory.putShortBE(Mbuf.dataAddress(m) + 54, 6 << 8 | 4);
        }));
        cases.put(
                "an option past its header",
                behind(DropReason.IPV6_EXTENSION_TRUNCATED, DESTINATION, 0, 0, 0x1e, 5, 1, 2, 3, 4));
        cases.put(
                "half an option", behind(DropReason.IPV6_EXTENSION_TRUNCATED, DESTINATION, 0, 0, 1, 3, 0, 0, 0, 0x1e));
        cases.put(
                "an option that asks to be dropped",
                behind(DropReason.IPV6_OPTION, DESTINATION, 0, 0, 0x5e, 4, 1, 2, 3, 4));
        cases.put(
                "an option that asks to be reported",
                behind(DropReason.IPV6_OPTION, HOP_BY_HOP, 0, 0, 0x9e, 4, 1, 2, 3, 4));
        cases.put(
                "a routing header with segments left",
                behind(DropReason.IPV6_ROUTING_HEADER, ROUTING, 0, 0, 0, 1, 0, 0, 0, 0));
        cases.put(
                "hop-by-hop options twice",
                new Bad(
                        DropReason.UNKNOWN_PROTOCOL,
                        () -> frames6.tcp(
                                5, new Header(HOP_BY_HOP, PADDING.clone()), new Header(HOP_BY_HOP, PADDING.clone()))));
        cases.put(
                "too long options",
                new Bad(
                        DropReason.IPV6_EXTENSIONS_TOO_LONG,
                        () -> frames6.tcp(5, new Header(DESTINATION, padding(200)))));
        cases.put("nine headers", new Bad(DropReason.IPV6_EXTENSIONS_TOO_LONG, () -> {
            final Header[] headers = new Header[9];
            for (int i = 0; i < headers.length; i++) {
                headers[i] = new Header(DESTINATION, PADDING.clone());
            }
            return frames6.tcp(5, headers);
        }));
        return cases.entrySet().stream()
                .map(c -> DynamicTest.dynamicTest(c.getKey(), () -> {
                    final int meta = classifier.classify(c.getValue().frame.get());
                    assertThat(meta).isNegative();
                    assertThat(DropReason.of(meta)).isEqualTo(c.getValue().reason);
                }));
    }

    @Test
    void shouldCutEthernetPaddingOff() {
        final long mbuf = frames6.tcp(1);
        Mbuf.length(mbuf, Mbuf.dataLength(mbuf) + 30);

        assertThat(classifier.classify(mbuf)).isPositive();
        assertThat(Mbuf.packetLength(mbuf)).isEqualTo(54 + 21);
    }

    @Test
    void shouldDropAllOfItWithoutAnIpv6Address() {
        final FrameClassifier ipv4Only = new FrameClassifier(HostAddresses.builder(new MacAddress(OUR_MAC))
                .address("10.0.0.1/24")
                .build());

        assertThat(DropReason.of(ipv4Only.classify(frames6.tcp(1)))).isEqualTo(DropReason.IPV6);
    }

    @Test
    void shouldTakeNothingForATentativeAddress() {
        host.state(host.numberOf(OURS.hi(), OURS.lo()), AddressState.TENTATIVE);

        assertThat(DropReason.of(classifier.classify(frames6.tcp(1)))).isEqualTo(DropReason.OTHER_ADDRESS);
    }

    @Test
    @Tag("R5")
    void shouldTellIcmpErrorsOfIpv4AboutOurSegmentsFromOthers() {
        assertThat(FrameMeta.kind(classifier.classify(error4(3, 0x0a000001, 8))))
                .isEqualTo(FrameMeta.ICMP4_ERROR);
        assertThat(FrameMeta.kind(classifier.classify(error4(12, 0x0a000001, 8))))
                .isEqualTo(FrameMeta.ICMP4_ERROR);
        assertThat(FrameMeta.kind(classifier.classify(error4(3, 0x0a000001, 7))))
                .isEqualTo(FrameMeta.ICMP4);
        assertThat(FrameMeta.kind(classifier.classify(error4(3, 0x0a000009, 8))))
                .isEqualTo(FrameMeta.ICMP4);
        assertThat(FrameMeta.kind(classifier.classify(error4(0, 0x0a000001, 8))))
                .isEqualTo(FrameMeta.ICMP4);
        final long broken = error4(3, 0x0a000001, 8);
        Memory.putByte(Mbuf.dataAddress(broken) + 14 + 25, 1);
        assertThat(FrameMeta.kind(classifier.classify(broken))).isEqualTo(FrameMeta.ICMP4);
    }

    @Test
    void shouldAllocateNothing() {
        final long plain = frames6.tcp(100);
        final long options = frames6.tcp(100, new Header(DESTINATION, SKIPPED_OPTION.clone()));

        assertThat(Allocations.bytesPer50Thousand(() -> {
                    classifier.classify(plain);
                    classifier.classify(options);
                }))
                .isZero();
    }

    private record Good(int kind, int l4Offset, Supplier<Long> frame) {}

    private record Bad(DropReason reason, Supplier<Long> frame) {}

    private Bad breaking(final DropReason reason, final Consumer<Long> change) {
        return new Bad(reason, () -> {
            final long mbuf = frames6.tcp(10);
            change.accept(mbuf);
            return mbuf;
        });
    }

    private Bad tcp(final DropReason reason, final String source, final String destination) {
        return new Bad(reason, () -> frames6.tcp(address(source), address(destination), 5));
    }

    private Bad behind(final DropReason reason, final int number, final int... bytes) {
        final byte[] header = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            header[i] = (byte) bytes[i];
        }
        return new Bad(reason, () -> frames6.tcp(5, new Header(number, header)));
    }

    private static byte[] padding(final int length) {
        final byte[] options = new byte[length];
        options[1] = (byte) (length / 8 - 1);
        options[2] = 1;
        options[3] = (byte) (length - 4);
        return options;
    }

    private long echo(final IpAddress source, final IpAddress destination) {
        return frames6.icmp(source, destination, Icmpv6Header.ECHO_REQUEST, 0, new byte[20]);
    }

    private long quotedTcp(final IpAddress source, final IpAddress destination) {
        return frames6.tcp(source, destination, 0);
    }

    /** An ICMPv6 message to us that quotes a TCP segment up to so many bytes of its header. */
    private long error(final int type, final long quoted, final int tcpBytes) {
        final byte[] packet = TestFrames6.bytes(quoted, 14);
        final byte[] body = new byte[4 + packet.length - 20 + tcpBytes];
        System.arraycopy(packet, 0, body, 4, body.length - 4);
        return frames6.icmp(address("fd00::99"), OURS, type, 0, body);
    }

    private long error4(final int type, final int quotedSource, final int tcpBytes) {
        final long quoted = frames.tcp(quotedSource, 0x0a000002, 80, 40_000, 0, 0);
        final long mbuf = frames.echoRequest(20 + tcpBytes);
        final long icmp = Mbuf.dataAddress(mbuf) + 34;
        Memory.copy(Mbuf.dataAddress(quoted) + 14, icmp + 8, 20 + tcpBytes);
        new IcmpHeader().wrap(icmp).type(type).updateChecksum(28 + tcpBytes);
        return mbuf;
    }

    private static IpAddress address(final String text) {
        return IpAddress.parse(text);
    }
}
