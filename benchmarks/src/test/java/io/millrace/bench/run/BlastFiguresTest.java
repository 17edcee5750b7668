package io.millrace.bench.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.bench.run.NodeReport.Blast;
import io.millrace.bench.run.NodeReport.Load;
import io.millrace.dataplane.counters.Counter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The figures of a flood")
class BlastFiguresTest {
    /** Two seconds, in which the generator sends so many SYNs and finds the link full so often, in 1,000 rounds. */
    private static BlastFigures figures(final long asked, final long sent, final long full) {
        return new BlastFigures(
                Offer.ofConnections(1_000).withSpoofedSyns(asked),
                new Interval(
                        report(0, Map.of(), null),
                        report(
                                2,
                                Map.of(
                                        Counter.TCP_SYNS_RECEIVED.name(), 92_010L,
                                        Counter.SYNS_SHED.name(), 10_000L,
                                        Counter.SYNCOOKIES_SENT.name(), 80_000L),
                                null)),
                new Interval(
                        report(0, Map.of(), load(0, 0, 0, 0)),
                        report(2, Map.of(Counter.TCP_SYN_RETRANSMITS.name(), 10L), load(2_000, sent, 1_000, full))));
    }

    private static Load load(final long attempts, final long sent, final long rounds, final long full) {
        return new Load(
                attempts,
                attempts,
                0,
                0,
                0,
                0,
                0,
                Map.of(),
                new Blast(false, sent, sent, 0, 0, 0, rounds, full, 0),
                null);
    }

    private static NodeReport report(final int second, final Map<String, Long> counters, final Load load) {
        return new NodeReport(
                NodeReport.SAMPLE,
                second * 1_000_000_000L,
                counters,
                load,
                null,
                null,
                null,
                null,
                Map.of(),
                List.of(),
                null);
    }

    @Test
    void shouldTakeTheLegitimateSynsOutOfThoseAbsorbed() {
        final BlastFigures figures = figures(50_000, 100_000, 0);

        assertThat(figures.sentPerSecond()).isEqualTo(50_000);
        assertThat(figures.absorbedPerSecond()).isEqualTo((92_010 + 10_000 - 2_010) / 2.0);
        assertThat(figures.cookiesPerSecond()).isEqualTo(40_000);
        assertThat(figures.shedPerSecond()).isEqualTo(5_000);
    }

    @ParameterizedTest(name = "{0} asked, {1} sent in 2 s, link full in {2} of 1000 rounds, server saturated {3}: {4}")
    @CsvSource({
        "50000, 100000, 0, false, neither",
        "50000, 100000, 0, true, server",
        "50000, 90000, 10, true, generator",
        "50000, 90000, 900, true, server",
        "0, 100000, 900, false, server",
        "0, 100000, 100, false, generator",
    })
    void shouldSayWhoKeptTheFloodFromBeingLarger(
            final long asked, final long sent, final long full, final boolean saturated, final String limit) {
        assertThat(figures(asked, sent, full).limit(saturated)).isEqualTo(limit);
    }
}
