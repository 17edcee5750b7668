package io.millrace.bench.run;

import io.millrace.bench.link.CableException;
import io.millrace.bench.profile.Profile;
import io.millrace.bench.profile.ProfileFolder;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * Makes the same runs several times, with fresh processes each time: what the compiler and the memory's layout do
 * differently from one JVM to the next is part of the spread. Of several parts each has its turn in every round, as the machine
 * drifts and all should drift together. An interrupt or a failure ends the session with the run that it hits.
 *
 * <p>One thread; {@link #interrupt} is for any other.
 */
public final class BenchSession {
    private final List<Part> parts;
    private final int repeats;
    private final boolean profiled;
    private final Progress progress;
    private final List<Contender> contenders;
    private final BiFunction<BenchPlan, Optional<Contender>, Run> runs;
    private final Map<Contender, List<BenchResult>> references = new HashMap<>();
    private final Map<Contender, String> failures = new HashMap<>();
    private Run current;
    private boolean interrupted;

    /**
     * Prepares {@code repeats} rounds: a run of each part, at least one, and then one of each contender with the last part's
     * plan.
     *
     * @param lineup whose programs run in the parts.
     * @param profiled whether a run of the last part follows that is made for its profile alone, as sampling costs.
     */
    public BenchSession(
            final List<Part> parts,
            final Lineup lineup,
            final List<Contender> contenders,
            final int repeats,
            final boolean profiled,
            final Progress progress,
            final PrintStream log) {
        this(
                parts,
                contenders,
                repeats,
                profiled,
                progress,
                (plan, contender) -> new BenchRun(
                        contender.filter(Contender::compiled).isPresent() ? plan.withoutWarmUp() : plan,
                        contender.map(Contender::lineup).orElse(lineup),
                        progress,
                        log));
    }

    BenchSession(
            final List<Part> parts,
            final List<Contender> contenders,
            final int repeats,
            final boolean profiled,
            final Progress progress,
            final BiFunction<BenchPlan, Optional<Contender>, Run> runs) {
        this.parts = List.copyOf(parts);
        this.contenders = List.copyOf(contenders);
        this.repeats = repeats;
        this.profiled = profiled;
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
    public Study run() throws IOException, InterruptedException {
        final List<List<BenchResult>> results =
                parts.stream().<List<BenchResult>>map(part -> new ArrayList<>()).toList();
        final int total = repeats * parts.size();
        for (int number = 0; number < total; number++) {
            final int part = number % parts.size();
            if (total > 1) {
                progress.run(number + 1, total, parts.get(part).name());
            }
            try {
                final BenchPlan plan = parts.get(part).plan().apply(earlier(results, part));
                final BenchResult result = next(plan, Optional.empty()).run();
                results.get(part).add(result);
                if (result.interrupted() || result.failure().isPresent()) {
                    return study(results, result.failure());
                }
                if (part == parts.size() - 1) {
                    runContenders(plan);
                }
            } catch (final NodeFailedException e) {
                if (number == 0) {
                    throw e;
                }
                // what was measured so far is not lost
                return study(results, Optional.of(why(e)));
            }
        }
        final Study study = study(results, Optional.empty());
        return profiled && !isInterrupted()
                ? study.with(profile(parts.getLast().plan().apply(earlier(results, parts.size() - 1)), study.subject()))
                : study;
    }

    /** One more run, for nothing but its profile. */
    private Profile profile(final BenchPlan plan, final Repeats unprofiled) throws IOException, InterruptedException {
        progress.profile();
        try (ProfileFolder folder = ProfileFolder.create()) {
            final BenchResult run =
                    next(plan.recordedTo(folder.path()), Optional.empty()).run();
            return ProfiledRun.read(
                    folder,
                    "generator",
                    run.measured(),
                    ResultJson.ordered(
                            "connections_per_second",
                            ResultJson.rounded(run.connectionsPerSecond()),
                            "duration_s",
                            ResultJson.rounded(run.seconds())),
                    run.connectionsPerSecond() / unprofiled.rate().median(),
                    run.interrupted());
        } catch (final NodeFailedException e) {
            return Profile.none(why(e));
        } catch (final CableException e) {
            return Profile.none(e.getMessage());
        }
    }

    /** What the parts before one have shown in the same round. */
    private static List<BenchResult> earlier(final List<List<BenchResult>> results, final int part) {
        return results.subList(0, part).stream().map(List::getLast).toList();
    }

    private void runContenders(final BenchPlan plan) throws IOException, InterruptedException {
        for (final Contender contender : contenders) {
            if (isInterrupted() || failures.containsKey(contender)) {
                continue;
            }
            progress.reference(contender.label());
            try {
                final BenchResult result = next(plan, Optional.of(contender)).run();
                result.failure().ifPresent(why -> failures.put(contender, why));
                if (result.failure().isEmpty() && !result.interrupted()) {
                    references
                            .computeIfAbsent(contender, c -> new ArrayList<>())
                            .add(result);
                }
            } catch (final NodeFailedException e) {
                failures.put(contender, why(e));
            } catch (final CableException e) {
                failures.put(contender, e.getMessage());
            }
        }
    }

    private List<ReferenceRuns> references() {
        return contenders.stream()
                .map(contender -> new ReferenceRuns(
                        contender,
                        references.getOrDefault(contender, List.of()),
                        Optional.ofNullable(failures.get(contender))))
                .toList();
    }

    private static String why(final NodeFailedException e) {
        return String.join("; ", e.causes().isEmpty() ? List.of(e.getMessage()) : e.causes());
    }

    private synchronized boolean isInterrupted() {
        return interrupted;
    }

    private Study study(final List<List<BenchResult>> results, final Optional<String> broken) {
        final List<Study.Measured> measured = new ArrayList<>();
        for (int part = 0; part < parts.size() && !results.get(part).isEmpty(); part++) {
            final boolean last = part == parts.size() - 1;
            measured.add(new Study.Measured(
                    parts.get(part).name(),
                    new Repeats(results.get(part), repeats, broken, last ? references() : List.of())));
        }
        return new Study(measured, broken);
    }

    private synchronized Run next(final BenchPlan plan, final Optional<Contender> contender) {
        current = runs.apply(plan, contender);
        if (interrupted) {
            current.interrupt();
        }
        return current;
    }
}
