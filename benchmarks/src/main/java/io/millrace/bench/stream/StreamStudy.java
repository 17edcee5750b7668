package io.millrace.bench.stream;

import io.millrace.bench.profile.Profile;
import io.millrace.bench.run.LatencyInterval;
import io.millrace.bench.run.LiveTable;
import io.millrace.bench.run.Noise;
import io.millrace.bench.run.Spread;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The runs of all pairings, each in processes of its own. Immutable.
 *
 * @param plan what was to be measured.
 * @param runs in the order in which they were made, at least one; only the last may have been broken off.
 * @param wanted how many of each pairing were asked for.
 * @param broken why there is no further run: one could not start, or died before it measured anything.
 * @param profile where the time goes in the first pairing, if that was wanted.
 */
public record StreamStudy(
        StreamPlan plan, List<StreamResult> runs, int wanted, Optional<String> broken, Optional<Profile> profile) {
    /** Takes the runs over. */
    public StreamStudy {
        runs = List.copyOf(runs);
    }

    /** Without a profile. */
    StreamStudy(final StreamPlan plan, final List<StreamResult> runs, final int wanted, final Optional<String> broken) {
        this(plan, runs, wanted, broken, Optional.empty());
    }

    /** The same with a profile. */
    StreamStudy with(final Profile of) {
        return new StreamStudy(plan, runs, wanted, broken, Optional.of(of));
    }

    /** Those pairings of the plan that have a run. */
    List<Pairing> pairings() {
        return plan.pairings().stream()
                .filter(pairing -> !runs(pairing).isEmpty())
                .toList();
    }

    /** A pairing's runs. */
    List<StreamResult> runs(final Pairing pairing) {
        return runs.stream().filter(run -> run.pairing() == pairing).toList();
    }

    /** Those of them that came to their end; where none did, the one that has begun. */
    List<StreamResult> counting(final Pairing pairing) {
        final List<StreamResult> all = runs(pairing);
        final List<StreamResult> whole =
                all.stream().filter(StreamResult::isWhole).toList();
        return whole.isEmpty() ? all : whole;
    }

    /** The run that speaks for a pairing: the one in the middle by its figure, of an even number the slower of the two. */
    StreamResult middle(final Pairing pairing) {
        final List<StreamResult> sorted = counting(pairing).stream()
                .sorted(Comparator.comparingDouble(StreamResult::figure))
                .toList();
        return sorted.get((sorted.size() - 1) / 2);
    }

    /** 10^9 bits, or requests, a second over a pairing's runs that count. */
    Spread figure(final Pairing pairing) {
        return Spread.of(counting(pairing).stream().map(StreamResult::figure).toList());
    }

    /** A pairing's median as a multiple of that of Linux at both ends, if that was measured. */
    Optional<Double> ratioToLinux(final Pairing pairing) {
        return Optional.of(Pairing.KERNEL_KERNEL)
                .filter(linux -> !runs(linux).isEmpty() && figure(linux).median() > 0)
                .map(linux -> figure(pairing).median() / figure(linux).median());
    }

    /** How long answers took in each second of each run; nothing of bulk. */
    public List<List<LatencyInterval>> latencies() {
        return plan.traffic().isBulk()
                ? List.of()
                : runs.stream().map(StreamResult::latencies).toList();
    }

    /** What disturbed the runs, by pairing where there are several. */
    public List<String> noise() {
        final List<String> lines = new ArrayList<>();
        for (final Pairing pairing : pairings()) {
            final List<String> own = new ArrayList<>(Noise.of(
                    counting(pairing).stream().map(StreamResult::watched).toList(), "client"));
            Noise.apart(figure(pairing), this::format, unit()).ifPresent(own::add);
            own.forEach(line -> lines.add(pairings().size() > 1 ? pairing.label() + ": " + line : line));
        }
        return lines;
    }

    /** The figure as it is printed. */
    String format(final double figure) {
        return plan.traffic().isBulk() ? LiveTable.decimal(figure, 2) : LiveTable.count(figure);
    }

    /** What the figure is. */
    String unit() {
        return plan.traffic().isBulk() ? "Gbit/s" : "requests/s";
    }

    /** Whether somebody ended it early. */
    public boolean interrupted() {
        return runs.getLast().interrupted() || profile.map(Profile::interrupted).orElse(false);
    }

    /** What broke it off. */
    public Optional<String> failure() {
        return broken.or(runs.getLast()::failure);
    }
}
