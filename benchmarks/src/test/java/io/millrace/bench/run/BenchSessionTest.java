package io.millrace.bench.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A session of several runs")
class BenchSessionTest {
    private static final BenchResult QUIET = SyntheticRun.of(1000, 1000);
    private static final BenchResult BROKEN = SyntheticRun.nothing().runs().getFirst();

    private final Deque<Supplier<BenchResult>> runs = new ArrayDeque<>();
    private final List<BenchPlan> plans = new ArrayList<>();
    private int interrupts;

    private BenchSession session(final int repeats) {
        return session(List.of(Part.only(SyntheticRun.plan(1))), repeats);
    }

    private BenchSession session(final List<Part> parts, final int repeats) {
        return session(parts, repeats, false);
    }

    private BenchSession session(final List<Part> parts, final int repeats, final boolean profiled) {
        return new BenchSession(parts, List.of(), repeats, profiled, silent(), (plan, contender) -> {
            plans.add(plan);
            final Supplier<BenchResult> next = runs.remove();
            return new BenchSession.Run() {
                @Override
                public BenchResult run() {
                    return next.get();
                }

                @Override
                public void interrupt() {
                    interrupts++;
                }
            };
        });
    }

    private static BenchResult fail(final List<String> causes) {
        throw new NodeFailedException("the server process could not start", causes);
    }

    private static ConsoleProgress silent() {
        return new ConsoleProgress(
                new PrintStream(new ByteArrayOutputStream()), LiveTable.of(Offer.CLOSED_LOOP), false, text -> text);
    }

    @Test
    void shouldMakeAsManyRunsAsWanted() throws IOException, InterruptedException {
        runs.addAll(List.of(() -> QUIET, () -> QUIET, () -> QUIET));

        final Repeats repeats = session(3).run().subject();

        assertThat(repeats.runs()).hasSize(3);
        assertThat(repeats.failure()).isEmpty();
    }

    @Test
    void shouldEndWithTheRunThatIsBrokenOff() throws IOException, InterruptedException {
        runs.addAll(List.of(() -> QUIET, () -> BROKEN, () -> QUIET));

        final Repeats repeats = session(3).run().subject();

        assertThat(repeats.runs()).containsExactly(QUIET, BROKEN);
        assertThat(repeats.counting()).containsExactly(QUIET);
        assertThat(repeats.failure()).contains("the generator process died (exit code 137)");
    }

    @Test
    void shouldKeepWhatWasMeasuredWhenALaterRunCanNotStart() throws IOException, InterruptedException {
        runs.addAll(List.of(() -> QUIET, () -> fail(List.of("no huge pages: reserve some"))));

        final Repeats repeats = session(3).run().subject();

        assertThat(repeats.runs()).containsExactly(QUIET);
        assertThat(repeats.failure()).contains("no huge pages: reserve some");
    }

    @Test
    void shouldFailWhenTheFirstRunCanNotStart() {
        runs.add(() -> fail(List.of("no huge pages: reserve some")));

        assertThatExceptionOfType(NodeFailedException.class)
                .isThrownBy(() -> session(3).run())
                .satisfies(e -> assertThat(e.causes()).containsExactly("no huge pages: reserve some"));
    }

    @Test
    void shouldInterruptTheRunThatIsMadeAndTheOneAfter() throws IOException, InterruptedException {
        final BenchSession[] session = new BenchSession[1];
        runs.add(() -> {
            session[0].interrupt();
            return QUIET; // it had just come to its end
        });
        runs.add(() -> BROKEN);
        session[0] = session(3);

        session[0].run();

        assertThat(interrupts).as("the first, and the second before it began").isEqualTo(2);
    }

    @Test
    void shouldGiveEachPartItsTurnInEveryRoundAndTellItWhatTheOthersHaveShown()
            throws IOException, InterruptedException {
        final BenchResult slow = SyntheticRun.of(100, 100);
        runs.addAll(List.of(() -> QUIET, () -> slow, () -> QUIET, () -> slow));
        final Part peak = Part.of("peak", SyntheticRun.plan(1));
        final Part twice = new Part(
                "twice",
                earlier -> SyntheticRun.plan(1)
                        .with(Offer.ofConnections(
                                Math.round(2 * earlier.getFirst().connectionsPerSecond()))));

        final Study study = session(List.of(peak, twice), 2).run();

        assertThat(plans.stream().map(plan -> plan.offer().connections())).containsExactly(0L, 2000L, 0L, 2000L);
        assertThat(study.parts().stream().map(Study.Measured::name)).containsExactly("peak", "twice");
        assertThat(study.subject().runs()).containsExactly(slow, slow);
        assertThat(study.shareOfFirst(study.parts().getLast())).isCloseTo(0.1, within(1e-9));
        assertThat(PartsTable.of(study)).anyMatch(line -> line.contains("twice") && line.contains("10.0%"));
    }

    @Test
    void shouldKeepThePartsThatWereMeasuredWhenALaterOneCanNotStart() throws IOException, InterruptedException {
        runs.addAll(List.of(() -> QUIET, () -> fail(List.of("no room"))));

        final Study study = session(List.of(Part.of("a", SyntheticRun.plan(1)), Part.of("b", SyntheticRun.plan(1))), 1)
                .run();

        assertThat(study.parts().stream().map(Study.Measured::name)).containsExactly("a");
        assertThat(study.failure()).contains("no room");
    }

    @Test
    void shouldMakeOneMoreRunOfTheLastPartForItsProfileAndCountItNowhereElse()
            throws IOException, InterruptedException {
        final BenchResult sampled = SyntheticRun.of(500, 500);
        runs.addAll(List.of(() -> QUIET, () -> QUIET, () -> QUIET, () -> QUIET, () -> sampled));
        final Part first = Part.of("first", SyntheticRun.plan(1));
        final Part last = Part.of("last", SyntheticRun.plan(7));

        final Study study = session(List.of(first, last), 2, true).run();

        assertThat(plans.subList(0, 4)).allSatisfy(plan -> {
            assertThat(plan.recordings()).isEmpty();
            assertThat(plan.jvmFlags()).isEmpty();
        });
        assertThat(plans.getLast().duration()).isEqualTo(SyntheticRun.plan(7).duration());
        final Path folder = plans.getLast().recordings().orElseThrow();
        assertThat(plans.getLast().jvmFlags())
                .contains("-XX:+DebugNonSafepoints")
                .anyMatch(flag -> flag.endsWith(folder.toString()));
        assertThat(folder).as("where the recordings would have been").doesNotExist();
        assertThat(study.subject().runs()).containsExactly(QUIET, QUIET);
        assertThat(study.profile().orElseThrow().ofMedian()).isCloseTo(0.5, within(1e-9));
        assertThat(study.profile().orElseThrow().missing()).isPresent();
    }

    @Test
    void shouldKeepItsFiguresWhenTheRunForTheProfileFails() throws IOException, InterruptedException {
        runs.addAll(List.of(() -> QUIET, () -> fail(List.of("no huge pages: reserve some"))));

        final Study study =
                session(List.of(Part.only(SyntheticRun.plan(1))), 1, true).run();

        assertThat(study.subject().runs()).containsExactly(QUIET);
        assertThat(study.failure()).isEmpty();
        assertThat(Summary.of(study)).anyMatch(line -> line.contains("none: no huge pages: reserve some"));
        assertThat((Map<?, ?>) ResultJson.of(study).get("profile"))
                .extracting("missing")
                .isEqualTo("no huge pages: reserve some");
    }

    @Test
    void shouldMakeNoRunForAProfileAfterAnInterruptOrAFailure() throws IOException, InterruptedException {
        runs.addAll(List.of(() -> BROKEN, () -> QUIET));

        final Study study =
                session(List.of(Part.only(SyntheticRun.plan(1))), 1, true).run();

        assertThat(plans).hasSize(1);
        assertThat(study.profile()).isEmpty();
    }

    private static Contender contender(final String key) {
        return new Contender(key, key, Contender.Kind.OTHER_TCP, Lineup.ENGINES, true);
    }

    @Test
    void shouldMakeARunOfEachReferenceAfterEachOfItsOwn() throws IOException, InterruptedException {
        final List<String> order = new ArrayList<>();
        final Contender other = contender("other");
        final Contender broken = contender("broken");

        final Repeats repeats = new BenchSession(
                        List.of(Part.only(SyntheticRun.plan(1))),
                        List.of(other, broken),
                        2,
                        false,
                        silent(),
                        (plan, contender) -> new BenchSession.Run() {
                            @Override
                            public BenchResult run() {
                                order.add(contender.map(Contender::key).orElse("own"));
                                return contender.filter(broken::equals).isPresent()
                                        ? fail(List.of("no veth pair"))
                                        : contender.isPresent() ? SyntheticRun.of(100) : QUIET;
                            }

                            @Override
                            public void interrupt() {
                                throw new AssertionError("nobody interrupts");
                            }
                        })
                .run()
                .subject();

        assertThat(order).containsExactly("own", "other", "broken", "own", "other");
        assertThat(repeats.references()).extracting(ReferenceRuns::contender).containsExactly(other, broken);
        assertThat(repeats.references().getFirst().runs()).hasSize(2);
        assertThat(repeats.references().getFirst().broken()).isEmpty();
        assertThat(repeats.references().getLast().isThere()).isFalse();
        assertThat(repeats.references().getLast().broken()).contains("no veth pair");
        assertThat(repeats.failure()).as("of the engine's own runs").isEmpty();
    }
}
