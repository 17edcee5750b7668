package io.millrace.tcp.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.tcp.CongestionAlgorithm;
import io.millrace.tcp.ConnectionOptions;
import io.millrace.tcp.TcpConfig;
import io.millrace.tcp.VirtualClock;
import io.millrace.tcp.table.BulkRecords;
import io.millrace.tcp.table.RecordSlab;
import io.millrace.tcp.table.Registry;
import io.millrace.tcp.table.Tcb;
import io.millrace.tcp.table.TcbFlags;
import io.millrace.tcp.table.TcbLayout;
import io.millrace.tcp.timer.BurstClock;
import java.util.HashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The congestion window by itself, round trip by round trip: RFC 5681, RFC 9438, RFC 7661, RFC 2861. */
@Tag("D3")
class CongestionWindowTest {
    private static final int MSS = 1_000;

    private final VirtualClock time = new VirtualClock();
    private final BurstClock clock = new BurstClock(time);
    private final Registry<ConnectionOptions> options = new Registry<>("options", new HashMap<>());
    private final BulkRecords bulk = new BulkRecords("bulk", 4);
    private final RecordSlab records = new RecordSlab("connections", 4, TcbLayout.LENGTH);
    private final CongestionWindow window = new CongestionWindow(options, bulk, clock);
    private final Tcb tcb = new Tcb();
    private int rttMs = 100;

    @BeforeEach
    void open() {
        have(CongestionAlgorithm.CUBIC);
        final int slot = records.allocate();
        tcb.wrap(slot, records.address(slot)).reset();
        tcb.mss(MSS);
        tcb.rto(300);
        tcb.srtt(rttMs * 1_000);
        window.onOpen(tcb);
    }

    @AfterEach
    void close() {
        bulk.release(tcb);
        assertThat(bulk.inUse()).isZero();
        bulk.close();
        records.close();
    }

    private void have(final CongestionAlgorithm congestion) {
        tcb.wrap(0, records.address(0));
        final ConnectionOptions wanted = ConnectionOptions.defaults(TcpConfig.defaults()).toBuilder()
                .congestion(congestion)
                .build();
        tcb.options(options.acquire(wanted));
    }

    /** A window of so many segments that have just been lost, and recovered from. */
    private void loseAt(final int segments) {
        tcb.cwnd(segments * MSS);
        fill();
        window.onLoss(tcb);
        tcb.cwnd(tcb.ssthresh());
        tcb.sndUna(tcb.sndMax());
    }

    private void fill() {
        tcb.sndMax(tcb.sndUna() + tcb.cwnd());
    }

    /** A round trip: a window in flight, acknowledged {@code step} bytes at a time, and filled again each time. */
    private void roundTrip(final int step) {
        final int cwnd = tcb.cwnd();
        fill();
        for (int acked = 0; acked < cwnd; acked += step) {
            time.advanceMicros((long) rttMs * 1_000 * step / cwnd);
            clock.tick();
            tcb.sndUna(tcb.sndUna() + step);
            window.onAcked(tcb, step);
            fill();
        }
    }

    private double segments() {
        return tcb.cwnd() / (double) MSS;
    }

    private long ms() {
        return time.nanoTime() / 1_000_000;
    }

    @Test
    void shouldDoubleInSlowStartHoweverRarelyThePeerAcknowledges() {
        roundTrip(5_000);
        assertThat(tcb.cwnd()).isEqualTo(20_000);
        roundTrip(2_000);
        assertThat(tcb.cwnd()).isEqualTo(40_000);
        assertThat(bulk.inUse()).isZero();
    }

    /** A round trip of slow start, with a sample of so many µs for each acknowledgment of two segments. */
    private void measuredRoundTrip(final int rtt) {
        final int flight = tcb.cwnd();
        fill();
        for (int acked = 0; acked < flight; acked += 2 * MSS) {
            tcb.sndUna(tcb.sndUna() + 2 * MSS);
            window.onRoundTrip(tcb, rtt);
            window.onAcked(tcb, 2 * MSS);
            fill();
        }
    }

    @Test
    void shouldEndSlowStartAfterFiveConservativeRoundsWhenRoundTripsGrow() {
        tcb.cwnd(20 * MSS);
        measuredRoundTrip(40_000);
        measuredRoundTrip(40_000);
        assertThat(tcb.cwnd()).isEqualTo(80 * MSS);
        measuredRoundTrip(44_999); // an eighth is five milliseconds
        assertThat(tcb.cwnd()).isEqualTo(160 * MSS);
        int before = tcb.cwnd();
        measuredRoundTrip(51_000);
        assertThat(tcb.cwnd()).isBetween(before + before / 4, before + before / 4 + 16 * MSS);
        int rounds = 1;
        while (tcb.ssthresh() == Integer.MAX_VALUE) {
            before = tcb.cwnd();
            measuredRoundTrip(51_000 + ++rounds);
            assertThat(tcb.cwnd()).isBetween(before + before / 5, before + before / 4 + 2 * MSS);
        }
        assertThat(rounds).isEqualTo(5);
        assertThat(tcb.ssthresh()).isLessThanOrEqualTo(tcb.cwnd());
        final int end = tcb.cwnd();
        measuredRoundTrip(51_000);
        assertThat(tcb.cwnd()).as("congestion avoidance").isLessThan(end + 10 * MSS);
    }

    @Test
    void shouldGoOnWithSlowStartWhenALongRoundTripWasJitter() {
        tcb.cwnd(20 * MSS);
        measuredRoundTrip(40_000);
        measuredRoundTrip(40_000);
        measuredRoundTrip(50_000);
        final int before = tcb.cwnd();
        measuredRoundTrip(41_000);
        assertThat(tcb.cwnd()).isGreaterThan(before + before / 2);
        for (int round = 0; round < 6; round++) {
            measuredRoundTrip(41_000);
            assertThat(tcb.ssthresh()).isEqualTo(Integer.MAX_VALUE);
        }
    }

    @Test
    void shouldRememberNothingOfSlowStartAfterALoss() {
        tcb.cwnd(20 * MSS);
        measuredRoundTrip(40_000);
        fill();
        window.onLoss(tcb);
        assertThat(tcb.ssthresh()).isEqualTo(28 * MSS); // 0.7 of forty, and no memory of a larger window
        tcb.cwnd(tcb.ssthresh());
        tcb.sndUna(tcb.sndMax());
        roundTrip(2 * MSS);
        assertThat(tcb.cwnd()).isBetween(28 * MSS, 32 * MSS);
    }

    @Test
    void shouldGrowByEightSegmentsAtMostForOneAcknowledgment() {
        tcb.cwnd(100 * MSS);
        fill();
        window.onAcked(tcb, 50 * MSS);
        assertThat(tcb.cwnd()).isEqualTo(108 * MSS);
    }

    @Test
    void shouldBeginWithOneSegmentAfterASynWasLost() {
        tcb.set(TcbFlags.SYN_LOST);
        window.onOpen(tcb);
        assertThat(tcb.cwnd()).isEqualTo(MSS);
    }

    @Test
    void shouldHalveAndGrowByASegmentEachRoundTripAsReno() {
        have(CongestionAlgorithm.NEW_RENO);
        loseAt(40);
        assertThat(tcb.cwnd()).isEqualTo(20 * MSS);
        for (int round = 1; round <= 10; round++) {
            roundTrip(round % 2 == 0 ? MSS : 2 * MSS);
            assertThat(segments()).isCloseTo(20 + round, within(0.2 * round));
        }
    }

    @Test
    void shouldFollowTheCubicCurve() {
        rttMs = 40;
        tcb.srtt(40_000);
        loseAt(1_000);
        assertThat(tcb.cwnd()).isEqualTo(700 * MSS);
        final double k = Math.cbrt(300 / 0.4);
        double start = -1;
        for (int round = 0; round < 400; round++) {
            roundTrip(2 * MSS);
            if (start < 0) {
                start = (ms() - rttMs) / 1_000.0;
            }
            // A round trip's acknowledgments take the window where the curve is a round trip from each of them.
            final double t = ms() / 1_000.0 - start;
            assertThat(segments())
                    .as("%.2f s", t)
                    .isCloseTo(1_000 + 0.4 * Math.pow(t + 0.02 - k, 3), within(3 + 0.012 * segments()));
        }
        assertThat(ms() / 1_000.0 - start).isGreaterThan(k); // so both sides of W_max were seen
    }

    @Test
    void shouldBeNoSlowerThanRenoWhereRoundTripsAreShort() {
        rttMs = 4;
        tcb.srtt(4_000);
        loseAt(100);
        final int rounds = 40;
        for (int round = 0; round < rounds; round++) {
            roundTrip(2 * MSS);
        }
        // 160 ms: the curve has not moved, RFC 9438 §4.3's estimate has, by 9/17 of a segment each round trip.
        assertThat(segments()).isCloseTo(70 + rounds * 9 / 17.0, within(1.5));
        for (int round = 0; round < 100; round++) {
            roundTrip(2 * MSS);
        }
        // where it was before, it grows as Reno does
        assertThat(segments()).isCloseTo(100 + (140 - 30 * 17 / 9.0), within(3.0));
    }

    @Test
    void shouldMakeRoomForOthersWhenItLosesBeforeItIsBack() {
        rttMs = 40;
        tcb.srtt(40_000);
        loseAt(1_000);
        loseAt(900);
        roundTrip(2 * MSS);
        // W_max is 0.85 * 900, and the window 630: K = cbrt(135 / 0.4) s
        final long end = ms() + (long) (1_000 * Math.cbrt(135 / 0.4)) - 40;
        while (ms() < end) {
            roundTrip(2 * MSS);
        }
        assertThat(segments()).isCloseTo(765, within(3.0));
    }

    @Test
    void shouldStartTheCurveFromTheWindowItHasAfterATimeout() {
        loseAt(100);
        tcb.cwnd(100 * MSS);
        fill();
        window.onTimeout(tcb);
        assertThat(tcb.cwnd()).isEqualTo(MSS);
        assertThat(tcb.ssthresh()).isEqualTo(70 * MSS);
        tcb.retransmits(1);
        window.onTimeout(tcb);
        assertThat(tcb.ssthresh()).as("once for all time-outs of one segment").isEqualTo(70 * MSS);
        tcb.cwnd(tcb.ssthresh());
        final double start = ms() / 1_000.0;
        while (ms() / 1_000.0 - start < 5) {
            roundTrip(MSS);
        }
        final double t = ms() / 1_000.0 - start;
        assertThat(segments()).isCloseTo(70 + Math.max(0.4 * Math.pow(t + 0.05, 3), t * 10), within(5.0));
    }

    @Test
    void shouldNotGrowAWindowThatIsNotUsed() {
        tcb.sndMax(tcb.sndUna() + 3 * MSS);
        for (int i = 0; i < 100; i++) {
            tcb.sndUna(tcb.sndUna() + MSS);
            tcb.sndMax(tcb.sndMax() + MSS);
            window.onAcked(tcb, MSS);
        }
        assertThat(tcb.cwnd()).isEqualTo(10 * MSS);
    }

    @Test
    void shouldNotGoOnAlongTheCurveWhileTheWindowIsNotUsed() {
        rttMs = 40;
        tcb.srtt(40_000);
        loseAt(1_000);
        for (int round = 0; round < 25; round++) {
            roundTrip(2 * MSS);
        }
        final int before = tcb.cwnd();
        tcb.rto(61_000); // or it would not be kept for so long
        for (int second = 0; second < 60; second++) {
            time.advanceMillis(1_000);
            clock.tick();
            tcb.sndMax(tcb.sndUna() + 2 * MSS);
            tcb.sndUna(tcb.sndUna() + MSS);
            window.onAcked(tcb, MSS);
        }
        assertThat(tcb.cwnd()).isEqualTo(before);
        tcb.sndUna(tcb.sndMax());
        roundTrip(2 * MSS);
        assertThat(tcb.cwnd()).isBetween(before, before + 12 * MSS); // 60 s further on it would be half as much again
    }

    @Test
    void shouldNotGoOnAlongTheCurveInSilenceNorInTheSlowStartThatFollows() {
        rttMs = 40;
        tcb.srtt(40_000);
        loseAt(1_000);
        for (int round = 0; round < 25; round++) {
            roundTrip(2 * MSS);
        }
        final int before = tcb.cwnd();
        time.advanceMillis(60_000);
        clock.tick();
        window.onRestart(tcb, 60_000);
        while (tcb.cwnd() < tcb.ssthresh()) {
            roundTrip(2 * MSS);
        }
        roundTrip(2 * MSS);
        roundTrip(2 * MSS);
        assertThat(tcb.cwnd()).isBetween(before - 30 * MSS, before + 24 * MSS);
    }

    /** So many ms in which the application has so many segments in flight, whatever the window. */
    private void use(final int segments, final int millis) {
        for (int passed = 0; passed < millis; passed += 10) {
            time.advanceMillis(10);
            clock.tick();
            tcb.sndMax(tcb.sndUna() + segments * MSS);
            tcb.sndUna(tcb.sndUna() + MSS);
            window.onAcked(tcb, MSS);
        }
        tcb.sndUna(tcb.sndMax());
    }

    @ParameterizedTest
    @EnumSource(CongestionAlgorithm.class)
    void shouldGoHalfTheWayToWhatIsUsedOfItInATimeout(final CongestionAlgorithm congestion) {
        have(congestion);
        tcb.cwnd(100 * MSS);
        tcb.ssthresh(50 * MSS);
        roundTrip(2 * MSS);
        final int before = tcb.cwnd();
        use(20, 290);
        assertThat(tcb.cwnd()).as("for less than a time-out").isEqualTo(before);
        use(20, 20);
        assertThat(segments()).isCloseTo((before / 1_000.0 + 20) / 2, within(1.0));
        assertThat(tcb.ssthresh()).as("where slow start goes").isEqualTo(before - (before >> 2));
        use(20, 10_000);
        assertThat(segments())
                .as("half of it used: slow start takes it for all")
                .isBetween(20.0, 41.0);
    }

    @Test
    void shouldRememberTheMostThatWasUsed() {
        tcb.cwnd(100 * MSS);
        tcb.ssthresh(50 * MSS);
        roundTrip(2 * MSS);
        final double before = segments();
        use(5, 100);
        use(60, 10);
        use(5, 200);
        assertThat(segments()).isCloseTo((before + 60) / 2, within(1.0));
    }

    @Test
    void shouldKeepAWindowThatIsFilledNowAndThen() {
        tcb.cwnd(100 * MSS);
        tcb.ssthresh(50 * MSS);
        roundTrip(2 * MSS);
        for (int round = 0; round < 20; round++) {
            final int before = tcb.cwnd();
            use(5, 250);
            roundTrip(2 * MSS);
            assertThat(tcb.cwnd()).isGreaterThanOrEqualTo(before);
        }
    }

    @Test
    void shouldKeepTheInitialWindowHoweverLittleIsUsed() {
        tcb.cwnd(100 * MSS);
        tcb.ssthresh(50 * MSS);
        use(1, 60_000);
        assertThat(tcb.cwnd()).isBetween(10 * MSS, 11 * MSS);
    }

    @Test
    void shouldGrowBackAlongACurveThatBeginsWhereTheWindowIs() {
        loseAt(1_000);
        roundTrip(2 * MSS);
        use(300, 310);
        final int after = tcb.cwnd();
        assertThat(segments()).isCloseTo((702 + 300) / 2.0, within(5.0));
        assertThat(tcb.ssthresh()).isEqualTo(700 * MSS);
        tcb.ssthresh(after); // as if slow start were over
        roundTrip(2 * MSS);
        assertThat(segments()).as("not at once to where it was").isLessThan(after / 1_000.0 + 60);
    }

    @Test
    void shouldNotTakeTheTimeOfARecoveryForOneInWhichNothingWasUsed() {
        tcb.cwnd(100 * MSS);
        roundTrip(2 * MSS);
        fill();
        window.onLoss(tcb);
        tcb.cwnd(tcb.ssthresh());
        tcb.sndUna(tcb.sndMax());
        time.advanceMillis(1_000);
        clock.tick();
        final int before = tcb.cwnd();
        use(5, 200);
        assertThat(tcb.cwnd()).isEqualTo(before);
    }

    @Test
    void shouldSlowStartAgainAfterIdleUpToWhereItWas() {
        tcb.cwnd(100 * MSS);
        window.onRestart(tcb, 300);
        assertThat(tcb.cwnd()).as("no longer than the time-out").isEqualTo(100 * MSS);
        tcb.ssthresh(50 * MSS);
        window.onRestart(tcb, 301);
        assertThat(tcb.cwnd()).isEqualTo(10 * MSS);
        assertThat(tcb.ssthresh()).isEqualTo(75 * MSS);
    }

    @Test
    void shouldReduceByWhatWasInFlightWhereTheWindowWasNotFull() {
        tcb.cwnd(100 * MSS);
        tcb.sndMax(tcb.sndUna() + 20 * MSS);
        window.onLoss(tcb);
        assertThat(tcb.ssthresh()).isEqualTo(14 * MSS);
    }

    @Test
    void shouldReduceOnlyOnceForAMarkAndALossOfTheSameWindow() {
        tcb.cwnd(100 * MSS);
        fill();
        assertThat(window.onEcnEcho(tcb, 0)).isTrue();
        assertThat(tcb.cwnd()).isEqualTo(70 * MSS);
        tcb.sndUna(tcb.sndMax() - MSS);
        window.onAcked(tcb, 99 * MSS);
        assertThat(tcb.cwnd()).as("until the window of the mark is over").isEqualTo(70 * MSS);
        window.onLoss(tcb);
        assertThat(tcb.ssthresh()).isEqualTo(70 * MSS);
        tcb.sndUna(tcb.sndMax());
        fill();
        window.onLoss(tcb);
        assertThat(tcb.ssthresh()).isEqualTo(49 * MSS);
    }

    @Test
    void shouldNeverGoBelowTwoSegments() {
        tcb.sndMax(tcb.sndUna() + MSS);
        window.onLoss(tcb);
        assertThat(tcb.ssthresh()).isEqualTo(2 * MSS);
    }

    @Test
    void shouldTakeCubeRoots() {
        for (final long number : new long[] {0, 1, 7, 8, 26, 27, 999_999_999L, 1_000_000_000L, Long.MAX_VALUE}) {
            final long root = Cubic.cubeRoot(number);
            assertThat(root * root * root).isLessThanOrEqualTo(number);
            if (number < Long.MAX_VALUE) {
                assertThat((root + 1) * (root + 1) * (root + 1)).isGreaterThan(number);
            }
        }
        assertThat(Cubic.cubeRoot(Long.MAX_VALUE)).isEqualTo(2_097_151);
    }
}
