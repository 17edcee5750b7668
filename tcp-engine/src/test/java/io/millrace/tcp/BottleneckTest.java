package io.millrace.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.port.decorator.Faults;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a connection makes of a path with a narrowest link and a queue before it, paced and not: at its start, in bursts, after
 * idle, and in the long run. In virtual time, the same at every run. {@code -Dtest=BottleneckTest} prints the figures.
 */
@Tag("D3")
class BottleneckTest {
    private static final int MBIT = 125_000;
    private static final int WARM_UP_MS = 10_000;

    /** A path of so many Mbit/s, and so long; its queue holds this share of what is under way on it. */
    private record Link(int mbit, int rttMs, double queue) {
        SimulatedPath path(final boolean pacing) {
            final long rate = (long) mbit * MBIT;
            final Faults there = Faults.builder()
                    .rate(rate, (long) (queue * bytesUnderWay()))
                    .delay(rttMs * 500_000L, 0)
                    .build();
            final Faults back = Faults.builder().delay(rttMs * 500_000L, 0).build();
            return new SimulatedPath(there, back, 1, config -> config.pacing(pacing));
        }

        int bytesUnderWay() {
            return mbit * MBIT / 1_000 * rttMs;
        }

        /** Percent of the link that so much text in so many ms was; headers are 4.5 % of it. */
        double used(final long bytes, final int millis) {
            return 100.0 * bytes / mbit / MBIT * 1_000 / millis;
        }

        @Override
        public String toString() {
            return "%d Mbit/s, %d ms, a queue of %.2f round trips".formatted(mbit, rttMs, queue);
        }
    }

    /** What came of one way of sending: percent of the link that were used, and frames that found the queue full. */
    private record Outcome(double used, long drops) {
        @Override
        public String toString() {
            return "%5.1f %% used, %3d dropped".formatted(used, drops);
        }
    }

    private static Outcome measure(final Link link, final SimulatedPath path, final int millis) {
        final long received = path.received();
        final long drops = path.queueDrops();
        path.runMillis(millis);
        return new Outcome(link.used(path.received() - received, millis), path.queueDrops() - drops);
    }

    private static void drain(final SimulatedPath path) {
        path.sendNoMore();
        while (path.info().sendQueue() > 0) {
            path.runMillis(100);
        }
    }

    private static Outcome start(final Link link, final boolean pacing) {
        try (SimulatedPath path = link.path(pacing)) {
            path.open();
            path.sendWithoutEnd();
            return measure(link, path, 20 * link.rttMs);
        }
    }

    @ParameterizedTest(name = "{0} Mbit/s, {1} ms, queue {2}")
    @CsvSource({"100, 20, 0.10, 45", "100, 20, 0.20, 50", "100, 60, 0.05, 30", "20, 40, 0.20, 65", "500, 10, 0.10, 30"})
    void shouldUseAPathWithAShortQueueFromTheStart(
            final int mbit, final int rttMs, final double queue, final double least) {
        final Link link = new Link(mbit, rttMs, queue);
        final Outcome paced = start(link, true);
        final Outcome plain = start(link, false);
        System.out.printf("%s: the first 20 round trips: paced %s; not paced %s%n", link, paced, plain);
        assertThat(paced.used).isGreaterThan(least);
        assertThat(paced.used).isGreaterThan(1.4 * plain.used);
    }

    /** Half of what is under way on the path, written at once, twenty times, too soon after each other for slow start. */
    private static Outcome bursts(final Link link, final boolean pacing) {
        try (SimulatedPath path = link.path(pacing)) {
            path.open();
            path.sendWithoutEnd();
            path.runMillis(WARM_UP_MS);
            drain(path);
            final long drops = path.queueDrops();
            final long received = path.received();
            final int every = 150;
            for (int i = 0; i < 20; i++) {
                path.send(link.bytesUnderWay() / 2);
                path.runMillis(every);
            }
            return new Outcome(link.used(path.received() - received, 20 * every), path.queueDrops() - drops);
        }
    }

    @ParameterizedTest(name = "{0} Mbit/s, {1} ms, queue {2}")
    @CsvSource({"100, 20, 0.05", "100, 20, 0.10", "20, 40, 0.20"})
    void shouldLoseNothingOfWhatIsWrittenAtOnce(final int mbit, final int rttMs, final double queue) {
        final Link link = new Link(mbit, rttMs, queue);
        final Outcome paced = bursts(link, true);
        final Outcome plain = bursts(link, false);
        System.out.printf("%s: bursts: paced %s; not paced %s%n", link, paced, plain);
        assertThat(paced.drops).isLessThanOrEqualTo(1);
        assertThat(plain.drops).isGreaterThan(10);
    }

    /** The mean of three, as it depends on where in the saw-tooth the silence begins. */
    private static Outcome restart(final Link link, final boolean pacing) {
        double used = 0;
        long drops = 0;
        final int rounds = 3;
        for (int round = 0; round < rounds; round++) {
            try (SimulatedPath path = link.path(pacing)) {
                path.open();
                path.sendWithoutEnd();
                path.runMillis(WARM_UP_MS + round * 1_000);
                drain(path);
                path.runMillis(3_000);
                path.sendWithoutEnd();
                final Outcome outcome = measure(link, path, 20 * link.rttMs);
                used += outcome.used / rounds;
                drops += outcome.drops;
            }
        }
        return new Outcome(used, drops / rounds);
    }

    @ParameterizedTest(name = "{0} Mbit/s, {1} ms, queue {2}")
    @CsvSource({"100, 20, 0.10", "100, 60, 0.20", "20, 40, 0.20"})
    void shouldBeBackSoonAfterIdle(final int mbit, final int rttMs, final double queue) {
        final Link link = new Link(mbit, rttMs, queue);
        final Outcome paced = restart(link, true);
        final Outcome plain = restart(link, false);
        System.out.printf("%s: 20 round trips after 3 s of silence: paced %s; not paced %s%n", link, paced, plain);
        assertThat(paced.used).isGreaterThan(Math.max(60, 1.1 * plain.used));
        assertThat(paced.drops).isLessThanOrEqualTo(2);
        assertThat(plain.drops).isGreaterThan(10);
    }

    @ParameterizedTest(name = "{0} Mbit/s, {1} ms, queue {2}")
    @CsvSource({"100, 20, 0.10, 85", "100, 20, 0.50, 94", "100, 60, 0.50, 85", "20, 40, 0.20, 90"})
    void shouldUseThePathInTheLongRun(final int mbit, final int rttMs, final double queue, final double least) {
        final Link link = new Link(mbit, rttMs, queue);
        for (final boolean pacing : new boolean[] {true, false}) {
            try (SimulatedPath path = link.path(pacing)) {
                path.open();
                path.sendWithoutEnd();
                path.runMillis(WARM_UP_MS);
                final Outcome outcome = measure(link, path, 20_000);
                System.out.printf("%s: 20 s: %s %s%n", link, pacing ? "paced" : "not paced", outcome);
                assertThat(outcome.used).isGreaterThan(least);
                assertThat(path.count(Counter.TCP_TIMEOUTS)).isZero();
            }
        }
    }

    /** The most segments that leave in one millisecond of so many, all written at once into an open window. */
    private static long mostInAMillisecond(final int rttMs, final int segments) {
        final Faults half = Faults.builder().delay(rttMs * 500_000L, 0).build();
        try (SimulatedPath path = new SimulatedPath(half, half, 1, config -> config)) {
            path.open();
            path.send(100 * path.maxText());
            path.runMillis(150);
            path.send(100 * path.maxText());
            path.runMillis(150);
            path.send(segments * path.maxText());
            long most = 0;
            for (int i = 0; i < 3 * rttMs; i++) {
                final long before = path.count(Counter.TCP_SEGMENTS_SENT);
                path.runMillis(1);
                most = Math.max(most, path.count(Counter.TCP_SEGMENTS_SENT) - before);
            }
            assertThat(path.info().sendQueue()).isZero();
            return most;
        }
    }

    @Test
    void shouldLetOutAMillisecondsWorthAtOnceWhereTheRoundTripIsLong() {
        // a window of more than 120 segments, twice in a round trip of 20 ms
        assertThat(mostInAMillisecond(20, 120)).isBetween(10L, 30L);
    }

    @Test
    void shouldLetAcknowledgmentsAlonePaceAShortPath() {
        assertThat(mostInAMillisecond(1, 120)).isEqualTo(120);
    }
}
