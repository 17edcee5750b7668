package io.millrace.bench.run;

import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes the same run several times, with fresh processes each time: what the compiler and the memory's layout do
 * differently from one JVM to the next is part of the spread. An interrupt or a failure ends the session with the run that
 * it hits.
 *
 * <p>One thread; {@link #interrupt} is for any other.
 */
public final class BenchSession {
    private final BenchPlan plan;
    private final int repeats;
    private final Progress progress;
    private final PrintStream log;
    private BenchRun current;
    private boolean interrupted;

    /** Prepares {@code repeats} runs of a plan; the rest as for a {@link BenchRun}. */
    public BenchSession(final BenchPlan plan, final int repeats, final Progress progress, final PrintStream log) {
        this.plan = plan;
        this.repeats = repeats;
        this.progress = progress;
        this.log = log;
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
     * @throws NodeFailedException if a process could not start, or died before anything was measured.
     */
    public Repeats run() throws IOException, InterruptedException {
        final List<BenchResult> results = new ArrayList<>();
        boolean over = false;
        while (!over) {
            if (repeats > 1) {
                progress.run(results.size() + 1, repeats);
            }
            final BenchResult result = next().run();
            results.add(result);
            over = results.size() == repeats
                    || result.interrupted()
                    || result.failure().isPresent();
        }
        return new Repeats(results, repeats);
    }

    private synchronized BenchRun next() {
        current = new BenchRun(plan, progress, log);
        if (interrupted) {
            current.interrupt();
        }
        return current;
    }
}
