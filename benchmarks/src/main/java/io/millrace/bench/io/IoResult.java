package io.millrace.bench.io;

import io.millrace.bench.run.Spread;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What was measured. Immutable.
 *
 * @param plan what was to be measured.
 * @param samples each run's, by path; without {@link IoPath#C} where there is no C.
 * @param compiler what built the C loop, or why there is none.
 * @param interrupted whether somebody ended it early.
 * @param failure what broke it off.
 */
public record IoResult(
        IoPlan plan,
        Map<IoPath, List<IoSample>> samples,
        String compiler,
        boolean interrupted,
        Optional<String> failure) {
    /** Whole. */
    IoResult(final IoPlan plan, final Map<IoPath, List<IoSample>> samples, final String compiler) {
        this(plan, samples, compiler, false, Optional.empty());
    }

    /** How often all paths were measured: fewer times than planned where it was broken off. */
    public int runs() {
        return samples.values().stream().mapToInt(List::size).min().orElse(0);
    }

    /** Whether C was measured too. */
    boolean hasC() {
        return samples.containsKey(IoPath.C);
    }

    /** Millions of frames a second of each run of a path. */
    List<Double> mpps(final IoPath path) {
        return samples.get(path).stream().map(IoSample::mpps).toList();
    }

    /** The median share of the sender's polling that found work. */
    double senderBusy(final IoPath path) {
        return Spread.of(samples.get(path).stream().map(IoSample::senderBusy).toList())
                .median();
    }

    /** DPDK's version, as a path's processes say it. */
    String dpdk(final IoPath path) {
        return samples.get(path).getLast().dpdk();
    }

    /** The least share of its core that a polling thread had. */
    double leastShare() {
        return samples.values().stream()
                .flatMap(List::stream)
                .mapToDouble(IoSample::share)
                .min()
                .orElse(0);
    }

    /** Millions of frames a second of a path. */
    Spread spread(final IoPath path) {
        return Spread.of(mpps(path));
    }

    /**
     * A path's share of what C does: of each run and the run of C beside it, since the machine drifts from one to the next;
     * empty where there is no C.
     */
    Optional<Spread> ratio(final IoPath path) {
        if (!hasC()) {
            return Optional.empty();
        }
        final List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < runs(); i++) {
            ratios.add(mpps(path).get(i) / mpps(IoPath.C).get(i));
        }
        return Optional.of(Spread.of(ratios));
    }
}
