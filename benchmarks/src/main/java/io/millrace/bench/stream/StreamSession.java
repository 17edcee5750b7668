package io.millrace.bench.stream;

import io.millrace.bench.run.NodeFailedException;
import io.millrace.bench.run.Progress;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Makes the runs of a plan several times, with fresh processes each time. Each pairing has its turn in every round, as the
 * machine drifts and all should drift together. An interrupt or a failure ends the session with the run that it hits.
 *
 * <p>One thread; {@link #interrupt} is for any other.
 */
public final class StreamSession {
    private final StreamPlan plan;
    private final int repeats;
    private final Progress progress;
    private final Function<Pairing, Run> runs;
    private Run current;
    private boolean interrupted;

    /** Prepares {@code repeats} rounds, at least one. */
    public StreamSession(final StreamPlan plan, final int repeats, final Progress progress, final PrintStream log) {
        this(plan, repeats, progress, pairing -> new StreamRun(plan, pairing, progress, log));
    }

    StreamSession(
            final StreamPlan plan, final int repeats, final Progress progress, final Function<Pairing, Run> runs) {
        this.plan = plan;
        this.repeats = repeats;
        this.progress = progress;
        this.runs = runs;
    }

    /** One run, as a session sees it. */
    interface Run {
        /** Makes it; throws {@link NodeFailedException} where nothing was measured. */
        StreamResult run() throws IOException, InterruptedException;

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
        for (int number = 0; number < total; number++) {
            final Pairing pairing = plan.pairings().get(number % plan.pairings().size());
            if (total > 1) {
                progress.run(number + 1, total, pairing.label() + " over " + plan.link(pairing));
            }
            try {
                final StreamResult result = next(pairing).run();
                results.add(result);
                if (!result.isWhole()) {
                    return new StreamStudy(plan, results, repeats, Optional.empty());
                }
            } catch (final NodeFailedException e) {
                if (results.isEmpty()) {
                    throw e;
                }
                // what was measured so far is not lost
                final String why = String.join("; ", e.causes().isEmpty() ? List.of(e.getMessage()) : e.causes());
                return new StreamStudy(plan, results, repeats, Optional.of(why));
            }
        }
        return new StreamStudy(plan, results, repeats, Optional.empty());
    }

    private synchronized Run next(final Pairing pairing) {
        current = runs.apply(pairing);
        if (interrupted) {
            current.interrupt();
        }
        return current;
    }
}
