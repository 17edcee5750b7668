package io.millrace.bench.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.millrace.bench.run.ConsoleProgress;
import io.millrace.bench.run.Moment;
import io.millrace.bench.run.NodeFailedException;
import io.millrace.bench.run.Second;
import io.millrace.bench.run.Series;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A session of stream runs")
class StreamSessionTest {
    private static final StreamPlan PLAN =
            SyntheticStream.plan(Pattern.BULK, Direction.TO_SERVER, Pairing.ENGINE_ENGINE, Pairing.KERNEL_KERNEL);

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final List<Pairing> made = new ArrayList<>();
    private final List<StreamPlan> plans = new ArrayList<>();
    private final Deque<Supplier<StreamResult>> runs = new ArrayDeque<>();

    private ConsoleProgress console(final Traffic traffic) {
        return new ConsoleProgress(
                new PrintStream(printed, true, UTF_8), StreamColumns.of(traffic), false, text -> "RED" + text);
    }

    private final List<Pairing> probed = new ArrayList<>();
    private Optional<NodeFailedException> refusal = Optional.empty();

    private StreamSession session(final int repeats) {
        return session(repeats, false);
    }

    private StreamSession session(final int repeats, final boolean profiled) {
        return new StreamSession(PLAN, repeats, profiled, console(PLAN.traffic()), (plan, pairing) -> {
            return new StreamSession.Run() {
                @Override
                public void probe() {
                    probed.add(pairing);
                    refusal.ifPresent(why -> {
                        throw why;
                    });
                }

                @Override
                public StreamResult run() {
                    made.add(pairing);
                    plans.add(plan);
                    return runs.remove().get();
                }

                @Override
                public void interrupt() {
                    runs.clear();
                }
            };
        });
    }

    private static StreamResult whole(final Pairing pairing) {
        return SyntheticStream.run(PLAN, pairing, 10, 10);
    }

    @Test
    void shouldGiveEachPairingItsTurnInEveryRound() throws IOException, InterruptedException {
        runs.addAll(List.of(
                () -> whole(Pairing.ENGINE_ENGINE),
                () -> whole(Pairing.KERNEL_KERNEL),
                () -> whole(Pairing.ENGINE_ENGINE),
                () -> whole(Pairing.KERNEL_KERNEL)));

        final StreamStudy study = session(2).run();

        assertThat(made)
                .containsExactly(
                        Pairing.ENGINE_ENGINE, Pairing.KERNEL_KERNEL, Pairing.ENGINE_ENGINE, Pairing.KERNEL_KERNEL);
        assertThat(study.counting(Pairing.KERNEL_KERNEL)).hasSize(2);
        assertThat(printed.toString(UTF_8)).contains("run 2 of 4: Linux to Linux over veth");
    }

    @Test
    void shouldMakeOneMoreRunOfTheFirstPairingForItsProfileAndCountItNowhereElse()
            throws IOException, InterruptedException {
        runs.addAll(List.of(
                () -> whole(Pairing.ENGINE_ENGINE),
                () -> whole(Pairing.KERNEL_KERNEL),
                () -> SyntheticStream.run(PLAN, Pairing.ENGINE_ENGINE, 5, 5)));

        final StreamStudy study = session(1, true).run();

        assertThat(made).endsWith(Pairing.KERNEL_KERNEL, Pairing.ENGINE_ENGINE);
        assertThat(plans.get(1).recordings()).isEmpty();
        assertThat(plans.getLast().recordings()).isPresent();
        assertThat(study.runs()).hasSize(2);
        assertThat(study.profile().orElseThrow().ofMedian()).isCloseTo(0.5, within(1e-9));
        assertThat(study.profile().orElseThrow().figures()).containsEntry("gbit_per_second", 5.0);
        assertThat(StreamTable.summary(study)).anyMatch(line -> line.startsWith("  profile "));
    }

    @Test
    void shouldKeepWhatWasMeasuredWhenALaterRunCanNotStart() throws IOException, InterruptedException {
        runs.addAll(List.of(() -> whole(Pairing.ENGINE_ENGINE), () -> {
            throw new NodeFailedException("the server process could not start", List.of("no", "memory"));
        }));

        final StreamStudy study = session(2).run();

        assertThat(study.failure()).contains("no; memory");
        assertThat(study.pairings()).containsExactly(Pairing.ENGINE_ENGINE);
    }

    @Test
    void shouldSayWhatALaterPairingIsRefusedBeforeItMeasuresTheFirst() {
        refusal = Optional.of(
                new NodeFailedException("the client process could not start", List.of("MTU 9000; must be 46 to 1500")));
        runs.add(() -> whole(Pairing.ENGINE_ENGINE));

        assertThatExceptionOfType(NodeFailedException.class)
                .isThrownBy(() -> session(1).run())
                .satisfies(e -> assertThat(e.causes()).containsExactly("MTU 9000; must be 46 to 1500"));
        assertThat(probed).containsExactly(Pairing.KERNEL_KERNEL);
        assertThat(made).isEmpty();
    }

    @Test
    void shouldFailWhereTheFirstRunMeasuresNothing() {
        runs.add(() -> {
            throw new NodeFailedException("no byte came through", List.of());
        });

        assertThatExceptionOfType(NodeFailedException.class)
                .isThrownBy(() -> session(2).run());
    }

    @Test
    void shouldEndWithARunThatBreaksOff() throws IOException, InterruptedException {
        final StreamResult whole = whole(Pairing.ENGINE_ENGINE);
        final Series broken = new Series(whole.measured().first());
        broken.fail("the client process died");
        runs.add(() ->
                new StreamResult(PLAN, Pairing.ENGINE_ENGINE, whole.ready(), whole.warmUp(), true, broken, false));

        final StreamStudy study = session(3).run();

        assertThat(made).hasSize(1);
        assertThat(study.failure()).contains("the client process died");
    }

    @Test
    void shouldShowEachSecondInColumnsThatKeepTheirPlaces() {
        final StreamResult mixed = SyntheticStream.run(PLAN, Pairing.ENGINE_KERNEL, 10, 123);
        tell(console(PLAN.traffic()), mixed);
        final List<String> bulk = printed.toString(UTF_8).lines().toList();

        assertThat(bulk.stream().map(String::length).distinct()).as("aligned").hasSize(1);
        assertThat(bulk.get(0).strip().split(" +"))
                .containsExactly("time", "text", "segments", "answers", "retrans", "server", "client");
        assertThat(bulk.get(2).strip().split(" +"))
                .containsExactly("1", "10.00", "1,000,000", "500,000", "1", "–", "75.0%");

        printed.reset();
        tell(
                console(SyntheticStream.requests().traffic()),
                SyntheticStream.run(SyntheticStream.requests(), Pairing.ENGINE_ENGINE, 1_470_000));
        final List<String> requests = printed.toString(UTF_8).lines().toList();
        assertThat(requests.get(0).strip().split(" +"))
                .containsExactly("time", "requests", "p50", "p99", "retrans", "server", "client");
        assertThat(requests.get(2).strip().split(" +"))
                .containsExactly("1", "1,470,000", "500.0", "990.0", "2", "75.0%", "75.0%");
    }

    private static void tell(final ConsoleProgress console, final StreamResult run) {
        final List<Moment> moments = run.measured().moments();
        for (int i = 1; i < moments.size(); i++) {
            final Second second = new Second(i, moments.get(i - 1), moments.get(i));
            console.second(second.elapsed(), second.before(), second.now());
        }
    }
}
