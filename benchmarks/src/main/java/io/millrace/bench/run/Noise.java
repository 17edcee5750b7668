package io.millrace.bench.run;

import static io.millrace.bench.run.LiveTable.count;
import static io.millrace.bench.run.LiveTable.decimal;
import static io.millrace.bench.run.LiveTable.percent;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** Finds what makes a figure doubtful. Stateless; a line for each reason, none where the machine was quiet. */
public final class Noise {
    /** A polling thread that has its core to itself waits for it no longer than the kernel's own work takes. */
    static final double MOST_WAIT = 0.02;
    /** What a hypervisor may take of a CPU. */
    static final double MOST_STOLEN = 0.01;

    private final List<BenchResult> runs;
    private final List<String> lines = new ArrayList<>();

    private Noise(final List<BenchResult> runs) {
        this.runs = runs;
    }

    /** What disturbed one run. */
    public static List<String> of(final BenchResult run) {
        return new Noise(List.of(run)).ofRuns();
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
        final List<String> lines = new ArrayList<>(new Noise(repeats.counting()).ofRuns());
        final Spread rate = repeats.rate();
        if (rate.relative() > Repeats.NOISY_SPREAD) {
            lines.add("the runs are %s apart (%s to %s connections/s), more than %s"
                    .formatted(
                            percent(rate.relative()),
                            count(rate.min()),
                            count(rate.max()),
                            percent(Repeats.NOISY_SPREAD)));
        }
        return lines;
    }

    private List<String> ofRuns() {
        worst(
                run -> run.settled() ? 0 : run.warmUpSeconds(),
                0,
                seconds -> "the rate had not settled after "
                        + decimal(seconds, 1) + " s of warm-up (" + SteadyState.SECONDS + " successive seconds within "
                        + percent(SteadyState.TOLERANCE) + " of their mean)");
        node("server", BenchResult::server, Threads::serverCores);
        node("generator", BenchResult::generator, Threads::generatorCores);
        return lines;
    }

    private void node(
            final String name,
            final Function<BenchResult, Interval> node,
            final Function<Threads, List<Integer>> cores) {
        worst(
                run -> node.apply(run).pollingWait(),
                MOST_WAIT,
                share -> "the " + name + "'s polling threads waited for a core that another had, " + percent(share)
                        + " of the time");
        worst(
                run -> stolen(run, cores.apply(run.plan().threads())),
                MOST_STOLEN,
                share -> "the hypervisor took " + percent(share) + " of a core of the " + name);
        worst(
                run -> stopped(node.apply(run)),
                0,
                millis -> "the " + name + "'s JVM stopped for " + count(millis) + " ms");
    }

    private static double stolen(final BenchResult run, final List<Integer> cores) {
        final CpuTimes after = run.last().cpus();
        return after.mostStolenSince(
                run.cpusBefore(), cores.isEmpty() ? after.cpus().keySet() : cores);
    }

    private static double stopped(final Interval node) {
        return node.safepointMillis().orElse(node.collectionMillis());
    }

    /** A line about the worst run, when it is beyond a limit; and about how many of several are. */
    private void worst(
            final ToDoubleFunction<BenchResult> value, final double limit, final DoubleFunction<String> text) {
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
