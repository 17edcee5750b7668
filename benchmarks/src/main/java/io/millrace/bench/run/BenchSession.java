package io.millrace.bench.run;

import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Makes the same run several times, with fresh processes each time: what the compiler and the memory's layout do
 * differently from one JVM to the next is part of the spread. An interrupt or a failure ends the session with the run that
 * it hits.
 *
 * <p>One thread; {@link #interrupt} is for any other.
 */
public final class BenchSession {
    private final int repeats;
    private final Progress progress;
    private final Supplier<Run> runs;
    private Run current;
    private boolean interrupted;

    /** Prepares {@code repeats} runs of a plan; the rest as for a {@link BenchRun}. */
    public BenchSession(final BenchPlan plan, final int repeats, final Progress progress, final PrintStream log) {
        this(repeats, progress, () -> new BenchRun(plan, progress, log));
    }

    BenchSession(final int repeats, final Progress progress, final Supplier<Run> runs) {
        this.repeats = repeats;
        this.progress = progress;
        this.runs = runs;
    }

    /** One run, as a session sees it. */
    interface Run {
        /** Makes it; throws {@link NodeFailedException} where nothing was measured. */
        BenchResult run() throws IOException, InterruptedException;

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
     * @throws NodeFailedException if a process could not start, or died, before anything was measured in any run.
     */
    public Repeats run() throws IOException, InterruptedException {
        final List<BenchResult> results = new ArrayList<>();
        while (results.size() < repeats && !isBrokenOff(results)) {
            if (repeats > 1) {
                progress.run(results.size() + 1, repeats);
            }
            try {
                results.add(next().run());
            } catch (final NodeFailedException e) {
                if (results.isEmpty()) {
                    throw e;
                }
                // what was measured so far is not lost
                final String why = String.join("; ", e.causes().isEmpty() ? List.of(e.getMessage()) : e.causes());
                return new Repeats(results, repeats, Optional.of(why));
            }
        }
        return new Repeats(results, repeats);
    }

    private static boolean isBrokenOff(final List<BenchResult> results) {
        return !results.isEmpty()
                && (results.getLast().interrupted()
                        || results.getLast().failure().isPresent());
    }

    private synchronized Run next() {
        current = runs.get();
        if (interrupted) {
            current.interrupt();
        }
        return current;
    }
}
