package io.millrace.bench.run;

/**
 * The two nodes' reports of one moment.
 *
 * @param server the server's report.
 * @param generator the generator's.
 */
public record Moment(NodeReport server, NodeReport generator) {
    /** What the server did since an earlier moment. */
    Interval serverSince(final Moment earlier) {
        return new Interval(earlier.server, server);
    }

    /** What the generator did since an earlier moment. */
    Interval generatorSince(final Moment earlier) {
        return new Interval(earlier.generator, generator);
    }
}
