package io.millrace.dataplane.icmp;

import static io.millrace.dataplane.TestFrames.OUR_IP;
import static io.millrace.dataplane.TestFrames.OUR_MAC;
import static io.millrace.dataplane.TestFrames.PEER_IP;
import static io.millrace.dataplane.TestFrames.PEER_MAC;
import static io.millrace.dataplane.TestFrames.ethernet;
import static io.millrace.dataplane.TestFrames.ip;
import static io.millrace.dataplane.TestFrames6.ALL_NODES;
import static io.millrace.dataplane.TestFrames6.OURS;
import static io.millrace.dataplane.TestFrames6.OUR_LINK_LOCAL;
import static io.millrace.dataplane.TestFrames6.PEER;
import static io.millrace.dataplane.TestFrames6.SKIPPED_OPTION;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dataplane.CollectingSink;
import io.millrace.dataplane.FrameMeta;
import io.millrace.dataplane.TestFrames;
import io.millrace.dataplane.TestFrames6;
import io.millrace.dataplane.TestFrames6.Header;
import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.wire.IcmpHeader;
import io.millrace.dataplane.wire.Icmpv6Header;
import io.millrace.dataplane.wire.InternetChecksum;
import io.millrace.dataplane.wire.IpAddress;
import io.millrace.dataplane.wire.IpProtocol;
import io.millrace.dpdk.Mbuf;
import io.millrace.memory.Memory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("N4")
class EchoResponderTest {
    private static final long SECOND = 1_000_000_000L;

    private static final int META_6 = FrameMeta.of(FrameMeta.ICMP6, 14, 54);

    private final TestFrames frames = new TestFrames();
    private final TestFrames6 frames6 = new TestFrames6(frames);
    private final CollectingSink sink = new CollectingSink();
    private final CounterBlock counters = CounterBlock.allocate("test");
    private final EchoResponder responder =
            new EchoResponder(TestFrames6.host(), frames.allocator, sink, counters, 10, 5);

    @AfterEach
    void closePool() {
        frames.close();
    }

    @Test
    @Tag("N3")
    void shouldAnswerAnEchoOfIpv6WithTheSamePayloadWithoutItsExtensionHeaders() {
        final byte[] body = {0, 77, 0, 1, 1, 2, 3, 4, 5, 6, 7};
        final long mbuf = frames6.icmp(
                PEER,
                OURS,
                Icmpv6Header.ECHO_REQUEST,
                0,
                body,
                new Header(IpProtocol.DESTINATION_OPTIONS, SKIPPED_OPTION));
        TestFrames6.ip(mbuf).flow(0x20, 0x12345);
        responder.onIcmp6(mbuf, FrameMeta.of(FrameMeta.ICMP6, 14, 62), 0);

        assertEchoReply6(sink.takeOnly(), OURS, body);
    }

    @Test
    @Tag("N3")
    void shouldAnswerAnEchoToAllNodesFromAUnicastAddressOfItsScope() {
        final byte[] body = {0, 77, 0, 1};
        responder.onIcmp6(frames6.icmp(PEER, ALL_NODES, Icmpv6Header.ECHO_REQUEST, 0, body), META_6, 0);

        assertEchoReply6(sink.takeOnly(), OURS, body);
    }

    @Test
    @Tag("N3")
    void shouldAnswerNeitherNobodyNorItselfNorABadChecksumNorAReplyOfIpv6() {
        responder.onIcmp6(
                frames6.icmp(IpAddress.ANY_IPV6, ALL_NODES, Icmpv6Header.ECHO_REQUEST, 0, new byte[4]), META_6, 0);
        responder.onIcmp6(frames6.icmp(OUR_LINK_LOCAL, OURS, Icmpv6Header.ECHO_REQUEST, 0, new byte[4]), META_6, 0);
        responder.onIcmp6(frames6.icmp(PEER, OURS, Icmpv6Header.ECHO_REPLY, 0, new byte[4]), META_6, 0);
        final long broken = frames6.icmp(PEER, OURS, Icmpv6Header.ECHO_REQUEST, 0, new byte[4]);
        TestFrames6.icmp(broken, 8).checksum(0);
        responder.onIcmp6(broken, META_6, 0);

        assertThat(sink.frames).isEmpty();
        assertThat(counters.get(Counter.ICMP_UNUSED)).isEqualTo(3);
        assertThat(counters.get(Counter.ICMP_MALFORMED)).isEqualTo(1);
        assertThat(frames.pool.available()).isEqualTo(256);
    }

    private static void assertEchoReply6(final long reply, final IpAddress from, final byte[] body) {
        assertThat(ethernet(reply).destination()).isEqualTo(PEER_MAC);
        assertThat(ethernet(reply).source()).isEqualTo(OUR_MAC);
        assertThat(TestFrames6.source(reply)).isEqualTo(from);
        assertThat(TestFrames6.destination(reply)).isEqualTo(PEER);
        assertThat(TestFrames6.ip(reply).flowLabel()).isZero();
        final int length = 4 + body.length;
        assertThat(TestFrames6.ip(reply).payloadLength()).isEqualTo(length).isEqualTo(Mbuf.dataLength(reply) - 54);
        final Icmpv6Header icmp = TestFrames6.icmp(reply, length);
        assertThat(icmp.type()).isEqualTo(Icmpv6Header.ECHO_REPLY);
        assertThat(icmp.isChecksumValid(TestFrames6.ip(reply).address(), length))
                .isTrue();
        assertThat(TestFrames6.bytes(reply, 58)).isEqualTo(body);
    }

    @Test
    void shouldAnswerAnEchoWithTheSamePayloadAndGoodChecksums() {
        final long mbuf = frames.echoRequest(57);
        ip(mbuf).typeOfService(0x10).updateChecksum();
        responder.onIcmp(mbuf, meta(0), 0);

        final long reply = sink.takeOnly();
        assertThat(ethernet(reply).destination()).isEqualTo(PEER_MAC);
        assertThat(ethernet(reply).source()).isEqualTo(OUR_MAC);
        assertThat(ip(reply).source()).isEqualTo(OUR_IP);
        assertThat(ip(reply).destination()).isEqualTo(PEER_IP);
        assertThat(ip(reply).typeOfService()).isEqualTo(0x10);
        assertThat(ip(reply).totalLength()).isEqualTo(28 + 57);
        assertThat(InternetChecksum.isValid(InternetChecksum.sum(ip(reply).address(), 20)))
                .isTrue();
        assertThat(InternetChecksum.isValid(InternetChecksum.sum(ip(reply).address() + 20, 8 + 57)))
                .isTrue();
        final IcmpHeader icmp = new IcmpHeader().wrap(ip(reply).address() + 20);
        assertThat(icmp.type()).isEqualTo(IcmpHeader.ECHO_REPLY);
        assertThat(icmp.identifier()).isEqualTo(77);
        for (int i = 0; i < 57; i++) {
            assertThat(Memory.getUnsignedByte(ip(reply).address() + 28 + i)).isEqualTo(i);
        }
    }

    @Test
    void shouldLeaveTheIpOptionsOfTheRequestOut() {
        final long mbuf = frames.echoRequest(20);
        final long ip = ip(mbuf).address();
        Memory.copy(ip + 20, ip + 24, 28);
        Memory.putInt(ip + 20, 0x01010101);
        Memory.putByte(ip, 0x46);
        Mbuf.length(mbuf, 14 + 52);
        ip(mbuf).totalLength(52).updateChecksum();
        responder.onIcmp(mbuf, meta(4), 0);

        final long reply = sink.takeOnly();
        assertThat(Mbuf.dataLength(reply)).isEqualTo(14 + 48);
        assertThat(ip(reply).headerLength()).isEqualTo(20);
        assertThat(ethernet(reply).destination()).isEqualTo(PEER_MAC);
        assertThat(InternetChecksum.isValid(InternetChecksum.sum(ip(reply).address() + 20, 28)))
                .isTrue();
    }

    @Test
    void shouldDropABrokenChecksumAndAnythingThatIsNoEchoRequest() {
        final long broken = frames.echoRequest(20);
        Memory.putByte(ip(broken).address() + 30, 0xaa);
        responder.onIcmp(broken, meta(0), 0);
        final long unreachable = frames.echoRequest(20);
        new IcmpHeader().wrap(ip(unreachable).address() + 20).type(3).updateChecksum(28);
        responder.onIcmp(unreachable, meta(0), 0);

        assertThat(sink.frames).isEmpty();
        assertThat(counters.get(Counter.ICMP_MALFORMED)).isEqualTo(1);
        assertThat(counters.get(Counter.ICMP_UNUSED)).isEqualTo(1);
        assertThat(frames.pool.available()).isEqualTo(256);
    }

    @Test
    void shouldAnswerNoMoreThanTheRateLimitAllows() {
        for (int i = 0; i < 20; i++) {
            responder.onIcmp(frames.echoRequest(10), meta(0), 100 * SECOND);
        }
        assertThat(sink.frames).hasSize(5);
        for (int i = 0; i < 100; i++) {
            responder.onIcmp(frames.echoRequest(10), meta(0), 100 * SECOND + i * SECOND / 100);
        }
        assertThat(sink.frames.size()).isBetween(14, 15);
        assertThat(counters.get(Counter.ICMP_RATE_LIMITED)).isEqualTo(120 - sink.frames.size());
    }

    private static int meta(final int options) {
        return FrameMeta.of(FrameMeta.ICMP4, 14, 34 + options);
    }
}
