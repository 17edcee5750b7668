package io.millrace.bench.report;

import java.util.List;

/**
 * What a stream result says of one pairing: its figures, its runs and the one of them that speaks for all. Immutable.
 *
 * @param key its name in the JSON.
 * @param index its number among the pairings, from 0.
 * @param figures of the run in the middle, and what all together say.
 * @param runs in the order in which they were made.
 * @param middle one of them.
 */
record StreamPairing(String key, int index, ResultDocument figures, List<ResultDocument> runs, ResultDocument middle) {
    /** All of a result, in the order in which they were measured. */
    static List<StreamPairing> of(final ResultDocument result) {
        final List<ResultDocument> all = result.runs();
        final List<String> names =
                all.stream().map(run -> run.text("pairing")).distinct().toList();
        return names.stream()
                .map(name -> {
                    final ResultDocument figures = result.object(name);
                    return new StreamPairing(
                            name,
                            names.indexOf(name),
                            figures,
                            all.stream()
                                    .filter(run -> run.text("pairing").equals(name))
                                    .toList(),
                            all.get((int) figures.number("repeats", "middle")));
                })
                .toList();
    }

    /** Client and server, and what joins them. */
    String label() {
        return figures.text("label") + " over " + figures.text("link");
    }

    /** The median of its runs: 10^9 bits, or requests, a second. */
    double median() {
        return figures.number("repeats", figure(figures), "median");
    }

    /** The name of the figure that a result, or a run, is about. */
    static String figure(final ResultDocument result) {
        return result.isThere("gbit_per_second") ? "gbit_per_second" : "requests_per_second";
    }
}
