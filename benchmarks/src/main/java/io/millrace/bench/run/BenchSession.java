package io.millrace.bench.run;

import io.millrace.bench.link.CableException;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

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
    private final Map<Contender, Supplier<Run>> references;
    private final Map<Contender, List<BenchResult>> results = new LinkedHashMap<>();
    private final Map<Contender, String> failures = new HashMap<>();
    private Run current;
    private boolean interrupted;

    /** Prepares {@code repeats} runs of a plan; the rest as for a {@link BenchRun}. */
    public BenchSession(final BenchPlan plan, final int repeats, final Progress progress, final PrintStream log) {
        this(plan, Lineup.ENGINES, List.of(), repeats, progress, log);
    }

    /**
     * Prepares {@code repeats} runs of a plan, each followed by one of each reference.
     *
     * @param lineup whose programs run.
     */
    public BenchSession(
            final BenchPlan plan,
            final Lineup lineup,
            final List<Contender> references,
            final int repeats,
            final Progress progress,
            final PrintStream log) {
        this(
                repeats,
                progress,
                () -> new BenchRun(plan, lineup, progress, log),
                references.stream()
                        .collect(Collectors.toMap(
                                contender -> contender,
                                contender -> () -> new BenchRun(
                                        contender.compiled() ? plan.withoutWarmUp() : plan,
                                        contender.lineup(),
                                        progress,
                                        log),
                                (one, other) -> one,
                                LinkedHashMap::new)));
    }

    BenchSession(final int repeats, final Progress progress, final Supplier<Run> runs) {
        this(repeats, progress, runs, Map.of());
    }

    BenchSession(
            final int repeats,
            final Progress progress,
            final Supplier<Run> runs,
            final Map<Contender, Supplier<Run>> references) {
        this.repeats = repeats;
        this.progress = progress;
        this.runs = runs;
        this.references = references;
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
        final List<BenchResult> ours = new ArrayList<>();
        while (ours.size() < repeats && !isBrokenOff(ours)) {
            if (repeats > 1) {
                progress.run(ours.size() + 1, repeats);
            }
            try {
                ours.add(next(runs).run());
                if (!isBrokenOff(ours)) {
                    runReferences();
                }
            } catch (final NodeFailedException e) {
                if (ours.isEmpty()) {
                    throw e;
                }
                // what was measured so far is not lost
                return new Repeats(ours, repeats, Optional.of(why(e)), references());
            }
        }
        return new Repeats(ours, repeats, Optional.empty(), references());
    }

    private static boolean isBrokenOff(final List<BenchResult> results) {
        return !results.isEmpty()
                && (results.getLast().interrupted()
                        || results.getLast().failure().isPresent());
    }

    private void runReferences() throws IOException, InterruptedException {
        for (final Map.Entry<Contender, Supplier<Run>> entry : references.entrySet()) {
            final Contender contender = entry.getKey();
            if (isInterrupted() || failures.containsKey(contender)) {
                continue;
            }
            progress.reference(contender.label());
            try {
                final BenchResult result = next(entry.getValue()).run();
                result.failure().ifPresent(why -> failures.put(contender, why));
                if (result.failure().isEmpty() && !result.interrupted()) {
                    results.computeIfAbsent(contender, c -> new ArrayList<>()).add(result);
                }
            } catch (final NodeFailedException e) {
                failures.put(contender, why(e));
            } catch (final CableException e) {
                failures.put(contender, e.getMessage());
            }
        }
    }

    private List<ReferenceRuns> references() {
        return references.keySet().stream()
                .map(contender -> new ReferenceRuns(
                        contender,
                        results.getOrDefault(contender, List.of()),
                        Optional.ofNullable(failures.get(contender))))
                .toList();
    }

    private static String why(final NodeFailedException e) {
        return String.join("; ", e.causes().isEmpty() ? List.of(e.getMessage()) : e.causes());
    }

    private synchronized boolean isInterrupted() {
        return interrupted;
    }

    private synchronized Run next(final Supplier<Run> source) {
        current = source.get();
        if (interrupted) {
            current.interrupt();
        }
        return current;
    }
}
