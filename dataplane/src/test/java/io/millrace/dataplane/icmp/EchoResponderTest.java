package io.millrace.dataplane.icmp;

import static io.millrace.dataplane.TestFrames.OUR_IP;
import static io.millrace.dataplane.TestFrames.OUR_MAC;
import static io.millrace.dataplane.TestFrames.PEER_IP;
import static io.millrace.dataplane.TestFrames.PEER_MAC;
import static io.millrace.dataplane.TestFrames.ethernet;
import static io.millrace.dataplane.TestFrames.ip;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dataplane.CollectingSink;
import io.millrace.dataplane.FrameMeta;
import io.millrace.dataplane.TestFrames;
import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.wire.IcmpHeader;
import io.millrace.dataplane.wire.InternetChecksum;
import io.millrace.dpdk.Mbuf;
import io.millrace.memory.Memory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("N4")
class EchoResponderTest {
    private static final long SECOND = 1_000_000_000L;

    private final TestFrames frames = new TestFrames();
    private final CollectingSink sink = new CollectingSink();
    private final CounterBlock counters = CounterBlock.allocate("test");
    private final EchoResponder responder = new EchoResponder(frames.allocator, sink, counters, 10, 5);

    @AfterEach
    void closePool() {
        frames.close();
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
