package io.millrace.bench.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.bench.report.BenchReport;
import io.millrace.bench.report.ReportFolder;
import io.millrace.bench.run.Contender.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("What the engine's figure is beside a reference's")
class ReferenceRunsTest {
    /** 1,000 connections/s of three frames each way, one polling thread; CPU 0 of the machine busy. */
    private static final Repeats ENGINE = SyntheticRun.repeats(1000, 1000, 1000);

    private static final ReferenceRuns OTHER = reference("other", Kind.OTHER_TCP, 40, 50, 60);
    private static final ReferenceRuns LIMIT = reference("limit", Kind.LIMIT, 6000);

    private static ReferenceRuns reference(final String key, final Kind kind, final double... rates) {
        return new ReferenceRuns(
                new Contender(key, "the " + key, kind, Lineup.ENGINES, true),
                SyntheticRun.repeats(rates).runs(),
                Optional.empty());
    }

    private static Repeats beside(final ReferenceRuns... references) {
        return new Repeats(ENGINE.runs(), ENGINE.wanted(), Optional.empty(), List.of(references));
    }

    @Test
    void shouldTellHowManyTimesAnotherTcpCoreForCore() {
        assertThat(OTHER.rate().median()).isEqualTo(50);
        assertThat(OTHER.serverBusy().median()).isEqualTo(1);
        assertThat(OTHER.times(ENGINE)).isCloseTo(20, within(1e-9));
    }

    @Test
    void shouldTellTheShareOfWhatTheLinkCarries() {
        assertThat(ReferenceRuns.framesPerConnection(ENGINE)).isEqualTo(3);
        assertThat(LIMIT.connections(ENGINE)).isEqualTo(2000);
        assertThat(LIMIT.share(ENGINE)).isEqualTo(0.5);
    }

    @Test
    void shouldCountTheConnectionsOfClientsWithoutState() {
        final Repeats engine = SyntheticRun.offering(Offer.ofConnections(1_000).withClients(0));

        assertThat(ReferenceRuns.framesPerConnection(engine))
                .as("3 of each, two more for each")
                .isEqualTo(1);
    }

    @Test
    void shouldSayBothInTheSummary() {
        assertThat(Summary.of(beside(OTHER, LIMIT)))
                .anySatisfy(line -> assertThat(line)
                        .contains("reference       the other: 50 connections/s")
                        .contains("millrace has 20.0 times as many"))
                .anySatisfy(line -> assertThat(line)
                        .contains(
                                "limit           the limit: 6,000 frames/s there and back, which is 2,000 connections/s")
                        .contains("of 3.00 frames each way: millrace has 50.0% of them"));
    }

    @Test
    void shouldSayWhyThereIsNoFigure() {
        final ReferenceRuns none = new ReferenceRuns(OTHER.contender(), List.of(), Optional.of("no veth pair"));

        assertThat(Summary.of(beside(none))).anyMatch(line -> line.contains("the other: no figure; no veth pair"));
        assertThat(ResultJson.of(Study.of(beside(none))).get("references"))
                .asInstanceOf(InstanceOfAssertFactories.list(Map.class))
                .singleElement()
                .satisfies(json -> assertThat(json.get("missing")).isEqualTo("no veth pair"));
    }

    @Test
    void shouldShowBothInTheReport(@TempDir final Path parent) throws IOException {
        final ReportFolder folder = new ReportFolder(parent.resolve("report"));

        BenchReport.write(Study.of(beside(OTHER, LIMIT)), folder);

        assertThat(BenchReport.page(folder))
                .content()
                .contains("the other", "20.0 times it, core for core", "the limit", "50.0 % of it");
    }

    @Test
    void shouldWriteBothAsJson() {
        assertThat(ResultJson.of(Study.of(beside(OTHER, LIMIT))).get("references"))
                .asInstanceOf(InstanceOfAssertFactories.list(Map.class))
                .satisfiesExactly(
                        json -> assertThat(json.get("times_per_core")).isEqualTo(20.0),
                        json -> assertThat(json.get("share")).isEqualTo(0.5));
    }
}
