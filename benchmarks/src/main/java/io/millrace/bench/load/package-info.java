/**
 * The load generator: TCP applications that open connections at full speed through the engine's own active open.
 *
 * <p>All of it runs on the shards' threads and allocates nothing in steady state; one other thread may read the counts and
 * take the histograms. Imports the engine's API; imported by {@code io.millrace.bench.run}.
 */
package io.millrace.bench.load;
