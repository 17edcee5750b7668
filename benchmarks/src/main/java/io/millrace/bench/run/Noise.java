package io.millrace.bench.run;

import static io.millrace.bench.run.LiveTable.count;
import static io.millrace.bench.run.LiveTable.decimal;
import static io.millrace.bench.run.LiveTable.percent;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** Finds what makes a figure doubtful. Stateless; a line for each reason, none where the machine was quiet. */
public final class Noise {
    /** A polling thread that has its core to itself waits for it no longer than the kernel's own work takes. */
    static final double MOST_WAIT = 0.02;
    /** What a hypervisor may take of a CPU. */
    static final double MOST_STOLEN = 0.01;

    private final List<Watched> runs;
    private final List<String> lines = new ArrayList<>();

    private Noise(final List<Watched> runs) {
        this.runs = runs;
    }

    /** What disturbed one run. */
    public static List<String> of(final BenchResult run) {
        return of(List.of(run.watched()), "generator");
    }

    /** What disturbed any of the runs, the worst of it; the node that is not the server goes by {@code other}. */
    public static List<String> of(final List<Watched> runs, final String other) {
        return new Noise(runs).ofRuns(other);
    }

    /** What disturbed any part, by its name where there are several. */
    public static List<String> of(final Study study) {
        final List<String> lines = new ArrayList<>();
        for (final Study.Measured part : study.parts()) {
            of(part.repeats()).forEach(line -> lines.add(study.compares() ? part.name() + ": " + line : line));
        }
        return lines;
    }

    /** What disturbed any of the runs, the worst of it, and how far they are apart. */
    public static List<String> of(final Repeats repeats) {
        final List<String> lines = new ArrayList<>(
                of(repeats.counting().stream().map(BenchResult::watched).toList(), "generator"));
        apart(repeats.rate(), LiveTable::count, "connections/s").ifPresent(lines::add);
        return lines;
    }

    /** How far the runs are apart in their figure, where that is too far. */
    public static Optional<String> apart(final Spread figure, final DoubleFunction<String> format, final String unit) {
        return figure.relative() <= Repeats.NOISY_SPREAD
                ? Optional.empty()
                : Optional.of("the runs are %s apart (%s to %s %s), more than %s"
                        .formatted(
                                percent(figure.relative()),
                                format.apply(figure.min()),
                                format.apply(figure.max()),
                                unit,
                                percent(Repeats.NOISY_SPREAD)));
    }

    private List<String> ofRuns(final String other) {
        worst(
                Watched::unsettledSeconds,
                0,
                seconds -> "the rate had not settled after "
                        + decimal(seconds, 1) + " s of warm-up (" + SteadyState.SECONDS + " successive seconds within "
                        + percent(SteadyState.TOLERANCE) + " of their mean)");
        node("server", Watched::server, Watched::serverCores);
        node(other, Watched::generator, Watched::generatorCores);
        return lines;
    }

    private void node(
            final String name, final Function<Watched, Interval> node, final Function<Watched, List<Integer>> cores) {
        worst(
                run -> node.apply(run).pollingWait(),
                MOST_WAIT,
                share -> "the " + name + "'s polling threads waited for a core that another had, " + percent(share)
                        + " of the time");
        worst(
                run -> run.stolen(cores.apply(run)),
                MOST_STOLEN,
                share -> "the hypervisor took " + percent(share) + " of a core of the " + name);
        worst(
                run -> stopped(node.apply(run)),
                0,
                millis -> "the " + name + "'s JVM stopped for " + count(millis) + " ms");
    }

    private static double stopped(final Interval node) {
        return node.safepointMillis().orElse(node.collectionMillis());
    }

    /** A line about the worst run, when it is beyond a limit; and about how many of several are. */
    private void worst(final ToDoubleFunction<Watched> value, final double limit, final DoubleFunction<String> text) {
        final double worst = runs.stream().mapToDouble(value).max().orElse(0);
        if (worst > limit) {
            final long disturbed = runs.stream()
                    .filter(run -> value.applyAsDouble(run) > limit)
                    .count();
            final String where =
                    runs.size() == 1 ? "" : "in %d of %d runs, at worst: ".formatted(disturbed, runs.size());
            lines.add(where + text.apply(worst));
        }
    }
}
