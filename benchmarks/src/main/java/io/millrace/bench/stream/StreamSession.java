package io.millrace.bench.stream;

import io.millrace.bench.link.CableException;
import io.millrace.bench.profile.Profile;
import io.millrace.bench.profile.ProfileFolder;
import io.millrace.bench.run.NodeFailedException;
import io.millrace.bench.run.ProfiledRun;
import io.millrace.bench.run.Progress;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * Makes the runs of a plan several times, with fresh processes each time. Each pairing has its turn in every round, as the
 * machine drifts and all should drift together. An interrupt or a failure ends the session with the run that it hits.
 *
 * <p>One thread; {@link #interrupt} is for any other.
 */
public final class StreamSession {
    private final StreamPlan plan;
    private final int repeats;
    private final boolean profiled;
    private final Progress progress;
    private final BiFunction<StreamPlan, Pairing, Run> runs;
    private Run current;
    private boolean interrupted;

    /**
     * Prepares {@code repeats} rounds, at least one.
     *
     * @param profiled whether a run of the first pairing follows that is made for its profile alone, as sampling costs.
     */
    public StreamSession(
            final StreamPlan plan,
            final int repeats,
            final boolean profiled,
            final Progress progress,
            final PrintStream log) {
        this(plan, repeats, profiled, progress, (made, pairing) -> new StreamRun(made, pairing, progress, log));
    }

    StreamSession(
            final StreamPlan plan,
            final int repeats,
            final boolean profiled,
            final Progress progress,
            final BiFunction<StreamPlan, Pairing, Run> runs) {
        this.plan = plan;
        this.repeats = repeats;
        this.profiled = profiled;
        this.progress = progress;
        this.runs = runs;
    }

    /** One run, as a session sees it. */
    interface Run {
        /** Makes it; throws {@link NodeFailedException} where nothing was measured. */
        StreamResult run() throws IOException, InterruptedException;

        /** Makes sure that it could be made; throws what it would throw. */
        default void probe() throws IOException, InterruptedException {}

        /** Ends it early; any thread. */
        void interrupt();
    }

    /** Ends the session early; its result covers what was measured. */
    public synchronized void interrupt() {
        interrupted = true;
        if (current != null) {
            current.interrupt();
        }
    }

    /**
     * Runs.
     *
     * @throws NodeFailedException if a process could not start, or died, or nothing came through, before anything was
     *     measured in any run.
     */
    public StreamStudy run() throws IOException, InterruptedException {
        final List<StreamResult> results = new ArrayList<>();
        final int total = repeats * plan.pairings().size();
        probe();
        for (int number = 0; number < total; number++) {
            final Pairing pairing = plan.pairings().get(number % plan.pairings().size());
            if (total > 1) {
                progress.run(number + 1, total, pairing.label() + " over " + plan.link(pairing));
            }
            try {
                final StreamResult result = next(plan, pairing).run();
                results.add(result);
                if (!result.isWhole()) {
                    return new StreamStudy(plan, results, repeats, Optional.empty());
                }
            } catch (final NodeFailedException e) {
                if (results.isEmpty()) {
                    throw e;
                }
                // what was measured so far is not lost
                return new StreamStudy(plan, results, repeats, Optional.of(why(e)));
            }
        }
        final StreamStudy study = new StreamStudy(plan, results, repeats, Optional.empty());
        return profiled && !isInterrupted() ? study.with(profile(study)) : study;
    }

    /** What a later pairing is refused is said before the first is measured in vain. */
    private void probe() throws IOException, InterruptedException {
        for (final Pairing pairing : plan.pairings().subList(1, plan.pairings().size())) {
            next(plan, pairing).probe();
        }
    }

    /** One more run of the first pairing, for nothing but its profile. */
    private Profile profile(final StreamStudy study) throws IOException, InterruptedException {
        progress.profile();
        final Pairing pairing = plan.pairings().getFirst();
        try (ProfileFolder folder = ProfileFolder.create()) {
            final StreamResult run =
                    next(plan.recordedTo(folder.path()), pairing).run();
            return ProfiledRun.read(
                    folder,
                    "client",
                    run.measured(),
                    StreamRunJson.figure(run),
                    run.figure() / study.figure(pairing).median(),
                    run.interrupted());
        } catch (final NodeFailedException e) {
            return Profile.none(why(e));
        } catch (final CableException e) {
            return Profile.none(e.getMessage());
        }
    }

    private static String why(final NodeFailedException e) {
        return String.join("; ", e.causes().isEmpty() ? List.of(e.getMessage()) : e.causes());
    }

    private synchronized boolean isInterrupted() {
        return interrupted;
    }

    private synchronized Run next(final StreamPlan made, final Pairing pairing) {
        current = runs.apply(made, pairing);
        if (interrupted) {
            current.interrupt();
        }
        return current;
    }
}
