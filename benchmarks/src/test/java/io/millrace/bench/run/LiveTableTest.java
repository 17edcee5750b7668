package io.millrace.bench.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.bench.run.NodeReport.Load;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("The line of a second")
class LiveTableTest {
    private static final Offer FLOOD = Offer.ofConnections(1_000).withSpoofedSyns(10_000);

    static Stream<Offer> offers() {
        return Stream.of(Offer.CLOSED_LOOP, FLOOD, Offer.ofConnections(1_000).withHeld(4_000_000));
    }

    private static String row(final BenchResult run) {
        return LiveTable.of(run.plan().offer()).row(2, run.measured().first(), run.last(), text -> "!" + text);
    }

    @ParameterizedTest
    @MethodSource("offers")
    void shouldKeepItsColumnsApartAndBelowTheirNames(final Offer offer) {
        final BenchResult run = SyntheticRun.offering(offer, 12_345_678);
        final String row = row(run);

        assertThat(LiveTable.of(offer).head().lines().map(String::length)).containsOnly(row.length());
        assertThat(row.strip().split(" +"))
                .as("as many as there are units")
                .hasSameSizeAs(LiveTable.of(offer)
                        .head()
                        .lines()
                        .toList()
                        .getLast()
                        .strip()
                        .split(" +"))
                .startsWith("2", "12,345,678", "12,345,678", "0", "500.0", "990.0");
    }

    @Test
    void shouldTellWhatBecomesOfAFlood() {
        assertThat(LiveTable.of(FLOOD).head()).contains("SYNs", "cookies", "shed");
        assertThat(row(SyntheticRun.offering(FLOOD, 1_000)).strip().split(" +"))
                .containsSubsequence("990.0", "10,000", "8,000", "1,000");
        assertThat(LiveTable.of(Offer.CLOSED_LOOP).head()).doesNotContain("cookies");
    }

    @Test
    void shouldTellHowManyAreHeld() {
        final Offer offer = Offer.ofConnections(1_000).withHeld(4_000_000);

        assertThat(LiveTable.of(offer).head()).contains(" open ");
        assertThat(row(SyntheticRun.offering(offer, 1_000))).contains(" 4,000,000 ");
    }

    @Test
    void shouldShowZeroSynsOfAReferenceThatSendsNone() {
        final BenchResult reference = SyntheticRun.of(1_000);

        assertThat(LiveTable.of(FLOOD)
                        .row(1, reference.measured().first(), reference.last(), text -> text)
                        .strip()
                        .split(" +"))
                .containsSubsequence("990.0", "0", "0", "0");
    }

    @Test
    void shouldMarkASecondInWhichAConnectionFailed() {
        final BenchResult quiet = SyntheticRun.of(1_000);
        final Moment before = quiet.measured().first();
        final Moment after = new Moment(
                quiet.last().server(),
                failing(quiet.last().generator()),
                quiet.last().cpus(),
                quiet.last().epochMillis());

        assertThat(row(quiet)).doesNotContain("!");
        assertThat(LiveTable.of(Offer.CLOSED_LOOP).row(1, before, after, text -> "!" + text))
                .startsWith("!");
    }

    private static NodeReport failing(final NodeReport report) {
        final Load load = report.load();
        return new NodeReport(
                report.event(),
                report.nanos(),
                report.counters(),
                new Load(
                        load.offered(),
                        load.attempts(),
                        load.opened(),
                        load.closed() - 1,
                        load.closedAtFirstTry(),
                        1,
                        0,
                        Map.of("TIMED_OUT", 1L),
                        null,
                        null),
                report.recent(),
                report.total(),
                report.histogram(),
                report.process(),
                report.facts(),
                report.errors(),
                null);
    }
}
