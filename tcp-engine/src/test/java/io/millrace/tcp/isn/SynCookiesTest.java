package io.millrace.tcp.isn;

import static io.millrace.tcp.isn.SynCookies.INVALID;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.tcp.AllocatedBytes;
import io.millrace.tcp.Seed;
import io.millrace.tcp.table.SynOptions;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("H11")
class SynCookiesTest {
    private static final long IPV4_MAPPED = 0xffff_0000_0000L;
    private static final int STEP = 1 << 16;

    private final SplittableRandom random = Seed.random();
    private final SynCookies cookies = new SynCookies(new SipHash(random.nextLong(), random.nextLong()));

    /** What a SYN says, from which a cookie is made and by which it is recognised. */
    private record Syn(long remoteHi, long remoteLo, long localHi, long localLo, int ports, int irs) {
        int cookie(final SynCookies cookies, final int mss, final int now) {
            return cookies.cookie(remoteHi, remoteLo, localHi, localLo, ports, irs, mss, now);
        }

        int validate(final SynCookies cookies, final int cookie, final int now) {
            return cookies.validate(remoteHi, remoteLo, localHi, localLo, ports, irs, cookie, now);
        }
    }

    private Syn randomSyn() {
        return random.nextBoolean()
                ? new Syn(
                        0,
                        IPV4_MAPPED | random.nextInt() & 0xffff_ffffL,
                        0,
                        IPV4_MAPPED | random.nextInt() & 0xffff_ffffL,
                        random.nextInt(),
                        random.nextInt())
                : new Syn(
                        random.nextLong(),
                        random.nextLong(),
                        random.nextLong(),
                        random.nextLong(),
                        random.nextInt(),
                        random.nextInt());
    }

    @ParameterizedTest
    @CsvSource({
        "0, 88",
        "88, 88",
        "535, 88",
        "536, 536",
        "1219, 536",
        "1220, 1220",
        "1380, 1360",
        "1400, 1400",
        "1440, 1440",
        "1452, 1452",
        "1459, 1452",
        "1460, 1460",
        "8960, 1460",
        "65535, 1460"
    })
    void shouldBringTheMssBackRoundedDownToOneOfEight(final int peerMss, final int expected) {
        for (int i = 0; i < 1000; i++) {
            final Syn syn = randomSyn();
            final int now = random.nextInt();
            assertThat(syn.validate(cookies, syn.cookie(cookies, peerMss, now), now))
                    .isEqualTo(expected);
        }
        assertThat(SynCookies.mss(peerMss)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 7, 0x7fff_ffff, 0xffff_ffff})
    void shouldHoldInItsStepAndTheNextAndNoLonger(final int aStep) {
        final int start = aStep << 16;
        final Syn syn = randomSyn();
        final int cookie = syn.cookie(cookies, 1460, start + random.nextInt(STEP));
        assertThat(syn.validate(cookies, cookie, start + STEP - 1)).isEqualTo(1460);
        assertThat(syn.validate(cookies, cookie, start + STEP)).isEqualTo(1460);
        assertThat(syn.validate(cookies, cookie, start + 2 * STEP - 1)).isEqualTo(1460);
        assertThat(syn.validate(cookies, cookie, start + 2 * STEP)).isEqualTo(INVALID);
        assertThat(syn.validate(cookies, cookie, start + 3 * STEP)).isEqualTo(INVALID);
        assertThat(syn.validate(cookies, cookie, start - STEP)).isEqualTo(INVALID);
    }

    @Test
    void shouldBeOutstandingOnlyWhileOneMayComeBack() {
        final int start = 0xffff_0000;
        assertThat(cookies.outstanding(start)).isFalse();
        randomSyn().cookie(cookies, 1460, start + 5);
        assertThat(cookies.outstanding(start + 5)).isTrue();
        assertThat(cookies.outstanding(start + 2 * STEP - 1)).isTrue();
        assertThat(cookies.outstanding(start + 2 * STEP)).isFalse();
    }

    @Test
    void shouldNotHoldForAnyOtherConnectionOrSecret() {
        final SynCookies other = new SynCookies(new SipHash(random.nextLong(), random.nextLong()));
        for (int i = 0; i < 1000; i++) {
            final Syn s = randomSyn();
            final int cookie = s.cookie(cookies, 1460, 0);
            final long bit = 1L << random.nextInt(64);
            final int intBit = 1 << random.nextInt(32);
            for (final Syn altered : new Syn[] {
                new Syn(s.remoteHi ^ bit, s.remoteLo, s.localHi, s.localLo, s.ports, s.irs),
                new Syn(s.remoteHi, s.remoteLo ^ bit, s.localHi, s.localLo, s.ports, s.irs),
                new Syn(s.remoteHi, s.remoteLo, s.localHi ^ bit, s.localLo, s.ports, s.irs),
                new Syn(s.remoteHi, s.remoteLo, s.localHi, s.localLo ^ bit, s.ports, s.irs),
                new Syn(s.remoteHi, s.remoteLo, s.localHi, s.localLo, s.ports ^ intBit, s.irs),
                new Syn(s.remoteHi, s.remoteLo, s.localHi, s.localLo, s.ports, s.irs ^ intBit)
            }) {
                assertThat(altered.validate(cookies, cookie, 0)).isEqualTo(INVALID);
            }
            assertThat(s.validate(cookies, cookie ^ 1 << 3 + random.nextInt(29), 0))
                    .isEqualTo(INVALID);
            assertThat(s.validate(other, cookie, 0)).isEqualTo(INVALID);
        }
    }

    @Test
    void shouldRefuseGuesses() {
        int accepted = 0;
        for (int i = 0; i < 2_000_000; i++) {
            final Syn syn = new Syn(0, IPV4_MAPPED | i, 0, IPV4_MAPPED | 1, 80, 0);
            accepted += syn.validate(cookies, random.nextInt(), 0) == INVALID ? 0 : 1;
        }
        // 2^-28 each: 0.007 expected.
        assertThat(accepted).isLessThan(3);
    }

    @Test
    void shouldNotRepeatItselfFromOneSynToTheNext() {
        final Set<Integer> seen = new HashSet<>();
        final Set<Integer> lowBits = new HashSet<>();
        for (int port = 0; port < 10_000; port++) {
            final int cookie =
                    new Syn(0, IPV4_MAPPED | 1, 0, IPV4_MAPPED | 2, port << 16 | 80, 0).cookie(cookies, 1460, 0);
            seen.add(cookie);
            lowBits.add(cookie & 7);
        }
        assertThat(seen).hasSizeGreaterThan(9_990);
        assertThat(lowBits).hasSize(8);
    }

    @Test
    void shouldCarryTheOptionsInTheTimestampAndNeverRunBackwards() {
        for (int shift = -1; shift <= 14; shift++) {
            for (int flags = 0; flags < 4; flags++) {
                int options = SynOptions.of((flags & 1) != 0, true, (flags & 2) != 0);
                if (shift >= 0) {
                    options = SynOptions.withWindowScale(options, shift);
                }
                for (final int start : new int[] {0, 0x7fff_ff00, 0xffff_ff00}) {
                    int last = SynCookies.timestamp(start - 1, options);
                    for (int tsval = start; tsval - start < 600; tsval++) {
                        final int sent = SynCookies.timestamp(tsval, options);
                        assertThat(SynCookies.options(sent)).isEqualTo(options);
                        assertThat(tsval - sent).isBetween(0, 63);
                        assertThat(sent - last).isNotNegative();
                        last = sent;
                    }
                }
            }
        }
    }

    @Test
    void shouldNotAllocate() {
        final Syn syn = randomSyn();
        final int[] now = {0};
        assertThat(AllocatedBytes.of(() -> {
                    for (int i = 0; i < 10_000; i++) {
                        now[0] += 10_000;
                        syn.validate(cookies, syn.cookie(cookies, i, now[0]), now[0]);
                    }
                }))
                .isZero();
    }
}
