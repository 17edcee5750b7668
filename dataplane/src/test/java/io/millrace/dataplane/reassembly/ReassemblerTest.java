package io.millrace.dataplane.reassembly;

import static io.millrace.dataplane.reassembly.TestFragments.META4;
import static io.millrace.dataplane.reassembly.TestFragments.META6;
import static io.millrace.dataplane.reassembly.TestFragments.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dataplane.Allocations;
import io.millrace.dataplane.FrameMeta;
import io.millrace.dataplane.TestFrames;
import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.ingress.DropReason;
import io.millrace.dataplane.port.MemoryFramePool;
import io.millrace.dataplane.wire.InternetChecksum;
import io.millrace.dataplane.wire.IpProtocol;
import io.millrace.dpdk.Mbuf;
import io.millrace.memory.Memory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@DisplayName("The reassembler")
class ReassemblerTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int FRAMES = 512;

    private final TestFrames frames = new TestFrames(new MemoryFramePool("fragments", FRAMES, 2048));
    private final TestFragments fragments = new TestFragments(frames);
    private final CounterBlock counters = frames.counters;
    private final List<Long> expired = new ArrayList<>();
    private final Reassembler reassembler = new Reassembler(
            ReassemblyConfig.defaults(), frames.allocator, counters, (mbuf, meta, now) -> expired.add(mbuf));
    private long now = 5;

    @AfterEach
    void everyFrameIsBack() {
        expired.forEach(frames.allocator::free);
        reassembler.close();
        assertThat(counters.get(Counter.FRAGMENTS_HELD)).isZero();
        assertThat(counters.get(Counter.FRAGMENTS_ABSORBED))
                .isEqualTo(counters.get(Counter.FRAGMENTS_REASSEMBLED) + counters.get(Counter.FRAGMENTS_DISCARDED));
        assertThat(frames.pool.available()).isEqualTo(FRAMES);
        frames.close();
    }

    @Test
    @Tag("N2")
    void shouldPutTogetherWhatComesInAnyOrderAndMixedWithOthers() {
        final long seed = new Random().nextLong();
        System.out.println("ReassemblerTest seed " + seed);
        final Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            final Map<Integer, byte[]> expected = new HashMap<>();
            final List<Long> pieces = new ArrayList<>();
            for (int id = 0; id < 5; id++) {
                final long whole = frames.tcp(600 + random.nextInt(1200));
                expected.put(id, bytes(whole, 34));
                pieces.addAll(fragments.split(whole, id, 64 + 8 * random.nextInt(60)));
            }
            Collections.shuffle(pieces, random);
            for (final long piece : pieces) {
                final int wholes = expected.size();
                final long again = copy(piece);
                take(piece, expected);
                if (random.nextBoolean() && expected.size() == wholes) {
                    assertRefused(again, META4, DropReason.FRAGMENT_DUPLICATE);
                } else {
                    frames.allocator.free(again);
                }
            }
            assertThat(expected).isEmpty();
            assertThat(reassembler.size()).isZero();
        }
    }

    private void take(final long piece, final Map<Integer, byte[]> expected) {
        final int id = TestFrames.ip(piece).identification();
        final long whole = reassembler.take(piece, META4, now);
        if (whole != 0) {
            assertThat(whole).isPositive();
            assertThat(bytes(whole, 34)).isEqualTo(expected.remove(id));
            assertThat(TestFrames.ip(whole).totalLength()).isEqualTo(Mbuf.dataLength(whole) - 14);
            assertThat(TestFrames.ip(whole).fragment()).isZero();
            assertThat(InternetChecksum.isValid(
                            InternetChecksum.sum(TestFrames.ip(whole).address(), 20)))
                    .isTrue();
            frames.allocator.free(whole);
        }
    }

    @Test
    @Tag("N2")
    void shouldKeepTheOptionsOfTheFirstFragmentOnly() {
        final long like = frames.tcp(0);
        final byte[] payload = pattern(64);
        final long first = fragments.ipv4(like, 9, 0, true, join(new byte[] {1, 1, 1, 1}, payload));
        Memory.putByte(Mbuf.dataAddress(first) + 14, 0x46);
        TestFrames.ip(first).updateChecksum();
        final long last = fragments.ipv4(like, 9, 64, false, pattern(10));
        frames.allocator.free(like);

        assertThat(reassembler.take(last, META4, now)).isZero();
        final long whole = reassembler.take(first, FrameMeta.of(FrameMeta.FRAGMENT4, 14, 38), now);

        assertThat(TestFrames.ip(whole).headerLength()).isEqualTo(24);
        assertThat(TestFrames.ip(whole).totalLength()).isEqualTo(24 + 74);
        assertThat(bytes(whole, 38)).isEqualTo(join(payload, pattern(10)));
        frames.allocator.free(whole);
    }

    @Test
    @Tag("N2")
    void shouldGiveUpADatagramWhoseFragmentsOverlapAndRefuseItsRemains() {
        final long like = frames.tcp(0);
        assertThat(reassembler.take(fragments.ipv4(like, 1, 0, true, pattern(64)), META4, now))
                .isZero();
        assertRefused(fragments.ipv4(like, 1, 56, true, pattern(64)), META4, DropReason.FRAGMENT_OVERLAP);
        assertRefused(fragments.ipv4(like, 1, 64, false, pattern(9)), META4, DropReason.FRAGMENT_OF_DISCARDED);
        assertRefused(fragments.ipv4(like, 1, 0, true, pattern(64)), META4, DropReason.FRAGMENT_OF_DISCARDED);
        assertThat(counters.get(Counter.IP_REASSEMBLY_FAILS)).isEqualTo(1);
        assertThat(frames.pool.available()).isEqualTo(FRAMES - 1);

        now += 30 * SECOND;
        assertThat(reassembler.expire(now)).isEqualTo(1);
        assertThat(expired).as("nobody is told of an overlap").isEmpty();
        for (final long piece : fragments.split(like, 1, 8)) {
            frames.allocator.free(piece);
        }
    }

    @Test
    @Tag("N3")
    void shouldGiveUpAnIpv6DatagramWhoseFragmentsOverlap() {
        assertThat(reassembler.take(fragments.ipv6(7, 0, true, segment(64)), META6, now))
                .isZero();
        assertRefused(fragments.ipv6(7, 40, false, pattern(64)), META6, DropReason.FRAGMENT_OVERLAP);
        assertRefused(fragments.ipv6(7, 64, false, pattern(64)), META6, DropReason.FRAGMENT_OF_DISCARDED);
        assertThat(counters.get(Counter.IP6_REASSEMBLY_FAILS)).isEqualTo(1);
    }

    @Test
    @Tag("N2")
    void shouldGiveUpADatagramWithTwoEndsOrBytesBehindItsEnd() {
        final long like = frames.tcp(0);
        assertThat(reassembler.take(fragments.ipv4(like, 1, 64, false, pattern(8)), META4, now))
                .isZero();
        assertRefused(fragments.ipv4(like, 1, 80, true, pattern(8)), META4, DropReason.FRAGMENT_OVERLAP);
        assertThat(reassembler.take(fragments.ipv4(like, 2, 64, false, pattern(8)), META4, now))
                .isZero();
        assertRefused(fragments.ipv4(like, 2, 32, false, pattern(8)), META4, DropReason.FRAGMENT_OVERLAP);
        assertThat(reassembler.take(fragments.ipv4(like, 3, 64, true, pattern(8)), META4, now))
                .isZero();
        assertRefused(fragments.ipv4(like, 3, 32, false, pattern(8)), META4, DropReason.FRAGMENT_OVERLAP);
        frames.allocator.free(like);
    }

    @Test
    @Tag("N2")
    void shouldRefuseFragmentsMadeToPassFilters() {
        final long tcp = frames.tcp(0);
        final long echo = frames.echoRequest(0);
        assertRefused(fragments.ipv4(tcp, 1, 0, true, pattern(16)), META4, DropReason.FRAGMENT_TINY);
        assertRefused(fragments.ipv4(tcp, 2, 8, true, pattern(64)), META4, DropReason.FRAGMENT_TINY);
        assertRefused(fragments.ipv4(tcp, 3, 16, false, pattern(64)), META4, DropReason.FRAGMENT_TINY);
        assertRefused(fragments.ipv6(1, 0, true, pattern(16)), META6, DropReason.FRAGMENT_TINY);
        final byte[] longHeader = segment(24);
        longHeader[12] = 0x70; // 28 bytes of header, of which 24 are there
        assertRefused(fragments.ipv6(1, 0, true, longHeader), META6, DropReason.FRAGMENT_TINY);
        // options that fill the first fragment, so that nobody sees what they are options of
        final byte[] chain = new byte[16];
        chain[0] = IpProtocol.TCP;
        chain[1] = 1;
        assertRefused(fragments.ipv6(new byte[0], 44, 60, 1, 0, true, chain), META6, DropReason.FRAGMENT_TINY);
        assertThat(reassembler.size()).isZero();
        assertThat(reassembler.take(fragments.ipv4(echo, 1, 0, true, pattern(8)), META4, now))
                .as("eight bytes are a whole ICMP header")
                .isZero();
        frames.allocator.free(tcp);
        frames.allocator.free(echo);
    }

    @Test
    @Tag("N2")
    void shouldRefuseFragmentsThatMakeNoSense() {
        final long like = frames.tcp(0);
        assertRefused(fragments.ipv4(like, 1, 64, true, pattern(12)), META4, DropReason.FRAGMENT_MALFORMED);
        assertRefused(fragments.ipv4(like, 1, 64, false, pattern(0)), META4, DropReason.FRAGMENT_MALFORMED);
        assertRefused(fragments.ipv4(like, 1, 65_528, false, pattern(8)), META4, DropReason.FRAGMENT_MALFORMED);
        assertRefused(fragments.ipv6(1, 64, true, pattern(12)), META6, DropReason.FRAGMENT_MALFORMED);
        assertRefused(fragments.ipv6(1, 65_528, false, pattern(8)), META6, DropReason.FRAGMENT_MALFORMED);
        assertThat(reassembler.size()).isZero();
        frames.allocator.free(like);
    }

    @Test
    @Tag("N2")
    void shouldTakeADatagramThatJustFitsAFrameAndNotOneByteMore() {
        final int room = 2048 - 34;
        for (int extra = 0; extra <= 1; extra++) {
            final long like = frames.tcp(0);
            final long first = fragments.ipv4(like, extra, 0, true, pattern(1024));
            final long last = fragments.ipv4(like, extra, 1024, false, pattern(room + extra - 1024));
            frames.allocator.free(like);
            assertThat(reassembler.take(first, META4, now)).isZero();
            if (extra == 0) {
                final long whole = reassembler.take(last, META4, now);
                assertThat(Mbuf.dataLength(whole)).isEqualTo(2048);
                frames.allocator.free(whole);
            } else {
                assertRefused(last, META4, DropReason.FRAGMENT_TOO_LARGE);
            }
        }
        assertThat(counters.get(Counter.IP_REASSEMBLY_FAILS)).isEqualTo(1);
    }

    @Test
    @Tag("N2")
    void shouldBoundTheFragmentsOfADatagram() {
        final long like = frames.tcp(0);
        for (int i = 0; i < 64; i++) {
            assertThat(reassembler.take(fragments.ipv4(like, 1, 24 + 8 * i, true, pattern(8)), META4, now))
                    .isZero();
        }
        assertRefused(fragments.ipv4(like, 1, 24 + 8 * 64, true, pattern(8)), META4, DropReason.FRAGMENT_TOO_MANY);
        frames.allocator.free(like);
    }

    @Test
    @Tag("N2")
    void shouldHoldABoundedNumberOfFramesHoweverManyDatagramsBegin() {
        final long like = frames.tcp(0);
        for (int id = 0; id < 10_000; id++) {
            now += 1000;
            final long taken = reassembler.take(fragments.ipv4(like, id, 0, true, pattern(64)), META4, now);
            assertThat(taken).isZero();
        }
        assertThat(reassembler.size()).isEqualTo(64);
        assertThat(frames.pool.available()).isEqualTo(FRAMES - 1 - 64);
        assertThat(counters.get(Counter.REASSEMBLY_EVICTIONS)).isEqualTo(10_000 - 64);

        final long whole = reassembler.take(fragments.ipv4(like, 9_999, 64, false, pattern(8)), META4, now);
        assertThat(whole).as("the newest is still there").isPositive();
        frames.allocator.free(whole);
        frames.allocator.free(like);
    }

    @Test
    @Tag("N2")
    void shouldRefuseADatagramWhenThePoolIsEmpty() {
        final long like = frames.tcp(0);
        final long first = fragments.ipv4(like, 1, 0, true, pattern(64));
        final List<Long> others = new ArrayList<>();
        for (long mbuf = frames.allocator.allocate(); mbuf != 0; mbuf = frames.allocator.allocate()) {
            others.add(mbuf);
        }
        assertThat(counters.get(Counter.FRAMES_EXHAUSTED)).as("the test's own").isEqualTo(1);
        assertRefused(first, META4, DropReason.FRAGMENT_NO_FRAME);
        assertThat(counters.get(Counter.FRAMES_EXHAUSTED)).isEqualTo(2);
        others.forEach(frames.allocator::free);
        frames.allocator.free(like);
    }

    @Test
    @Tag("N2")
    void shouldEndAnIpv4DatagramAfterThirtySecondsAndShowItsFirstFragment() {
        final long like = frames.tcp(0);
        final long first = fragments.ipv4(like, 1, 0, true, pattern(64));
        final byte[] arrived = bytes(first, 0);
        assertThat(reassembler.take(fragments.ipv4(like, 1, 128, false, pattern(3)), META4, now))
                .isZero();
        assertThat(reassembler.take(first, META4, now)).isZero();
        assertThat(reassembler.take(fragments.ipv4(like, 2, 64, true, pattern(64)), META4, now + SECOND))
                .isZero();

        assertThat(reassembler.expire(now + 30 * SECOND - 1)).isZero();
        assertThat(reassembler.expire(now + 30 * SECOND)).isEqualTo(1);
        assertThat(expired).hasSize(1);
        assertThat(bytes(expired.getFirst(), 0)).isEqualTo(arrived);
        assertThat(reassembler.expire(now + 31 * SECOND)).isEqualTo(1);
        assertThat(expired).as("nobody is told without the first fragment").hasSize(1);
        assertThat(counters.get(Counter.IP_REASSEMBLY_TIMEOUTS)).isEqualTo(2);
        frames.allocator.free(like);
    }

    @Test
    @Tag("N3")
    void shouldEndAnIpv6DatagramAfterSixtySecondsAndShowItsFirstFragment() {
        final long first = fragments.ipv6(1, 0, true, segment(64));
        final byte[] arrived = bytes(first, 0);
        assertThat(reassembler.take(first, META6, now)).isZero();

        assertThat(reassembler.expire(now + 60 * SECOND - 1)).isZero();
        assertThat(reassembler.expire(now + 60 * SECOND)).isEqualTo(1);
        assertThat(bytes(expired.getFirst(), 0)).isEqualTo(arrived);
        assertThat(counters.get(Counter.IP6_REASSEMBLY_TIMEOUTS)).isEqualTo(1);
    }

    @Test
    @Tag("N3")
    void shouldPutIpv6TogetherAndTakeTheFragmentHeaderOut() {
        final byte[] hopByHop = {44, 0, 1, 4, 0, 0, 0, 0};
        final int meta = FrameMeta.of(FrameMeta.FRAGMENT6, 14, 62);
        final byte[] text = segment(200);
        final long last = fragments.ipv6(hopByHop, 0, 6, 5, 104, false, Arrays.copyOfRange(text, 104, 200));
        final long first = fragments.ipv6(hopByHop, 0, 6, 5, 0, true, Arrays.copyOfRange(text, 0, 104));

        assertThat(reassembler.take(last, meta, now)).isZero();
        final long whole = reassembler.take(first, meta, now);

        final long ip = Mbuf.dataAddress(whole) + 14;
        assertThat(Memory.getUnsignedByte(ip + 6)).isZero();
        assertThat(Memory.getUnsignedByte(ip + 40)).isEqualTo(IpProtocol.TCP);
        assertThat(Memory.getShortBE(ip + 4)).isEqualTo(8 + 200);
        assertThat(bytes(whole, 62)).isEqualTo(text);
        assertThat(counters.get(Counter.IP6_REASSEMBLED)).isEqualTo(1);
        frames.allocator.free(whole);
    }

    @Test
    @Tag("N3")
    void shouldTakeAnAtomicFragmentAtOnceEvenWhileOthersOfItsNameWait() {
        assertThat(reassembler.take(fragments.ipv6(5, 0, true, segment(64)), META6, now))
                .isZero();
        final long atomic = fragments.ipv6(5, 0, false, segment(100));

        assertThat(reassembler.take(atomic, META6, now)).isEqualTo(atomic);

        final long ip = Mbuf.dataAddress(atomic) + 14;
        assertThat(Memory.getUnsignedByte(ip + 6)).isEqualTo(IpProtocol.TCP);
        assertThat(Memory.getShortBE(ip + 4)).isEqualTo(100);
        assertThat(bytes(atomic, 54)).isEqualTo(segment(100));
        assertThat(Memory.getShortBE(Mbuf.dataAddress(atomic) + 12)).isEqualTo(0x86dd);
        assertThat(reassembler.size()).isEqualTo(1);
        assertThat(counters.get(Counter.IP6_ATOMIC_FRAGMENTS)).isEqualTo(1);
        frames.allocator.free(atomic);
    }

    @Test
    @Tag("N2")
    void shouldCarryCongestionOverAndRefuseAMixOfCapableAndNot() {
        final int ect0 = 2;
        final int ce = 3;
        final long marked = reassemble(1, ect0, ce);
        assertThat(TestFrames.ip(marked).typeOfService()).isEqualTo(ce);
        frames.allocator.free(marked);
        assertThat(reassemble(2, 0, ce)).isZero();
        final long plain = reassemble(3, ect0, ect0);
        assertThat(TestFrames.ip(plain).typeOfService()).isEqualTo(ect0);
        frames.allocator.free(plain);
    }

    private long reassemble(final int id, final int firstEcn, final int lastEcn) {
        final long like = frames.tcp(0);
        TestFrames.ip(like).typeOfService(firstEcn);
        final long first = fragments.ipv4(like, id, 0, true, pattern(64));
        TestFrames.ip(like).typeOfService(lastEcn);
        final long last = fragments.ipv4(like, id, 64, false, pattern(8));
        frames.allocator.free(like);
        assertThat(reassembler.take(first, META4, now)).isZero();
        return reassembler.take(last, META4, now);
    }

    @Test
    void shouldAllocateNothing() {
        final long like = frames.tcp(0);
        final long first = fragments.ipv4(like, 1, 0, true, pattern(64));
        final long last = fragments.ipv4(like, 1, 64, false, pattern(8));
        frames.allocator.free(like);
        assertThat(Allocations.bytesPer50Thousand(() -> {
                    now += 1000;
                    reassembler.take(copy(first), META4, now);
                    frames.allocator.free(reassembler.take(copy(last), META4, now));
                    reassembler.take(copy(last), META4, now);
                    now += 40 * SECOND;
                    reassembler.expire(now);
                }))
                .isZero();
        frames.allocator.free(first);
        frames.allocator.free(last);
    }

    private long copy(final long mbuf) {
        final long copy = frames.allocator.allocate();
        Mbuf.length(copy, Mbuf.dataLength(mbuf));
        Memory.copy(Mbuf.dataAddress(mbuf), Mbuf.dataAddress(copy), Mbuf.dataLength(mbuf));
        return copy;
    }

    private void assertRefused(final long mbuf, final int meta, final DropReason reason) {
        final long answer = reassembler.take(mbuf, meta, now);
        assertThat(answer).isNegative();
        assertThat(DropReason.of((int) answer)).isEqualTo(reason);
        frames.allocator.free(mbuf);
    }

    private static byte[] pattern(final int length) {
        final byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 7 + length);
        }
        return bytes;
    }

    /** The bytes of something that has a TCP header of 20 bytes. */
    private static byte[] segment(final int length) {
        final byte[] bytes = pattern(length);
        bytes[12] = 0x50;
        return bytes;
    }

    private static byte[] join(final byte[] a, final byte[] b) {
        final byte[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }
}
