package io.millrace.dataplane.icmp;

import static io.millrace.dataplane.TestFrames.OUR_IP;
import static io.millrace.dataplane.TestFrames.OUR_MAC;
import static io.millrace.dataplane.TestFrames.PEER_IP;
import static io.millrace.dataplane.TestFrames.PEER_MAC;
import static io.millrace.dataplane.TestFrames.ethernet;
import static io.millrace.dataplane.TestFrames6.ALL_NODES;
import static io.millrace.dataplane.TestFrames6.OURS;
import static io.millrace.dataplane.TestFrames6.PADDING;
import static io.millrace.dataplane.TestFrames6.PEER;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dataplane.CollectingSink;
import io.millrace.dataplane.TestFrames;
import io.millrace.dataplane.TestFrames6;
import io.millrace.dataplane.TestFrames6.Header;
import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.ingress.DropReason;
import io.millrace.dataplane.ingress.FrameClassifier;
import io.millrace.dataplane.reassembly.TestFragments;
import io.millrace.dataplane.wire.EtherType;
import io.millrace.dataplane.wire.IcmpHeader;
import io.millrace.dataplane.wire.Icmpv6Header;
import io.millrace.dataplane.wire.InternetChecksum;
import io.millrace.dataplane.wire.IpAddress;
import io.millrace.dataplane.wire.IpProtocol;
import io.millrace.dpdk.Mbuf;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("N3")
@Tag("N4")
class ErrorReporterTest {
    private final TestFrames frames = new TestFrames();
    private final TestFrames6 frames6 = new TestFrames6(frames);
    private final CollectingSink sink = new CollectingSink();
    private final CounterBlock counters = CounterBlock.allocate("test");
    private final HostAddresses host = TestFrames6.host();
    private final FrameClassifier classifier = new FrameClassifier(host);
    private final ErrorReporter reporter = new ErrorReporter(host, frames.allocator, sink, counters);

    @AfterEach
    void shouldLeakNoFrame() {
        sink.frames.forEach(frames.allocator::free);
        assertThat(frames.pool.available()).isEqualTo(256);
        frames.close();
    }

    @ParameterizedTest
    @CsvSource({"17, 3", "47, 2"})
    void shouldTellTheSenderOfIpv4ThatNobodyListens(final int protocol, final int code) {
        final long mbuf = frames.tcp(700);
        TestFrames.ip(mbuf).protocol(protocol).updateChecksum();
        final byte[] packet = TestFrames6.bytes(mbuf, 14);
        drop(mbuf);

        final long error = sink.frames.getFirst();
        assertThat(ethernet(error).destination()).isEqualTo(PEER_MAC);
        assertThat(ethernet(error).source()).isEqualTo(OUR_MAC);
        assertThat(ethernet(error).etherType()).isEqualTo(EtherType.IPV4);
        assertThat(TestFrames.ip(error).source()).isEqualTo(OUR_IP);
        assertThat(TestFrames.ip(error).destination()).isEqualTo(PEER_IP);
        assertThat(TestFrames.ip(error).protocol()).isEqualTo(IpProtocol.ICMP);
        assertThat(TestFrames.ip(error).totalLength()).isEqualTo(576).isEqualTo(Mbuf.dataLength(error) - 14);
        final long ip = TestFrames.ip(error).address();
        assertThat(InternetChecksum.isValid(InternetChecksum.sum(ip, 20))).isTrue();
        assertThat(InternetChecksum.isValid(InternetChecksum.sum(ip + 20, 556))).isTrue();
        final IcmpHeader icmp = new IcmpHeader().wrap(ip + 20);
        assertThat(icmp.type()).isEqualTo(IcmpHeader.DESTINATION_UNREACHABLE);
        assertThat(icmp.code()).isEqualTo(code);
        assertThat(TestFrames6.bytes(error, 14 + 28)).startsWith(Arrays.copyOf(packet, 548));
    }

    @ParameterizedTest
    @CsvSource({
        "17, 1, 4, 0",
        "51, 4, 1, 6",
        "1, 4, 1, 6",
    })
    void shouldTellTheSenderOfIpv6WhatWasWrong(final int protocol, final int type, final int code, final int word) {
        final long mbuf = frames6.packet(PEER, OURS, protocol, new byte[1400]);
        final byte[] packet = TestFrames6.bytes(mbuf, 14);
        drop(mbuf);

        assertError(type, code, word);
        final long error = sink.frames.getFirst();
        assertThat(Mbuf.dataLength(error)).isEqualTo(14 + 1280);
        assertThat(TestFrames6.bytes(error, 14 + 48)).isEqualTo(Arrays.copyOf(packet, 1232));
    }

    @Test
    void shouldPointAtTheByteAtFault() {
        drop(frames6.tcp(5, new Header(IpProtocol.DESTINATION_OPTIONS, PADDING.clone()), routing(1)));
        assertError(Icmpv6Header.PARAMETER_PROBLEM, Icmpv6Header.ERRONEOUS_FIELD, 40 + 8 + 2);
    }

    @Test
    void shouldPointAtTheNextHeaderFieldThatNamesWhatIsUnknown() {
        drop(frames6.packet(PEER, OURS, 200, new byte[8], new Header(IpProtocol.DESTINATION_OPTIONS, PADDING.clone())));
        assertError(Icmpv6Header.PARAMETER_PROBLEM, Icmpv6Header.UNKNOWN_NEXT_HEADER, 40);
    }

    @ParameterizedTest
    @CsvSource({"0x5e, false, false", "0x9e, true, true", "0xde, true, false"})
    void shouldReportUnknownOptionsAsTheirHighestBitsAsk(
            final String type, final boolean toUnicast, final boolean toMulticast) {
        final byte[] option = {0, 0, (byte) (int) Integer.decode(type), 4, 0, 0, 0, 0};
        drop(frames6.tcp(5, new Header(IpProtocol.DESTINATION_OPTIONS, option.clone())));
        assertThat(sink.frames).hasSize(toUnicast ? 1 : 0);
        if (toUnicast) {
            assertError(Icmpv6Header.PARAMETER_PROBLEM, Icmpv6Header.UNKNOWN_OPTION, 42);
        }
        sink.frames.forEach(frames.allocator::free);
        sink.frames.clear();

        drop(frames6.icmp(
                PEER, ALL_NODES, 128, 0, new byte[8], new Header(IpProtocol.DESTINATION_OPTIONS, option.clone())));
        assertThat(sink.frames).hasSize(toMulticast ? 1 : 0);
        if (toMulticast) {
            assertError(Icmpv6Header.PARAMETER_PROBLEM, Icmpv6Header.UNKNOWN_OPTION, 42);
        }
        sink.frames.forEach(frames.allocator::free);
        sink.frames.clear();

        drop(frames6.icmp(
                IpAddress.ANY_IPV6,
                ALL_NODES,
                128,
                0,
                new byte[8],
                new Header(IpProtocol.DESTINATION_OPTIONS, option.clone())));
        assertThat(sink.frames).as("to nobody").isEmpty();
    }

    @Test
    void shouldStaySilentAboutEverythingElse() {
        for (final DropReason reason : DropReason.values()) {
            if (!reason.isReported()) {
                reporter.onDropped(frames.tcp(5), reason, 0);
            }
        }

        assertThat(sink.frames).isEmpty();
    }

    @Test
    void shouldHoldErrorsBackBeyondTheRateLimit() {
        for (int i = 0; i < 60; i++) {
            final long mbuf = frames.tcp(5);
            TestFrames.ip(mbuf).protocol(17).updateChecksum();
            drop(mbuf);
        }

        assertThat(sink.frames).hasSize(50);
        assertThat(counters.get(Counter.ICMP_ERRORS_SENT)).isEqualTo(50);
        assertThat(counters.get(Counter.ICMP_ERRORS_HELD_BACK)).isEqualTo(10);
    }

    private void drop(final long mbuf) {
        final int code = classifier.classify(mbuf);
        assertThat(code).isNegative();
        reporter.onDropped(mbuf, DropReason.of(code), 0);
    }

    private void assertError(final int type, final int code, final int word) {
        final long error = sink.frames.getFirst();
        assertThat(ethernet(error).destination()).isEqualTo(PEER_MAC);
        assertThat(ethernet(error).etherType()).isEqualTo(EtherType.IPV6);
        assertThat(TestFrames6.source(error)).isEqualTo(OURS);
        assertThat(TestFrames6.destination(error)).isEqualTo(PEER);
        final int length = TestFrames6.ip(error).payloadLength();
        assertThat(length).isEqualTo(Mbuf.dataLength(error) - 54);
        final Icmpv6Header icmp = TestFrames6.icmp(error, length);
        assertThat(icmp.isChecksumValid(TestFrames6.ip(error).address(), length))
                .isTrue();
        assertThat(icmp.type()).isEqualTo(type);
        assertThat(icmp.code()).isEqualTo(code);
        assertThat(icmp.word()).isEqualTo(word);
    }

    private static Header routing(final int segmentsLeft) {
        return new Header(IpProtocol.ROUTING, new byte[] {0, 0, 0, (byte) segmentsLeft, 0, 0, 0, 0});
    }

    @Test
    @Tag("N2")
    void shouldTellTheSenderThatItsFragmentsDidNotComeInTime() {
        final TestFragments fragments = new TestFragments(frames);
        final long like = frames.tcp(0);
        final long first = fragments.ipv4(like, 7, 0, true, new byte[64]);
        final byte[] packet = TestFrames6.bytes(first, 14);
        reporter.onReassemblyTimeout(first, TestFragments.META4, 1);
        frames.allocator.free(like);

        final long error = sink.frames.getFirst();
        final IcmpHeader icmp = new IcmpHeader().wrap(TestFrames.ip(error).address() + 20);
        assertThat(icmp.type()).isEqualTo(IcmpHeader.TIME_EXCEEDED);
        assertThat(icmp.code()).isEqualTo(1);
        assertThat(TestFrames.ip(error).destination()).isEqualTo(PEER_IP);
        assertThat(TestFrames6.bytes(error, 14 + 28)).isEqualTo(packet);

        final long first6 = fragments.ipv6(7, 0, true, new byte[64]);
        final byte[] packet6 = TestFrames6.bytes(first6, 14);
        reporter.onReassemblyTimeout(first6, TestFragments.META6, 1);
        final long error6 = sink.frames.get(1);
        assertThat(TestFrames6.bytes(error6, 14 + 40)[0]).isEqualTo((byte) Icmpv6Header.TIME_EXCEEDED);
        assertThat(TestFrames6.bytes(error6, 14 + 40)[1]).isEqualTo((byte) 1);
        assertThat(TestFrames6.bytes(error6, 14 + 48)).isEqualTo(packet6);
        assertThat(counters.get(Counter.ICMP_ERRORS_SENT)).isEqualTo(2);
    }

    /** RFC 8200 §4.5. */
    @ParameterizedTest
    @CsvSource({"64, true, 12, 4", "65_528, false, 8, 42"})
    void shouldPointAtTheFieldThatMakesAFragmentImpossible(
            final String offset, final boolean more, final int length, final int word) {
        final TestFragments fragments = new TestFragments(frames);
        final int start = Integer.parseInt(offset.replace("_", ""));
        final long mbuf = fragments.ipv6(7, start, more, new byte[length]);
        final byte[] packet = TestFrames6.bytes(mbuf, 14);
        reporter.onMalformedFragment(mbuf, TestFragments.META6, 1);
        final byte[] error = TestFrames6.bytes(sink.frames.getFirst(), 14 + 40);
        assertThat(error[0]).isEqualTo((byte) Icmpv6Header.PARAMETER_PROBLEM);
        assertThat(error[1]).isEqualTo((byte) Icmpv6Header.ERRONEOUS_FIELD);
        assertThat(error[7]).isEqualTo((byte) word);
        assertThat(Arrays.copyOfRange(error, 8, error.length)).isEqualTo(packet);
    }

    @Test
    void shouldNotReportAnImpossibleFragmentOfAnErrorOrOfIpv4() {
        final TestFragments fragments = new TestFragments(frames);
        final long like = frames.tcp(0);
        reporter.onMalformedFragment(fragments.ipv4(like, 1, 64, true, new byte[12]), TestFragments.META4, 1);
        reporter.onMalformedFragment(
                fragments.ipv6(new byte[0], 44, IpProtocol.ICMPV6, 7, 64, true, new byte[12]), TestFragments.META6, 1);
        reporter.onMalformedFragment(fragments.ipv6(7, 64, false, new byte[0]), TestFragments.META6, 1);
        frames.allocator.free(like);
        assertThat(sink.frames).isEmpty();
    }

    @Test
    @Tag("N2")
    void shouldTellNobodyOfFragmentsThatMayHaveBeenAnError() {
        final TestFragments fragments = new TestFragments(frames);
        final long like = frames.echoRequest(0);
        final byte[] unreachable = new byte[64];
        unreachable[0] = IcmpHeader.DESTINATION_UNREACHABLE;
        reporter.onReassemblyTimeout(fragments.ipv4(like, 7, 0, true, unreachable), TestFragments.META4, 1);
        reporter.onReassemblyTimeout(
                fragments.ipv6(new byte[0], 44, IpProtocol.ICMPV6, 7, 0, true, new byte[64]), TestFragments.META6, 1);
        frames.allocator.free(like);
        assertThat(sink.frames).isEmpty();
    }
}
