package io.millrace.bench.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.millrace.bench.run.BenchSession.Run;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
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
    private int interrupts;

    private static Progress progress() {
        return new ConsoleProgress(new PrintStream(new ByteArrayOutputStream()), false, text -> text);
    }

    private BenchSession session(final int repeats) {
        return new BenchSession(repeats, progress(), () -> {
            final Supplier<BenchResult> next = runs.remove();
            return new Run() {
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

    private static Run run(final Supplier<BenchResult> result) {
        return new Run() {
            @Override
            public BenchResult run() {
                return result.get();
            }

            @Override
            public void interrupt() {
                throw new AssertionError("nobody interrupts");
            }
        };
    }

    @Test
    void shouldMakeARunOfEachReferenceAfterEachOfItsOwn() throws IOException, InterruptedException {
        final List<String> order = new ArrayList<>();
        final Contender other = contender("other");
        final Contender broken = contender("broken");
        final Map<Contender, Supplier<Run>> references = new LinkedHashMap<>();
        references.put(
                other,
                () -> run(() -> {
                    order.add("other");
                    return SyntheticRun.of(100);
                }));
        references.put(
                broken,
                () -> run(() -> {
                    order.add("broken");
                    return fail(List.of("no veth pair"));
                }));

        final Repeats repeats = new BenchSession(
                        2,
                        progress(),
                        () -> run(() -> {
                            order.add("own");
                            return QUIET;
                        }),
                        references)
                .run();

        assertThat(order).containsExactly("own", "other", "broken", "own", "other");
        assertThat(repeats.references()).extracting(ReferenceRuns::contender).containsExactly(other, broken);
        assertThat(repeats.references().getFirst().runs()).hasSize(2);
        assertThat(repeats.references().getFirst().broken()).isEmpty();
        assertThat(repeats.references().getLast().isThere()).isFalse();
        assertThat(repeats.references().getLast().broken()).contains("no veth pair");
        assertThat(repeats.failure()).as("of the engine's own runs").isEmpty();
    }

    private static Contender contender(final String key) {
        return new Contender(key, key, Contender.Kind.OTHER_TCP, Lineup.ENGINES, true);
    }

    private static BenchResult fail(final List<String> causes) {
        throw new NodeFailedException("the server process could not start", causes);
    }

    @Test
    void shouldMakeAsManyRunsAsWanted() throws IOException, InterruptedException {
        runs.addAll(List.of(() -> QUIET, () -> QUIET, () -> QUIET));

        final Repeats repeats = session(3).run();

        assertThat(repeats.runs()).hasSize(3);
        assertThat(repeats.failure()).isEmpty();
    }

    @Test
    void shouldEndWithTheRunThatIsBrokenOff() throws IOException, InterruptedException {
        runs.addAll(List.of(() -> QUIET, () -> BROKEN, () -> QUIET));

        final Repeats repeats = session(3).run();

        assertThat(repeats.runs()).containsExactly(QUIET, BROKEN);
        assertThat(repeats.counting()).containsExactly(QUIET);
        assertThat(repeats.failure()).contains("the generator process died (exit code 137)");
    }

    @Test
    void shouldKeepWhatWasMeasuredWhenALaterRunCanNotStart() throws IOException, InterruptedException {
        runs.addAll(List.of(() -> QUIET, () -> fail(List.of("no huge pages: reserve some"))));

        final Repeats repeats = session(3).run();

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
}
